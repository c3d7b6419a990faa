"""The settings of a connection: from the configuration, completed by the stored login.

After a login, a configuration of only ``client_id`` is enough. A setting's value comes from the
configuration (file or environment), else from the login, else it is the default. A value that
equals the default counts as not set, because singer-sdk writes the defaults into every
configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings

if TYPE_CHECKING:
    from xero_client.auth.stored_logins import Login


def connection_settings(
    config: Mapping[str, Any], *, user_agent: str, any_grant: bool = False
) -> ConnectionSettings:
    """The settings of a connection, with values of the stored login for those that are not set.

    Args:
        config: Setting names and values, of the connection and others.
        user_agent: The ``User-Agent`` header, if ``user_agent`` is not set.
        any_grant: Whether the app of another login counts if no login has the name of the setting
            ``grant``; the organisations of that login never do.

    Raises:
        SettingsError: A setting is invalid, or none says how to authenticate.
        StoreError: The state database cannot be used or read.
    """
    login = _stored_login(config, any_grant=any_grant)
    if login is None:
        return ConnectionSettings.from_config(config, user_agent=user_agent)
    completed = {
        **config,
        **{name: value for name, value in login.settings.items() if not _is_set(config, name)},
        "client_secret": config.get("client_secret") or login.client_secret,
    }
    chosen = tuple(login.tenants) if login.grant == (config.get("grant") or "") else ()
    if config.get("tenant_id") or config.get("tenant_ids"):
        chosen = ()
    elif len(chosen) == 1:
        completed["tenant_id"], chosen = chosen[0], ()
    settings = ConnectionSettings.from_config(completed, user_agent=user_agent)
    return replace(settings, login_tenants=chosen)


def _stored_login(config: Mapping[str, Any], *, any_grant: bool) -> Login | None:
    """The login of the configured app; None if the configuration is complete without it."""
    if config.get("access_token") or not config.get("client_id"):
        return None
    if config.get("grant_type") == "client_credentials" and config.get("client_secret"):
        return None
    # The import of SQLAlchemy is a fifth of the start-up time, so it waits until it is needed.
    from xero_client.auth.stored_logins import stored_login  # noqa: PLC0415

    return stored_login(config, any_grant=any_grant)


def _is_set(config: Mapping[str, Any], name: str) -> bool:
    value = config.get(name)
    return value not in (None, "") and value != CONNECTION_PROPERTIES[name].get("default")
