"""``target-xero import``: publishes the rows of a CSV or XLSX file."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import click

from target_xero.files.file_correction import FileCorrection
from target_xero.files.file_rows import FileRows, Settings, file_rows
from target_xero.files.options import RowOptions, file_options
from target_xero.files.reading import ReadOptions
from target_xero.files.reject_file import has_ambiguous_number
from target_xero.report.exit_codes import exit_on_error
from target_xero.report.results import Results
from target_xero.run.correction import Correction
from target_xero.target import TargetXero
from xero_client.command_line.configuration import ConfigInput


@click.command("import", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--config", multiple=True, help="Configuration of target-xero; ENV: variables.")
@file_options(entity_is_required=True)
@click.option("--dry-run", is_flag=True, help="Check everything, send nothing.")
def import_file(
    *,
    file: Path,
    config: tuple[str, ...],
    rows: RowOptions,
    reading: ReadOptions,
    dry_run: bool,
) -> None:
    """Publishes the rows of FILE, a CSV or XLSX file, to Xero.

    The headings are Xero's fields, those of Xero's own import templates, or your own with --column.
    An option that takes one value for each column may be repeated.

    Without --config, the settings are the variables TARGET_XERO_... and the login of `xero login`.
    """
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger().setLevel(logging.INFO)
    with exit_on_error():
        read = file_rows(file, TargetXero.configuration(config), rows, reading)
        settings = {**read.settings, "dry_run": True} if dry_run else read.settings
        # The file of rejects is CSV in UTF-8, and its headings are in the first line.
        options = [*(word for name in config for word in ("--config", name)), *rows.words]
        _publish(
            settings,
            lambda results: FileCorrection(
                results,
                read.stream,
                read.delimiter_of_rejects,
                lambda rejects: [
                    *("target-xero", "import", str(rejects), *options),
                    *_point_option(read, rejects),
                ],
                decimal_comma=read.decimal_comma,
            ),
            read.messages(),
        )


def _point_option(read: FileRows, rejects: Path) -> list[str]:
    """What must be said of points, because the file of rejects alone does not show it."""
    is_needed = read.has_points and has_ambiguous_number(rejects, read.delimiter_of_rejects)
    return ["--decimal-point"] if is_needed else []


def _publish(
    settings: Settings, correcting: Callable[[Results], Correction], lines: Iterable[bytes]
) -> None:
    """Publishes the rows, which come as Singer messages.

    Raises:
        SettingsError: A setting is missing or wrong.
        RunStoppedError: The run could not go on.
        RejectsError: A row was not published.
    """
    target = TargetXero.create(ConfigInput(settings))
    opened = target.begin(correcting)
    with closing(opened):
        opened.read(lines)
        opened.finish()
