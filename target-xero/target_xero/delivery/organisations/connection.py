"""Connects to the organisation of a run, and builds the pipeline that publishes to it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from target_xero.delivery.dry_run.pipeline import DryRunPipeline
from target_xero.delivery.dry_run.prediction import WOULD_CREATE, WOULD_SEND, Prediction
from target_xero.delivery.items import Item
from target_xero.delivery.pipeline import LivePipeline, Pipeline
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.publish_log.retention import RetainingPublishLog
from target_xero.delivery.publisher import Publisher
from target_xero.delivery.sender import Sender
from target_xero.lookup.names import NameResolver
from target_xero.report.reporter import Reporter
from xero_client.auth.tenants import Tenant, transport_for
from xero_client.http.transport import TokenSource, Transport
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.lazy_store import LazyStore

logger = logging.getLogger("target-xero")


def new_run_id() -> str:
    """The id of a new run: its start, and a random part."""
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class ConnectedOrganisation:
    """The organisation that a run publishes to.

    Attributes:
        tenant: Its id and name.
        transport: Its connection.
        pipeline: Publishes its items.
        names: Replaces names by codes.
        log: The publish log.
    """

    tenant: Tenant
    transport: Transport
    pipeline: Pipeline
    names: NameResolver
    log: PublishLog

    def forget_old(self) -> None:
        """Forgets records that did not come for a long time, after the whole input was read."""
        if isinstance(self.log, RetainingPublishLog):
            self.log.forget_old()

    def publish(self, item: Item) -> None:
        """Publishes an item, soon."""
        self.pipeline.add(item)


@dataclass(frozen=True)
class Surroundings:
    """What the organisations of a run share.

    Attributes:
        config: The target's configuration.
        settings: The connection settings in it, checked.
        store: The state database.
        run_id: This run.
        reporter: Reports results.
        on_prediction: Is called with what a run would do with each item, in a dry run.
    """

    config: Mapping[str, Any]
    settings: ConnectionSettings
    store: LazyStore
    run_id: str
    reporter: Reporter
    on_prediction: Callable[[Item, Prediction], None]


def connect_organisation(
    run: Surroundings, tokens: TokenSource, tenant: Tenant
) -> ConnectedOrganisation:
    """Connects to an organisation.

    Args:
        run: What the organisations of the run share.
        tokens: The source of access tokens.
        tenant: The organisation.

    Raises:
        StoreError: The state database cannot be used.
    """
    config, settings, reporter = run.config, run.settings, run.reporter
    transport = transport_for(settings, tokens, tenant)
    log = _publish_log(run, tenant.tenant_id)
    purpose = "Dry run for" if config["dry_run"] else "Publishing to"
    logger.info("%s %s, run %s", purpose, tenant, run.run_id)
    names = NameResolver(transport)
    resend_unknown = bool(config["resend_unknown"])
    pipeline: Pipeline
    if config["dry_run"]:

        def take(item: Item, prediction: Prediction) -> None:
            if prediction.error is None and prediction.would in (WOULD_CREATE, WOULD_SEND):
                names.expect(prediction.item.publication)
            run.on_prediction(item, prediction)

        pipeline = DryRunPipeline(
            transport, log, reporter, tenant.tenant_id, take, resend_unknown=resend_unknown
        )
    else:
        publisher = Publisher(
            transport, Sender(transport, settings), log, reporter, tenant.tenant_id
        )
        pipeline = LivePipeline(
            publisher,
            log,
            reporter,
            tenant_id=tenant.tenant_id,
            max_in_flight=settings.max_concurrency,
            resend_unknown=resend_unknown,
        )
    return ConnectedOrganisation(tenant, transport, pipeline, names, log)


def _publish_log(run: Surroundings, tenant_id: str) -> PublishLog:
    store, days = run.store.open(), run.config.get("publish_log_days")
    # A dry run changes nothing in the log.
    if days is None or run.config["dry_run"]:
        return PublishLog(store, tenant_id, run.run_id)
    return RetainingPublishLog(store, tenant_id, run.run_id, int(days))
