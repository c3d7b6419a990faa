"""The command ``xero login``: its options, the ways to log in, and its output in the terminal."""

from __future__ import annotations

import json
import sys
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from xero_client.entities.scope_descriptions import describe_scope
from xero_client.entities.scopes import (
    APPROVAL_REQUIRED,
    matching_patterns,
    required_scopes,
    select_streams,
    streams_in_catalog,
    with_included,
)
from xero_client.errors import SettingsError
from xero_client.login import login_errors
from xero_client.login.flow import LoginFlow
from xero_client.login.login_errors import LOGIN_COMMAND, AppUnknownError
from xero_client.login.page import LoginPage
from xero_client.login.server import listen, wait_for_end
from xero_client.plugins import Plugin, default_plugin
from xero_client.settings.nearest_name import did_you_mean

NO_BROWSER_COMMAND = f"{LOGIN_COMMAND} --no-browser"


@dataclass(frozen=True)
class LoginOptions:
    """The options of a login.

    Attributes:
        plugin: The plugin that is named; None: all that are installed.
        streams: Names or patterns of the streams or entities.
        scopes: The scopes to request; None: those that the streams need.
        write: Whether to request the scopes for writing; with a plugin that writes, always.
        read_only: Whether to request no scope for writing.
        tenants: Ids or names of the organisations to choose.
        timeout: The seconds that the user has.
        in_meltano: Whether Meltano runs the command.
    """

    plugin: Plugin | None
    streams: tuple[str, ...]
    scopes: str | None
    write: bool
    read_only: bool
    tenants: tuple[str, ...]
    timeout: float
    in_meltano: bool

    @property
    def command(self) -> str:
        """The command that the user ran."""
        plugin = self.plugin or default_plugin()
        return plugin.meltano_login if self.in_meltano and plugin else LOGIN_COMMAND

    @property
    def for_writing(self) -> bool:
        """Whether the login is for a plugin that writes."""
        return self.plugin is not None and self.plugin.writes


def selected_streams(
    catalog: Path | None,
    config: Mapping[str, Any],
    environ: Mapping[str, str],
    plugin: Plugin | None,
) -> tuple[str, ...]:
    """The streams that are selected in the catalog, the settings or Meltano; empty if none are.

    The tap's setting ``include`` adds to them, and to those that are selected by default.

    Args:
        catalog: A Singer catalog.
        config: The plugin's settings; ``streams`` of a plugin that writes names entities.
        environ: The environment, in which Meltano passes its ``select``.
        plugin: The plugin that is named, if one is.

    Raises:
        SettingsError: The catalog cannot be read, or ``include`` has a word that means no stream.
    """
    selected = _selected(catalog, config, environ, plugin)
    words = () if plugin is not None and plugin.writes else config.get("include") or ()
    return with_included(selected, words, did_you_mean)


def _selected(
    catalog: Path | None,
    config: Mapping[str, Any],
    environ: Mapping[str, str],
    plugin: Plugin | None,
) -> tuple[str, ...]:
    if catalog is not None:
        try:
            return streams_in_catalog(json.loads(catalog.read_text(encoding="utf-8")))
        except (OSError, ValueError, AttributeError) as error:
            message = f"The catalog {catalog} cannot be read: {error}"
            raise SettingsError(message) from None
    if plugin is not None and plugin.writes:
        rules = config.get("streams") or {}
        names = [str((rule or {}).get("entity") or name) for name, rule in rules.items()]
        # Streams with a path of their own match no entity: they need --scopes.
        return matching_patterns(names)
    plugin = plugin or default_plugin()
    try:
        patterns = json.loads((plugin and environ.get(plugin.select_variable)) or "[]")
    except ValueError:
        return ()
    # Each is "stream.property". An exclusion, which starts with "!", does not change the scopes.
    return matching_patterns(
        [str(pattern).partition(".")[0] for pattern in patterns if "!" not in str(pattern)]
    )


def requested_scopes(config: Mapping[str, Any], options: LoginOptions) -> tuple[str, ...]:
    """The scopes of the option, else of the setting ``scopes``, else those that streams need.

    Raises:
        SettingsError: A stream does not exist.
    """
    configured = options.scopes or config.get("scopes")
    if configured:
        return tuple(dict.fromkeys(str(configured).split()))
    return required_scopes(
        select_streams(options.streams),
        read=not options.for_writing or options.read_only,
        write=(options.write or options.for_writing) and not options.read_only,
        attachments=bool(config.get("copy_attachments")),
    )


def login_in_browser(flow: LoginFlow, options: LoginOptions) -> None:
    """Runs the login on a local page.

    Raises:
        XeroError: The login did not succeed.
    """
    page = LoginPage(
        flow,
        preselected=options.tenants,
        confirm_in_terminal=sys.stdin.isatty(),
        timeout=options.timeout,
        next_steps=partial(next_steps, flow, options),
        command=options.command,
    )
    with listen(flow.redirect_uri, page) as servers:
        click.echo(f"Log in on this page, in one browser: {page.url}")
        click.echo(
            f"(No browser on this machine? Stop this and run `{options.command} --no-browser`.)"
        )
        webbrowser.open(page.url)
        wait_for_end(servers, page, options.timeout, partial(_confirm_tenants, page))
    if page.error is not None:
        raise page.error
    print_result(flow, options)


