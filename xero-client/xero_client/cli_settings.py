"""Where the command line finds its settings: options, a file, the environment, the store."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xero_client.auth.stored_logins import Logins, store_exists
from xero_client.errors import SettingsError
from xero_client.settings.config_input import read_config_file
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES
from xero_client.settings.environment import settings_from_environment
from xero_client.store.database import Store
from xero_client.store.encryption import cipher_for

OWN_PREFIX = "XERO_"
PLUGIN_PREFIXES = {"tap-xero": "TAP_XERO_", "target-xero": "TARGET_XERO_"}

# What makes a connection another one; the plugins may well differ in the rest.
IDENTITY = (
    "base_uri",
    "authorize_uri",
    "token_uri",
    "client_id",
    "client_secret",
    "grant_type",
    "refresh_token",
    "access_token",
    "store_uri",
    "store_encryption",
)

# The plugins' own settings that say which scopes are needed.
READ_HERE: Mapping[str, Mapping[str, Any]] = {
    **CONNECTION_PROPERTIES,
    "tenant_ids": {"type": "array", "items": {"type": "string"}},
    "streams": {"type": "object"},
    "copy_attachments": {"type": "boolean"},
}


def configuration(
    file: Path | None,
    plugin: str | None,
    environ: Mapping[str, str],
    options: Mapping[str, str | None],
) -> dict[str, Any]:
    """The settings as far as they are set, the nearer source first: options, file, environment.

    Args:
        file: A plugin's JSON configuration.
        plugin: ``tap-xero`` or ``target-xero``, whose variables count; None: both, if they agree.
        environ: The environment.
        options: What the command line says; None where it says nothing.

    Raises:
        SettingsError: A source cannot be read, or the two plugins' variables disagree.
    """
    given = {name: value for name, value in options.items() if value is not None}
    return {**_of_environment(environ, plugin), **_of_file(file), **given}


def with_only_app(config: Mapping[str, Any]) -> dict[str, Any]:
    """The settings, with the app of the only login in the store where none is named.

    Raises:
        SettingsError: No app is named, and the store has none or several.
        StoreError: The state database cannot be used or read.
    """
    if config.get("client_id") or config.get("access_token"):
        return dict(config)
    client_ids = stored_client_ids(config)
    if len(client_ids) == 1:
        return {**config, "client_id": client_ids[0]}
    if client_ids:
        message = f"Several apps have a login: name one with --client-id: {', '.join(client_ids)}"
    else:
        message = "There is no login yet: run `xero login`"
    raise SettingsError(message)


def stored_client_ids(config: Mapping[str, Any]) -> list[str]:
    """The apps with a login, without making a database where there is none.

    Raises:
        StoreError: The state database cannot be used or read.
    """
    if not store_exists(config.get("store_uri")):
        return []
    store = Store(config.get("store_uri"), cipher_for(config.get("store_encryption")))
    try:
        return Logins(store).client_ids()
    finally:
        store.close()


def _of_file(file: Path | None) -> dict[str, Any]:
    content = read_config_file(file) if file is not None else {}
    return {name: value for name, value in content.items() if value not in (None, "")}


def _of_environment(environ: Mapping[str, str], plugin: str | None) -> dict[str, Any]:
    own = settings_from_environment(READ_HERE, OWN_PREFIX, environ)
    if plugin is not None:
        return {**own, **settings_from_environment(READ_HERE, PLUGIN_PREFIXES[plugin], environ)}
    tap, target = (
        settings_from_environment(READ_HERE, prefix, environ) for prefix in PLUGIN_PREFIXES.values()
    )
    for name in IDENTITY:
        if name in tap and name in target and tap[name] != target[name]:
            message = (
                f"{PLUGIN_PREFIXES['tap-xero']}{name.upper()} and {PLUGIN_PREFIXES['target-xero']}{name.upper()} "
                "differ: say --for tap-xero or --for target-xero"
            )
            raise SettingsError(message)
    return {**own, **target, **tap}
