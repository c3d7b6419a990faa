"""A plugin's connection, from its configuration and the login that completes it.

With a login, a configuration with only ``client_id`` is enough. The order in which a setting's
value is looked for: the plugin's configuration (file or environment), then the login, then the
default. A value that equals the default counts as not set, because singer-sdk writes the defaults
into every configuration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from xero_client.settings.connection_settings import CONNECTION_PROPERTIES, ConnectionSettings

if TYPE_CHECKING:
    from xero_client.auth.stored_logins import Login


def connection_settings(config: Mapping[str, Any], *, user_agent: str) -> ConnectionSettings:
    """A plugin's connection, with what its configuration leaves open taken from the login.

    Args:
        config: Setting names and values, of the connection and others.
        user_agent: The header to send where ``user_agent`` is not set.

    Raises:
        SettingsError: A setting is wrong, or none says how to authenticate.
        StoreError: The state database cannot be used or read.
    """
    login = _login(config)
    if login is None:
        return ConnectionSettings.from_config(config, user_agent=user_agent)
    completed = {
        **config,
        **{name: value for name, value in login.settings.items() if not _is_set(config, name)},
        "client_secret": config.get("client_secret") or login.client_secret,
    }
    chosen = tuple(login.tenants)
    if config.get("tenant_id") or config.get("tenant_ids"):
        chosen = ()
    elif len(chosen) == 1:
        completed["tenant_id"], chosen = chosen[0], ()
    settings = ConnectionSettings.from_config(completed, user_agent=user_agent)
    return replace(settings, login_tenants=chosen)


def _login(config: Mapping[str, Any]) -> Login | None:
    """The login of the configured app, where the configuration leaves anything open."""
    if config.get("access_token") or not config.get("client_id"):
        return None
    if config.get("grant_type") == "client_credentials" and config.get("client_secret"):
        return None
    # With the database comes SQLAlchemy, a fifth of a start: not for who needs neither.
    from xero_client.auth.stored_logins import stored_login  # noqa: PLC0415

    return stored_login(config)


def _is_set(config: Mapping[str, Any], name: str) -> bool:
    value = config.get(name)
    return value not in (None, "") and value != CONNECTION_PROPERTIES[name].get("default")
