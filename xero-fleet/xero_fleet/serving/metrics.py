"""``/metrics`` for Prometheus: ids and numbers only, no names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from xero_fleet.serving.webhooks import Inbox
from xero_fleet.status.report import FleetStatus, OrganisationStatus

LABELS = ("pipeline", "tenant_id")


class StatusCollector:
    """The metrics of a status."""

    def __init__(self, status: FleetStatus, inbox: Inbox) -> None:
        self._status = status
        self._inbox = inbox

    def collect(self) -> Iterator[Metric]:
        """The metrics, in Prometheus' form."""
        states = GaugeMetricFamily(
            "xero_fleet_organisations", "Organisations by state.", labels=["state"]
        )
        for state, number in self._status.counts.items():
            states.add_metric([state], number)
        yield states
        batches = GaugeMetricFamily(
            "xero_fleet_batches", "Batches of the last 24 hours by status.", labels=["status"]
        )
        batches.add_metric(["planned"], self._status.planned)
        batches.add_metric(["running"], self._status.running)
        batches.add_metric(["lost"], self._status.lost)
        yield batches
        named: dict[str, tuple[str, Callable[[OrganisationStatus], float | None]]] = {
            "age_seconds": ("How old the data is.", lambda each: each.age),
            "fresh_within_seconds": ("How old the data may be.", lambda each: each.fresh_within),
            "calls_24h": ("Calls of the last 24 hours.", lambda each: each.calls),
            "received_bytes_24h": ("Bytes of the last 24 hours.", lambda each: each.received),
            "failures_24h": ("Failed runs of the last 24 hours.", lambda each: each.failures),
            "paused": ("Whether it is paused.", lambda each: int(each.state == "paused")),
        }
        for name, (text, value_of) in named.items():
            family = GaugeMetricFamily(f"xero_fleet_organisation_{name}", text, labels=LABELS)
            for each in self._status.organisations:
                value = value_of(each)
                if value is not None:
                    family.add_metric([each.pipeline, each.tenant_id], value)
            yield family
        events = CounterMetricFamily("xero_fleet_webhook_events", "Events of webhooks.")
        events.add_metric([], self._inbox.events)
        yield events
        refused = CounterMetricFamily(
            "xero_fleet_webhook_refused", "Requests to the webhook that were not signed by Xero."
        )
        refused.add_metric([], self._inbox.refused)
        yield refused


def metrics_text(status: FleetStatus, inbox: Inbox) -> bytes:
    """The metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(StatusCollector(status, inbox))
    return generate_latest(registry)
