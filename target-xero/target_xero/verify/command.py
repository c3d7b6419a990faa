"""``target-xero verify``: proves that an organisation and its copy hold the same."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from target_xero.verify.rendering import as_html, as_json, as_text
from target_xero.verify.run import Period, Side, connected
from target_xero.verify.run import verify as compared
from xero_client.cli_settings import configuration, with_only_app
from xero_client.errors import XeroError

DIFFERENT = 1
UNDECIDED = 2


class _Day(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    name = "date"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date like 2026-01-31", param, ctx)


DAY = _Day()
CONFIG = click.Path(exists=True, dir_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, allow_dash=True, path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--source", type=CONFIG, help="Configuration of the organisation that was copied.")
@click.option("--target", type=CONFIG, help="Configuration of the copy.")
@click.option("--source-tenant", help="Its id, where the configuration does not say.")
@click.option("--target-tenant", help="Its id, where the configuration does not say.")
@click.option("--from", "first", type=DAY, help="First month; default: the earliest document's.")
@click.option("--to", "last", type=DAY, help="Last month; default: the latest document's.")
@click.option("--date", "days", type=DAY, multiple=True, help="Just these days, not month ends.")
@click.option("--removed", is_flag=True, help="Deleted, voided, archived records count too.")
@click.option("--json", "json_file", type=FILE, help="Write JSON there; - prints it.")
@click.option("--html", "html_file", type=FILE, help="Write one page of HTML there.")
def verify(  # noqa: PLR0913  # one for each option
    *,
    source: Path | None,
    target: Path | None,
    source_tenant: str | None,
    target_tenant: str | None,
    first: date | None,
    last: date | None,
    days: tuple[date, ...],
    removed: bool,
    json_file: Path | None,
    html_file: Path | None,
) -> None:
    """Compares two organisations: records, totals, trial balances, profit and loss, balance sheet.

    A configuration is the JSON file of tap-xero or target-xero. Without one, the source is what
    the variables TAP_XERO_… say, and the target what TARGET_XERO_… say.

    Exits with 0 where they agree, 1 where they differ, 2 where it could not be found out.
    """
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    try:
        left = side_of(source, "tap-xero", source_tenant)
        right = side_of(target, "target-xero", target_tenant)
        verdict = compared(
            left,
            right,
            Period(first, last, tuple(sorted(set(days)))),
            removed=removed,
            progress=_progress,
        )
    except XeroError as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(UNDECIDED)
    if html_file is not None:
        html_file.write_text(as_html(verdict), encoding="utf-8")
    if json_file is not None and str(json_file) != "-":
        json_file.write_bytes(as_json(verdict))
    click.echo(
        as_json(verdict) if json_file is not None and str(json_file) == "-" else as_text(verdict),
        nl=False,
    )
    sys.exit(0 if verdict.is_same else DIFFERENT)


def side_of(file: Path | None, plugin: str, tenant_id: str | None) -> Side:
    """Connects to the organisation that a file or a plugin's variables mean.

    Raises:
        XeroError: It cannot be reached.
    """
    config = _config(file, plugin, tenant_id)
    return connected(config, f"target-xero/{version('target-xero')}")


def _config(file: Path | None, plugin: str, tenant_id: str | None) -> Mapping[str, Any]:
    # A file says all there is to say: what is set for the other organisation must not get in.
    environ = os.environ if file is None else {}
    found = configuration(file, plugin, environ, {"tenant_id": tenant_id})
    return with_only_app(found)


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        click.echo(text, err=True)
