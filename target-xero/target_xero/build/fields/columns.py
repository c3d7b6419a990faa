"""From columns to Xero's fields: names in any case, dotted names, and flat rows.

Each column is looked up in this order: in the setting ``columns``; among the entity's fields,
whatever its case, spaces or underscores; as a path, with dots (``LineItems.0.UnitAmount``) or
double underscores; as a field of a record that the entity refers to (``ContactName``); as a field
of its lines (``UnitAmount``).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from target_xero.build.record_keys import marks_deletion
from target_xero.build.records import InvalidRecordError, Record
from xero_client.entities.field_types import Shape
from xero_client.entities.shapes import LINES, SHAPES, SUMMARIES
from xero_client.entities.table import SYSTEM_FIELDS
from xero_client.json_value import Json
from xero_client.names import nearest_name, normalized_name

Path = tuple[str | int, ...]

_INDEX = re.compile(r"\[(\d+)\]")
_SEPARATORS = re.compile(r"\.|__")
MAX_LINES = 10_000
# The columns that are remembered for one stream. They are the input's, and there may be any number.
MAX_REMEMBERED = 4096
# The first word says the most of a field: Email is EmailAddress, UnitPrice is UnitAmount.
SAME_WORD = 0.2


@lru_cache(maxsize=128)
def field_names(shape: str) -> dict[str, str]:
    """The fields of a shape by their normalized names."""
    return {normalized_name(name): name for name in SHAPES[shape]}


@lru_cache(maxsize=128)
def _nested_paths(shape: str) -> dict[str, Path]:
    """The paths to fields one level down, by the normalized names that columns may have."""
    prefixed: dict[str, Path] = {}
    references: dict[str, list[Path]] = {}
    lines: dict[str, Path] = {}
    for field in SHAPES[shape].values():
        if field.shape is None:
            continue
        for inner in SHAPES[field.shape]:
            if field.many:
                if field.name in LINES:
                    lines.setdefault(normalized_name(inner), (field.name, 0, inner))
                continue
            path: Path = (field.name, inner)
            prefixed.setdefault(normalized_name(f"{field.name}{inner}"), path)
            if inner in SUMMARIES.get(field.shape, ()) and normalized_name(inner).startswith(
                normalized_name(field.shape)
            ):
                references.setdefault(normalized_name(inner), []).append(path)
    unambiguous = {name: paths[0] for name, paths in references.items() if len(paths) == 1}
    return {**lines, **unambiguous, **prefixed}


def field_path(column: str, shape: str) -> Path | None:
    """The path of a column's field in a record of ``shape``; None if it is not a field."""
    names = field_names(shape)
    if column in SHAPES[shape]:
        return (column,)
    if (name := names.get(normalized_name(column))) is not None:
        return (name,)
    parts = [part for part in _SEPARATORS.split(_INDEX.sub(r".\1", column)) if part]
    if len(parts) > 1 and normalized_name(parts[0]) in names:
        return _dotted_path(parts, SHAPES[shape])
    return _nested_paths(shape).get(normalized_name(column))


def _dotted_path(parts: list[str], shape: Shape | None) -> Path:
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
            by_name = {normalized_name(name): name for name in shape}
            field = shape.get(by_name.get(normalized_name(part), ""))
        if field is None:
            path.append(int(part) if part.isdecimal() else part)
            shape = None
            continue
        path.append(field.name)
        in_list = field.many
        shape = SHAPES[field.shape] if field.shape else None
    if in_list:
        # ``LineItems`` alone is a field's name, and never comes here.
        path.append(0)
    return tuple(path)


def is_known_path(path: Path, shape: str) -> bool:
    """Whether every step of a path is a field of Xero's."""
    current: Shape | None = SHAPES[shape]
    for step in path:
        if isinstance(step, int):
            continue
        if current is None or step not in current:
            return False
        inner = current[step].shape
        current = SHAPES[inner] if inner else None
    return True


