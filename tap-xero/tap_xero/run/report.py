"""What a run read and what it cost: the lines of the log's summary and of the outcome file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tap_xero.run.organisations import Organisation
from tap_xero.run.outcomes import COMPLETE, Outcome
from xero_client.http.transport import Usage
from xero_client.http.wire import format_instant


def outcome_lines(
    organisations: Iterable[Organisation], streams: Sequence[str]
) -> list[dict[str, Any]]:
    """The lines of the file.

    Args:
        organisations: The organisations of the run.
        streams: The selected streams, in their order.
    """
    lines = []
    for organisation in organisations:
        left = organisation.transport.rate_limiter.latest
        limits = {"minute": left.minute, "day": left.day, "app_minute": left.app_minute}
        for stream in streams:
            outcome = organisation.outcomes.get(stream, Outcome())
            error = outcome.error or (None if outcome.end == COMPLETE else organisation.failure)
            usage = organisation.transport.usage.get(stream, Usage())
            lines.append(
                {
                    "tenant_id": organisation.tenant.tenant_id,
                    "tenant_name": organisation.tenant.name,
                    "stream": stream,
                    "end": outcome.end,
                    "read": outcome.read,
                    "began": outcome.began and format_instant(outcome.began),
                    "records": organisation.record_counts.get(stream, 0),
                    "calls": usage.calls,
                    "bytes": usage.received_bytes,
                    "limits_left": limits,
                    "error_class": type(error).__name__ if error else None,
                    "error": " ".join(str(error).split()) if error else None,
                }
            )
    return lines


def summary_lines(organisations: Mapping[str, Organisation], seconds: float) -> list[str]:
    """What the run read and what it cost: a line per stream, then a total with the limits."""
    lines = []
    for organisation in organisations.values():
        name = organisation.tenant.name or organisation.tenant.tenant_id
        usage = organisation.transport.usage
        for stream, used in usage.items():
            count = organisation.record_counts.get(stream, 0)
            lines.append(
                f"{name}: {stream}: {count:,} records, {used.calls:,} calls, "
                f"{used.received_bytes:,} bytes, {used.seconds:.1f} s{_cost(organisation, stream)}"
            )
        for stream, count in organisation.record_counts.items():
            if stream not in usage and count:
                lines.append(f"{name}: {stream}: {count:,} records, without calls of its own")
        total = sum(organisation.record_counts.values())
        calls = sum(used.calls for used in usage.values())
        received = sum(used.received_bytes for used in usage.values())
        lines.append(
            f"{name}: {total:,} records in {calls:,} calls, {received:,} bytes, {seconds:.1f} s; "
            f"limits left: {organisation.transport.rate_limiter.latest}"
        )
    return lines


def _cost(organisation: Organisation, stream: str) -> str:
    """How many parents were asked for the records of a stream; empty for other streams."""
    if stream not in organisation.asked_parents:
        return ""
    parents, count = organisation.asked_parents[stream]
    return f"; asked for {count:,} {parents}"
