"""``xero-sandbox serve``: a local Xero from the command line."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import click
import msgspec

from xero_sandbox.addresses import Addresses, description
from xero_sandbox.faults import Fault
from xero_sandbox.generated.companies import GENERATED, fill, parse_sizes
from xero_sandbox.limits import Limits
from xero_sandbox.organisation import Organisation
from xero_sandbox.roster import COMPANIES, build_companies, check_company
from xero_sandbox.sandbox import new_sandbox
from xero_sandbox.server import HOST, listening_socket, uvicorn_server
from xero_sandbox.snapshots import Snapshot

_LIMITS = ", ".join(one.name for one in fields(Limits))


def _sizes(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> dict[str, int] | None:
    """``invoices=200000,contacts=5000``, read."""
    try:
        return None if text is None else parse_sizes(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _company_names(
    _context: click.Context, _parameter: click.Parameter, names: tuple[str, ...]
) -> tuple[str, ...]:
    """Names of companies, checked."""
    try:
        return tuple(map(check_company, names))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _faults(
    _context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]
) -> list[Fault]:
    """Faults as ``POST /__sandbox/faults`` takes them, read."""
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
    help=f"An organisation to start with; may come several times: {COMPANIES}.  [default: demo]",
)
@click.option(
    "--generate",
    callback=_sizes,
    metavar="SIZES",
    help=f"A further organisation of that size: ENTITY=COUNT,…, of {', '.join(GENERATED)}.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed, the same records.")
@click.option(
    "--data",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the state in this file; a file that is there decides the organisations.",
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=SIZE",
    help=f"Another limit than Xero's own: {_LIMITS}.",
)
@click.option("--latency", default=0.0, help="Seconds that every call takes at least.")
@click.option(
    "--fault",
    "faults",
    multiple=True,
    callback=_faults,
    metavar="JSON",
    help="A fault, as JSON: see README.",
)
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Registered for all apps.")
@click.option("--strict-refresh", is_flag=True, help="No grace for a refresh token once used.")
@click.option("--log-bodies", is_flag=True, help="Keep request bodies in the request log.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def serve(  # noqa: PLR0913  # One argument an option.
    *,
    port: int,
    companies: tuple[str, ...],
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
        message = "--generate makes records when they are asked for; --data has nothing to keep"
        raise click.UsageError(message)
    sizes = _parsed_limits(limits)
    try:
        snapshot = Snapshot(data) if data is not None else None
        held = snapshot.organisations() if snapshot is not None else []
    except sqlite3.Error as error:
        message = f"--data {data}: {error}; name a file that this command made, or a new one"
        raise click.ClickException(message) from None
    sandbox = new_sandbox(
        held or _organisations(companies, generate, seed),
        limits=sizes,
        strict_refresh=strict_refresh,
    )
    sandbox.behaviour.latency = latency
    sandbox.traffic.log_bodies = log_bodies
    for fault in faults:
        sandbox.faults.add(fault)
    if snapshot is not None:
        snapshot.restore_identity(sandbox)
        keeper = snapshot
        sandbox.on_change = lambda: keeper.save(sandbox)
    try:
        for uri in redirect_uris:
            sandbox.tokens.register_redirect_uri(uri)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    sandbox.on_change()
    try:
        listener = listening_socket(port)
    except OSError as error:
        message = f"port {port} is not to be had ({error.strerror}); --port 0 takes a free one"
        raise click.ClickException(message) from None
    told = description(sandbox, Addresses(f"http://{HOST}:{listener.getsockname()[1]}"))
    with suppress(KeyboardInterrupt):
        click.echo(json.dumps(told) if as_json else _readable(told))
        asyncio.run(uvicorn_server(sandbox).serve(sockets=[listener]))


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
        return replace(Limits(), **sizes)  # type: ignore[arg-type]  # whole numbers where they must be
    except TypeError:
        message = f"--limit: the names are {_LIMITS}"
        raise click.UsageError(message) from None


def _readable(told: dict[str, Any]) -> str:
    lines = [
        f"{name:<16}{told[name]}"
        for name in ("base_uri", "authorize_uri", "token_uri", "connections_uri", "control_uri")
    ]
    lines += [f"tenant          {one['tenant_id']}  {one['name']}" for one in told["tenants"]]
    lines += [
        f"app             {one['client_id']}  secret: {one['client_secret'] or 'none'}"
        f"  ({one['kind']})"
        for one in told["apps"]
    ]
    return "\n".join(lines)
