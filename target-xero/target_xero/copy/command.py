"""``target-xero opening-balances``: writes the opening balances of an organisation to a file."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from target_xero.books.command_options import BACKUP, CONFIG, DATE, FILE, open_books
from target_xero.copy.opening_balances import read_opening_balances
from xero_client.entities.access.purposes import READ
from xero_client.errors import XeroError


@click.command("opening-balances", context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--source", type=CONFIG, help="Configuration of the organisation to be copied.")
@click.option("--backup", type=BACKUP, help="Read this file that tap-xero wrote, not Xero.")
@click.option("--source-tenant", help="Its id, if the configuration does not have it.")
@click.option("--date", "day", type=DATE, help="Default: month end before the first document.")
@click.option("--output", type=FILE, default="-", show_default=True, help="File to write them to.")
def command(
    *,
    source: Path | None,
    backup: Path | None,
    source_tenant: str | None,
    day: date | None,
    output: Path,
) -> None:
    """Reads the opening balances from the trial balance, for the setting opening_balances.

    Without a configuration, the source is configured by the variables TAP_XERO_….
    """
    try:
        books = open_books(source, backup, READ, source_tenant)
        balances = read_opening_balances(books, day)
    except XeroError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
    if str(output) == "-":
        click.echo(balances.encode(), nl=False)
    else:
        output.write_bytes(balances.encode())
        click.echo(
            f"{len(balances.balances)} opening balances at {balances.day} in {output}", err=True
        )
