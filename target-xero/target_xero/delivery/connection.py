"""Connects to the organisation of a run, and builds the pipeline that publishes to it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from target_xero.delivery.dry_run import DryRunPipeline
from target_xero.delivery.items import Item
from target_xero.delivery.pipeline import LivePipeline, Pipeline
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.publisher import Publisher
from target_xero.delivery.sender import Sender
from target_xero.lookup.names import NameResolver
from target_xero.report.reporter import Reporter
from xero_client.auth.tenants import Tenant, transport_for
from xero_client.http.transport import TokenSource, Transport
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store

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
    """

    tenant: Tenant
    transport: Transport
    pipeline: Pipeline
    names: NameResolver

    def publish(self, item: Item) -> None:
        """Publishes an item, soon."""
        self.pipeline.add(item)


def connect_organisation(
    config: Mapping[str, Any],
    settings: ConnectionSettings,
    tokens: TokenSource,
    tenant: Tenant,
    run_id: str,
    reporter: Reporter,
) -> ConnectedOrganisation:
    """Connects to an organisation.

    Args:
        config: The target's configuration.
        settings: The connection settings in it, checked.
        tokens: The source of access tokens.
        tenant: The organisation.
        run_id: This run.
        reporter: Reports results.

    Raises:
        StoreError: The state database cannot be used.
    """
    transport = transport_for(settings, tokens, tenant)
    log = PublishLog(Store(settings.store_uri), tenant.tenant_id, run_id)
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
    return ConnectedOrganisation(tenant, transport, pipeline, NameResolver(transport))
