"""One decoded Xero record into the Singer record that its schema promises.

This is the hot path of a read, so a schema is compiled once, into one closure an object. A closure
works in place and passes over every property whose value already has the right type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tap_xero.records.dates import to_day, to_instant

Record = dict[str, Any]
Breadcrumb = tuple[str, ...]
Step = Callable[[Any], Any]

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_NEVER = object()


def compile_converter(
    schema: Mapping[str, Any],
    selected: Callable[[Breadcrumb], bool],
    *,
    unknown: Callable[[str], None],
    unfit: Callable[[str, Any], None],
) -> Callable[[Record], Record]:
    """Compile a schema and a selection into a function that converts one record in place.

    Dates become days or instants by the property's format, quoted numbers and truths lose
    their quotes, numbers in string properties become text (see `tap_xero.records.dates` and
    xero-facts.md: Formats). Properties that are not selected are dropped as singer-sdk drops them:
    inside objects, never inside arrays.

    Args:
        schema: The complete schema of the stream.
        selected: Whether the property at a catalog breadcrumb, ``("properties", "Contact",
            "properties", "Name")``, is selected; asked for unknown properties too.
        unknown: Told the path of a selected property that the schema does not know, as
            ``LineItems[].Colour``, the first time it is seen. The property is kept.
        unfit: Told the path and the value when a value is not of the property's type and cannot be
            read as one, the first time at each path. The value is kept as it is.

    Returns:
        A function that takes a record decoded with ``float_hook=Decimal``, changes it and returns
        it.
    """
    compiler = _Compiler(selected, unknown, unfit)
    return compiler.object_at("", schema["properties"], ())


class _Compiler:
    """What the closures of one stream share: the selection, and what was reported before."""

    def __init__(
        self,
        selected: Callable[[Breadcrumb], bool],
        unknown: Callable[[str], None],
        unfit: Callable[[str, Any], None],
    ) -> None:
        self._selected = selected
        self._unknown = unknown
        self._unfit = unfit
        self._reported: set[str] = set()

    def object_at(
        self, path: str, properties: Mapping[str, Any], crumb: Breadcrumb | None
    ) -> Callable[[Record], Record]:
        """Compile an object; one without a breadcrumb is inside an array and selected whole.

        Args:
            path: What stands before the names of its properties in reports.
            properties: The schemas of its properties.
            crumb: Its breadcrumb in the catalog.
        """
        dropped = [name for name in properties if not self._is_selected(_below(crumb, name))]
        fitting = {name: _fitting_type(schema) for name, schema in properties.items()}
        steps = {
            name: self._step(f"{path}{name}", schema, _below(crumb, name))
            for name, schema in properties.items()
            if name not in dropped
        }

        def convert(record: Record) -> Record:
            for name in dropped:
                record.pop(name, None)
            strangers = None
            for name, value in record.items():
                if type(value) is fitting.get(name):
                    continue
                if (step := steps.get(name)) is not None:
                    if value is not None:
                        record[name] = step(value)
                elif strangers is None:
                    strangers = [name]
                else:
                    strangers.append(name)
            if strangers is not None:
                self._meet(strangers, record, path, crumb)
            return record

        return convert

    def _step(self, path: str, schema: Mapping[str, Any], crumb: Breadcrumb | None) -> Step:
        kind = _kind(schema)
        if kind == "object":
            return self._object_step(path, schema["properties"], crumb)
        if kind == "array":
            return self._array_step(path, schema["items"])
        return self._scalar_step(path, _READERS[kind, schema.get("format")])

    def _object_step(
        self, path: str, properties: Mapping[str, Any], crumb: Breadcrumb | None
    ) -> Step:
        convert = self.object_at(f"{path}.", properties, crumb)

        def step(value: Any) -> Any:  # noqa: ANN401  # any JSON value
            return convert(value) if type(value) is dict else self._keep(path, value)

        return step

    def _array_step(self, path: str, items: Mapping[str, Any]) -> Step:
        fitting = _fitting_type(items)
        convert = self._step(f"{path}[]", items, None)

        def step(value: Any) -> Any:  # noqa: ANN401  # any JSON value
            if type(value) is not list:
                return self._keep(path, value)
            for place, member in enumerate(value):
                if member is not None and type(member) is not fitting:
                    value[place] = convert(member)
            return value

        return step

    def _scalar_step(self, path: str, read: Step) -> Step:
        def step(value: Any) -> Any:  # noqa: ANN401  # any JSON value
            try:
                return read(value)
            except (LookupError, TypeError, ValueError):
                return self._keep(path, value)

        return step

    def _keep(self, path: str, value: Any) -> Any:  # noqa: ANN401  # any JSON value
        """Report a value that is not of its property's type, and let it pass."""
        if path not in self._reported:
            self._reported.add(path)
            self._unfit(path, value)
        return value

    def _meet(
        self, strangers: list[str], record: Record, path: str, crumb: Breadcrumb | None
    ) -> None:
        """Keep and report properties that the schema does not know, or drop deselected ones."""
        for name in strangers:
            below = _below(crumb, name)
            if not self._is_selected(below):
                del record[name]
                continue
            if below is not None and isinstance(record[name], dict):
                self._prune(record[name], below)
            full = f"{path}{name}"
            if record[name] is not None and full not in self._reported:
                self._reported.add(full)
                self._unknown(full)

    def _prune(self, value: Record, crumb: Breadcrumb) -> None:
        for name in list(value):
            below = (*crumb, "properties", name)
            if not self._selected(below):
                del value[name]
            elif isinstance(value[name], dict):
                self._prune(value[name], below)

    def _is_selected(self, crumb: Breadcrumb | None) -> bool:
        return crumb is None or self._selected(crumb)


def _below(crumb: Breadcrumb | None, name: str) -> Breadcrumb | None:
    return None if crumb is None else (*crumb, "properties", name)


def _kind(schema: Mapping[str, Any]) -> str:
    """Give the one JSON type that a property has beside null."""
    (kind,) = {*schema["type"]} - {"null"}
    return str(kind)


def _fitting_type(schema: Mapping[str, Any]) -> object:
    """Give the Python type that needs no conversion at all, for most values of a property."""
    return _NEVER if "format" in schema else _FITTING.get(_kind(schema), _NEVER)


def _read_text(value: Any) -> str:  # noqa: ANN401  # any JSON value
    if type(value) in _NUMBERS:
        return str(value)
    raise TypeError


def _read_number(value: Any) -> Any:  # noqa: ANN401  # any JSON value
    if type(value) in _NUMBERS:
        return value
    if _NUMBER.fullmatch(value):
        return Decimal(value)
    raise ValueError


def _read_integer(value: Any) -> int:  # noqa: ANN401  # any JSON value
    number = _read_number(value)
    if number == (whole := int(number)):
        return whole
    raise ValueError


def _read_boolean(value: Any) -> bool:  # noqa: ANN401  # any JSON value
    return _TRUTHS[value]


_NUMBERS = frozenset({int, float, Decimal})

# Xero's samples quote the IsReconciled of a batch payment.
_TRUTHS = {"true": True, "false": False}

_FITTING = {"string": str, "number": Decimal, "integer": int, "boolean": bool}

_READERS: dict[tuple[str, str | None], Step] = {
    ("string", None): _read_text,
    ("string", "date"): to_day,
    ("string", "date-time"): to_instant,
    ("number", None): _read_number,
    ("integer", None): _read_integer,
    ("boolean", None): _read_boolean,
}
