"""Converts decoded Xero records into Singer records that fit their schema.

Most time of a read is spent here. So a schema is compiled once, into one closure per object. A
closure works in place, and skips every property whose value already has the right type.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tap_xero.records.dates import to_day, to_instant
from tap_xero.records.schemas.types import kind_of
from xero_client.json_value import Json

Record = dict[str, Any]
Breadcrumb = tuple[str, ...]
Conversion = Callable[[Any], Any]

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?")
_NEVER = object()


def compile_converter(
    schema: Mapping[str, Any],
    selected: Callable[[Breadcrumb], bool],
    *,
    keep_unknown: bool,
    unknown: Callable[[str], None],
    mistyped: Callable[[str, Any], None],
) -> Callable[[Record], Record]:
    """Compile a schema and a selection into a function that converts one record in place.

    Dates become days or instants, by the property's format (see `tap_xero.records.dates`). Quoted
    numbers and booleans lose their quotes. Numbers in string properties become text
    (xero-facts.md: Formats). Properties that are not selected are dropped, at every depth.

    Args:
        schema: The complete schema of the stream.
        selected: Whether the property at a catalog breadcrumb, ``("properties", "Contact",
            "properties", "Name")``, is selected. The breadcrumb of what is in an array has
            ``"items"`` after the array. It is called for unknown properties too.
        keep_unknown: Whether properties that the schema does not know are kept; otherwise they are
            dropped.
        unknown: Called with the path of a selected property that the schema does not know, such as
            ``LineItems[].Colour``, the first time it is seen.
        mistyped: Called with the path and the value if a value is not of the property's type and
            cannot be converted, the first time at each path. The value is kept as it is.

    Returns:
        A function that takes a record decoded with ``float_hook=Decimal``, changes it and returns
        it.
    """
    compiler = _Compiler(selected, unknown, mistyped, keep_unknown=keep_unknown)
    return compiler.object_at("", schema["properties"], ())


class _Compiler:
    """What the closures of one stream share: the selection, and the paths already reported."""

    def __init__(
        self,
        selected: Callable[[Breadcrumb], bool],
        unknown: Callable[[str], None],
        mistyped: Callable[[str, Any], None],
        *,
        keep_unknown: bool,
    ) -> None:
        self._selected = selected
        self._keep_unknown = keep_unknown
        self._unknown = unknown
        self._mistyped = mistyped
        self._reported: set[str] = set()

    def object_at(
        self, path: str, properties: Mapping[str, Any], crumb: Breadcrumb
    ) -> Callable[[Record], Record]:
        """Compile an object.

        Args:
            path: The prefix of its properties in reports.
            properties: The schemas of its properties.
            crumb: Its breadcrumb in the catalog.
        """
        dropped = [name for name in properties if not self._selected((*crumb, "properties", name))]
        exact_types = {name: _exact_type(schema) for name, schema in properties.items()}
        conversions = {
            name: self._conversion(f"{path}{name}", schema, (*crumb, "properties", name))
            for name, schema in properties.items()
            if name not in dropped
        }

        def convert(record: Record) -> Record:
            for name in dropped:
                record.pop(name, None)
            unknown = None
            for name, value in record.items():
                if type(value) is exact_types.get(name):
                    continue
                if (conversion := conversions.get(name)) is not None:
                    if value is not None:
                        record[name] = conversion(value)
                elif unknown is None:
                    unknown = [name]
                else:
                    unknown.append(name)
            if unknown is not None:
                self._handle_unknown(unknown, record, path, crumb)
            return record

        return convert

    def _conversion(self, path: str, schema: Mapping[str, Any], crumb: Breadcrumb) -> Conversion:
        kind = kind_of(schema)
        if kind == "object":
            return self._object_conversion(path, schema["properties"], crumb)
        if kind == "array":
            return self._array_conversion(path, schema["items"], (*crumb, "items"))
        return self._scalar_conversion(path, _CONVERSIONS[kind, schema.get("format")])

    def _object_conversion(
        self, path: str, properties: Mapping[str, Any], crumb: Breadcrumb
    ) -> Conversion:
        convert = self.object_at(f"{path}.", properties, crumb)

        def convert_value(value: Json) -> Json:
            return convert(value) if type(value) is dict else self._keep(path, value)

        return convert_value

    def _array_conversion(
        self, path: str, items: Mapping[str, Any], crumb: Breadcrumb
    ) -> Conversion:
        exact_type = _exact_type(items)
        convert = self._conversion(f"{path}[]", items, crumb)

        def convert_value(value: Json) -> Json:
            if type(value) is not list:
                return self._keep(path, value)
            for index, member in enumerate(value):
                if member is not None and type(member) is not exact_type:
                    value[index] = convert(member)
            return value

        return convert_value

    def _scalar_conversion(self, path: str, read: Conversion) -> Conversion:
        def convert_value(value: Json) -> Json:
            try:
                return read(value)
            except (LookupError, TypeError, ValueError):
                return self._keep(path, value)

        return convert_value

    def _keep(self, path: str, value: Json) -> Json:
        """Report a value that is not of its property's type, and return it unchanged."""
        if path not in self._reported:
            self._reported.add(path)
            self._mistyped(path, value)
        return value

    def _handle_unknown(
        self, names: list[str], record: Record, path: str, crumb: Breadcrumb
    ) -> None:
        """Report properties that the schema does not know, unless they are deselected."""
        for name in names:
            property_crumb = (*crumb, "properties", name)
            if not self._selected(property_crumb):
                del record[name]
                continue
            full_path = f"{path}{name}"
            if record[name] is not None and full_path not in self._reported:
                self._reported.add(full_path)
                self._unknown(full_path)
            if not self._keep_unknown:
                del record[name]
            elif isinstance(record[name], dict):
                self._prune(record[name], property_crumb)

    def _prune(self, value: Record, crumb: Breadcrumb) -> None:
        for name in list(value):
            property_crumb = (*crumb, "properties", name)
            if not self._selected(property_crumb):
                del value[name]
            elif isinstance(value[name], dict):
                self._prune(value[name], property_crumb)


def _exact_type(schema: Mapping[str, Any]) -> object:
    """Give the Python type of the values that need no conversion."""
    return _NEVER if "format" in schema else _EXACT_TYPES.get(kind_of(schema), _NEVER)


def _read_text(value: Json) -> str:
    if type(value) in _NUMBERS:
        return str(value)
    raise TypeError


def _read_number(value: Json) -> Json:
    if type(value) in _NUMBERS:
        return value
    if _NUMBER.fullmatch(value):
        return Decimal(value)
    raise ValueError


def _read_integer(value: Json) -> int:
    number = _read_number(value)
    if number == (whole := int(number)):
        return whole
    raise ValueError


def _read_boolean(value: Json) -> bool:
    return _BOOLEANS[value]


_NUMBERS = frozenset({int, float, Decimal})

# Xero's samples quote IsReconciled of a batch payment.
_BOOLEANS = {"true": True, "false": False}

_EXACT_TYPES = {"string": str, "number": Decimal, "integer": int, "boolean": bool}

_CONVERSIONS: dict[tuple[str, str | None], Conversion] = {
    ("string", None): _read_text,
    ("string", "date"): to_day,
    ("string", "date-time"): to_instant,
    ("number", None): _read_number,
    ("integer", None): _read_integer,
    ("boolean", None): _read_boolean,
}
