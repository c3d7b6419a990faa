"""What a login is worth now: who, which scopes, how old the tokens, which limits are left."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xero_client.auth.stored_grant import StoredGrant
from xero_client.auth.stored_logins import Logins
from xero_client.auth.tenants import Tenant, chosen_tenants, connected_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.errors import ScopeMissingError, XeroError
from xero_client.http.rate_limiter import RemainingLimits
from xero_client.http.transport import Request, TokenSource
from xero_client.login.consent import claims_of
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Grant, Store
from xero_client.store.encryption import Encrypted


def status_of(settings: ConnectionSettings) -> dict[str, Any]:
    """Everything that is known about a connection, as JSON.

    The token is used, and so renewed where it has ended: one call for the organisations, and one
    for each of them, which tells its limits.

    Raises:
        XeroError: The token or the organisations cannot be had.
    """
    tokens = token_source(settings)
    access_token = tokens.token()
    claims = claims_of(access_token)
    status: dict[str, Any] = {
        "client_id": settings.client_id,
        "app": _kind(settings, tokens),
        "user_id": claims.get("xero_userid"),
        "scopes": _scopes(claims.get("scope")),
    }
    if isinstance(tokens, StoredGrant):
        store = Store.of(settings)
        try:
            grant = store.grant(settings.client_id or "", settings.token_uri)
            login = Logins(store).find(settings.client_id or "")
        finally:
            store.close()
        if grant is not None:
            status |= _ages(grant, encrypted=isinstance(store.cipher, Encrypted))
        chosen = login.tenants if login else {}
    else:
        chosen = {}
    tenants = connected_tenants(settings, tokens) or chosen_tenants(settings, tokens)
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


def _kind(settings: ConnectionSettings, tokens: TokenSource) -> str:
    if settings.access_token:
        return "static access token"
    if not isinstance(tokens, StoredGrant):
        return "Custom Connection"
    return "Web app" if settings.client_secret else "PKCE app"


def _scopes(claim: Any) -> list[str]:  # noqa: ANN401  # any JSON
    return sorted(claim.split() if isinstance(claim, str) else map(str, claim or []))


def _ages(grant: Grant, *, encrypted: bool) -> dict[str, Any]:
    return {
        "access_token_expires_at": _instant(grant.expires_at),
        "refresh_token_issued_at": _instant(grant.obtained_at),
        "refresh_by": _instant(grant.dies_at),
        "encrypted": encrypted,
    }


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _limits(settings: ConnectionSettings, tokens: TokenSource, tenant: Tenant) -> dict[str, Any]:
    """Limits left today and this minute; the Organisation endpoint costs no egress (xero-facts.md: Pricing and egress)."""
    transport = transport_for(settings, tokens, tenant)
    trouble = None
    try:
        transport.send(Request("GET", "/Organisation", subject="organisations"))
        left = transport.rate_limiter.latest
    except XeroError as error:
        left = RemainingLimits.from_headers(error.headers)
        # Without accounting.settings the refusal tells the limits just as well.
        if not isinstance(error, ScopeMissingError) or left.day is None:
            trouble = str(error)
    found = {"calls_left_today": left.day, "calls_left_this_minute": left.minute}
    return found | ({"problem": trouble} if trouble else {})


def lines_of(status: Mapping[str, Any]) -> list[str]:
    """The status, for reading."""
    lines = [
        f"{status['app']} {status['client_id'] or ''}".rstrip(),
        *([f"  user          {status['user_id']}"] if status["user_id"] else []),
        f"  scopes        {' '.join(status['scopes']) or 'not told'}",
    ]
    if "refresh_by" in status:
        kept = "encrypted" if status["encrypted"] else "not encrypted"
        lines += [
            f"  access token  until {status['access_token_expires_at']}, {kept}",
            f"  refresh token of {status['refresh_token_issued_at']}",
            f"  use it by     {status['refresh_by']}",
        ]
    for one in status["organisations"]:
        left = one["calls_left_today"]
        mark = "*" if one["chosen"] else "-"
        calls = "unknown" if left is None else f"{left:,}"
        named = f"{one['name'] or 'unnamed'} ({one['tenant_id']})"
        lines.append(f"  {mark} {named}: {calls} calls left today")
        if "problem" in one:
            lines.append(f"    {one['problem']}")
    return lines
