"""The command ``xero login``: its options, the ways to log in, and its output in the terminal."""

from __future__ import annotations

import json
import shlex
import sys
import webbrowser
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from xero_client.cli_settings import half_of, with_reading
from xero_client.entities.access.purposes import COPY, PUBLISH, READ, VERIFY, Needs, ScopeRequest
from xero_client.entities.access.scope_descriptions import describe_scope
from xero_client.entities.access.scopes import (
    matching_patterns,
    scope_of_custom_stream,
    scope_of_path,
    streams_in_catalog,
    with_included,
)
from xero_client.errors import SettingsError
from xero_client.login import login_errors
from xero_client.login.flow import LoginFlow
from xero_client.login.login_errors import AppUnknownError
from xero_client.login.page import LoginPage
from xero_client.login.server import listen, wait_for_end
from xero_client.login.typed_command import TypedCommand, TypedOption
from xero_client.plugins import Plugin, plugins_of
from xero_client.settings.login_command import LOGIN_COMMAND, is_in_meltano, login_command

COPY_COMMANDS = """tap-xero --config source.json > backup.jsonl
target-xero --config target.json --input backup.jsonl"""


@dataclass(frozen=True)
class LoginOptions:
    """The options of a login.

    Attributes:
        purposes: Words of ``PURPOSES``, as ``--for`` gives them.
        streams: Names or patterns of the streams or entities.
        catalog: A Singer catalog that selects the streams.
        scopes: The scopes to request; None: those that the purposes need.
        write: Whether to request the scopes for writing what is read, too.
        read_only: Whether to request no scope for writing.
        replace: Whether to leave out the scopes that were granted before.
        tenants: Ids or names of the organisations to choose.
        timeout: The seconds that the user has.
        typed: The options and arguments that the user typed, for the command to run again.
    """

    purposes: tuple[str, ...]
    streams: tuple[str, ...] = ()
    catalog: Path | None = None
    scopes: str | None = None
    write: bool = False
    read_only: bool = False
    replace: bool = False
    tenants: tuple[str, ...] = ()
    timeout: float = 600.0
    typed: tuple[TypedOption, ...] = ()

    @property
    def command(self) -> TypedCommand:
        """The command that the user ran."""
        return TypedCommand(
            self._command([each for each in self.typed if each.words != self._of_definition]),
            self._command([each for each in self.typed if not each.says_scopes]),
        )

    def _command(self, typed: Sequence[TypedOption]) -> str:
        words = [word for each in typed for word in each.words]
        return " ".join([self._program, *map(shlex.quote, words)])

    @property
    def _of_definition(self) -> tuple[str, str] | None:
        """The option that the plugin's definition in Meltano adds to the command itself."""
        return ("--for", half_of(self.purposes) or READ) if is_in_meltano() else None

    @property
    def _program(self) -> str:
        command, plugin = login_command(), self.plugin
        if is_in_meltano() and plugin and command == LOGIN_COMMAND:
            return plugin.meltano_login
        return command

    @property
    def plugin(self) -> Plugin | None:
        """The installed plugin that the login is for; the one that reads by default."""
        plugins = plugins_of(writes=half_of(self.purposes) == PUBLISH)
        return plugins[0] if plugins else None


def scope_request(
    config: Mapping[str, Any], environ: Mapping[str, str], options: LoginOptions
) -> ScopeRequest:
    """The scopes that a login requests.

    The option ``--scopes``, else the setting ``scopes``, replaces what reading and publishing need.

    Args:
        config: The plugin's settings.
        environ: The environment, in which Meltano passes its ``select``.
        options: The options of the login.

    Raises:
        SettingsError: A stream does not exist, or the catalog cannot be read.
    """
    purposes = with_reading(options.purposes, bool(options.streams or options.catalog))
    configured = str(options.scopes or config.get("scopes") or "").split()
    if configured:
        others = tuple(purpose for purpose in purposes if purpose not in (READ, PUBLISH))
        scopes = (*configured, *(Needs(others, write=options.write).scopes if others else ()))
        return ScopeRequest(scopes, options.replace, options.read_only)
    named = options.streams or _selected_in(options.catalog)
    custom = set(config.get("custom_streams") or {}).intersection(named)
    needs = Needs(
        purposes,
        read=tuple(name for name in named if name not in custom)
        or _streams_to_read(config, environ),
        publish=named or _entities_to_publish(config),
        attachments=bool(config.get("copy_attachments")),
        write=options.write,
    )
    of_paths: tuple[str, ...] = ()
    if (custom or not named) and READ in (purposes or (READ,)):
        of_paths += _custom_scopes(config)
    if not named and PUBLISH in purposes:
        of_paths += _scopes_of_published_paths(config)
    return ScopeRequest((*needs.scopes, *of_paths), options.replace, options.read_only)


