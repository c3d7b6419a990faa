"""``xero fleet sync``: takes over which organisations the grants are connected to."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from xero_client.auth.stored_logins import Logins
from xero_client.auth.tenants import ORGANISATION, chosen_tenants, connected_tenants
from xero_client.auth.token_sources import token_source
from xero_client.cli_settings import with_stored_app
from xero_client.connection import connection_settings
from xero_client.errors import ClientRefusedError, LoginRequiredError, XeroError
from xero_client.store.database import Store
from xero_fleet.planning.rules import BACKFILL, PUBLISH
from xero_fleet.registry.organisations import (
    Connected,
    Organisations,
    PipelineStart,
    SyncReport,
)
from xero_fleet.running.batch_run import DEFAULT_GRANT
from xero_fleet.settings import FleetSettings

logger = logging.getLogger("xero-fleet")

ENDED_GRANT = "Xero does not accept the login any more (it was revoked, or not used for 60 days)"


@dataclass
class FleetSync:
    """What a sync found.

    Attributes:
        reports: What changed, by grant.
        ended: The organisations that are paused because Xero refuses their grant, by grant.
        errors: Why a grant could not be asked, by grant; its organisations are left as they are.
    """

    reports: dict[str, SyncReport] = field(default_factory=dict)
    ended: dict[str, list[str]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)


def sync(settings: FleetSettings, store: Store, now: float) -> FleetSync:
    """Asks Xero, for each grant, which organisations it is connected to."""
    found = FleetSync()
    organisations = Organisations(store)
    starts = [
        PipelineStart(name, PUBLISH if pipeline.publish else BACKFILL)
        for name, pipeline in settings.pipelines.items()
    ]
    for grant in grants_of(settings.connection, store):
        _sync_grant(settings, organisations, grant, starts, now, found)
    return found


def _sync_grant(
    settings: FleetSettings,
    organisations: Organisations,
    grant: str,
    starts: Sequence[PipelineStart],
    now: float,
    found: FleetSync,
) -> None:
    tier = next(iter(settings.file.tiers))
    try:
        connected = _connected(settings.connection, grant)
    except LoginRequiredError:
        found.ended[grant] = organisations.pause_grant(grant, ENDED_GRANT, now)
    except ClientRefusedError as error:
        found.errors[grant] = f"{error}: check 'client_id' and 'client_secret'"
    except XeroError as error:
        found.errors[grant] = str(error)
    else:
        found.reports[grant] = organisations.sync(grant, connected, starts, tier, now)


def grants_of(config: Mapping[str, Any], store: Store) -> list[str]:
    """The names of the grants of a fleet: those of all logins of its app, and that of the settings.

    Raises:
        SettingsError: There is none, or the logins are of several apps and the settings name none.
    """
    named = with_stored_app(config)
    logins = Logins(store).all()
    grants = {login.grant for login in logins if login.client_id == named.get("client_id")}
    if not grants or config.get("refresh_token") or config.get("access_token"):
        grants.add(config.get("grant") or DEFAULT_GRANT)
    return sorted(grants)


def grant_config(config: Mapping[str, Any], grant: str) -> dict[str, Any]:
    """The configuration of a connection that uses a grant."""
    named = {
        name: value for name, value in config.items() if name not in ("tenant_id", "tenant_ids")
    }
    return named if grant == DEFAULT_GRANT else {**named, "grant": grant}


def _connected(config: Mapping[str, Any], grant: str) -> list[Connected]:
    settings = connection_settings(
        with_stored_app(grant_config(config, grant)), user_agent="xero-fleet"
    )
    tokens = token_source(settings)
    is_custom = settings.grant_type == "client_credentials"
    tenants = (chosen_tenants if is_custom else connected_tenants)(settings, tokens)
    chosen = {tenant_id.lower() for tenant_id in settings.login_tenants}
    return [
        Connected(tenant.tenant_id.lower(), tenant.name, grant)
        for tenant in tenants
        if tenant.kind.upper() == ORGANISATION
        and (not chosen or tenant.tenant_id.lower() in chosen)
    ]
