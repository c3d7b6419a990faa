"""The organisation of a run, connected when its first record comes."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from target_xero.build.destinations import destination_of
from target_xero.delivery.dry_run import DryPipeline
from target_xero.delivery.items import Item
from target_xero.delivery.pipeline import LivePipeline, Pipeline
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.publisher import Publishing
from target_xero.delivery.sender import Sender
from target_xero.report.reporter import Reporter
from target_xero.settings import StreamRule
from xero_client.auth.tenants import Tenant, chosen_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.entities.scopes import ATTACHMENTS as ATTACHMENTS_SCOPE
from xero_client.entities.table import ENTITIES, write_scopes
from xero_client.http.transport import Transport
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")


def new_run_id() -> str:
    """A name for a run: when it began, and something by chance."""
    return f"{datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


def needed_scopes(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes that the configured entities need.

    Where none is configured, or a path that the table does not know: those of all entities, but
    for the restricted ones, which most apps may not ask for.
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
class Connected:
    """An organisation that is published to.

    Attributes:
        tenant: Its id and name.
        transport: Its connection.
        pipeline: Where items go.
    """

    tenant: Tenant
    transport: Transport
    pipeline: Pipeline

    def publish(self, item: Item) -> None:
        """Hands an item on."""
        self.pipeline.add(item)


def connected(
    config: Mapping[str, Any], settings: ConnectionSettings, run_id: str, reporter: Reporter
) -> Connected:
    """Connects to the organisation that the settings mean.

    Args:
        config: The target's configuration.
        settings: The connection's part of it, checked.
        run_id: This run.
        reporter: Ends records.

    Raises:
        XeroError: The token or the organisation cannot be had.
    """
    tokens = token_source(settings, needed_scopes=needed_scopes(config))
    tenants: Sequence[Tenant] = chosen_tenants(settings, tokens)
    tenant = tenants[0]
    transport = transport_for(settings, tokens, tenant)
    log = PublishLog(Store(settings.store_uri), tenant.tenant_id, run_id)
    logger.info("Publishing to %s, run %s", tenant, run_id)
    pipeline: Pipeline
    if config["dry_run"]:
        pipeline = DryPipeline(transport, log, reporter)
    else:
        publishing = Publishing(
            transport, Sender(transport, settings), log, reporter, tenant.tenant_id
        )
        pipeline = LivePipeline(
            publishing,
            log,
            reporter,
            run_id=run_id,
            tenant_id=tenant.tenant_id,
            window=settings.max_concurrency,
            resend_unknown=bool(config["resend_unknown"]),
        )
    return Connected(tenant, transport, pipeline)
