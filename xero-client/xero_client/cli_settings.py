"""The settings of a command: from options, a file, the environment and the state database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from xero_client.auth.stored_logins import Logins, store_exists
from xero_client.command_line.configuration import read_config_file
from xero_client.entities.access.purposes import PUBLISH, PURPOSES, READ
from xero_client.errors import SettingsError
from xero_client.names import did_you_mean
from xero_client.plugins import Plugin, plugins_of
from xero_client.settings.connection_settings import CONNECTION_PROPERTIES
from xero_client.settings.environment import settings_from_environment
from xero_client.settings.login_command import login_command
from xero_client.store.database import Store
from xero_client.store.encryption import cipher_for

SHARED_PREFIX = "XERO_"
# The earlier names of these purposes.
OLD_WORDS = {"tap-xero": READ, "target-xero": PUBLISH}

# Programs must agree on these settings to have the same connection; others may differ.
CONNECTION_IDENTITY = (
    "base_uri",
    "authorize_uri",
    "token_uri",
    "client_id",
    "client_secret",
    "grant_type",
    "refresh_token",
    "access_token",
    "grant",
    "store_uri",
    "store_encryption",
)

# Besides the connection: the settings of programs that decide which scopes are needed.
CLI_PROPERTIES: Mapping[str, Mapping[str, Any]] = {
    **CONNECTION_PROPERTIES,
    "tenant_ids": {"type": "array", "items": {"type": "string"}},
    "streams": {"type": "object"},
    "copy_attachments": {"type": "boolean"},
    "include": {"type": "array", "items": {"type": "string"}},
    "custom_streams": {"type": "object"},
    "reports": {"type": "object"},
}


def parse_purposes(values: Iterable[str]) -> tuple[str, ...]:
    """The purposes of a login.

    Args:
        values: What the options ``--for`` give: words, separated by commas or spaces.

    Raises:
        SettingsError: A word does not exist.
    """
    words = [word for value in values for word in value.replace(",", " ").split()]
    purposes = dict.fromkeys(OLD_WORDS.get(word.casefold(), word.casefold()) for word in words)
    for word in purposes:
        if word not in PURPOSES:
            hint = did_you_mean(word, PURPOSES) or "."
            message = f"{word!r} is not a purpose{hint} The purposes are: {', '.join(PURPOSES)}"
            raise SettingsError(message)
    return tuple(purposes)


def half_of(purposes: Iterable[str]) -> str | None:
    """Reading or publishing, if the purposes have only one of them; else None."""
    halves = {READ, PUBLISH}.intersection(purposes)
    return halves.pop() if len(halves) == 1 else None


def with_reading(purposes: tuple[str, ...], has_streams: bool) -> tuple[str, ...]:  # noqa: FBT001
    """The purposes, and reading, if streams are named that no purpose is for."""
    return (READ, *purposes) if has_streams and not {READ, PUBLISH} & set(purposes) else purposes


def read_cli_config(
    file: Path | None,
    half: str | None,
    environ: Mapping[str, str],
    options: Mapping[str, str | None],
) -> dict[str, Any]:
    """Reads the settings that are set. Options override the file, which overrides the environment.

    Args:
        file: The JSON configuration of a plugin.
        half: ``read`` or ``publish``: the plugin whose variables are read; None: both, if they
            agree.
        environ: The environment.
        options: Settings from command-line options; None if an option is not used.

    Raises:
        SettingsError: The file or a variable cannot be read, or the programs' variables
            differ.
    """
    from_options = {name: value for name, value in options.items() if value is not None}
    return {**_from_environment(environ, half), **_from_file(file), **from_options}


def with_stored_app(config: Mapping[str, Any]) -> dict[str, Any]:
    """Adds the client id of the only stored login, if the settings have none.

    Raises:
        SettingsError: The client id is missing, and the database has no login or several.
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
        message = f"There is no login yet: run `{login_command()}`"
    raise SettingsError(message)


def stored_client_ids(config: Mapping[str, Any]) -> list[str]:
    """The client ids of the apps with a login. Does not create a database.

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


def _from_file(file: Path | None) -> dict[str, Any]:
    content = read_config_file(file) if file is not None else {}
    return {name: value for name, value in content.items() if value not in (None, "")}


def _from_environment(environ: Mapping[str, str], half: str | None) -> dict[str, Any]:
    read = partial(settings_from_environment, CLI_PROPERTIES, environ=environ)
    merged: dict[str, Any] = {}
    origins: dict[str, Plugin] = {}
    for plugin in plugins_of(writes=None if half is None else half == PUBLISH):
        own = read(prefix=plugin.variables)
        for name in CONNECTION_IDENTITY:
            if name in own and name in merged and own[name] != merged[name]:
                _refuse_difference(name, origins[name], plugin)
        if half is None and not plugin.writes:
            # These are request parameters, those of the other plugin the entities to publish to.
            own.pop("streams", None)
        merged = {**own, **merged}
        origins = {**dict.fromkeys(own, plugin), **origins}
    return {**read(prefix=SHARED_PREFIX), **merged}


def _refuse_difference(setting: str, *plugins: Plugin) -> NoReturn:
    variables = " and ".join(f"{plugin.variables}{setting.upper()}" for plugin in plugins)
    message = f"{variables} differ: add --for {READ} or --for {PUBLISH}"
    raise SettingsError(message)
