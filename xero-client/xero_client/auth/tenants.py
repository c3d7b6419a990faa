"""Connected organisations: list them, and choose those of a run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from xero_client.budgets.process_budgets import shared_limits
from xero_client.errors import (
    AccessDeniedError,
    LoginRequiredError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    SettingsError,
    TenantNotConnectedError,
    UnexpectedResponseError,
    XeroError,
    printable,
)
from xero_client.http.transport import Request, TokenSource, Transport
from xero_client.http.wire import records_of
from xero_client.names import is_guid
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.settings.login_command import login_command

if TYPE_CHECKING:
    from xero_client.auth.seen_connections import SeenConnections

logger = logging.getLogger(__name__)

ORGANISATION = "ORGANISATION"
# Instead of tenant ids: every organisation that is connected.
ALL = "all"
# A Custom Connection may not list connections, although its token reads the organisation. How
# ``/connections`` refuses then is not documented (xero-facts.md: OAuth).
LISTING_ERRORS = (
    AccessDeniedError,
    LoginRequiredError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    UnexpectedResponseError,
)


@dataclass(frozen=True)
class Tenant:
    """A connected tenant (xero-facts.md: OAuth).

    Attributes:
        tenant_id: The organisation's id.
        name: The organisation's name; None if it is not known.
        kind: ``ORGANISATION`` or a practice; only organisations have an Accounting API.
        connection_id: The id of the connection, for a disconnect.
        created: When it was connected, in Xero's format.
        implied: Whether the token alone selects it, so that no ``xero-tenant-id`` is sent. This is
            so for a Custom Connection that lists no connections.
        is_connected: False if the tenant was asked for, but is not connected to the token.
    """

    tenant_id: str
    name: str | None
    kind: str = ORGANISATION
    connection_id: str | None = None
    created: str | None = None
    implied: bool = False
    is_connected: bool = True

    def is_named(self, names: Container[str]) -> bool:
        """Whether its id or its name is one of ``names``, which are in lower case (casefold)."""
        return self.tenant_id.casefold() in names or (self.name or "").casefold() in names

    def __str__(self) -> str:
        """``Maple Florist (70784a63-…)``, or only the id if the name is not known."""
        return f"{self.name} ({self.tenant_id})" if self.name else self.tenant_id


@dataclass(frozen=True)
class Choice:
    """The organisations of a run.

    Attributes:
        tenants: The organisations.
        are_all: Whether the login reaches no others; False if that is not known.
    """

    tenants: list[Tenant]
    are_all: bool


@runtime_checkable
class RemembersConnections(Protocol):
    """A source of tokens with a state database, which keeps the connections of the last list."""

    def seen_connections(self) -> SeenConnections:
        """The organisations that were listed last with these tokens."""
        ...


def connected_tenants(settings: ConnectionSettings, tokens: TokenSource) -> list[Tenant]:
    """All tenants connected to the token, from ``/connections``.

    If there is a state database, it keeps their names for later runs.

    Raises:
        XeroError: The call failed.
    """
    transport = Transport(settings, tokens)
    response = transport.send(Request("GET", settings.connections_uri, subject="connections"))
    if not isinstance(response.json, list):
        message = f"{settings.connections_uri} did not return a list"
        raise UnexpectedResponseError(message, status=response.status)
    tenants = [
        Tenant(
            tenant_id=str(row.get("tenantId")),
            name=_shown_name(row.get("tenantName")),
            kind=row.get("tenantType") or ORGANISATION,
            connection_id=row.get("id"),
            created=row.get("createdDateUtc"),
        )
        for row in response.json
        if isinstance(row, dict)
    ]
    # An organisation that is listed twice is one organisation.
    by_id = {tenant.tenant_id.lower(): tenant for tenant in reversed(tenants)}
    if isinstance(tokens, RemembersConnections):
        tokens.seen_connections().replace(
            {key: each.name for key, each in by_id.items() if each.kind.upper() == ORGANISATION}
        )
    return list(by_id.values())[::-1]


def disconnect(settings: ConnectionSettings, tokens: TokenSource, tenant: Tenant) -> None:
    """Disconnects one organisation; the others stay connected.

    Raises:
        XeroError: The call failed.
    """
    target = f"{settings.connections_uri}/{tenant.connection_id}"
    Transport(settings, tokens).send(Request("DELETE", target, subject="connections", accept="*/*"))


def choose_tenants(
    settings: ConnectionSettings,
    tokens: TokenSource,
    tenant_ids: Iterable[str] = (),
    *,
    names: bool = True,
    skip_missing: bool = False,
) -> Choice:
    """Chooses the organisations of a run, and tells whether the login reaches others.

    Args:
        settings: The connection, with or without ``tenant_id``.
        tokens: The source of access tokens.
        tenant_ids: Several organisations; they override ``tenant_id``. Only ``ALL``: every
            organisation that is connected.
        names: Whether the names are needed. If the ids are known, and the names are not needed or
            were listed within the last hour, no call is made, and whether the organisations are
            still connected is not checked: their first call shows it.
        skip_missing: Whether those of several organisations that are not connected are marked so
            (``is_connected``), instead of an error, as long as one is connected.

    Raises:
        TenantNotConnectedError: No organisation is connected, or not the chosen one.
        SettingsError: Several are connected and none is chosen, or ``ALL`` stands beside ids.
        XeroError: A call failed.
    """
    ids = list({tenant_id.lower(): tenant_id for tenant_id in tenant_ids}.values())
    takes_all = ids == [ALL]
    if ALL in ids and not takes_all:
        message = f"Setting 'tenant_ids' has {ALL!r} beside ids: set either {ALL!r} or ids"
        raise SettingsError(message)
    if takes_all:
        ids = []
    elif not ids and settings.tenant_id:
        ids = [settings.tenant_id]
    if ids and (choice := _choice_without_call(settings, tokens, ids, names=names)):
        return choice
    connected = _listed_tenants(settings, tokens)
    # The token of a Custom Connection is for one organisation, even if the list is empty.
    if connected is None or (not connected and settings.grant_type == "client_credentials"):
        tenants = [_from_organisation(settings, tokens, tenant_id) for tenant_id in ids or (None,)]
        return Choice(tenants, are_all=True)
    organisations = [tenant for tenant in connected if tenant.kind.upper() == ORGANISATION]
    if ids:
        # The tenants of a login are not a setting.
        is_listed = skip_missing and ids != [settings.tenant_id] and not settings.login_tenants
        setting = "tenant_ids" if is_listed else "tenant_id"
        tenants = _tenants_of_ids(ids, organisations, setting, skip_missing=skip_missing)
        return Choice(tenants, len(organisations) <= sum(each.is_connected for each in tenants))
    if not organisations:
        command = login_command()
        message = f"No organisation is connected to this token: connect one with `{command}`"
        raise TenantNotConnectedError(message)
    if takes_all:
        return Choice(organisations, are_all=True)
    return Choice([_only_tenant(organisations, settings.login_tenants)], len(organisations) == 1)


def _choice_without_call(
    settings: ConnectionSettings, tokens: TokenSource, ids: Sequence[str], *, names: bool
) -> Choice | None:
    """The organisations as they are known; None if only Xero knows their names."""
    # Xero's own ids are in lower case.
    ids = [tenant_id.lower() for tenant_id in ids]
    if not names:
        # A Custom Connection is for one organisation (xero-facts.md: OAuth).
        are_all = settings.grant_type == "client_credentials"
        if not all(map(is_guid, ids)):
            return None  # the error lists the organisations that are connected
        return Choice([Tenant(tenant_id, None) for tenant_id in ids], are_all)
    if not isinstance(tokens, RemembersConnections):
        return None
    seen = tokens.seen_connections()
    known = seen.names(ids)
    if known is None:
        return None
    tenants = [Tenant(tenant_id, known[tenant_id]) for tenant_id in ids]
    return Choice(tenants, seen.tenant_ids() <= known.keys())


def _listed_tenants(settings: ConnectionSettings, tokens: TokenSource) -> list[Tenant] | None:
    """The connections; None if the token of a Custom Connection may not list them."""
    try:
        return connected_tenants(settings, tokens)
    except LISTING_ERRORS as error:
        if isinstance(error, LoginRequiredError) and settings.grant_type != "client_credentials":
            raise
        logger.info("The connections cannot be listed (%s); reading /Organisation instead", error)
        return None


def _tenants_of_ids(
    ids: Sequence[str], organisations: Sequence[Tenant], setting: str, *, skip_missing: bool
) -> list[Tenant]:
    by_id = {tenant.tenant_id.lower(): tenant for tenant in organisations}
    missing = [tenant_id for tenant_id in ids if tenant_id.lower() not in by_id]
    if missing and not (skip_missing and len(missing) < len(ids)):
        no_ids = [tenant_id for tenant_id in missing if not is_guid(tenant_id)]
        hint = f" ({', '.join(map(repr, no_ids))}: not an id)" if no_ids else ""
        message = (
            f"Organisation {', '.join(missing)} is not connected to this token{hint}; "
            f"connected: {format_tenants(organisations)}. Set {setting!r} to one of them, or "
            f"connect it with `{login_command()}`"
        )
        raise TenantNotConnectedError(message)
    return [
        by_id.get(tenant_id.lower()) or Tenant(tenant_id.lower(), None, is_connected=False)
        for tenant_id in ids
    ]


def _only_tenant(organisations: list[Tenant], login_tenants: Sequence[str]) -> Tenant:
    """The one organisation that is connected, or that was chosen at the login."""
    if login_tenants:
        organisations = [tenant for tenant in organisations if tenant.tenant_id in login_tenants]
        if not organisations:
            message = (
                "None of the organisations that were chosen at the login is still connected: "
                f"connect them again with `{login_command()}`, or set 'tenant_id'"
            )
            raise TenantNotConnectedError(message)
    if len(organisations) > 1:
        what = "were chosen at the login" if login_tenants else "are connected"
        message = (
            f"Several organisations {what}: {format_tenants(organisations)}. Set 'tenant_id' to "
            "one of them"
        )
        raise SettingsError(message)
    return organisations[0]


def format_tenants(tenants: Sequence[Tenant]) -> str:
    """``A (id), B (id)``, or ``none``."""
    return ", ".join(map(str, tenants)) or "none"


def transport_for(settings: ConnectionSettings, tokens: TokenSource, tenant: Tenant) -> Transport:
    """A transport for one organisation; if it is not connected, the error lists those that are."""
    lock = threading.Lock()

    @cache
    def listed() -> list[Tenant] | None:
        """The connections; None if they cannot be listed."""
        try:
            return connected_tenants(settings, tokens)
        except XeroError:
            return None

    def connected() -> list[Tenant] | None:
        with lock:
            return listed()

    def describe_error(error: XeroError, request: Request) -> XeroError:
        if not isinstance(error, TenantNotConnectedError) or (tenants := connected()) is None:
            return error
        is_listed = tenant.is_named({other.tenant_id.casefold() for other in tenants})
        kind: type[XeroError] = TenantNotConnectedError
        message = (
            f"Organisation {tenant} is not connected to this token; connected: "
            f"{format_tenants(tenants)}. Set 'tenant_id' to one of them, or connect it with "
            f"`{login_command()}`"
        )
        if is_listed and not _is_of_accounting(request, settings):
            # Other APIs answer in the same way (xero-facts.md: Projects).
            kind = AccessDeniedError
            message = (
                f"Xero forbids {request.summary}, although the organisation is connected: it has "
                "not switched this on, or the user has no role in it"
            )
        elif is_listed:
            message = (
                f"Xero refuses organisation {tenant} as not connected, although it lists the "
                f"connection: run again later, or connect it again with `{login_command()}`"
            )
        return kind(
            message,
            status=error.status,
            correlation_id=error.correlation_id,
            body=error.body,
            headers=error.headers,
        )

    header = None if tenant.implied else tenant.tenant_id
    return Transport(
        settings,
        tokens,
        tenant_id=header,
        describe_error=describe_error,
        shared=shared_limits(settings, header),
    )


def _is_of_accounting(request: Request, settings: ConnectionSettings) -> bool:
    """Whether a request is to the API of ``base_uri``."""
    is_path = not request.target.startswith(("http://", "https://")) and (
        ".xro/" not in request.target
    )
    return is_path or request.target.startswith(f"{settings.base_uri}/")


def _from_organisation(
    settings: ConnectionSettings, tokens: TokenSource, tenant_id: str | None
) -> Tenant:
    """The organisation of the token, for a Custom Connection with an empty ``/connections``."""
    transport = Transport(settings, tokens, tenant_id=tenant_id)
    try:
        response = transport.send(Request("GET", "/Organisation", subject="connections"))
        organisation = records_of(response.json, "Organisations")[0]
    except (XeroError, IndexError) as error:
        if tenant_id is None and isinstance(error, IndexError):
            message = (
                "Neither /connections nor /Organisation names an organisation: set 'tenant_id'"
            )
            raise TenantNotConnectedError(message) from None
        if tenant_id is None:
            raise
        logger.info("The name of the organisation cannot be read (%s)", error)
        return Tenant(tenant_id, None)
    return Tenant(
        tenant_id or str(organisation.get("OrganisationID")),
        organisation.get("Name"),
        implied=tenant_id is None,
    )


def _shown_name(name: object) -> str | None:
    """The name of an organisation, which its owner chose and a terminal shows."""
    return printable(name).replace("\n", " ") if isinstance(name, str) else None
