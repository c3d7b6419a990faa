"""Decodes a page of records straight into the form of their schema: the way of almost all records.

A schema and a selection are compiled once into msgspec types. So one call of msgspec's decoder does
for a whole page, in C, what ``converter`` does field by field:

- a field of the right type is kept, and one that is not selected is dropped;
- a date is converted (``records.dates``) as soon as it is decoded;
- a number stays the characters that Xero sent, and is never a number of Python.

A record that has anything else, such as an unknown field, a quoted number or a number with an
exponent, does not fit the types. It is decoded into a dictionary, and the stream converts it with
``converter``. Both ways give the same records. They differ only in speed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter
from typing import Any, ClassVar

import msgspec
from msgspec import UNSET, Raw

from tap_xero.records.converter import Breadcrumb, Record
from tap_xero.records.dates import to_day, to_instant
from tap_xero.records.schemas.types import Schema, kind_of
from xero_client.http.wire import BYTE_ORDER_MARK, decode, decode_with
from xero_client.json_value import Json

# Unknown fields that are learned. Each makes the types be compiled again.
MAX_LEARNED = 50
# The characters of numbers without an exponent, of null, and of what separates them.
_PLAIN_NUMBERS = b"0123456789.-nul "

AreNumbers = Callable[[Iterable[Any]], bool]


class TypedRecord(msgspec.Struct, gc=False):
    """A record, or an object inside one, whose fields are converted and have attributes.

    An attribute is ``UNSET`` if Xero did not send the field.
    """

    def get(self, name: str, default: Json = None) -> Json:
        """The value of a field, as of a dictionary."""
        value = getattr(self, name, UNSET)
        return default if value is UNSET else value

    def __getitem__(self, name: str) -> Json:
        value = getattr(self, name, UNSET)
        if value is UNSET:
            raise KeyError(name)
        return value

    def set(self, fields: Mapping[str, Json]) -> None:
        """Sets fields of the schema."""
        for name, value in fields.items():
            setattr(self, name, value)

    def remove(self, name: str) -> None:
        """Removes a field, if the record has it."""
        setattr(self, name, UNSET)

    def keys(self) -> list[str]:
        """The fields that the record has."""
        return [name for name in self.__struct_fields__ if getattr(self, name) is not UNSET]


@dataclass(frozen=True)
class TypedContent:
    """What a response contains.

    Attributes:
        records: Typed records, and dictionaries that are not yet converted for those that do not
            fit the types. Both are read alike, by ``get`` and ``[]``.
        envelope: The other fields of the response that are used.
        untyped: Those of the records that do not fit the types.
    """

    records: list[Any]
    envelope: Mapping[str, Json]
    untyped: Sequence[Record] = ()


class PageDecoder:
    """Decodes the responses that have the records of one stream."""

    def __init__(
        self,
        key: str,
        properties: Mapping[str, Any],
        selected: Callable[[Breadcrumb], bool],
        id_field: str | None = None,
    ) -> None:
        """Compiles nothing yet.

        Args:
            key: The field of the response that has the records.
            properties: The properties of the stream's schema.
            selected: Whether the property at a breadcrumb is selected, as in ``compile_converter``.
            id_field: The text that every typed record has; None for none.
        """
        self._key = key
        self._id_field = id_field
        self._unread_page = _decoder(_page_type(key, Raw))
        self._properties = properties
        self._selected = selected
        self._learned: dict[str, set[str]] = {}
        self._types: _Types | None = None

    def drop(self, path: str) -> None:
        """Makes the types drop an unknown field that was reported, so that they fit again.

        Args:
            path: Its path, as ``compile_converter`` reports it.
        """
        parent, _, name = path.rpartition(".")
        if name.isidentifier() and sum(map(len, self._learned.values())) < MAX_LEARNED:
            self._learned.setdefault(parent, set()).add(name)
            self._types = None

    def decode(self, body: bytes) -> TypedContent | None:
        """The content of a response; None if it has another form, or is not JSON."""
        body = body.removeprefix(BYTE_ORDER_MARK)
        types = self._types
        if types is None:
            empty = self._empty_content(body)
            if empty is not None:
                return empty
            types = _Types(
                self._key, self._properties, self._selected, self._learned, self._id_field
            )
            self._types = types
        try:
            page = types.page.decode(body)
            if types.are_numbers(page.records):
                return _content(page, page.records)
        except (ValueError, RecursionError):
            pass  # a record does not fit, or the response has another form
        try:
            page = decode_with(self._unread_page, body)
            records = [types.record_from(bytes(each)) for each in page.records]
        except (ValueError, RecursionError):
            return None
        untyped = [record for record in records if not isinstance(record, TypedRecord)]
        return _content(page, records, untyped) if None not in untyped else None

    def _empty_content(self, body: bytes) -> TypedContent | None:
        """The content of a response without records, for which no type is compiled."""
        try:
            page = self._unread_page.decode(body)
        except (ValueError, RecursionError):
            return None
        return None if page.records else _content(page, [])


def _content(
    page: Any,  # noqa: ANN401  # a compiled type
    records: list[Any],
    untyped: Sequence[Any] = (),
) -> TypedContent:
    envelope = {"pagination": page.pagination, "DateTimeUTC": page.made_at}
    return TypedContent(records, envelope, untyped)


class _Types:
    """The types of a stream, and the decoders for them.

    Attributes:
        page: The decoder of a response with typed records.
        are_numbers: Whether the numbers of some records are numbers, without an exponent.
    """

    def __init__(
        self,
        key: str,
        properties: Mapping[str, Any],
        selected: Callable[[Breadcrumb], bool],
        learned: Mapping[str, Iterable[str]],
        id_field: str | None,
    ) -> None:
        self._selected = selected
        self._learned = learned
        self._id_field = id_field
        record, check = self._object("", properties, ())
        self.are_numbers = check or (lambda _records: True)
        self.page = _decoder(_page_type(key, record))
        self._record = _decoder(record)

    def record_from(self, text: bytes) -> TypedRecord | Record | None:
        """The record in a text; None if it is not an object.

        Raises:
            ValueError: It is not JSON.
        """
        try:
            record: TypedRecord = self._record.decode(text)
            if self.are_numbers([record]):
                return record
        except (ValueError, RecursionError):
            pass  # it does not fit
        decoded = decode(text)
        return decoded if isinstance(decoded, dict) else None

    def _type(self, path: str, schema: Schema, crumb: Breadcrumb) -> tuple[Any, AreNumbers | None]:
        """The type of a value that may be null, and the check of its numbers, if it can have any.

        Args:
            path: Its path in reports.
            schema: Its schema.
            crumb: Its breadcrumb in the catalog.
        """
        kind = kind_of(schema)
        if kind == "object":
            record, check = self._object(path, schema["properties"], crumb)
            return record | None, check
        if kind == "array":
            member, check = self._type(f"{path}[]", schema["items"], (*crumb, "items"))
            return list[member] | None, check and _check_of_lists(check)  # type: ignore[valid-type]  # made here
        scalar = _SCALARS[kind, schema.get("format")]
        return scalar, _are_plain if scalar is Raw else None

    def _object(
        self, path: str, properties: Mapping[str, Any], crumb: Breadcrumb
    ) -> tuple[type[TypedRecord], AreNumbers | None]:
        """The type of an object, and the check of its numbers; the path of a record is empty."""
        # Nothing more is wanted of a record that is read for its lists only.
        is_open = crumb == () and not self._selected(())
        fields: list[Any] = []
        numbers: list[str] = []
        parts: list[tuple[str, AreNumbers]] = []
        for name, schema in properties.items():
            inner = (*crumb, "properties", name)
            if self._selected(inner):
                field, check = self._type(f"{path}.{name}" if path else name, schema, inner)
                if field is Raw:
                    numbers.append(name)
                elif check is not None:
                    parts.append((name, check))
                is_id = crumb == () and name == self._id_field
                fields.append((name, str) if is_id else (name, field, UNSET))
            elif not is_open:
                fields.append((name, _Dropped, UNSET))
        learned = (name for name in self._learned.get(path, ()) if name not in properties)
        fields += [(name, _Dropped, UNSET) for name in learned]
        made: Any = msgspec.defstruct(
            "Record",
            fields,
            bases=(TypedRecord,),
            forbid_unknown_fields=not is_open,
            gc=False,
            kw_only=True,
        )
        return made, _check_of_objects(numbers, parts) if numbers or parts else None


def _page_type(key: str, record: type) -> type[msgspec.Struct]:
    """The type of a response; ``key`` is the field of its records."""
    names = {"records": key, "pagination": "pagination", "made_at": "DateTimeUTC"}
    fields: list[Any] = [
        ("records", list[record]),  # type: ignore[valid-type]  # made here
        ("pagination", Any, None),
        ("made_at", Any, None),
    ]
    return msgspec.defstruct("Page", fields, rename=names, gc=False)


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401  # any type
    return msgspec.json.Decoder(kind, dec_hook=_read)


def _are_plain(numbers: Iterable[Any]) -> bool:
    """Whether values are numbers without an exponent, or null; all at once, without a loop."""
    return not b" ".join(numbers).translate(None, _PLAIN_NUMBERS)


def _check_of_lists(are_numbers: AreNumbers) -> AreNumbers:
    """The check of the numbers in lists."""
    return lambda lists: are_numbers(chain.from_iterable(filter(None, lists)))


def _check_of_objects(names: list[str], parts: list[tuple[str, AreNumbers]]) -> AreNumbers:
    """The check of the numbers in objects.

    Args:
        names: The fields that are numbers.
        parts: The other fields that have numbers, each with its check.
    """
    get_numbers = attrgetter(*names) if names else None
    get_parts = [(attrgetter(name), are_inner_numbers) for name, are_inner_numbers in parts]

    def are_numbers(values: Iterable[Any]) -> bool:
        # None and UNSET are false, and every object and every Raw is true.
        objects = list(filter(None, values))
        if not objects:
            return True
        if get_numbers is not None:
            found = map(get_numbers, objects)
            if not _are_plain(
                filter(None, found if len(names) == 1 else chain.from_iterable(found))
            ):
                return False
        return all(are_inner_numbers(map(get, objects)) for get, are_inner_numbers in get_parts)

    return are_numbers


class _AnyInstance(type):
    """Makes every value count as an instance, because msgspec checks what ``_read`` returns."""

    def __instancecheck__(cls, instance: object) -> bool:
        return True


class _Day(metaclass=_AnyInstance):
    """The type of calendar days."""

    read: ClassVar = staticmethod(to_day)


class _Instant(metaclass=_AnyInstance):
    """The type of instants."""

    read: ClassVar = staticmethod(to_instant)


class _Dropped(metaclass=_AnyInstance):
    """The type of fields that are left out."""


def _read(kind: Any, value: Json) -> Json:  # noqa: ANN401  # one of the types above
    """What msgspec calls for the three types above.

    Raises:
        TypeError, ValueError: It is not a date. msgspec then says that the record does not fit.
    """
    if kind is _Dropped:
        return UNSET
    return None if value is None else kind.read(value)


_SCALARS: Mapping[tuple[str, str | None], Any] = {
    ("string", None): str | None,
    ("string", "date"): _Day,
    ("string", "date-time"): _Instant,
    ("number", None): Raw,
    ("integer", None): int | None,
    ("boolean", None): bool | None,
}