def _confirm_tenants(page: LoginPage) -> bool:
    click.echo("Chosen on the page:")
    for tenant in page.unconfirmed_tenants:
        click.echo(f"  {tenant}")
    return click.confirm("Are these the right organisations?", default=True)


def login_in_terminal(flow: LoginFlow, options: LoginOptions) -> None:
    """Runs the login in the terminal: the user pastes the callback's URL.

    Raises:
        XeroError: The login did not succeed.
    """
    if flow.settings is None:
        click.echo(f"The app's redirect URI must be exactly: {flow.redirect_uri}")
    while flow.settings is None:
        client_id = click.prompt("Client id", default=flow.configured_client_id or None)
        secret = click.prompt(
            "Client secret (Enter for a PKCE app)", default="", hide_input=True, show_default=False
        )
        try:
            flow.use_app(client_id, secret)
        except AppUnknownError as error:
            click.echo(f"{error.title}. {error.explanation}", err=True)
    click.echo("Requested scopes:")
    for scope in flow.scopes:
        click.echo(f"  {scope}  {describe_scope(scope)}".rstrip())
    click.echo("Open this in any browser and allow access:")
    click.echo(flow.consent_url())
    click.echo(
        f"Then the browser opens {flow.redirect_uri}. It may say that the page cannot be reached; "
        "this is expected."
    )
    flow.handle_callback(click.prompt("Paste the whole address from its address bar"))
    flow.choose(_prompt_tenants(flow, options.tenants))
    print_result(flow, options)


def _prompt_tenants(flow: LoginFlow, wanted: Sequence[str]) -> list[str]:
    """The organisations that the options name or the user chooses.

    Raises:
        ConsentError: None is chosen.
    """
    if wanted:
        names = {name.casefold() for name in wanted}
        found = [tenant for tenant in flow.tenants if tenant.is_named(names)]
        known = {
            text.casefold() for tenant in found for text in (tenant.tenant_id, tenant.name or "")
        }
        return [
            *(tenant.tenant_id for tenant in found),
            *(name for name in wanted if name.casefold() not in known),
        ]
    if len(flow.tenants) == 1:
        return [flow.tenants[0].tenant_id]
    click.echo("The app is connected to:")
    for number, tenant in enumerate(flow.tenants, 1):
        click.echo(f"  {number}. {tenant}")
    reply = click.prompt("Which ones? Numbers, with spaces between", default="", show_default=False)
    words = reply.replace(",", " ").split()
    numbers = [int(word) for word in words if word.isdigit()]
    chosen = [number - 1 for number in numbers if 1 <= number <= len(flow.tenants)]
    if not chosen or len(chosen) != len(words):
        raise login_errors.none_chosen(NO_BROWSER_COMMAND)
    return [flow.tenants[index].tenant_id for index in chosen]


def login_custom_connection(flow: LoginFlow, options: LoginOptions) -> None:
    """Stores a Custom Connection, whose organisation was connected in Xero.

    Raises:
        XeroError: Xero refuses it.
    """
    flow.connect_custom()
    print_result(flow, options)


def prompt_custom_connection(config: Mapping[str, Any]) -> dict[str, str]:
    """The settings of a Custom Connection; the terminal asks for those that are missing."""
    client_id = config.get("client_id") or click.prompt("Client id")
    secret = config.get("client_secret") or click.prompt("Client secret", hide_input=True)
    return {
        "client_id": client_id,
        "client_secret": secret,
        "grant_type": "client_credentials",
    }


def print_result(flow: LoginFlow, options: LoginOptions) -> None:
    """Prints what was stored, and what to run next."""
    click.echo("Connected to Xero. Stored:")
    for line in flow.summary_lines():
        click.echo(f"  {line}")
    for hint, command in next_steps(flow, options):
        click.echo(hint)
        click.echo(f"  {command}")


def next_steps(flow: LoginFlow, options: LoginOptions) -> list[tuple[str, str]]:
    """Hints with commands for the time after the login."""
    if flow.login is None:
        return []
    client_id, tenants = flow.login.client_id, list(flow.login.tenants)
    plugin = options.plugin or default_plugin()
    config = {"client_id": client_id}
    if flow.login.grant:
        config["grant"] = flow.login.grant
    if options.for_writing and len(tenants) > 1:
        config["tenant_id"] = tenants[0]
    store_note = " (beside store_uri)" if flow.has_custom_store else ""
    status = ("How long it lasts, and which limits are left:", "xero status")
    if plugin is None:
        return [status]
    if options.in_meltano:
        lines = "\n".join(f"{plugin.variables}{name.upper()}={config[name]}" for name in config)
        return [
            (f"All that Meltano's .env needs now{store_note}:", lines),
            ("Then:", plugin.meltano_example),
        ]
    return [
        (f"All that config.json of {plugin.name} needs now{store_note}:", json.dumps(config)),
        ("Then:", plugin.example),
        status,
    ]


def warn_about_approval(scopes: Sequence[str], echo: Callable[[str], None]) -> None:
    """Names the scopes that only apps with Xero's approval can get."""
    for scope in scopes:
        if scope in APPROVAL_REQUIRED:
            echo(f"{scope} {APPROVAL_REQUIRED[scope]}: without it Xero refuses the whole consent.")
