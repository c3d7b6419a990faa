"""Settings, token sources and transports that connect the client to a sandbox."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from tap_runner import settings_for
from xero_client.auth.token_sources import StaticToken, token_source
from xero_client.http.transport import Transport
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store
from xero_client.store.grants import Grant

WEB = "sandbox-web"


def store_in(folder: Path) -> str:
    """The URI of a state database below a folder."""
    return f"sqlite:///{folder / 'state' / 'xero.db'}"


def web_config(xero: Any, store_uri: str, **settings: Any) -> dict[str, Any]:
    """A configuration of the web app; its refresh tokens are in the state database."""
    return {
        "base_uri": xero.base_uri,
        "authorize_uri": xero.authorize_uri,
        "token_uri": xero.token_uri,
        "grant_type": "refresh_token",
        "client_id": WEB,
        "client_secret": xero.apps[WEB].secret,
        "store_uri": store_uri,
    } | settings


def checked(config: dict[str, Any]) -> ConnectionSettings:
    return ConnectionSettings.from_config(config, user_agent="tests")


def web_tokens(xero: Any, store_uri: str, **settings: Any) -> Any:
    """The token source of the web app."""
    return token_source(checked(web_config(xero, store_uri, **settings)))


def put_grant(
    xero: Any,
    store_uri: str,
    client_id: str = WEB,
    *,
    minutes_left: float = -1,
    age: timedelta = timedelta(),
    tokens: dict[str, Any] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Stores a login of some age, and returns its tokens; its access token has expired."""
    tokens = tokens or xero.grant(client_id)
    now = datetime.now(timezone.utc)
    store = Store(store_uri)
    store.replace_grant(
        Grant(
            client_id=client_id,
            token_uri=xero.token_uri,
            refresh_token=tokens["refresh_token"],
            access_token=tokens["access_token"],
            expires_at=now + timedelta(minutes=minutes_left),
            obtained_at=now - age,
            **{"scopes": tokens["scope"], **fields},
        )
    )
    store.close()
    return tokens


def static_transport(xero: Any, **settings: Any) -> Transport:
    """A transport to the first organisation, with an access token that is not refreshed."""
    settings = {"access_token": xero.grant(WEB)["access_token"]} | settings
    connection = checked(web_config(xero, "", **settings))
    return Transport(connection, StaticToken(connection.access_token), tenant_id=xero.tenant_id)


def custom_transport(xero: Any, **settings: Any) -> Transport:
    """A transport to the first organisation, as a Custom Connection."""
    connection = checked(settings_for(xero, **settings))
    return Transport(connection, token_source(connection), tenant_id=xero.tenant_id)


def token_calls(xero: Any, grant_type: str = "refresh_token") -> list[dict[str, Any]]:
    """The calls that reached the token endpoint, from the sandbox's log."""
    return [call for call in xero.calls("connect/token") if call.get("grant_type") == grant_type]


def issued(xero: Any) -> set[str]:
    """Every secret of this sandbox: all tokens and client secrets."""
    tokens = xero.sandbox.tokens
    secrets = {app.secret for app in xero.apps.values() if app.secret}
    return {*tokens.access, *tokens.refresh, *tokens.codes, *secrets}
