"""The rows of a file as Singer messages, with the settings that publish them."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from target_xero.build.decimal_commas import (
    may_be_thousands,
    shows_decimal_comma,
    shows_decimal_point,
)
from target_xero.build.destinations.destination import RawDestination
from target_xero.build.destinations.names import destination_of, nearest_entity_names
from target_xero.build.fields.columns import field_path
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.files.grouping import date_columns, number_columns, required_columns
from target_xero.files.headings import check_headings, check_named_columns, headings_of
from target_xero.files.messages import messages
from target_xero.files.options import RowOptions
from target_xero.files.reading import ReadFile, ReadOptions, read_file
from target_xero.files.tables import FileError, Table, is_filled
from xero_client.entities.field_types import Kind
from xero_client.entities.shapes import SHAPES
from xero_client.errors import SettingsError

logger = logging.getLogger("target-xero")

Settings = dict[str, Any]


@dataclass(frozen=True)
class FileRows:
    """A file that was read.

    Attributes:
        settings: The configuration of the target, with the options as settings of the stream.
        options: What the rows are, with the columns that group them.
        read: What was read.
        has_points: Whether the file itself shows that points in its numbers are decimal points.
    """

    settings: Settings
    options: RowOptions
    read: ReadFile
    has_points: bool = False

    @property
    def stream(self) -> str:
        """The stream of the rows."""
        return self.options.entity or ""

    @property
    def decimal_comma(self) -> bool:
        """Whether numbers are written like ``1.234,56``."""
        return bool(StreamRule.from_config(self.stream, self.settings).decimal_comma)

    @property
    def delimiter_of_rejects(self) -> str:
        """The delimiter for a CSV file of rejects."""
        is_ambiguous = self.read.delimiter == "," and self.decimal_comma
        return ";" if is_ambiguous else self.read.delimiter

    def messages(self) -> Iterator[bytes]:
        """The rows as lines of Singer messages."""
        return messages(self.read.tables, self.stream)


def file_rows(
    file: Path, config: Mapping[str, Any], options: RowOptions, reading: ReadOptions
) -> FileRows:
    """Reads a file, and says what its rows are.

    Args:
        file: A CSV or XLSX file.
        config: The target's configuration.
        options: What its rows are; it has an entity.
        reading: How it is to be read.

    Raises:
        FileError: It cannot be read, it is not a table, or it does not have a column that is named.
        SettingsError: It is not known where the rows go.
    """
    settings = with_row_options(config, options)
    read = read_file(file, reading)
    stream = options.entity or ""
    check_named_columns(read, settings["streams"][stream])
    headings = headings_of(read)
    rule = StreamRule.from_config(stream, settings)
    if not config.get("stream_maps"):  # they may give the columns other names
        check_headings(file.name, read, rule)
    has_points = rule.decimal_comma is None and _has_points(read, rule)
    if has_points:
        settings["streams"][stream]["decimal_comma"] = False
    _check_merged_cells(read, rule)
    if not rule.group_by:
        required = required_columns(rule, headings)
        for names in required:
            _check_filled(
                read,
                names,
                "fill it in if the row is a line of a document, or delete the row, for example if "
                "it is a sum. If it is a document of its own, give --group-by "
                f"{shlex.quote(names[-1])}",
            )
        if not required:
            _check_filled(
                read,
                date_columns(rule, headings),
                "fill it in, because Xero would date the row today, or delete the row, for example "
                "if it is a sum",
            )
    columns = () if rule.group_by else number_columns(rule, headings)
    if columns:
        settings["streams"][stream]["group_by"] = list(columns)
        options = replace(options, group_by=columns)
        logger.info("Consecutive rows with the same %s are one document", " and ".join(columns))
    if not any(table.rows for table in read.tables):
        logger.warning("%s has headings and no rows", file.name)
    return FileRows(settings, options, read, has_points=has_points)


def with_row_options(config: Mapping[str, Any], options: RowOptions) -> Settings:
    """The configuration with the options as settings of their stream.

    Raises:
        SettingsError: It is not known where the rows go.
    """
    stream = options.entity or ""
    streams: dict[str, Any] = dict(config.get("streams") or {})
    settings = dict(streams.get(stream) or {})
    if not settings.get("entity") and not settings.get("path"):
        if isinstance(destination_of(stream), RawDestination):
            nearest = nearest_entity_names(stream)
            hint = f"; the nearest are {nearest}" if nearest else ""
            message = (
                f"--entity {stream} is neither one of Xero's entities nor a stream in the "
                f"configuration{hint}"
            )
            raise SettingsError(message)
        settings["entity"] = stream
    columns = {**(settings.get("columns") or {}), **dict(options.columns)}
    settings |= options.settings
    settings["columns"] = columns
    return {**config, "streams": {**streams, stream: settings}}


def _has_points(read: ReadFile, rule: StreamRule) -> bool:
    """Whether the points in the numbers of a file are decimal points.

    ``1.000`` beside ``12.50`` is one, and beside ``1.234,50`` a thousand. It must not be published
    as the other.

    Raises:
        FileError: It may be either.
    """
    with_comma, with_point, ambiguous = "", "", ""
    for text, place in _numbers_as_text(read, rule):
        if shows_decimal_comma(text):
            with_comma = with_comma or place
        elif may_be_thousands(text):
            ambiguous = ambiguous or place
        elif shows_decimal_point(text):
            with_point = with_point or place
    name = read.tables[0].name
    if with_comma and ambiguous:
        message = (
            f"{name} has {with_comma}, so that {ambiguous} may be thousands: give "
            "--decimal-comma, or write all numbers like 1234.50. Nothing was sent"
        )
        raise FileError(message)
    if ambiguous and not with_point:
        message = (
            f"{name} has {ambiguous}, which may be thousands, and no other number shows what a "
            "point is: give --decimal-comma if it separates thousands, --decimal-point if it is a "
            "decimal point. Nothing was sent"
        )
        raise FileError(message)
    return not with_comma


def _numbers_as_text(read: ReadFile, rule: StreamRule) -> Iterator[tuple[str, str]]:
    """The numbers that are written as texts, each with its place in words."""
    shape = destination_of(rule.entity, rule.path).shape
    for table in read.tables:
        for number, heading in enumerate(table.headings):
            if shape is None or not _is_number(rule.columns.get(heading, heading), shape):
                continue
            for row in table.rows:
                text = row.cells[number] if number < len(row.cells) else None
                if isinstance(text, str):
                    yield text, f"{text.strip()!r} in row {row.line} of column {heading!r}"


def _check_filled(read: ReadFile, names: tuple[str, ...], what_to_do: str) -> None:
    """Checks that no row lacks what other rows have in some columns.

    Such a row may be a further line of the document above it, or the sum of a column.

    Args:
        read: The file.
        names: The columns with the number or the date; one of them must have a value.
        what_to_do: The advice.

    Raises:
        FileError: A row lacks it.
    """
    with_value, without = False, ""
    for table in read.tables:
        columns = [number for number, name in enumerate(table.headings) if name in names]
        for row in table.rows if columns else ():
            if row.is_blank:
                continue
            if any(is_filled(row.cells[number]) for number in columns if number < len(row.cells)):
                with_value = True
            else:
                without = without or f"row {row.line} of {table.name}"
    if with_value and without:
        column = " or ".join(map(repr, names))
        message = (
            f"{without} has no value in the column {column}, and other rows have one: "
            f"{what_to_do}. Nothing was sent"
        )
        raise FileError(message)


def _check_merged_cells(read: ReadFile, rule: StreamRule) -> None:
    """Checks that no amount is merged over several rows: it would count in each of them.

    Raises:
        FileError: One is.
    """
    shape = destination_of(rule.entity, rule.path).shape
    for table in read.tables:
        for row in table.rows:
            for column, cell in row.merged.items():
                heading = _heading(table, column)
                field = rule.columns.get(heading, heading)
                is_number = (
                    _is_number(field, shape) if shape else isinstance(cell.value, (int, Decimal))
                )
                if heading and is_number:
                    message = (
                        f"{table.name} has a cell of column {heading!r} that is merged over "
                        f"several rows, from row {cell.first_line} on: give each row a number of "
                        "its own. Nothing was sent"
                    )
                    raise FileError(message)


def _heading(table: Table, column: int) -> str:
    return table.headings[column] if column < len(table.headings) else ""


def _is_number(field: str, shape: str) -> bool:
    """Whether a column goes to a field that is a number."""
    current: str | None = shape
    kind = None
    for step in field_path(field, shape) or ():
        if isinstance(step, int):
            continue
        found = SHAPES[current].get(step) if current else None
        if found is None:
            return False
        current, kind = found.shape, found.kind
    return kind is Kind.NUMBER