@lru_cache(maxsize=1024)
def nearest_field(name: str, shape: str) -> str | None:
    """The field that is spelled most like a name, with its path: ``Contact.EmailAddress``."""
    outer, _, rest = name.partition(".")
    part = SHAPES[shape].get(field_names(shape).get(normalized_name(outer), ""))
    if rest and part is not None and part.shape is not None:
        inner_field = nearest_field(rest, part.shape)
        return f"{part.name}.{inner_field}" if inner_field is not None else None
    writable = [field for field in SHAPES[shape].values() if field.is_sent]
    paths: dict[str, str] = {field.name: field.name for field in writable}
    for field in writable:
        if field.shape is not None:
            # Only fields of the contact and of lines are known without the name of their part.
            is_bare = field.name in LINES or field.shape == "Contact"
            for inner in SHAPES[field.shape].values():
                if not inner.is_sent:
                    continue
                paths.setdefault(f"{field.name}{inner.name}", f"{field.name}.{inner.name}")
                if is_bare:
                    paths.setdefault(inner.name, f"{field.name}.{inner.name}")
    found = nearest_name(name, paths, same_word=SAME_WORD)
    return paths[found] if found is not None else None


def unknown_field_problem(path: str, name: str, shape: str | None, entity: str) -> str:
    """Says that a field does not exist, with the nearest one.

    Args:
        path: Its path in the record: ``LineItems[].Discount``.
        name: Its own name.
        shape: The shape that it was looked for in.
        entity: Xero's entity.
    """
    nearest = nearest_field(name, shape) if shape else None
    if nearest is not None:
        nearest = path[: len(path) - len(name)] + nearest
    hint = f"; the nearest field is {nearest!r}" if nearest else ""
    return f"{path!r} is not a field of Xero's {entity}{hint}"


def known_path(field: str, shape: str) -> tuple[Path, str]:
    """The path of the field that a setting names; an empty path and the reason without one."""
    path = field_path(field, shape)
    if path is not None and is_known_path(path, shape):
        return path, ""
    nearest = nearest_field(field, shape)
    hint = f": did you mean {nearest!r}?" if nearest else ""
    return (), f"does not exist{hint}"


def explicit_paths(columns: Mapping[str, str], shape: str) -> dict[str, Path]:
    """The paths of the setting ``columns``, by column.

    Raises:
        InvalidRecordError: A field does not exist.
    """
    paths: dict[str, Path] = {}
    problems = []
    for column, field in columns.items():
        paths[column], problem = known_path(field, shape)
        if problem:
            problems.append(f"column {column!r} goes to {field!r}, which {problem}")
    if problems:
        raise InvalidRecordError(problems)
    return paths


