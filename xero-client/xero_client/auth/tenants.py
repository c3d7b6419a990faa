"""Connected organisations: which there are, and which one a run is about."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xero_client.errors import (
    AccessDeniedError,
    NotFoundError,
    RequestRefusedError,
    SettingsError,
    TenantNotConnectedError,
    UnexpectedResponseError,
    XeroError,
)
from xero_client.http.transport import Request, TokenSource, Transport
from xero_client.http.wire import records_of
from xero_client.settings.connection_settings import ConnectionSettings

logger = logging.getLogger(__name__)

ORGANISATION = "ORGANISATION"


@dataclass(frozen=True)
class Tenant:
    """A connected tenant (xero-facts.md: OAuth).

    Attributes:
        tenant_id: The organisation's id.
        name: The organisation's name; None where nothing told it.
        kind: ``ORGANISATION`` or a practice; only the first has an Accounting API.
        connection_id: What a disconnect needs.
        created: When it was connected, as Xero writes it.
        event_id: The consent that connected it last.
        implied: Whether the token alone names it, as with a Custom Connection that lists nothing:
            no ``xero-tenant-id`` is sent then.
    """

    tenant_id: str
    name: str | None
    kind: str = ORGANISATION
    connection_id: str | None = None
    created: str | None = None
    event_id: str | None = None
    implied: bool = False

    def __str__(self) -> str:
        """``Maple Florist (70784a63-…)``."""
        return f"{self.name or 'unnamed'} ({self.tenant_id})"


def connected_tenants(settings: ConnectionSettings, tokens: TokenSource) -> list[Tenant]:
    """All tenants connected to the token, from ``/connections``.

    Raises:
        XeroError: The call failed.
    """
    transport = Transport(settings, tokens)
    answer = transport.send(Request("GET", settings.connections_uri, subject="connections"))
    if not isinstance(answer.json, list):
        message = f"{settings.connections_uri} did not answer with a list"
        raise UnexpectedResponseError(message, status=answer.status)
    return [
        Tenant(
            tenant_id=str(row.get("tenantId")),
            name=row.get("tenantName"),
            kind=row.get("tenantType") or ORGANISATION,
            connection_id=row.get("id"),
            created=row.get("createdDateUtc"),
            event_id=row.get("authEventId"),
        )
        for row in answer.json
        if isinstance(row, dict)
    ]


def disconnect(settings: ConnectionSettings, tokens: TokenSource, tenant: Tenant) -> None:
    """Takes an organisation away from the app; the token keeps the others.

    Raises:
        XeroError: The call failed.
    """
    target = f"{settings.connections_uri}/{tenant.connection_id}"
    Transport(settings, tokens).send(Request("DELETE", target, subject="connections", accept="*/*"))


def chosen_tenants(
    settings: ConnectionSettings, tokens: TokenSource, tenant_ids: Iterable[str] = ()
) -> list[Tenant]:
    """The organisations that a run is about.

    Args:
        settings: The connection, with ``tenant_id`` or without.
        tokens: Where access tokens come from.
        tenant_ids: Several organisations; they come before ``tenant_id``.

    Raises:
        TenantNotConnectedError: None is connected, or not the one that was asked for.
        SettingsError: Several are connected and none was chosen.
        XeroError: A call failed.
    """
    connected: list[Tenant] | None
    wanted: list[str | None] = [*dict.fromkeys(tenant_ids)] or [settings.tenant_id]
    try:
        connected = connected_tenants(settings, tokens)
    except (
        AccessDeniedError,
        NotFoundError,
        RequestRefusedError,
        UnexpectedResponseError,
    ) as error:
        logger.info("The connections URL gave no list (%s); asking the organisation itself", error)
        connected = None
    # A Custom Connection's token is of one organisation, listed or not.
    if connected is None or (not connected and settings.grant_type == "client_credentials"):
        return [_from_organisation(settings, tokens, tenant_id) for tenant_id in wanted]
    organisations = [tenant for tenant in connected if tenant.kind.upper() == ORGANISATION]
    by_id = {tenant.tenant_id.lower(): tenant for tenant in organisations}
    if wanted != [None]:
        missing = [one for one in wanted if str(one).lower() not in by_id]
        if missing:
            message = (
                f"Organisation {', '.join(map(str, missing))} is not connected to this token; "
                f"connected: {listed(organisations)}. Set 'tenant_id' to one of them, or connect "
                "it with `xero login`"
            )
            raise TenantNotConnectedError(message)
        return [by_id[tenant_id.lower()] for tenant_id in wanted if tenant_id]
    if not organisations:
        message = "No organisation is connected to this token: connect one with `xero login`"
        raise TenantNotConnectedError(message)
    if settings.login_tenants:
        organisations = [one for one in organisations if one.tenant_id in settings.login_tenants]
        if not organisations:
            message = (
                "None of the organisations that were chosen at the login is connected any more: "
                "connect them again with `xero login`, or set 'tenant_id'"
            )
            raise TenantNotConnectedError(message)
    if len(organisations) > 1:
        what = "were chosen at the login" if settings.login_tenants else "are connected"
        message = (
            f"Several organisations {what}: {listed(organisations)}. Set 'tenant_id' to the one "
            "that is meant"
        )
        raise SettingsError(message)
    return organisations


def listed(tenants: Sequence[Tenant]) -> str:
    """``A (id), B (id)``, or ``none``."""
    return ", ".join(map(str, tenants)) or "none"


def transport_for(settings: ConnectionSettings, tokens: TokenSource, tenant: Tenant) -> Transport:
    """A transport to one organisation, whose errors name the connected ones where that helps."""

    def explain(error: XeroError) -> XeroError:
        if not isinstance(error, TenantNotConnectedError):
            return error
        try:
            others = listed(connected_tenants(settings, tokens))
        except XeroError:
            return error
        return TenantNotConnectedError(
            f"Organisation {tenant} is not connected to this token; connected: {others}. Set "
            "'tenant_id' to one of them, or connect it with `xero login`",
            status=error.status,
            correlation_id=error.correlation_id,
            body=error.body,
            headers=error.headers,
        )

    header = None if tenant.implied else tenant.tenant_id
    return Transport(settings, tokens, tenant_id=header, explain=explain)


def _from_organisation(
    settings: ConnectionSettings, tokens: TokenSource, tenant_id: str | None
) -> Tenant:
    """What ``/Organisation`` says: for a Custom Connection whose ``/connections`` is silent."""
    transport = Transport(settings, tokens, tenant_id=tenant_id)
    try:
        answer = transport.send(Request("GET", "/Organisation", subject="connections"))
        organisation = records_of(answer.json, "Organisations")[0]
    except (XeroError, IndexError) as error:
        if tenant_id is None and isinstance(error, IndexError):
            message = (
                "Neither /connections nor /Organisation names an organisation: set 'tenant_id'"
            )
            raise TenantNotConnectedError(message) from None
        if tenant_id is None:
            raise
        logger.info("The organisation's name is not known (%s)", error)
        return Tenant(tenant_id, None)
    return Tenant(
        tenant_id or str(organisation.get("OrganisationID")),
        organisation.get("Name"),
        implied=tenant_id is None,
    )