def _selected_in(catalog: Path | None) -> tuple[str, ...]:
    """The streams that a catalog selects.

    Raises:
        SettingsError: It cannot be read.
    """
    if catalog is None:
        return ()
    try:
        return streams_in_catalog(json.loads(catalog.read_text(encoding="utf-8-sig")))
    except (OSError, ValueError, AttributeError) as error:
        message = f"The catalog {catalog} cannot be read: {error}"
        raise SettingsError(message) from None


def _entities_to_publish(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The entities of the target's ``streams``; empty without any."""
    rules = config.get("streams") or {}
    return matching_patterns(
        [
            str((rule.get("entity") if isinstance(rule, Mapping) else None) or name)
            for name, rule in rules.items()
        ]
    )


def _streams_to_read(config: Mapping[str, Any], environ: Mapping[str, str]) -> tuple[str, ...]:
    """The streams that Meltano or the settings of the tap select; empty if none are.

    Raises:
        SettingsError: ``include`` has a word that means no stream.
    """
    patterns: list[object] = []
    for plugin in plugins_of(writes=False):
        with suppress(ValueError):
            patterns = json.loads(environ.get(plugin.select_variable) or "[]")
    # Each is "stream.property". An exclusion, which starts with "!", does not change the scopes.
    selected = [str(pattern).partition(".")[0] for pattern in patterns if "!" not in str(pattern)]
    reports = (config.get("reports") or {}).get("streams") or []
    if reports and not selected:
        selected = ["*"]
    streams = matching_patterns([*selected, *map(str, reports)])
    return with_included(streams, config.get("include") or ())


def _custom_scopes(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes of the tap's ``custom_streams``."""
    rules = (config.get("custom_streams") or {}).values()
    scopes = (
        scope_of_custom_stream(str(rule.get("scope") or ""), str(rule.get("path") or ""))
        for rule in rules
        if isinstance(rule, Mapping)
    )
    return tuple(filter(None, scopes))


def _scopes_of_published_paths(config: Mapping[str, Any]) -> tuple[str, ...]:
    """The scopes of the target's streams that have a path of another API."""
    rules = (config.get("streams") or {}).values()
    paths = (rule.get("path") for rule in rules if isinstance(rule, Mapping))
    return tuple(scope for path in paths if path and (scope := scope_of_path(str(path))))


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
    with listen(flow.redirect_uri, page):
        click.echo(f"Log in on this page, in one browser: {page.url}")
        click.echo(
            "(No browser on this machine? Stop this and run "
            f"`{options.command.whole} --no-browser`.)"
        )
        webbrowser.open(page.url)
        wait_for_end(page, options.timeout, partial(_confirm_tenants, page))
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
        before = "" if scope in flow.new_scopes else " (granted before)"
        click.echo(f"  {scope}  {describe_scope(scope)}".rstrip() + before)
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
        raise login_errors.none_chosen()
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
    config = {"client_id": client_id}
    if flow.login.grant:
        config["grant"] = flow.login.grant
    store_note = " (beside store_uri)" if flow.has_custom_store else ""
    if not is_in_meltano() and {COPY, VERIFY} & set(options.purposes):
        return _next_steps_for_books({**config, "tenant_id": tenants[0]}, store_note, options)
    plugin = options.plugin
    if plugin is not None and plugin.writes and len(tenants) > 1:
        config["tenant_id"] = tenants[0]
    status = ("How long it lasts, and which limits are left:", "xero status")
    if plugin is None:
        return [status]
    if is_in_meltano():
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


def _next_steps_for_books(
    config: Mapping[str, str], store_note: str, options: LoginOptions
) -> list[tuple[str, str]]:
    """What comes after a login for copying or comparing two organisations."""
    needed = "All that source.json and target.json need now, each with the id of its organisation"
    steps = [(f"{needed}{store_note}:", json.dumps(config))]
    if COPY in options.purposes:
        steps += [
            ("To copy, target.json needs this, too:", '"references": "translate"'),
            ("Then:", COPY_COMMANDS),
        ]
    if VERIFY in options.purposes:
        steps.append(
            ("To compare:", "target-xero verify --source source.json --target target.json")
        )
    return steps
