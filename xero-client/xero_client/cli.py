"""The command ``xero``: log in, look at the organisations and the tokens, log out."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping
from functools import wraps
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from xero_client.auth.stored_logins import Logins
from xero_client.cli_settings import (
    PLUGIN_PREFIXES,
    configuration,
    stored_client_ids,
    with_only_app,
)
from xero_client.connection import connection_settings
from xero_client.errors import ClientRefusedError, SettingsError, XeroError
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store

LOGIN_SECONDS = 600


class Commands(click.Group):
    """Commands whose errors end in words and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # as click has it
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except XeroError as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("xero-client"), prog_name="xero")
def main() -> None:
    """Grants access to Xero for tap-xero and target-xero, and shows what there is.

    Settings are looked for in this order: options, the file of --config, the variables TAP_XERO_…,
    TARGET_XERO_… and XERO_… (such as TAP_XERO_CLIENT_ID), the login in the state database, the
    default. Secrets are read from there or asked for; no option takes one.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s")


def connecting(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that say which connection is meant, and passes its settings as found."""

    @click.option(
        "--config",
        "file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The JSON configuration of tap-xero or target-xero.",
    )
    @click.option(
        "--for",
        "plugin",
        type=click.Choice(tuple(PLUGIN_PREFIXES)),
        help="Whose variables count: TAP_XERO_… or TARGET_XERO_….",
    )
    @click.option("--client-id", help="The app's client id.")
    @wraps(command)
    def with_config(
        file: Path | None, plugin: str | None, client_id: str | None, **options: object
    ) -> None:
        found = configuration(file, plugin, os.environ, {"client_id": client_id})
        command(found, plugin=plugin, client_id=client_id, **options)

    return with_config


def _settings(config: Mapping[str, Any]) -> ConnectionSettings:
    return connection_settings(with_only_app(config), user_agent=_user_agent())


def _user_agent() -> str:
    return f"xero-client/{version('xero-client')}"


@main.command()
@connecting
@click.argument("streams", nargs=-1)
@click.option(
    "--catalog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Ask for what this Singer catalog selects.",
)
@click.option("--scopes", help="Ask for these scopes, with spaces between.")
@click.option("--read-only", is_flag=True, help="Ask for no scope that writes.")
@click.option("--redirect-uri", help="Where Xero sends the browser back, as the app has it.")
@click.option("--no-browser", is_flag=True, help="Print the URL and paste the callback's.")
@click.option(
    "--custom-connection", is_flag=True, help="The app is a Custom Connection: no consent here."
)
@click.option("--tenant", "tenants", multiple=True, help="Choose this organisation, by id or name.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=LOGIN_SECONDS,
    show_default=True,
    help="Seconds to wait for the login in the browser.",
)
def login(  # noqa: PLR0913  # one for each option
    config: dict[str, Any],
    *,
    plugin: str | None,
    client_id: str | None,
    streams: tuple[str, ...],
    catalog: Path | None,
    scopes: str | None,
    read_only: bool,
    redirect_uri: str | None,
    no_browser: bool,
    custom_connection: bool,
    tenants: tuple[str, ...],
    timeout: float,
) -> None:
    """Grants access to Xero, for the STREAMS that are named (default: the usual ones)."""
    # Only a login shows pages: the other commands start without what they need.
    from xero_client.login import command as ways  # noqa: PLC0415
    from xero_client.login.flow import LoginFlow  # noqa: PLC0415
    from xero_client.login.login_errors import ConsentError  # noqa: PLC0415

    wishes = ways.Wishes(
        plugin=plugin,
        streams=streams or ways.streams_meant(catalog, config, os.environ, plugin),
        scopes=scopes,
        read_only=read_only,
        tenants=tenants,
        seconds=timeout,
        in_meltano="MELTANO_PROJECT_ROOT" in os.environ,
    )
    asked = ways.scopes_for(config, wishes)
    ways.warn_of_approval(asked, lambda text: click.echo(text, err=True))
    if redirect_uri:
        config["redirect_uri"] = redirect_uri
    is_custom = custom_connection or config.get("grant_type") == "client_credentials"
    if is_custom:
        config |= ways.asked_for_custom(config)
    known = stored_client_ids(config)
    if not config.get("client_id") and len(known) == 1:
        config["client_id"] = known[0]
    flow = LoginFlow(config, asked, user_agent=_user_agent(), app_is_known=not client_id)
    try:
        if is_custom:
            ways.custom_connection(flow, wishes)
        elif no_browser:
            ways.in_terminal(flow, wishes)
        else:
            ways.in_browser(flow, wishes)
    except ConsentError as error:
        raise error.begun_with(wishes.command) from None
    finally:
        flow.close()


