"""From columns to Xero's fields: names in any case, dotted names, and flat rows.

A column is looked for among the entity's fields whatever its case, spaces or underscores; then as a
path, with dots (``LineItems.0.UnitAmount``) or double underscores; then as a field of what the
entity refers to (``ContactName``); then as a field of its lines (``UnitAmount``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Any

from target_xero.build.records import InvalidRecordError, Record
from xero_client.entities.fields import LINES, REFERENCES, SHAPES, Shape
from xero_client.entities.table import STAMPS

Path = tuple[str | int, ...]

_NOT_A_LETTER = re.compile(r"[\W_]")
_INDEX = re.compile(r"\[(\d+)\]")
_SEPARATORS = re.compile(r"\.|__")
MOST_LINES = 10_000


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name without case, spaces, underscores and other signs."""
    return _NOT_A_LETTER.sub("", name).casefold()


@lru_cache(maxsize=128)
def known_names(shape: str) -> dict[str, str]:
    """Plain names of a shape's fields, with the fields' real names."""
    return {plain(name): name for name in SHAPES[shape]}


@lru_cache(maxsize=128)
def _remote_names(shape: str) -> dict[str, Path]:
    """Plain names of fields that lie one step below, with the paths to them."""
    found: dict[str, Path] = {}
    references: dict[str, list[Path]] = {}
    lines: dict[str, Path] = {}
    for field in SHAPES[shape].values():
        if field.shape is None:
            continue
        for inner in SHAPES[field.shape]:
            if field.many:
                if field.name in LINES:
                    lines.setdefault(plain(inner), (field.name, 0, inner))
                continue
            path: Path = (field.name, inner)
            found.setdefault(plain(f"{field.name}{inner}"), path)
            if inner in REFERENCES.get(field.shape, ()) and plain(inner).startswith(
                plain(field.shape)
            ):
                references.setdefault(plain(inner), []).append(path)
    unambiguous = {name: paths[0] for name, paths in references.items() if len(paths) == 1}
    return {**lines, **unambiguous, **found}


def path_of(column: str, shape: str) -> Path | None:
    """Where a column's value belongs in a record of ``shape``; None where nothing tells."""
    names = known_names(shape)
    if column in SHAPES[shape]:
        return (column,)
    if (name := names.get(plain(column))) is not None:
        return (name,)
    parts = [part for part in _SEPARATORS.split(_INDEX.sub(r".\1", column)) if part]
    if len(parts) > 1 and plain(parts[0]) in names:
        return _dotted(parts, SHAPES[shape])
    return _remote_names(shape).get(plain(column))


def _dotted(parts: list[str], shape: Shape | None) -> Path:
    path: list[str | int] = []
    in_list = False
    for part in parts:
        if in_list:
            in_list = False
            if part.isdecimal():
                path.append(int(part))
                continue
            path.append(0)
        field = None
        if shape is not None:
            by_plain = {plain(name): name for name in shape}
            field = shape.get(by_plain.get(plain(part), ""))
        if field is None:
            path.append(int(part) if part.isdecimal() else part)
            shape = None
            continue
        path.append(field.name)
        in_list = field.many
        shape = SHAPES[field.shape] if field.shape else None
    if in_list:
        # ``LineItems`` alone would be the whole list, and never comes here.
        path.append(0)
    return tuple(path)


class Columns:
    """The columns of one stream, each with its place in the entity's records."""

    def __init__(
        self,
        shape: str,
        unknown: Callable[[str], None],
        computed: Collection[str] = STAMPS,
        *,
        keep_empty: bool = False,
    ) -> None:
        """Takes the shape.

        Args:
            shape: The shape that the records shall have.
            unknown: Is told once of each column that fits nowhere; it is sent as it is.
            computed: Fields that Xero computes; they are no strangers.
            keep_empty: Whether empty cells are placed too, since they clear their fields.
        """
        self._keep_empty = keep_empty
        self._computed = {plain(name): name for name in computed}
        self._shape = shape
        self._fields = SHAPES[shape].keys()
        self._unknown = unknown
        self._paths: dict[str, Path | None] = {}

    def placed(self, record: Record) -> Record:
        """The record with its columns where they belong; ``_sdc_…`` and the like are dropped.

        Raises:
            InvalidRecordError: Two columns with different values belong to one place.
        """
        if record.keys() <= self._fields:
            return record
        placed: Record = {}
        nested = False
        empty: list[Path] = []
        for column, value in record.items():
            path = self._path(column)
            if path is None:
                continue
            if len(path) == 1:
                name = str(path[0])
                if name in placed:
                    _set_again(placed, name, value, column)
                else:
                    placed[name] = value
            elif value not in (None, ""):
                nested = True
                _put(placed, path, value, column)
            elif self._keep_empty:
                empty.append(path)
        for path in empty:
            nested |= _clear(placed, path)
        if nested:
            return {name: _with_lists(value) for name, value in placed.items()}
        return placed

    def _path(self, column: str) -> Path | None:
        try:
            return self._paths[column]
        except KeyError:
            pass
        path: Path | None = None
        if not column.startswith("_"):
            path = path_of(column, self._shape)
            if path is None and plain(column) in self._computed:
                path = (self._computed[plain(column)],)
            if path is None:
                path = (column,)
                self._unknown(column)
        self._paths[column] = path
        return path


def _set_again(record: Record, name: str, value: Any, column: str) -> None:  # noqa: ANN401  # any JSON
    held = record[name]
    if held is not None and held != value:
        if value is None:
            return
        problem = f"two columns are both {name}, one of them {column!r}"
        raise InvalidRecordError([problem])
    record[name] = value


def _put(record: dict[Any, Any], path: Path, value: Any, column: str) -> None:  # noqa: ANN401  # any JSON
    at: dict[Any, Any] = record
    for position, step in enumerate(path[:-1]):
        if isinstance(step, int) and step >= MOST_LINES:
            problem = f"column {column!r} counts to {step}; {MOST_LINES} is the most"
            raise InvalidRecordError([problem])
        inner = at.get(step)
        if inner is None:
            at[step] = inner = {}
        elif isinstance(inner, list):
            at[step] = inner = dict(enumerate(inner))
        elif not isinstance(inner, dict):
            place = ".".join(map(str, path[: position + 1]))
            problem = f"column {column!r} lies inside {place}, which another column holds as text"
            raise InvalidRecordError([problem])
        at = inner
    at[path[-1]] = value


def _clear(record: dict[Any, Any], path: Path) -> bool:
    """Puts a null where an empty cell says so; whether there is place for it.

    An empty cell makes no line: only one of which another column says something can have a null.
    """
    at: dict[Any, Any] = record
    for step in path[:-1]:
        inner = at.get(step)
        if inner is None and not any(isinstance(one, int) for one in path):
            at[step] = inner = {}
        if not isinstance(inner, dict):
            return False
        at = inner
    at.setdefault(path[-1], None)
    return True


def _with_lists(value: Any) -> Any:  # noqa: ANN401  # any JSON
    """Objects whose keys are all numbers become lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(name, int) for name in value):
        return [_with_lists(value[index]) for index in sorted(value)]
    return {name: _with_lists(inner) for name, inner in value.items()}
