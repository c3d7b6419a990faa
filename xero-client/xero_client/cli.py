"""The command ``xero``: log in, show organisations and tokens, log out."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from importlib.metadata import EntryPoint, entry_points, version
from pathlib import Path
from typing import Any

import click

from xero_client.auth.stored_logins import Logins
from xero_client.cli_settings import (
    OLD_WORDS,
    half_of,
    parse_purposes,
    read_cli_config,
    stored_client_ids,
    with_reading,
    with_stored_app,
)
from xero_client.connection import connection_settings
from xero_client.entities.access.purposes import PUBLISH, PURPOSES, READ, Needs, ScopeRequest
from xero_client.entities.access.scope_descriptions import APPROVAL_REQUIRED
from xero_client.errors import ClientRefusedError, SettingsError, XeroError
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.settings.login_command import login_command
from xero_client.store.database import Store

LOGIN_TIMEOUT_SECONDS = 600


class ErrorReportingGroup(click.Group):
    """Commands that report a ``XeroError`` as a message, with exit code 1.

    Other packages can add commands, by entry points of the group ``xero.commands``.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands, for the help."""
        return sorted({*super().list_commands(ctx), *_added_commands()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        command = super().get_command(ctx, cmd_name)
        if command is not None or (added := _added_commands().get(cmd_name)) is None:
            return command
        loaded: click.Command = added.load()
        return loaded

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  # as in click
        """Runs the command and reports its error."""
        try:
            return super().invoke(ctx)
        except XeroError as error:
            raise click.ClickException(str(error)) from None


def _added_commands() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group="xero.commands")}


@click.group(cls=ErrorReportingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version("xero-client"), prog_name="xero")
def main() -> None:
    """Grants access to Xero, and shows connections and tokens.

    A setting's value comes from the first of these that has it: options, the file of --config, the
    variables of the installed plugins (PLUGIN_CLIENT_ID), the variables XERO_… (XERO_CLIENT_ID),
    the login in the state database, the default. No option takes a secret: the terminal or the
    page asks for it.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s")