class ColumnMapper:
    """Maps the columns of one stream to the fields of an entity."""

    def __init__(
        self,
        shape: str,
        read_only: Collection[str] = SYSTEM_FIELDS,
        *,
        keep_empty: bool = False,
        columns: Mapping[str, str] = MappingProxyType({}),
        read_elsewhere: Collection[str] = (),
    ) -> None:
        """Takes the shape.

        Args:
            shape: The shape of the mapped records.
            read_only: Fields that Xero computes; they are known too.
            keep_empty: Whether empty cells are mapped too, because they clear their fields.
            columns: The setting ``columns``: fields by column.
            read_elsewhere: Columns that templates or the publish log read. If they are not
                fields, they are left out.

        Raises:
            InvalidRecordError: A field in ``columns`` does not exist.
        """
        self._keep_empty = keep_empty
        self._read_only = {normalized_name(name): name for name in read_only}
        self._shape = shape
        self._fields = SHAPES[shape].keys()
        self._explicit = explicit_paths(columns, shape)
        self._explicit_by_name = {normalized_name(n): path for n, path in self._explicit.items()}
        self._read_elsewhere = frozenset(read_elsewhere)
        self._paths: dict[str, Path | None] = {}

    def apply(self, record: Record) -> Record:
        """The record with its columns as Xero's fields; columns like ``_sdc_…`` are dropped.

        A column that is not a field keeps its name.

        Raises:
            InvalidRecordError: Two columns with different values are the same field.
        """
        if not self._explicit and record.keys() <= self._fields:
            return record
        mapped: Record = {}
        nested = False
        empty: list[tuple[Path, Any]] = []
        for column, value in record.items():
            path = self._path(column)
            if path is None:
                continue
            if len(path) == 1:
                name = str(path[0])
                if name in mapped:
                    _set_again(mapped, name, value, column)
                else:
                    mapped[name] = value
            elif value not in (None, ""):
                nested = True
                _set_path(mapped, path, value, column)
            elif self._keep_empty:
                empty.append((path, value))
        for path, value in empty:
            nested |= _set_empty(mapped, path, value)
        if nested:
            return {name: _indexes_to_lists(value) for name, value in mapped.items()}
        return mapped

    def _path(self, column: str) -> Path | None:
        try:
            return self._paths[column]
        except KeyError:
            pass
        path = self._path_of(column)
        if len(self._paths) < MAX_REMEMBERED:
            self._paths[column] = path
        return path

    def _path_of(self, column: str) -> Path | None:
        name = normalized_name(column)
        explicit = self._explicit.get(column) or self._explicit_by_name.get(name)
        if explicit is not None:
            return explicit
        if column.startswith("_"):
            return None
        path = field_path(column, self._shape)
        # A field of the record itself comes before one of its lines, also if it is not sent.
        if name in self._read_only and (path is None or len(path) > 1):
            return (self._read_only[name],)
        if path is not None:
            return path
        is_read = column in self._read_elsewhere or marks_deletion(column)
        return None if is_read else (column,)


def _set_again(record: Record, name: str, value: Json, column: str) -> None:
    earlier = record[name]
    if earlier is not None and earlier != value:
        if value is None:
            return
        problem = f"two columns are both {name}, one of them {column!r}"
        raise InvalidRecordError([problem])
    record[name] = value


def _set_path(record: dict[Any, Any], path: Path, value: Json, column: str) -> None:
    parent: dict[Any, Any] = record
    for position, step in enumerate(path[:-1]):
        if isinstance(step, int) and step >= MAX_LINES:
            problem = f"column {column!r} has the index {step}; {MAX_LINES} is the most"
            raise InvalidRecordError([problem])
        inner = parent.get(step)
        if inner is None:
            parent[step] = inner = {}
        elif isinstance(inner, list):
            parent[step] = inner = dict(enumerate(inner))
        elif not isinstance(inner, dict):
            outer = ".".join(map(str, path[: position + 1]))
            problem = f"column {column!r} is a part of {outer}, but another column has text for it"
            raise InvalidRecordError([problem])
        parent = inner
    earlier = parent.get(path[-1])
    if earlier not in (None, "") and earlier != value:
        problem = f"two columns are both {'.'.join(map(str, path))}, one of them {column!r}"
        raise InvalidRecordError([problem])
    parent[path[-1]] = value


def _set_empty(record: dict[Any, Any], path: Path, value: Json) -> bool:
    """Sets a field to the empty value of a cell; returns whether it could.

    An empty cell does not make a line: only a line that has a value from another column can have
    a null.
    """
    parent: dict[Any, Any] = record
    for step in path[:-1]:
        inner = parent.get(step)
        if inner is None and not any(isinstance(part, int) for part in path):
            parent[step] = inner = {}
        if not isinstance(inner, dict):
            return False
        parent = inner
    parent.setdefault(path[-1], value)
    return True


def _indexes_to_lists(value: Json) -> Json:
    """Turns objects whose keys are all numbers into lists, in the order of the numbers."""
    if not isinstance(value, dict):
        return value
    if value and all(isinstance(name, int) for name in value):
        return [_indexes_to_lists(value[index]) for index in sorted(value)]
    return {name: _indexes_to_lists(inner) for name, inner in value.items()}
