"""The types of the fields that are written, and how a table says them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

TEXT = "text"
NUMBER = "number"
INTEGER = "integer"
BOOLEAN = "boolean"
DATE = "date"
# A time; a day means its beginning in UTC.
INSTANT = "instant"
# A day in the notation of Payroll AU: ``/Date(1577836800000+0000)/``.
NET_DATE = "netdate"
ANY = "any"
READ_ONLY = "-"
PLAIN_KINDS = frozenset({TEXT, NUMBER, INTEGER, BOOLEAN, DATE, INSTANT, NET_DATE, ANY, READ_ONLY})


@dataclass(frozen=True)
class Field:
    """A field of a shape.

    Attributes:
        name: Xero's name.
        kind: One of the plain kinds, or the name of a shape.
        many: Whether the value is a list.
        shape: The shape of the value, or of each element; None for a plain kind.
    """

    name: str
    kind: str = TEXT
    many: bool = False
    shape: str | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", None if self.kind in PLAIN_KINDS else self.kind)


Shape = Mapping[str, Field]
Fields = tuple[Field, ...]


def shape(*groups: Fields) -> Shape:
    """Fields by name, in their order."""
    return MappingProxyType({field.name: field for group in groups for field in group})


def texts(*names: str) -> Fields:
    """Fields that are texts."""
    return _fields(names, TEXT)


def numbers(*names: str) -> Fields:
    """Fields that are decimal numbers."""
    return _fields(names, NUMBER)


def integers(*names: str) -> Fields:
    """Fields that are whole numbers."""
    return _fields(names, INTEGER)


def booleans(*names: str) -> Fields:
    """Fields that are true or false."""
    return _fields(names, BOOLEAN)


def dates(*names: str) -> Fields:
    """Fields that are days."""
    return _fields(names, DATE)


def instants(*names: str) -> Fields:
    """Fields that are times; a day means its beginning in UTC."""
    return _fields(names, INSTANT)


def net_dates(*names: str) -> Fields:
    """Fields that are days in the notation of Payroll AU."""
    return _fields(names, NET_DATE)


def anything(*names: str) -> Fields:
    """Fields that are sent as they are."""
    return _fields(names, ANY)


def read_only(*names: str) -> Fields:
    """Fields that Xero computes, and that are never sent."""
    return _fields(names, READ_ONLY)


def part(name: str, kind: str) -> Fields:
    """A field that is an object of another shape."""
    return (Field(name, kind),)


def parts(name: str, kind: str) -> Fields:
    """A field that is a list of objects of another shape."""
    return (Field(name, kind, many=True),)


def _fields(names: Iterable[str], kind: str) -> Fields:
    return tuple(Field(name, kind) for name in names)
