"""Connects to the organisation of a run, and builds the pipeline that publishes to it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from target_xero.build.destinations.names import destination_of
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.delivery.dry_run import DryRunPipeline
from target_xero.delivery.items import Item
from target_xero.delivery.pipeline import LivePipeline, Pipeline
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.publisher import Publisher
from target_xero.delivery.retention import RetainingPublishLog
from target_xero.delivery.sender import Sender
from target_xero.lookup.names import NameResolver
from target_xero.report.reporter import Reporter
from xero_client.auth.tenants import Tenant, chosen_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.entities.scopes import ATTACHMENTS_SCOPE
from xero_client.entities.table import ENTITIES, write_scopes
from xero_client.http.transport import Transport
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")


def new_run_id() -> str:
    """The id of a new run: its start, and a random part."""
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def needed_scopes(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that the configured entities need.

    If no entity is configured, or a path that the entity table does not have, these are the scopes
    of all entities, without the restricted ones that most apps may not ask for.
    """
    ordinary = write_scopes(tuple(entity for entity in ENTITIES if not entity.no_read_scope))
    everything = tuple(sorted({*ordinary, ATTACHMENTS_SCOPE}))
    scopes = set()
    for stream in config.get("streams") or {}:
        rule = StreamRule.from_config(stream, config)
        scope = destination_of(rule.entity, rule.path).scope
        if scope is None:
            return everything
        scopes.add(scope)
    return tuple(sorted(scopes)) or everything


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
        """Forgets what did not come for long, after the whole input was read."""
        if isinstance(self.log, RetainingPublishLog):
            self.log.forget_old()

    def publish(self, item: Item) -> None:
        """Publishes an item, soon."""
        self.pipeline.add(item)


def connect_organisation(
    config: Mapping[str, Any], settings: ConnectionSettings, run_id: str, reporter: Reporter
) -> ConnectedOrganisation:
    """Connects to the organisation in the settings.

    Args:
        config: The target's configuration.
        settings: The connection settings in it, checked.
        run_id: This run.
        reporter: Reports results.

    Raises:
        XeroError: There is no token, or the organisation is not connected.
    """
    tokens = token_source(settings, needed_scopes=needed_scopes(config))
    tenants: Sequence[Tenant] = chosen_tenants(settings, tokens)
    tenant = tenants[0]
    transport = transport_for(settings, tokens, tenant)
    log = _publish_log(config, settings, tenant.tenant_id, run_id)
    logger.info("Publishing to %s, run %s", tenant, run_id)
    pipeline: Pipeline
    if config["dry_run"]:
        pipeline = DryRunPipeline(transport, log, reporter, tenant.tenant_id)
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
            resend_unknown=bool(config["resend_unknown"]),
        )
    return ConnectedOrganisation(tenant, transport, pipeline, NameResolver(transport), log)


def _publish_log(
    config: Mapping[str, Any], settings: ConnectionSettings, tenant_id: str, run_id: str
) -> PublishLog:
    store, days = Store(settings.store_uri), config.get("publish_log_days")
    # A dry run changes nothing in the log.
    if days is None or config["dry_run"]:
        return PublishLog(store, tenant_id, run_id)
    return RetainingPublishLog(store, tenant_id, run_id, int(days))
