"""Which setting of a file is wrong, by its whole name, and what it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, TypeAlias, get_args, get_origin

import msgspec

from xero_client.json_value import Json
from xero_client.names import did_you_mean

# A class, or an annotation such as `tuple[str, ...]`.
TypeForm: TypeAlias = Any
TYPES: Mapping[object, str] = {
    int: "a whole number",
    str: "a text",
    tuple: 'a list of texts, as ["tap-xero"]',
    dict: "an object",
}


def mistakes_in(
    value: Json, kind: TypeForm, decode: Callable[[type, Any], Any], name: str = ""
) -> Iterator[str]:
    """The mistakes in what a file has.

    Args:
        value: What it has.
        kind: The type that it should have: a ``Struct``, a ``dict`` of them, or that of a value.
        decode: Decodes the types of its own, as a ``dec_hook`` of msgspec.
        name: The name of the setting, as ``tiers.standard``; empty for the whole file.
    """
    is_struct = isinstance(kind, type) and issubclass(kind, msgspec.Struct)
    origin: object = get_origin(kind)
    if (is_struct or origin is dict) and not isinstance(value, dict):
        yield _wrong(name, value, TYPES[dict])
    elif is_struct:
        yield from _mistakes_in_struct(value, kind, decode, name)
    elif origin is dict:
        for key, part in value.items():
            yield from mistakes_in(part, get_args(kind)[1], decode, f"{name}.{key}")
    else:
        try:
            msgspec.convert(value, kind, dec_hook=decode)
        except msgspec.ValidationError as error:
            expected = _expected(kind)
            yield _wrong(name, value, expected) if expected else f"{name!r}: {error}"


def _mistakes_in_struct(
    value: Mapping[str, Json], kind: TypeForm, decode: Callable[[type, Any], Any], name: str
) -> Iterator[str]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for key in value:
        if key not in fields:
            shown = f"{name}.{key}".lstrip(".")
            yield f"{shown!r} is not a setting{did_you_mean(key, fields)}"
    for key, field in fields.items():
        shown = f"{name}.{key}".lstrip(".")
        if key in value:
            yield from mistakes_in(value[key], field.type, decode, shown)
        elif field.required:
            yield f"{shown!r} is missing"


def _wrong(name: str, value: Json, expected: str) -> str:
    if not name:
        return f"the file is not {expected}"
    return f"{name!r} is {msgspec.json.encode(value).decode()}; set it to {expected}"


def _expected(kind: TypeForm) -> str | None:
    """What a value of a type is, in words; None if its own message says it."""
    origin: object = get_origin(kind)
    if origin is Literal:
        return f"one of {', '.join(get_args(kind))}"
    plain = next((each for each in get_args(kind) if each is not type(None)), kind)
    return TYPES.get(origin if origin is tuple else plain)
