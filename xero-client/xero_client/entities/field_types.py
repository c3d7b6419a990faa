"""The fields of Xero's records, and how a table says them.

One list of fields says everything of a record: the JSON Schema of a stream, what can be written,
and the documents derive from it. The field of a part names the shape of its value, so that records
can contain one another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace


class Kind(Enum):
    """What the value of a field is."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    # A time; a day means its beginning in UTC.
    INSTANT = "instant"
    # A day that Payroll AU takes in its own notation: ``/Date(1577836800000+0000)/``.
    NET_DATE = "netdate"
    # An object with fields of its own.
    PART = "part"


class Access(Enum):
    """Whether a field is read, written or both."""

    BOTH = "read and written"
    READ = "read; Xero computes it, so that it is never sent"
    WRITE = "written, and not shown by Xero"


# A struct, because every program makes some thousand fields when it starts.
class Field(Struct, frozen=True):
    """A field of a record.

    Attributes:
        name: Xero's name.
        kind: What its value is, or each element of a list.
        access: Whether it is read, written or both.
        shape: The shape of a part; None for a plain value.
        many: Whether the value is a list.
        meaning: What it means, as a sentence; empty if its name says it (``fields.meanings``).
        sent: How it is written, if that is not how it is read.
    """

    name: str
    kind: Kind = Kind.TEXT
    access: Access = Access.BOTH
    shape: str | None = None
    many: bool = False
    meaning: str = ""
    sent: Field | None = None

    @property
    def is_read(self) -> bool:
        """Whether Xero shows it."""
        return self.access is not Access.WRITE

    @property
    def is_sent(self) -> bool:
        """Whether it can be written."""
        return self.access is not Access.READ


Shape = Mapping[str, Field]
Fields = tuple[Field, ...]


def shape(*groups: Fields) -> Shape:
    """Fields by name, in their order."""
    return MappingProxyType({field.name: field for group in groups for field in group})


def text(name: str, meaning: str = "") -> Fields:
    """A field that is a text."""
    return (Field(name, meaning=meaning),)


def texts(*names: str) -> Fields:
    """Fields that are texts."""
    return tuple(Field(name) for name in names)


def number(name: str, meaning: str = "") -> Fields:
    """A field that is a decimal number."""
    return (Field(name, Kind.NUMBER, meaning=meaning),)


def numbers(*names: str) -> Fields:
    """Fields that are decimal numbers."""
    return _fields(names, Kind.NUMBER)


def integer(name: str, meaning: str = "") -> Fields:
    """A field that is a whole number."""
    return (Field(name, Kind.INTEGER, meaning=meaning),)


def integers(*names: str) -> Fields:
    """Fields that are whole numbers."""
    return _fields(names, Kind.INTEGER)


def boolean(name: str, meaning: str = "") -> Fields:
    """A field that is true or false."""
    return (Field(name, Kind.BOOLEAN, meaning=meaning),)


def booleans(*names: str) -> Fields:
    """Fields that are true or false."""
    return _fields(names, Kind.BOOLEAN)


def day(name: str, meaning: str = "") -> Fields:
    """A field that is a day."""
    return (Field(name, Kind.DATE, meaning=meaning),)


def days(*names: str) -> Fields:
    """Fields that are days."""
    return _fields(names, Kind.DATE)


def instant(name: str, meaning: str = "") -> Fields:
    """A field that is a time; a day means its beginning in UTC."""
    return (Field(name, Kind.INSTANT, meaning=meaning),)


def instants(*names: str) -> Fields:
    """Fields that are times."""
    return _fields(names, Kind.INSTANT)


def net_day(name: str, meaning: str = "") -> Fields:
    """A field that is a day, which is written in the notation of Payroll AU."""
    return (Field(name, Kind.NET_DATE, meaning=meaning),)


def net_days(*names: str) -> Fields:
    """Fields that are days, which are written in the notation of Payroll AU."""
    return _fields(names, Kind.NET_DATE)


def listed(name: str, kind: Kind = Kind.TEXT, meaning: str = "") -> Fields:
    """A field that is a list of plain values."""
    return (Field(name, kind, many=True, meaning=meaning),)


