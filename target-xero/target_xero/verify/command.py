"""``target-xero verify``: proves that an organisation and its copy have the same books."""

from __future__ import annotations

import getpass
import logging
import sys
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import click

from target_xero.books.command_options import (
    BACKUP,
    CONFIG,
    DATE,
    FILE,
    connect_configured,
    open_books,
)
from target_xero.verify.comparison import Comparison, Making
from target_xero.verify.rendering import as_html, as_json, as_text
from target_xero.verify.run import Period, compare_organisations
from xero_client.entities.access.purposes import PUBLISH, READ
from xero_client.errors import XeroError

DIFFERENT = 1
UNDECIDED = 2


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--source", type=CONFIG, help="Configuration of the organisation that was copied.")
@click.option("--target", type=CONFIG, help="Configuration of the copy.")
@click.option("--source-backup", type=BACKUP, help="Read the source from this file of tap-xero.")
@click.option("--source-tenant", help="Its id, if the configuration does not have it.")
@click.option("--target-tenant", help="Its id, if the configuration does not have it.")
@click.option("--from", "first", type=DATE, help="First month; default: the earliest document's.")
@click.option("--to", "last", type=DATE, help="Last month; default: the latest document's.")
@click.option("--date", "days", type=DATE, multiple=True, help="These days instead of month ends.")
@click.option("--removed", is_flag=True, help="Count deleted, voided and archived records too.")
@click.option("--by", help="Who compares them; default: the user of this machine.")
@click.option("--json", "json_file", type=FILE, help="Write JSON to this file; - prints it.")
@click.option("--html", "html_file", type=FILE, help="Write an HTML page to this file.")
def verify(  # noqa: PLR0913  # one for each option
    *,
    source: Path | None,
    target: Path | None,
    source_backup: Path | None,
    source_tenant: str | None,
    target_tenant: str | None,
    first: date | None,
    last: date | None,
    days: tuple[date, ...],
    removed: bool,
    by: str | None,
    json_file: Path | None,
    html_file: Path | None,
) -> None:
    """Compares two organisations: records, totals, trial balances, profit and loss, balance sheet.

    A configuration is the JSON file of tap-xero or target-xero. Without one, the source is
    configured by the variables TAP_XERO_…, and the target by TARGET_XERO_…. A backup takes the
    place of the source: the records and trial balances that it has are compared, and what it does
    not have is listed.

    Exits with 0 if the books agree, 1 if they differ, and 2 if they could not be compared, or no
    balance could.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        comparison = compare_organisations(
            open_books(source, source_backup, READ, source_tenant),
            connect_configured(target, PUBLISH, target_tenant),
            Period(first, last, tuple(sorted(set(days)))),
            making_of(by),
            removed=removed,
            on_progress=_print_progress,
        )
    except XeroError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(UNDECIDED)
    if html_file is not None:
        html_file.write_text(as_html(comparison), encoding="utf-8")
    prints_json = json_file is not None and str(json_file) == "-"
    if json_file is not None and not prints_json:
        json_file.write_bytes(as_json(comparison))
    click.echo(as_json(comparison) if prints_json else as_text(comparison), nl=False)
    sys.exit(exit_code_of(comparison))


def exit_code_of(comparison: Comparison) -> int:
    """The exit code of a comparison."""
    if comparison.is_same:
        return 0
    return DIFFERENT if comparison.differs else UNDECIDED


def making_of(by: str | None) -> Making:
    """Who compares the organisations, when, and with what."""
    at = datetime.now().astimezone().isoformat(timespec="seconds")
    version_text = f"target-xero {version('singer-target-xero')}"
    return Making(at, by or _user_name(), version_text)


def _user_name() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a container's user may not have a name
        return "a user without a name (set --by)"


def _print_progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(text, err=True)
