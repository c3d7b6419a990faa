"""``xero fleet sync``: takes over which organisations the grants are connected to."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from xero_client.auth.stored_logins import Logins
from xero_client.auth.tenants import ORGANISATION, choose_tenants, connected_tenants
from xero_client.auth.token_sources import token_source
from xero_client.cli_settings import with_stored_app
from xero_client.connection import connection_settings
from xero_client.errors import ClientRefusedError, LoginRequiredError, XeroError
from xero_client.json_value import Json
from xero_client.settings.environment import parse_list
from xero_client.store.database import Store
from xero_fleet.planning.rules import BACKFILL, PUBLISH
from xero_fleet.registry.asked_grants import AskedGrants
from xero_fleet.registry.organisations import (
    Connected,
    Organisations,
    PipelineStart,
    SyncReport,
)
from xero_fleet.running.batch_run import DEFAULT_GRANT
from xero_fleet.settings import FleetSettings, Pipeline

logger = logging.getLogger("xero-fleet")

# SQLAlchemy's pool has 15 connections to a database.
ASKED_AT_ONCE = 8
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


def sync(
    settings: FleetSettings,
    store: Store,
    now: float,
    *,
    grants: Sequence[str] | None = None,
    only_due: bool = False,
) -> FleetSync:
    """Asks Xero, for each grant, which organisations it is connected to.

    Args:
        settings: The fleet's settings.
        store: The state database.
        now: The time.
        grants: The grants to ask; None for all.
        only_due: Whether grants that were asked within ``sync_every``, and have no newer login, are
            left out.
    """
    found = FleetSync()
    organisations = Organisations(store)
    asked = AskedGrants(store)
    starts = [
        PipelineStart(name, PUBLISH if pipeline.publish else BACKFILL)
        for name, pipeline in settings.pipelines.items()
    ]
    wanted = grants_of(settings.connection, store) if grants is None else grants
    if only_due:
        times, logged_in = asked.times(), _logged_in(settings.connection, store)
        oldest = now - settings.file.sync_every.seconds
        wanted = [
            grant
            for grant in wanted
            if times.get(grant, 0.0) < max(oldest, logged_in.get(grant, 0.0))
        ]
    ask = partial(_answer, settings.connection, store)
    connected: list[Connected] = []
    tier = next(iter(settings.file.tiers))
    # Each waits for Xero most of the time, above all if its token has to be renewed first.
    with ThreadPoolExecutor(ASKED_AT_ONCE) as pool:
        for grant, answer in zip(wanted, pool.map(ask, wanted), strict=True):
            if isinstance(answer, LoginRequiredError) and organisations.has_any(grant):
                found.ended[grant] = organisations.pause_grant(grant, ENDED_GRANT, now)
            elif isinstance(answer, ClientRefusedError):
                found.errors[grant] = f"{answer}: check 'client_id' and 'client_secret'"
            elif isinstance(answer, XeroError):
                found.errors[grant] = str(answer)
            else:
                connected += answer
                found.reports[grant] = organisations.sync(grant, answer, starts, tier, now)
            if grant not in found.errors:
                asked.note(grant, now)
    _warn_of_choices(settings.pipelines.values(), connected)
    return found


def _answer(config: Mapping[str, Any], store: Store, grant: str) -> list[Connected] | XeroError:
    try:
        return _connected(config, store, grant)
    except XeroError as error:
        return error


def _warn_of_choices(pipelines: Iterable[Pipeline], connected: Sequence[Connected]) -> None:
    """Warns of configurations that name some organisations: the fleet reads the others too.

    The tap alone would read only the organisations that it names.

    Args:
        pipelines: The pipelines.
        connected: What the logins are connected to.
    """
    for pipeline in pipelines:
        setting = "tenant_ids" if pipeline.config.get("tenant_ids") else "tenant_id"
        named = _ids_of(pipeline.config.get(setting))
        others = [each for each in connected if each.tenant_id not in named]
        if named - {"all"} and others:
            logger.warning(
                "The configuration of pipeline %r names organisations (%r), but the fleet reads "
                "all that its logins are connected to, also %s (%s). Remove the setting, and "
                "choose organisations with `xero login` or `xero logout`",
                pipeline.name,
                setting,
                others[0].name,
                others[0].tenant_id,
            )


def _ids_of(value: Json) -> set[str]:
    """The ids in a setting. The tap says what is wrong with one of another form."""
    if isinstance(value, str) and not value.startswith("["):
        value = parse_list(value)
    return {str(each).strip().lower() for each in value} if isinstance(value, list) else set()


def grants_of(config: Mapping[str, Any], store: Store) -> list[str]:
    """The names of the grants of a fleet: those of all logins of its app, and that of the settings.

    Raises:
        SettingsError: The fleet has no grant, or the logins are of several apps and the settings
            name none of them.
    """
    grants = set(_logged_in(config, store))
    if not grants or config.get("refresh_token") or config.get("access_token"):
        grants.add(config.get("grant") or DEFAULT_GRANT)
    return sorted(grants)


def _logged_in(config: Mapping[str, Any], store: Store) -> dict[str, float]:
    """The time of the login of each grant of the app, in seconds since 1970."""
    client_id = with_stored_app(config).get("client_id")
    return {
        login.grant: login.logged_in_at.timestamp()
        for login in Logins(store).all()
        if login.client_id == client_id
    }


def grant_config(config: Mapping[str, Any], grant: str) -> dict[str, Any]:
    """The configuration of a connection that uses a grant."""
    named = {
        name: value for name, value in config.items() if name not in ("tenant_id", "tenant_ids")
    }
    return named if grant == DEFAULT_GRANT else {**named, "grant": grant}


def _connected(config: Mapping[str, Any], store: Store, grant: str) -> list[Connected]:
    settings = connection_settings(
        with_stored_app(grant_config(config, grant)), user_agent="xero-fleet"
    )
    tokens = token_source(settings, store)
    is_custom = settings.grant_type == "client_credentials"
    tenants = (
        choose_tenants(settings, tokens).tenants
        if is_custom
        else connected_tenants(settings, tokens)
    )
    # The only organisation that was chosen at the login is the setting tenant_id.
    chosen_ids = (*settings.login_tenants, settings.tenant_id)
    chosen = {tenant_id.lower() for tenant_id in chosen_ids if tenant_id}
    return [
        Connected(tenant.tenant_id.lower(), tenant.name, grant)
        for tenant in tenants
        if tenant.kind.upper() == ORGANISATION
        and (not chosen or tenant.tenant_id.lower() in chosen)
    ]