def part(name: str, shape: str, meaning: str = "", *, sent: str | Kind | None = None) -> Fields:
    """A field that is an object.

    Args:
        name: Xero's name.
        shape: The shape of the object.
        meaning: What it means.
        sent: The shape for writing, if it is another one; or the kind of a plain value.
    """
    return (Field(name, Kind.PART, shape=shape, meaning=meaning, sent=_sent(name, sent)),)


def parts(name: str, shape: str, meaning: str = "", *, sent: str | None = None) -> Fields:
    """A field that is a list of objects.

    Args:
        name: Xero's name.
        shape: The shape of each object.
        meaning: What it means.
        sent: The shape for writing, if it is another one.
    """
    written = _sent(name, sent, many=True)
    return (Field(name, Kind.PART, shape=shape, many=True, meaning=meaning, sent=written),)


def read_only(*groups: Fields) -> Fields:
    """Fields that Xero computes, and that are never sent."""
    return tuple(_with_access(field, Access.READ) for group in groups for field in group)


def write_only(*groups: Fields) -> Fields:
    """Fields that are sent, and that Xero does not show."""
    return tuple(_with_access(field, Access.WRITE) for group in groups for field in group)


def subset(whole: Shape, *names: str, parts: Mapping[str, str] = MappingProxyType({})) -> Shape:
    """What Xero shows of a record inside another one.

    Args:
        whole: The shape of the record.
        names: The fields that it has there; all if none is named.
        parts: The parts that have another shape there: name to shape.
    """
    fields = [whole[name] for name in names or whole]
    shown = (
        replace(field, shape=parts[field.name]) if field.name in parts else field
        for field in fields
    )
    return shape(read_only(tuple(shown)))


def without(whole: Shape, *names: str, parts: Mapping[str, str] = MappingProxyType({})) -> Shape:
    """What Xero shows of a record inside another one: all but the fields that are named.

    Args:
        whole: The shape of the record.
        names: The fields that it does not have there.
        parts: The parts that have another shape there: name to shape.
    """
    return subset(whole, *(name for name in whole if name not in names), parts=parts)


def sent_subset(whole: Shape, *names: str, ignored: Collection[str] = ()) -> Shape:
    """What is sent of a record that another one names.

    Args:
        whole: The shape of the record.
        names: The fields that are sent.
        ignored: Fields that people have beside them, and that are not sent.
    """
    sent = (_with_access(whole[name], Access.BOTH) for name in names)
    return shape(tuple(sent), read_only(tuple(whole[name] for name in ignored)))


def with_meanings(whole: Shape, **meanings: str) -> Shape:
    """The same fields, some of which mean something else.

    Args:
        whole: The shape.
        meanings: The sentences, by field.
    """
    fields = whole.values()
    return shape(
        tuple(replace(field, meaning=meanings.get(field.name, field.meaning)) for field in fields)
    )


def sent_fields(whole: Shape) -> Shape:
    """The fields of a record that are sent, as they are written."""
    read = Access.READ
    return shape(tuple(field.sent or field for field in whole.values() if field.access is not read))


def sent_part(whole: Shape) -> Shape | None:
    """The fields of a part as they are written; those that are not sent are known by name.

    Returns:
        The fields, or None if none of them is sent.
    """
    read = Access.READ
    if all(field.access is read for field in whole.values()):
        return None
    return shape(
        tuple(
            Field(field.name, access=read) if field.access is read else field.sent or field
            for field in whole.values()
        )
    )


def _with_access(field: Field, access: Access) -> Field:
    # Much faster than ``replace``: it is done for most fields when a program starts.
    return Field(field.name, field.kind, access, field.shape, field.many, field.meaning, field.sent)


def _fields(names: Iterable[str], kind: Kind) -> Fields:
    return tuple(Field(name, kind) for name in names)


def _sent(name: str, sent: str | Kind | None, *, many: bool = False) -> Field | None:
    if sent is None:
        return None
    if isinstance(sent, Kind):
        return Field(name, sent, many=many)
    return Field(name, Kind.PART, shape=sent, many=many)