@main.command()
@connecting
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tenants(config: dict[str, Any], *, as_json: bool, **_options: object) -> None:
    """Lists the connected organisations: name, id, type, when connected."""
    from xero_client.auth.tenants import connected_tenants  # noqa: PLC0415
    from xero_client.auth.token_sources import token_source  # noqa: PLC0415

    settings = _settings(config)
    connected = connected_tenants(settings, token_source(settings))
    chosen = {settings.tenant_id, *settings.login_tenants}
    if as_json:
        rows = [
            {
                "tenant_id": one.tenant_id,
                "name": one.name,
                "type": one.kind,
                "connected_at": one.created,
                "chosen": one.tenant_id in chosen,
            }
            for one in connected
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    if not connected:
        click.echo("No organisation is connected: run `xero login`", err=True)
    for one in connected:
        since = (one.created or "").partition(".")[0]
        mark = "*" if one.tenant_id in chosen else " "
        click.echo(f"{mark} {one.name or 'unnamed':<30} {one.tenant_id}  {one.kind}  {since}")


@main.command()
@connecting
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(config: dict[str, Any], *, as_json: bool, **_options: object) -> None:
    """Shows who is logged in, the scopes, how long the tokens last, and the limits left."""
    from xero_client.login.status import lines_of, status_of  # noqa: PLC0415

    found = status_of(_settings(config))
    for line in [json.dumps(found, indent=2)] if as_json else lines_of(found):
        click.echo(line)


@main.command()
@connecting
@click.argument("organisation", required=False)
@click.option("--yes", is_flag=True, help="Do not ask.")
def logout(
    config: dict[str, Any], *, organisation: str | None, yes: bool, **_options: object
) -> None:
    """Disconnects one ORGANISATION (id or name), or revokes the whole grant."""
    settings = _settings(config)
    if organisation:
        _disconnect(settings, organisation)
        return
    if not yes:
        click.confirm(
            f"End the grant of app {settings.client_id} and disconnect all its organisations?",
            abort=True,
        )
    _revoke(settings)


def _disconnect(settings: ConnectionSettings, organisation: str) -> None:
    from xero_client.auth.tenants import connected_tenants, disconnect, listed  # noqa: PLC0415
    from xero_client.auth.token_sources import token_source  # noqa: PLC0415

    tokens = token_source(settings)
    connected = connected_tenants(settings, tokens)
    meant = [one for one in connected if organisation in (one.tenant_id, one.name)]
    if len(meant) != 1:
        what = "fits several" if meant else "is not connected"
        message = f"{organisation!r} {what}; connected: {listed(connected)}"
        raise SettingsError(message)
    disconnect(settings, tokens, meant[0])
    store = Store.of(settings)
    Logins(store).leave(settings.client_id or "", [meant[0].tenant_id])
    store.close()
    others = [one for one in connected if one not in meant]
    click.echo(f"Disconnected {meant[0]}. Still connected: {listed(others)}")


def _revoke(settings: ConnectionSettings) -> None:
    from xero_client.login.consent import revoke  # noqa: PLC0415

    client_id = settings.client_id or ""
    store = Store.of(settings)
    refused: ClientRefusedError | None = None
    try:
        with store.locked_grant(client_id, settings.token_uri) as locked:
            token = (locked.grant and locked.grant.refresh_token) or settings.refresh_token
            if token:
                try:
                    revoke(settings, token)
                except ClientRefusedError as error:
                    refused = error
        store.forget_grant(client_id, settings.token_uri)
        Logins(store).forget(client_id)
    finally:
        store.close()
    if refused is not None:
        message = (
            f"The tokens are removed here, but Xero did not revoke them ({refused}): disconnect "
            "the app in Xero, under Connected apps"
        )
        raise ClientRefusedError(message)
    click.echo(f"Logged out: the grant of app {client_id} is revoked, its tokens are removed.")


@main.command()
@click.argument("streams", nargs=-1)
@click.option("--write", is_flag=True, help="For writing too, as target-xero does.")
def scopes(streams: tuple[str, ...], *, write: bool) -> None:
    """Prints the scopes that the STREAMS need (default: the usual ones)."""
    from xero_client.entities.scopes import REFRESH, needed, selected  # noqa: PLC0415
    from xero_client.login.command import warn_of_approval  # noqa: PLC0415

    found = needed(selected(streams), read=True, write=write)
    click.echo(" ".join((REFRESH, *found)))
    warn_of_approval(found, lambda text: click.echo(text, err=True))
