"""``target-xero import``: publishes the rows of a CSV or XLSX file."""

from __future__ import annotations

import codecs
import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from target_xero.build.destinations.destination import RawDestination
from target_xero.build.destinations.names import destination_of, entity_names
from target_xero.build.destinations.routes import METHODS
from target_xero.build.fields.columns import normalized_name
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.files.file_correction import FileCorrection
from target_xero.files.grouping import number_columns
from target_xero.files.messages import columns_of, messages
from target_xero.files.reading import ReadFile, ReadOptions, read_file
from target_xero.files.tables import FileError
from target_xero.report.exit_codes import exit_on_error
from target_xero.report.results import Results
from target_xero.run.correction import Correction
from target_xero.target import TargetXero
from xero_client.errors import SettingsError
from xero_client.settings.config_input import ConfigInput

logger = logging.getLogger("target-xero")

Settings = dict[str, Any]

_TABS = ("tab", "\\t")


class _Column(click.ParamType):  # type: ignore[type-arg]  # generic in the newest click only
    name = "heading=field"

    def convert(
        self,
        value: Any,  # noqa: ANN401  # click's own
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[str, str]:
        """A heading and a field; a field of Xero's has no equals sign, a heading may have one."""
        heading, _, field = str(value).rpartition("=")
        if not heading.strip() or not field.strip():
            self.fail(f"{value!r} is not like Kunde=Contact.Name", param, ctx)
        return heading.strip(), field.strip()


def _checked_encoding(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> str | None:
    try:
        return codecs.lookup(value).name if value else None
    except LookupError:
        message = f"{value!r} is not an encoding; use a name like utf-8, utf-16 or windows-1252"
        raise click.BadParameter(message) from None


def _checked_delimiter(
    _context: click.Context, _option: click.Parameter, value: str | None
) -> str | None:
    if value is None or value.lower() in _TABS:
        return "\t" if value else None
    if len(value) != 1 or value in '"\r\n':
        message = f"{value!r} is not a delimiter: it is one character, or the word tab"
        raise click.BadParameter(message)
    return value


@click.command("import", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--config", multiple=True, help="Configuration of target-xero; ENV: variables.")
@click.option("--entity", required=True, help="What the rows are: bills, contacts, ...")
@click.option("--method", type=click.Choice(METHODS), help="Default: POST, create or update.")
@click.option("--column", "columns", type=_Column(), multiple=True, help="Kunde=Contact.Name")
@click.option("--date-format", help="How the file writes dates: %d/%m/%Y.")
@click.option(
    "--group-by",
    multiple=True,
    help="Rows with the same value here: one document. Default: its number.",
)
@click.option("--sheet", "sheets", multiple=True, help="The sheet of an XLSX file.")
@click.option("--heading-line", type=click.IntRange(min=1), help="Default: the first with values.")
@click.option("--encoding", callback=_checked_encoding, help="Default: found out.")
@click.option("--delimiter", callback=_checked_delimiter, help="Default: found out. tab: a tab.")
@click.option("--dry-run", is_flag=True, help="Check everything, send nothing.")
@click.pass_context
def import_file(  # noqa: PLR0913  # one for each option
    context: click.Context,
    *,
    file: Path,
    config: tuple[str, ...],
    entity: str,
    method: str | None,
    columns: Sequence[tuple[str, str]],
    date_format: str | None,
    group_by: tuple[str, ...],
    sheets: tuple[str, ...],
    heading_line: int | None,
    encoding: str | None,
    delimiter: str | None,
    dry_run: bool,
) -> None:
    """Publishes the rows of FILE, a CSV or XLSX file, to Xero.

    The headings are Xero's fields, those of Xero's own import templates, or your own with --column.
    An option that takes one value for each column may be repeated.

    Without --config, the settings are the variables TARGET_XERO_... and the login of `xero login`.
    """
    logging.basicConfig(format="%(message)s", stream=sys.stderr)
    logging.getLogger().setLevel(logging.INFO)
    options = ReadOptions(sheets, encoding, delimiter, heading_line)
    with exit_on_error():
        settings = TargetXero.configuration(config)
        read = read_file(file, options)
        own = {
            "columns": dict(columns),
            "group_by": list(group_by),
            "date_format": date_format,
            "method": method,
        }
        settings = _with_stream(settings, entity, own)
        _check_names(read, settings["streams"][entity])
        _group(read, settings, entity)
        if dry_run:
            settings["dry_run"] = True
        if not any(table.rows for table in read.tables):
            logger.warning("%s has headings and no rows", file.name)
        _publish(
            settings,
            lambda results: FileCorrection(
                results, entity, read.delimiter, lambda rejects: _command(context, rejects)
            ),
            messages(read.tables, entity),
        )


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


def _with_stream(config: Mapping[str, Any], stream: str, own: Mapping[str, Any]) -> Settings:
    """The configuration with the options as settings of the stream.

    Raises:
        SettingsError: It is not known where the rows go.
    """
    streams: dict[str, Any] = dict(config.get("streams") or {})
    settings = dict(streams.get(stream) or {})
    if not settings.get("entity") and not settings.get("path"):
        if isinstance(destination_of(stream), RawDestination):
            nearest = get_close_matches(stream.casefold(), entity_names(), n=3, cutoff=0.5)
            hint = f"; the nearest are {', '.join(nearest)}" if nearest else ""
            message = (
                f"--entity {stream} is neither one of Xero's entities nor a stream in the "
                f"configuration{hint}"
            )
            raise SettingsError(message)
        settings["entity"] = stream
    columns = {**(settings.get("columns") or {}), **own["columns"]}
    settings |= {name: value for name, value in own.items() if value}
    settings["columns"] = columns
    return {**config, "streams": {**streams, stream: settings}}


def _check_names(read: ReadFile, stream: Mapping[str, Any]) -> None:
    """Checks that the columns in the settings are in the file.

    Raises:
        FileError: One is not.
    """
    headings = _headings_of(read)
    known = set(map(normalized_name, headings))
    fields = set(map(normalized_name, stream["columns"].values()))
    wanted = stream.get("group_by") or ()
    group_by = (wanted,) if isinstance(wanted, str) else wanted
    missing = [
        *(name for name in stream["columns"] if normalized_name(name) not in known),
        *(name for name in group_by if normalized_name(name) not in known | fields),
    ]
    if missing:
        message = (
            f"{read.tables[0].name} has no column {missing[0]!r}; its columns are "
            f"{', '.join(map(repr, headings))}"
        )
        raise FileError(message)


def _group(read: ReadFile, settings: Settings, stream: str) -> None:
    """Groups rows by the number of their document, if the settings do not say how."""
    rule = StreamRule.from_config(stream, settings)
    columns = () if rule.group_by else number_columns(rule, _headings_of(read))
    if columns:
        settings["streams"][stream]["group_by"] = list(columns)
        names = " and ".join(columns)
        logger.info("Consecutive rows with the same %s are one document", names)


def _headings_of(read: ReadFile) -> list[str]:
    """The headings of all tables, each once."""
    return list(dict.fromkeys(name for table in read.tables for name in columns_of(table)))


def _command(context: click.Context, file: Path) -> list[str]:
    """The command that imports another file with the same options.

    The file of rejects is CSV in UTF-8, and its headings are in the first line.
    """
    command = ["target-xero", "import", str(file)]
    for option in context.command.params:
        if option.name in ("file", "sheets", "encoding", "delimiter", "heading_line", "dry_run"):
            continue
        value = context.params.get(option.name or "")
        for single in value if isinstance(value, tuple) else (value,):
            if single is not None:
                text = "=".join(single) if isinstance(single, tuple) else str(single)
                command += [option.opts[0], text]
    return command