def connection_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options that select a connection, and passes its settings to the command.

    The command has an option ``--for``: whether the variables of one plugin only are read.
    """

    @click.option(
        "--config",
        "file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The JSON configuration of a plugin.",
    )
    @click.option("--client-id", help="The app's client id.")
    @click.option("--grant", help="The name of the login, if an app has several.")
    @wraps(command)
    def with_config(
        file: Path | None,
        purposes: tuple[str, ...],
        client_id: str | None,
        grant: str | None,
        **options: object,
    ) -> None:
        from_options = {"client_id": client_id, "grant": grant}
        config = read_cli_config(file, half_of(purposes), os.environ, from_options)
        command(config, purposes=purposes, client_id=client_id, **options)

    return with_config


def _parsed_purposes(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> tuple[str, ...]:
    try:
        return parse_purposes(values)
    except SettingsError as error:
        raise click.BadParameter(str(error)) from None


purposes_option = click.option(
    "--for",
    "purposes",
    multiple=True,
    metavar="WORDS",
    callback=_parsed_purposes,
    help=(
        f"What the scopes are for: {', '.join(PURPOSES)}. Several words are possible, with commas "
        "or spaces between, and so are several options. read takes the variables of the plugin "
        "that reads only, publish those of the one that publishes."
    ),
)
half_option = click.option(
    "--for",
    "purposes",
    type=click.Choice((READ, PUBLISH, *OLD_WORDS)),
    multiple=True,
    metavar="[read|publish]",
    callback=_parsed_purposes,
    help="Take the variables of one plugin only: of the one that reads, or that publishes.",
)


def _settings(config: Mapping[str, Any]) -> ConnectionSettings:
    return connection_settings(with_stored_app(config), user_agent=_user_agent())


def _user_agent() -> str:
    return f"xero-client/{version('xero-client')}"


@main.command()
@connection_options
@purposes_option
@click.argument("streams", nargs=-1)
@click.option(
    "--catalog",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Request the scopes for the streams that this Singer catalog selects.",
)
@click.option(
    "--scopes", help="Request these scopes, separated by spaces, for reading and publishing."
)
@click.option("--write", is_flag=True, help="Request the scopes for writing, too.")
@click.option(
    "--read-only",
    is_flag=True,
    help="Request no scope for writing, not even one that was granted before.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="Leave out the scopes that were granted before, if Xero refuses one of them.",
)
@click.option("--redirect-uri", help="The redirect URI, as registered with the app.")
@click.option(
    "--no-browser", is_flag=True, help="Print the URL, and ask for the URL of the callback."
)
@click.option(
    "--custom-connection",
    is_flag=True,
    help="The app is a Custom Connection, which needs no consent.",
)
@click.option("--tenant", "tenants", multiple=True, help="Choose this organisation, by id or name.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=1),
    default=LOGIN_TIMEOUT_SECONDS,
    show_default=True,
    help="Seconds to wait for the login in the browser.",
)
def login(  # noqa: PLR0913  # one argument for each option
    config: dict[str, Any],
    *,
    purposes: tuple[str, ...],
    client_id: str | None,
    streams: tuple[str, ...],
    catalog: Path | None,
    scopes: str | None,
    write: bool,
    read_only: bool,
    replace: bool,
    redirect_uri: str | None,
    no_browser: bool,
    custom_connection: bool,
    tenants: tuple[str, ...],
    timeout: float,
) -> None:
    """Grants access to Xero, in addition to what was granted before.

    Requests the scopes for reading the STREAMS (default: those that are selected by default), or
    for what --for names.
    """
    # The other commands start faster without these imports.
    from xero_client.login import command as login_steps  # noqa: PLC0415
    from xero_client.login.flow import LoginFlow  # noqa: PLC0415
    from xero_client.login.login_errors import ConsentError  # noqa: PLC0415
    from xero_client.login.typed_command import typed_options  # noqa: PLC0415

    options = login_steps.LoginOptions(
        purposes=purposes,
        streams=streams,
        catalog=catalog,
        scopes=scopes,
        write=write,
        read_only=read_only,
        replace=replace,
        tenants=tenants,
        timeout=timeout,
        typed=typed_options(click.get_current_context()),
    )
    requested = login_steps.scope_request(config, os.environ, options)
    _warn_about_approval(requested.scopes)
    if redirect_uri:
        config["redirect_uri"] = redirect_uri
    is_custom = custom_connection or config.get("grant_type") == "client_credentials"
    if is_custom:
        config |= login_steps.prompt_custom_connection(config)
    stored = stored_client_ids(config)
    if not config.get("client_id") and len(stored) == 1:
        config["client_id"] = stored[0]
    flow = LoginFlow(config, requested, user_agent=_user_agent(), use_stored_app=not client_id)
    try:
        if is_custom:
            login_steps.login_custom_connection(flow, options)
        elif no_browser:
            login_steps.login_in_terminal(flow, options)
        else:
            login_steps.login_in_browser(flow, options)
    except ConsentError as error:
        raise error.with_login_command(options.command) from None
    finally:
        flow.close()


@main.command()
@connection_options
@half_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def tenants(config: dict[str, Any], *, as_json: bool, **_options: object) -> None:
    """Lists the connected organisations: name, id, type, time of the connection."""
    from xero_client.auth.tenants import connected_tenants  # noqa: PLC0415
    from xero_client.auth.token_sources import token_source  # noqa: PLC0415

    settings = _settings(config)
    connected = connected_tenants(settings, token_source(settings))
    chosen = {settings.tenant_id, *settings.login_tenants}
    if as_json:
        rows = [
            {
                "tenant_id": tenant.tenant_id,
                "name": tenant.name,
                "type": tenant.kind,
                "connected_at": tenant.created,
                "chosen": tenant.tenant_id in chosen,
            }
            for tenant in connected
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    if not connected:
        click.echo(f"No organisation is connected: run `{login_command()}`", err=True)
    for tenant in connected:
        since = (tenant.created or "").partition(".")[0]
        mark = "*" if tenant.tenant_id in chosen else " "
        name = tenant.name or "unnamed"
        click.echo(f"{mark} {name:<30} {tenant.tenant_id}  {tenant.kind}  {since}")


@main.command()
@connection_options
@half_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def status(config: dict[str, Any], *, as_json: bool, **_options: object) -> None:
    """Shows the user, the scopes, when the tokens expire, and the limits left."""
    from xero_client.login.status import connection_status, format_status  # noqa: PLC0415

    current = connection_status(_settings(config))
    for line in [json.dumps(current, indent=2)] if as_json else format_status(current):
        click.echo(line)


@main.command()
@connection_options
@half_option
@click.argument("organisation", required=False)
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
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
    from xero_client.auth.tenants import (  # noqa: PLC0415
        connected_tenants,
        disconnect,
        format_tenants,
    )
    from xero_client.auth.token_sources import token_source  # noqa: PLC0415

    tokens = token_source(settings)
    connected = connected_tenants(settings, tokens)
    exact = [tenant for tenant in connected if organisation in (tenant.tenant_id, tenant.name)]
    matching = exact or [
        tenant for tenant in connected if tenant.is_named({organisation.casefold()})
    ]
    if len(matching) != 1:
        what = "matches several organisations" if matching else "is not connected"
        message = f"{organisation!r} {what}; connected: {format_tenants(connected)}"
        raise SettingsError(message)
    disconnect(settings, tokens, matching[0])
    store = Store.of(settings)
    Logins(store).remove_tenants(
        settings.client_id or "", settings.grant or "", [matching[0].tenant_id]
    )
    store.close()
    others = [tenant for tenant in connected if tenant not in matching]
    click.echo(f"Disconnected {matching[0]}. Still connected: {format_tenants(others)}")


def _revoke(settings: ConnectionSettings) -> None:
    from xero_client.auth.stored_grant import grant_key  # noqa: PLC0415
    from xero_client.login.consent import revoke  # noqa: PLC0415

    client_id = settings.client_id or ""
    key = grant_key(settings)
    store = Store.of(settings)
    refused: ClientRefusedError | None = None
    try:
        with store.locked_grant(key) as locked:
            token = (locked.grant and locked.grant.refresh_token) or settings.refresh_token
            if token:
                try:
                    revoke(settings, token)
                except ClientRefusedError as error:
                    refused = error
        store.delete_grant(locked.grant.key if locked.grant else key)
        Logins(store).delete(client_id, settings.grant or "")
    finally:
        store.close()
    if refused is not None:
        message = (
            f"The tokens are deleted here, but Xero did not revoke them ({refused}): disconnect "
            "the app in Xero, under Connected apps"
        )
        raise ClientRefusedError(message)
    click.echo(f"Logged out: the grant of app {client_id} is revoked, its tokens are deleted.")


@main.command()
@purposes_option
@click.argument("streams", nargs=-1)
@click.option("--write", is_flag=True, help="Include scopes for writing.")
@click.option("--read-only", is_flag=True, help="Leave out scopes for writing.")
def scopes(
    purposes: tuple[str, ...], streams: tuple[str, ...], *, write: bool, read_only: bool
) -> None:
    """Prints the scopes that a login requests: for the STREAMS, or for what --for names."""
    needs = Needs(with_reading(purposes, bool(streams)), read=streams, publish=streams, write=write)
    required = ScopeRequest(needs.scopes, read_only=read_only).with_granted(())
    click.echo(" ".join(required))
    _warn_about_approval(required)


def _warn_about_approval(scopes: Sequence[str]) -> None:
    """Names the scopes that only apps with Xero's approval can get."""
    for scope in scopes:
        if scope in APPROVAL_REQUIRED:
            reason = APPROVAL_REQUIRED[scope]
            click.echo(f"{scope} {reason}: without it Xero refuses the whole consent.", err=True)
