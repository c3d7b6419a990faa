"""``target-xero opening-balances``: writes down what an organisation began with."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from target_xero.copy.opening_balances import opening_balances
from target_xero.verify.command import CONFIG, DAY, FILE, side_of
from xero_client.errors import XeroError


@click.command("opening-balances", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--source", type=CONFIG, help="Configuration of the organisation to be copied.")
@click.option("--source-tenant", help="Its id, where the configuration does not say.")
@click.option("--date", "day", type=DAY, help="Default: month end before the first document.")
@click.option("--output", type=FILE, default="-", show_default=True, help="Where to write them.")
def command(
    *, source: Path | None, source_tenant: str | None, day: date | None, output: Path
) -> None:
    """Reads the opening balances off the trial balance, for the setting opening_balances.

    Without a configuration, the source is what the variables TAP_XERO_… say.
    """
    try:
        side = side_of(source, "tap-xero", source_tenant)
        found = opening_balances(side.transport, side.tenant.tenant_id, day)
    except XeroError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    if str(output) == "-":
        click.echo(found.encode(), nl=False)
    else:
        output.write_bytes(found.encode())
        click.echo(f"{len(found.balances)} opening balances at {found.day} in {output}", err=True)
