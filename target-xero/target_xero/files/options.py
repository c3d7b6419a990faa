"""The options of commands that take a file: what its rows are, and how it is read."""

from __future__ import annotations

import codecs
import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from target_xero.build.destinations.routes import METHODS
from target_xero.files.reading import ReadOptions

_TABS = ("tab", "\\t")

_Command = Callable[..., None]


@dataclass(frozen=True)
class RowOptions:
    """What the rows of a file are; what is not set is left to the configuration.

    Attributes:
        entity: An entity, or a stream of the configuration; None if it was not given.
        method: ``POST``, ``PUT`` or ``DELETE``.
        columns: Fields, by heading.
        date_format: How dates are written.
        decimal_comma: Whether numbers are written like ``1.234,56``, or like ``1234.56``.
        group_by: The headings whose values are the same in all rows of a document.
    """

    entity: str | None = None
    method: str | None = None
    columns: Sequence[tuple[str, str]] = ()
    date_format: str | None = None
    decimal_comma: bool | None = None
    group_by: Sequence[str] = ()

    @property
    def settings(self) -> Mapping[str, Any]:
        """Those that are set, as settings of the stream."""
        all_settings = {
            "columns": dict(self.columns),
            "group_by": list(self.group_by),
            "date_format": self.date_format,
            "decimal_comma": self.decimal_comma,
            "method": self.method,
        }
        not_set: tuple[Any, ...] = (None, "", [], {})
        return {name: value for name, value in all_settings.items() if value not in not_set}

    @property
    def words(self) -> list[str]:
        """The options as words of a command."""
        words = ["--entity", self.entity] if self.entity else []
        words += ["--method", self.method] if self.method else []
        words += [word for pair in self.columns for word in ("--column", "=".join(pair))]
        words += ["--date-format", self.date_format] if self.date_format else []
        if self.decimal_comma is not None:
            words += ["--decimal-comma" if self.decimal_comma else "--decimal-point"]
        return words + [word for name in self.group_by for word in ("--group-by", name)]


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


_OF_ROWS: Sequence[Callable[[Any], Any]] = (
    click.option("--method", type=click.Choice(METHODS), help="Default: POST, create or update."),
    click.option("--column", "columns", type=_Column(), multiple=True, help="Kunde=Contact.Name"),
    click.option("--date-format", help="How the file writes dates: %d/%m/%Y."),
    click.option(
        "--decimal-comma/--decimal-point",
        default=None,
        help="The file writes numbers like 1.234,56, or like 1234.56.",
    ),
    click.option(
        "--group-by",
        multiple=True,
        help="Rows with the same value here: one document. Default: its number.",
    ),
)
_OF_READING: Sequence[Callable[[Any], Any]] = (
    click.option("--sheet", "sheets", multiple=True, help="The sheet of an XLSX file."),
    click.option(
        "--heading-line", type=click.IntRange(min=1), help="Default: the first with values."
    ),
    click.option("--encoding", callback=_checked_encoding, help="Default: found out."),
    click.option(
        "--delimiter", callback=_checked_delimiter, help="Default: found out. tab: a tab."
    ),
)


def file_options(*, entity_is_required: bool) -> Callable[[_Command], _Command]:
    """Adds the options to a command; its function gets them as ``rows`` and ``reading``."""
    entity = click.option(
        "--entity", required=entity_is_required, help="What the rows are: bills, contacts, ..."
    )

    def decorate(function: _Command) -> _Command:
        @functools.wraps(function)
        def command(**given: Any) -> None:  # noqa: ANN401  # values of options
            rows = RowOptions(**{name: given.pop(name) for name in RowOptions.__annotations__})
            reading = ReadOptions(**{name: given.pop(name) for name in ReadOptions.__annotations__})
            function(**given, rows=rows, reading=reading)

        decorated = command
        for option in reversed((entity, *_OF_ROWS, *_OF_READING)):
            decorated = option(decorated)
        return decorated

    return decorate
