"""``xero-sandbox serve``: a local Xero from the command line."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec

from xero_sandbox.companies.presets import COMPANY_NAMES, build_companies, check_company
from xero_sandbox.control.addresses import Addresses, description
from xero_sandbox.faults.definitions import Fault
from xero_sandbox.generated.company import GENERATED, fill, parse_sizes
from xero_sandbox.http.limits import Limits
from xero_sandbox.model.organisation import Organisation
from xero_sandbox.sandbox import new_sandbox
from xero_sandbox.server import HOST, listening_socket, uvicorn_server
from xero_sandbox.snapshots import Snapshot

_LIMITS = ", ".join(limit.name for limit in fields(Limits))


def _sizes(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> dict[str, int] | None:
    """Parses ``invoices=200000,contacts=5000``."""
    try:
        return None if text is None else parse_sizes(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _company_names(
    _context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Checks the names of companies."""
    try:
        return tuple(map(check_company, names))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _faults(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> list[Fault]:
    """Parses faults in the JSON of ``POST /__sandbox/faults``."""
    try:
        return [msgspec.json.decode(text, type=Fault) for text in texts]
    except msgspec.DecodeError as error:
        raise click.BadParameter(str(error)) from None


@click.group()
@click.version_option(package_name="xero-sandbox")
def main() -> None:
    """A local Xero: identity, Accounting API, books, limits and faults."""


@main.command()
@click.option("--port", default=8000, show_default=True, help="0 takes a free one.")
@click.option(
    "--company",
    "companies",
    multiple=True,
    callback=_company_names,
    metavar="NAME",
    help=f"An organisation to start with; can be repeated: {COMPANY_NAMES}.  [default: demo]",
)
@click.option(
    "--organisations",
    type=click.IntRange(1),
    metavar="N",
    help="So many empty organisations; those of --company come first.",
)
@click.option(
    "--users",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="So many users; each has connections and grants of its own.",
)
@click.option(
    "--generate",
    callback=_sizes,
    metavar="SIZES",
    help=f"A further organisation of that size: ENTITY=COUNT,…, of {', '.join(GENERATED)}.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same records.")
@click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the state in this file; an existing file sets the organisations.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=SIZE",
    help=f"Another limit than Xero's own: {_LIMITS}.",
)
@click.option("--latency", default=0.0, help="The least time that a call takes, in seconds.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    callback=_faults,
    metavar="JSON",
    help="A fault, as JSON: see README.",
)
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Registered for all apps.")
@click.option(
    "--strict-refresh",
    is_flag=True,
    help="Refuse a used refresh token at once, without the grace period.",
)
@click.option("--log-bodies", is_flag=True, help="Keep request bodies in the request log.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def serve(  # noqa: PLR0913  # One argument per option.
    *,
    port: int,
    companies: tuple[str, ...],
    organisations: int | None,
    users: int,
    generate: dict[str, int] | None,
    seed: int,
    data: Path | None,
    limits: tuple[str, ...],
    latency: float,
    faults: list[Fault],
    redirect_uris: tuple[str, ...],
    strict_refresh: bool,
    log_bodies: bool,
    as_json: bool,
) -> None:
    """Serves a sandbox on loopback until it is interrupted."""
    if data is not None and generate is not None:
        message = "--data cannot keep what --generate makes; use one of the two"
        raise click.UsageError(message)
    sizes = _parsed_limits(limits)
    try:
        snapshot = Snapshot(data) if data is not None else None
        stored = snapshot.organisations() if snapshot is not None else []
    except sqlite3.Error as error:
        message = f"--data {data}: {error}; use a file that this command made, or a new one"
        raise click.ClickException(message) from None
    sandbox = new_sandbox(
        stored or _organisations((*companies, *(["empty"] * (organisations or 0))), generate, seed),
        limits=sizes,
        strict_refresh=strict_refresh,
        users=users,
    )
    sandbox.behaviour.latency = latency
    sandbox.traffic.log_bodies = log_bodies
    for fault in faults:
        sandbox.faults.add(fault)
    if snapshot is not None:
        snapshot.restore_identity(sandbox)
        sandbox.on_change = partial(snapshot.save, sandbox)
    try:
        for uri in redirect_uris:
            sandbox.tokens.register_redirect_uri(uri)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    sandbox.on_change()
    try:
        listener = listening_socket(port)
    except OSError as error:
        message = f"port {port} is not available ({error.strerror}); --port 0 takes a free one"
        raise click.ClickException(message) from None
    details = description(sandbox, Addresses(f"http://{HOST}:{listener.getsockname()[1]}"))

    def tell() -> None:
        click.echo(json.dumps(details) if as_json else _readable(details))

    with suppress(KeyboardInterrupt):
        asyncio.run(uvicorn_server(sandbox, tell).serve(sockets=[listener]))


def _organisations(
    companies: Sequence[str], generate: dict[str, int] | None, seed: int
) -> list[Organisation]:
    if generate is None:
        return build_companies(companies or ("demo",))
    *named, base = build_companies([*companies, "empty"])
    base.name = "Generated Company"
    return [*named, fill(base, generate, seed)]


def _parsed_limits(texts: tuple[str, ...]) -> Limits:
    sizes: dict[str, float] = {}
    for text in texts:
        name, _, size = text.partition("=")
        try:
            sizes[name] = float(size) if name.endswith("_seconds") else int(size)
        except ValueError:
            message = f"--limit {text}: expected NAME=SIZE"
            raise click.UsageError(message) from None
    try:
        return replace(Limits(), **sizes)  # type: ignore[arg-type]  # int or float, by name
    except TypeError:
        message = f"--limit: the names are {_LIMITS}"
        raise click.UsageError(message) from None


def _readable(details: dict[str, Any]) -> str:
    lines = [
        f"{name:<16}{details[name]}"
        for name in ("base_uri", "authorize_uri", "token_uri", "connections_uri", "control_uri")
    ]
    lines += [
        f"tenant          {tenant['tenant_id']}  {tenant['name']}" for tenant in details["tenants"]
    ]
    if len(details["users"]) > 1:
        lines += [f"user            {email}" for email in details["users"]]
    lines += [
        f"app             {app['client_id']}  secret: {app['client_secret'] or 'none'}"
        f"  ({app['kind']})"
        for app in details["apps"]
    ]
    return "\n".join(lines)
