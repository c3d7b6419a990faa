"""Checks that the headings of a file are those of its rows, and says which line may have them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.names import destination_of
from target_xero.build.fields.columns import field_path
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.files.grouping import template_of
from target_xero.files.messages import columns_of
from target_xero.files.reading import ReadFile
from target_xero.files.tables import FileError
from xero_client.names import normalized_name

# Titles, dates and notes above the headings of a sheet take a few rows.
_ROWS_SEARCHED = 30
MAX_SHOWN = 200


def headings_of(read: ReadFile) -> list[str]:
    """The headings of all tables, each once."""
    return list(dict.fromkeys(name for table in read.tables for name in columns_of(table)))


def check_named_columns(read: ReadFile, stream: Mapping[str, Any]) -> None:
    """Checks that the columns in the settings are in the file.

    Args:
        read: The file.
        stream: The settings of the stream.

    Raises:
        FileError: One is not.
    """
    headings = headings_of(read)
    known = set(map(normalized_name, headings))
    fields = set(map(normalized_name, stream["columns"].values()))
    wanted = stream.get("group_by") or ()
    group_by = (wanted,) if isinstance(wanted, str) else wanted
    missing = [
        *(name for name in stream["columns"] if normalized_name(name) not in known),
        *(name for name in group_by if normalized_name(name) not in known | fields),
    ]
    if missing:
        named = set(map(normalized_name, missing))
        hint = _line_hint(read, lambda heading: normalized_name(heading) in named)
        message = (
            f"{read.tables[0].name} has no column {missing[0]!r}; its columns are "
            f"{_shown(headings)}{hint}. Nothing was sent"
        )
        raise FileError(message)


def check_headings(name: str, read: ReadFile, rule: StreamRule) -> None:
    """Checks that a heading is a field: else the headings are in another line, or there are none.

    Args:
        name: The file.
        read: The file, as it was read.
        rule: How its rows are published.

    Raises:
        FileError: No heading is a field.
    """
    headings = headings_of(read)
    destination = destination_of(rule.entity, rule.path)
    # Rows of files and other children name their parents too.
    shape = destination.shape if isinstance(destination, EntityDestination) else None
    is_named = {normalized_name(column) for column in (*rule.columns, *rule.columns_read)}
    if shape is None or is_named.intersection(map(normalized_name, headings)):
        return
    is_template = template_of(rule, headings) is not None
    if is_template or any(field_path(heading, shape) for heading in headings):
        return
    if not any(table.rows for table in read.tables):
        message = (
            f"{name} is not a table of {destination.name}: it has no rows, and its first line, "
            f"{', '.join(headings)[:MAX_SHOWN]!r}, has no field of theirs. See whether the file "
            "was downloaded completely. Nothing was sent"
        )
        raise FileError(message)
    hint = _line_hint(read, lambda heading: field_path(heading, shape) is not None) or (
        ". If they are in another line, give --heading-line; if they are your own, say with "
        "--column HEADING=FIELD what they mean"
    )
    message = (
        f"{name} has no heading that is a field of Xero's {destination.name}; its headings are "
        f"{_shown(headings)}{hint}. Nothing was sent"
    )
    raise FileError(message)


def _line_hint(read: ReadFile, is_wanted: Callable[[str], bool]) -> str:
    """Says which line below the headings may have them; an empty text if none does."""
    for table in read.tables:
        for row in table.rows[:_ROWS_SEARCHED]:
            if any(isinstance(cell, str) and is_wanted(cell.strip()) for cell in row.cells):
                return f". If its headings are in row {row.line}, give --heading-line {row.line}"
    return ""


def _shown(headings: Sequence[str]) -> str:
    text = ", ".join(map(repr, headings))
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]} …"
