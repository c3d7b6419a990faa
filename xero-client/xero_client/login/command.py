"""The command ``xero login``: which way the user is asked, and what is said in the terminal."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from xero_client.entities.scopes import (
    BY_APPROVAL,
    known_names,
    needed,
    selected,
    selected_in_catalog,
)
from xero_client.errors import SettingsError
from xero_client.login import login_errors as troubles
from xero_client.login.flow import LoginFlow
from xero_client.login.login_errors import LOGIN
from xero_client.login.page import LoginPage
from xero_client.login.server import await_end, listening

# Meltano's name for what is selected of tap-xero.
MELTANO_SELECT = "TAP_XERO__SELECT"
WITHOUT_BROWSER = f"{LOGIN} --no-browser"


@dataclass(frozen=True)
class Wishes:
    """What the user asked of the login.

    Attributes:
        plugin: ``tap-xero`` or ``target-xero``; None: both.
        streams: The streams or entities that are meant, by name or pattern.
        scopes: Just these scopes; None: what the streams need.
        read_only: Whether nothing may be written.
        tenants: Ids or names of the organisations to choose.
        seconds: How long the user has.
        in_meltano: Whether Meltano runs the command.
    """

    plugin: str | None
    streams: tuple[str, ...]
    scopes: str | None
    read_only: bool
    tenants: tuple[str, ...]
    seconds: float
    in_meltano: bool

    @property
    def command(self) -> str:
        """What the user ran to get here."""
        name = self.plugin or "tap-xero"
        return f"meltano invoke {name}:login" if self.in_meltano else LOGIN


def streams_meant(
    catalog: Path | None,
    config: Mapping[str, Any],
    environ: Mapping[str, str],
    plugin: str | None,
) -> tuple[str, ...]:
    """The streams that the plugin's own selection names; nothing where there is none.

    Args:
        catalog: A Singer catalog.
        config: The plugin's settings; the target's ``streams`` name entities.
        environ: The environment, where Meltano puts its ``select``.
        plugin: ``tap-xero``, ``target-xero`` or None.

    Raises:
        SettingsError: The catalog cannot be read.
    """
    if catalog is not None:
        try:
            return selected_in_catalog(json.loads(catalog.read_text(encoding="utf-8")))
        except (OSError, ValueError, AttributeError) as error:
            message = f"The catalog {catalog} cannot be read: {error}"
            raise SettingsError(message) from None
    if plugin == "target-xero":
        rows = config.get("streams") or {}
        named = [str((row or {}).get("entity") or name) for name, row in rows.items()]
        return known_names(named)  # whatever else there is goes by its own path, and needs --scopes
    try:
        patterns = json.loads(environ.get(MELTANO_SELECT) or "[]")
    except ValueError:
        return ()
    # "stream.property" each; what is taken out again, with "!", narrows no scope.
    return known_names([str(one).partition(".")[0] for one in patterns if "!" not in str(one)])


def scopes_for(config: Mapping[str, Any], wishes: Wishes) -> tuple[str, ...]:
    """What to ask for: the option, else the setting ``scopes``, else what the streams need.

    Raises:
        SettingsError: A stream does not exist.
    """
    given = wishes.scopes or config.get("scopes")
    if given:
        return tuple(dict.fromkeys(str(given).split()))
    entities = selected(wishes.streams)
    return needed(
        entities,
        read=wishes.plugin != "target-xero" or wishes.read_only,
        write=wishes.plugin != "tap-xero" and not wishes.read_only,
        attachments=bool(config.get("copy_attachments")),
    )


def in_browser(flow: LoginFlow, wishes: Wishes) -> None:
    """Lets the user log in on the local page.

    Raises:
        XeroError: The login did not succeed.
    """
    page = LoginPage(
        flow,
        seconds=wishes.seconds,
        next_steps=partial(next_steps, flow, wishes),
        command=wishes.command,
    )
    with listening(flow.redirect_uri, page) as servers:
        url = f"http://{urlsplit(flow.redirect_uri).netloc}/"
        click.echo(f"Log in on this page: {url}")
        click.echo(
            f"(No browser on this machine? Stop this and run `{wishes.command} --no-browser`.)"
        )
        webbrowser.open(url)
        await_end(servers, page, wishes.seconds)
    if page.trouble is not None:
        raise page.trouble
    report(flow, wishes)


def in_terminal(flow: LoginFlow, wishes: Wishes) -> None:
    """Lets the user log in by pasting the callback's URL.

    Raises:
        XeroError: The login did not succeed.
    """
    if flow.settings is None:
        click.echo(f"The app's redirect URI must be exactly: {flow.redirect_uri}")
        client_id = flow.known_client_id or click.prompt("Client id")
        secret = click.prompt(
            "Client secret (Enter for a PKCE app)", default="", hide_input=True, show_default=False
        )
        flow.use_app(client_id, secret)
    click.echo("Open this in any browser and allow access:")
    click.echo(flow.consent_url())
    click.echo(
        f"Then the browser goes to {flow.redirect_uri} and may say that it cannot be reached: "
        "that is as it should be."
    )
    flow.returned(click.prompt("Paste the whole address from its address bar"))
    flow.choose(_chosen(flow, wishes.tenants))
    report(flow, wishes)


def _chosen(flow: LoginFlow, wanted: Sequence[str]) -> list[str]:
    """The organisations that the options or the user name.

    Raises:
        ConsentError: None is chosen.
    """
    if wanted:
        by_name = {one.name: one.tenant_id for one in flow.tenants}
        return [by_name.get(one, one) for one in wanted]
    if len(flow.tenants) == 1:
        return [flow.tenants[0].tenant_id]
    click.echo("The app is connected to:")
    for number, tenant in enumerate(flow.tenants, 1):
        click.echo(f"  {number}. {tenant}")
    answer = click.prompt(
        "Which ones? Numbers, with spaces between", default="", show_default=False
    )
    numbers = [one for one in answer.replace(",", " ").split() if one.isdigit()]
    chosen = [int(one) - 1 for one in numbers if 1 <= int(one) <= len(flow.tenants)]
    if not chosen or len(chosen) != len(answer.replace(",", " ").split()):
        raise troubles.none_chosen(WITHOUT_BROWSER)
    return [flow.tenants[index].tenant_id for index in chosen]


def custom_connection(flow: LoginFlow, wishes: Wishes) -> None:
    """Stores a Custom Connection, whose organisation was connected on Xero's side.

    Raises:
        XeroError: Xero refuses it.
    """
    flow.connect_custom()
    report(flow, wishes)


def asked_for_custom(config: Mapping[str, Any]) -> dict[str, str]:
    """What a Custom Connection needs: from the settings, else asked for in the terminal."""
    client_id = config.get("client_id") or click.prompt("Client id")
    secret = config.get("client_secret") or click.prompt("Client secret", hide_input=True)
    return {
        "client_id": client_id,
        "client_secret": secret,
        "grant_type": "client_credentials",
    }


def report(flow: LoginFlow, wishes: Wishes) -> None:
    """Says what was stored, and what to run next."""
    click.echo("Connected to Xero. Stored:")
    for line in flow.stored():
        click.echo(f"  {line}")
    for hint, command in next_steps(flow, wishes):
        click.echo(hint)
        click.echo(f"  {command}")


def next_steps(flow: LoginFlow, wishes: Wishes) -> list[tuple[str, str]]:
    """Hints and commands for after the login."""
    if flow.login is None:
        return []
    client_id, tenants = flow.login.client_id, list(flow.login.tenants)
    plugin = wishes.plugin or "tap-xero"
    config = {"client_id": client_id}
    if plugin == "target-xero" and len(tenants) > 1:
        config["tenant_id"] = tenants[0]
    elsewhere = " (beside store_uri)" if flow.has_own_store else ""
    if wishes.in_meltano:
        prefix = plugin.replace("-", "_").upper()
        lines = "\n".join(f"{prefix}_{name.upper()}={value}" for name, value in config.items())
        run = (
            f"meltano run {'tap-xero target-jsonl' if plugin == 'tap-xero' else 'TAP target-xero'}"
        )
        return [(f"All that Meltano's .env needs now{elsewhere}:", lines), ("Then:", run)]
    run = "tap-xero --config config.json > xero.jsonl"
    if plugin == "target-xero":
        run = "cat records.jsonl | target-xero --config config.json"
    return [
        (f"All that config.json of {plugin} needs now{elsewhere}:", json.dumps(config)),
        ("Then:", run),
        ("How long it lasts, and which limits are left:", "xero status"),
    ]


def warn_of_approval(scopes: Sequence[str], say: Callable[[str], None]) -> None:
    """Says which scopes Xero gives to approved apps only."""
    for scope in scopes:
        if scope in BY_APPROVAL:
            say(f"{scope} {BY_APPROVAL[scope]}: without it Xero refuses the whole consent.")
