"""The command ``xero status``: user, scopes, age of the tokens, and the limits left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xero_client.auth.access_token import claims_from_token
from xero_client.auth.stored_grant import StoredGrant, grant_key
from xero_client.auth.stored_logins import Logins
from xero_client.auth.tenants import Tenant, choose_tenants, connected_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.errors import ScopeMissingError, XeroError
from xero_client.http.rate_limiter import RemainingLimits
from xero_client.http.transport import Request, TokenSource
from xero_client.json_value import Json
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store
from xero_client.store.encryption import FernetCipher
from xero_client.store.grants import Grant


def connection_status(settings: ConnectionSettings) -> dict[str, Any]:
    """The status of a connection, as JSON.

    Renews the token if it has expired. Makes one call for the organisations, and one for the
    limits of each organisation.

    Raises:
        XeroError: The token is missing, or the organisations cannot be listed.
    """
    tokens = token_source(settings)
    access_token = tokens.token()
    claims = claims_from_token(access_token)
    status: dict[str, Any] = {
        "client_id": settings.client_id,
        "grant": settings.grant,
        "app": _app_type(settings, tokens),
        "user_id": claims.get("xero_userid"),
        "scopes": _scopes(claims.get("scope")),
    }
    if isinstance(tokens, StoredGrant):
        store = Store.of(settings)
        try:
            grant = store.grant(grant_key(settings))
            login = Logins(store).find(settings.client_id or "", settings.grant or "")
        finally:
            store.close()
        if grant is not None:
            status |= _token_status(grant, encrypted=isinstance(store.cipher, FernetCipher))
        chosen = login.tenants if login else {}
    else:
        chosen = {}
    tenants = connected_tenants(settings, tokens) or choose_tenants(settings, tokens).tenants
    status["organisations"] = [
        {
            "tenant_id": tenant.tenant_id,
            "name": tenant.name,
            "chosen": tenant.tenant_id in chosen or tenant.tenant_id == settings.tenant_id,
            **_limits(settings, tokens, tenant),
        }
        for tenant in tenants
    ]
    return status


def _app_type(settings: ConnectionSettings, tokens: TokenSource) -> str:
    if settings.access_token:
        return "static access token"
    if not isinstance(tokens, StoredGrant):
        return "Custom Connection"
    return "Web app" if settings.client_secret else "PKCE app"


def _scopes(claim: Json) -> list[str]:
    return sorted(claim.split() if isinstance(claim, str) else map(str, claim or []))


def _token_status(grant: Grant, *, encrypted: bool) -> dict[str, Any]:
    return {
        "access_token_expires_at": _format_time(grant.expires_at),
        "refresh_token_issued_at": _format_time(grant.obtained_at),
        "refresh_by": _format_time(grant.refresh_token_expires_at),
        "encrypted": encrypted,
    }


def _format_time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _limits(settings: ConnectionSettings, tokens: TokenSource, tenant: Tenant) -> dict[str, Any]:
    """The calls left today and this minute.

    The Organisation endpoint costs no egress (xero-facts.md: Pricing and egress).
    """
    transport = transport_for(settings, tokens, tenant)
    problem = None
    try:
        transport.send(Request("GET", "/Organisation", subject="organisations"))
        left = transport.rate_limiter.latest
    except XeroError as error:
        left = RemainingLimits.from_headers(error.headers)
        # Without the scope accounting.settings, the error response has the limits too.
        if not isinstance(error, ScopeMissingError) or left.day is None:
            problem = str(error)
    found = {"calls_left_today": left.day, "calls_left_this_minute": left.minute}
    return found | ({"problem": problem} if problem else {})


def format_status(status: Mapping[str, Any]) -> list[str]:
    """The status as lines of text."""
    lines = [
        f"{status['app']} {status['client_id'] or ''}".rstrip(),
        *([f"  user          {status['user_id']}"] if status["user_id"] else []),
        f"  scopes        {' '.join(status['scopes']) or 'unknown'}",
    ]
    if "refresh_by" in status:
        protection = "encrypted" if status["encrypted"] else "not encrypted"
        lines += [
            f"  access token  until {status['access_token_expires_at']}, {protection}",
            f"  refresh token of {status['refresh_token_issued_at']}",
            f"  use it by     {status['refresh_by']}",
        ]
    for organisation in status["organisations"]:
        left = organisation["calls_left_today"]
        mark = "*" if organisation["chosen"] else "-"
        calls = "unknown" if left is None else f"{left:,}"
        named = f"{organisation['name'] or 'unnamed'} ({organisation['tenant_id']})"
        lines.append(f"  {mark} {named}: {calls} calls left today")
        if "problem" in organisation:
            lines.append(f"    {organisation['problem']}")
    return lines
