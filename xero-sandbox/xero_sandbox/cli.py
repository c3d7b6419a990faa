"""``xero-sandbox serve``: a local Xero from the command line."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import click

from xero_sandbox.addresses import Addresses, description
from xero_sandbox.limits import Limits
from xero_sandbox.roster import COMPANIES, build_companies
from xero_sandbox.sandbox import new_sandbox
from xero_sandbox.server import HOST, listening_socket, uvicorn_server


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
    type=click.Choice(COMPANIES),
    help="An organisation to start with; may come several times.  [default: demo]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def serve(port: int, companies: tuple[str, ...], *, as_json: bool) -> None:
    """Serves a sandbox on loopback until it is interrupted."""
    sandbox = new_sandbox(build_companies(companies or ("demo",)), limits=Limits())
    listener = listening_socket(port)
    addresses = Addresses(f"http://{HOST}:{listener.getsockname()[1]}")
    told = description(sandbox, addresses)
    click.echo(json.dumps(told) if as_json else _readable(told))
    asyncio.run(uvicorn_server(sandbox).serve(sockets=[listener]))


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
