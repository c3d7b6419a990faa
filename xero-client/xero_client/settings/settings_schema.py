"""Settings as classes: their JSON Schema, and the conversion of a configuration.

The fields of a class are the settings. A field's annotation has its type and limits, and a
``msgspec.Meta`` with its title and description. The settings of a program are a dataclass, of
which a field without a title is not a setting; what stands inside a setting is a
``msgspec.Struct``. A type with a pattern has ``examples`` too: errors show them in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

import msgspec

from xero_client.errors import SettingsError
from xero_client.json_value import Json

Settings = TypeVar("Settings")
# The JSON Schema of a value.
Schema = dict[str, Any]

_SETTING = re.compile(r"`\$\.(\w+)")
_TYPES = {
    "string": "a text",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_LIMITS = {
    "exclusiveMinimum": "above",
    "minimum": "from",
    "maximum": "to",
}


def setting(
    title: str, description: str, *, is_secret: bool = False, above: float | None = None
) -> msgspec.Meta:
    """What the annotation of a setting says, besides its type.

    Args:
        title: Its title in a form.
        description: What it is for, in sentences.
        is_secret: Whether no form and no log may show it.
        above: The number that a value must be above; None for any.
    """
    secret = {"secret": True, "writeOnly": True} if is_secret else None
    return msgspec.Meta(title=title, description=description, gt=above, extra_json_schema=secret)


def settings_schema(kind: type) -> dict[str, Schema]:
    """The JSON Schema of each setting, in the form that Singer programs use.

    In this form a setting that may be null has a list of types, and a schema has no references. A
    text whose default is empty may be null as well, and has no default. Defaults inside of a
    setting are left out, because singer-sdk would write them into the configuration.
    """
    definitions = msgspec.json.schema(kind)["$defs"]
    orders = {frozenset(values): values for values in _literals(kind)}
    form = _SingerForm(definitions, orders)
    factories = {
        field.name: field.default_factory
        for field in (fields(kind) if is_dataclass(kind) else ())
        if field.default_factory is not MISSING
    }
    properties: dict[str, Schema] = {}
    for name, schema in definitions[kind.__name__]["properties"].items():
        if "title" in schema or not is_dataclass(kind):
            default = factories[name]() if name in factories else schema.get("default")
            properties[name] = form.setting(schema, default)
    return properties


class _SingerForm:
    """Rewrites schemas of msgspec: without references, and with one list of types."""

    def __init__(
        self, definitions: Mapping[str, Schema], orders: Mapping[frozenset[Any], tuple[Any, ...]]
    ) -> None:
        """Takes what the schemas refer to.

        Args:
            definitions: The schemas of classes, by name.
            orders: The values of each choice in the order in which they are written; msgspec sorts
                them.
        """
        self._definitions = definitions
        self._orders = orders

    def setting(self, schema: Schema, default: Json) -> Schema:
        """The schema of a setting of a program."""
        rewritten = self._value(schema)
        if default == "":
            return {**rewritten, "type": [rewritten["type"], "null"]}
        return rewritten if default is None else {**rewritten, "default": default}

    def _value(self, schema: Schema) -> Schema:
        own = {name: part for name, part in schema.items() if name not in ("anyOf", "default")}
        if "anyOf" in schema:
            return {**_union([self._value(option) for option in schema["anyOf"]]), **own}
        if reference := own.pop("$ref", None):
            content = self._definitions[reference.rpartition("/")[2]]
            outer = {"title", "description"}
            own |= {name: part for name, part in content.items() if name not in outer}
        if own.get("required") == []:
            del own["required"]
        if "enum" in own:
            own["enum"] = list(self._orders.get(frozenset(own["enum"]), own["enum"]))
            own = {"type": "string", **own}
        if "properties" in own:
            own["properties"] = {n: self._value(part) for n, part in own["properties"].items()}
        for name in ("additionalProperties", "items"):
            if isinstance(own.get(name), dict):
                own[name] = self._value(own[name])
        return own


def _union(options: list[Schema]) -> Schema:
    """One schema for several that differ in their type."""
    merged: Schema = {}
    for option in options:
        merged |= option
    merged["type"] = [option["type"] for option in options]
    if "enum" in merged:
        values: dict[str, list[Json]] = {"boolean": [True, False], "null": [None]}
        merged["enum"] = [
            value
            for option in options
            for value in option.get("enum", values.get(option["type"], []))
        ]
    return merged


def _literals(kind: Any) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401  # any annotation
    """The values of each ``Literal`` in the annotations of a class, and of classes inside it."""
    if get_origin(kind) is Literal:
        yield get_args(kind)
    elif isinstance(kind, type) and (is_dataclass(kind) or issubclass(kind, msgspec.Struct)):
        for hint in get_type_hints(kind, include_extras=True).values():
            yield from _literals(hint)
    else:
        for part in get_args(kind):
            yield from _literals(part)


def convert_settings(
    values: Mapping[str, Json], kind: type[Settings], section: str = ""
) -> Settings:
    """Checks and converts the values of settings.

    Args:
        values: The values that are set, by setting.
        kind: The class of the settings.
        section: The setting that they stand in, such as ``streams.invoices``; empty for none.

    Raises:
        SettingsError: A value is invalid; the message names its setting.
    """
    numbers = {name: _plain_number(value) for name, value in values.items()}
    try:
        return msgspec.convert(numbers, kind)
    except msgspec.ValidationError as error:
        found = _SETTING.search(str(error))
        if found is None:
            message = f"Setting {section!r}: {error}" if section else str(error)
            raise SettingsError(message) from None
        name = found[1]
        shown = f"{section}.{name}" if section else name
        expected = _expected(settings_schema(kind)[name])
        message = f"Setting {shown!r} is {values[name]!r}; set it to {expected}"
        raise SettingsError(message) from None


def examples_of(schema: Mapping[str, Any]) -> str:
    """The examples of a schema in words: ``'12h', '7d' or '4w'``."""
    *others, last = map(repr, schema["examples"])
    return f"{', '.join(others)} or {last}" if others else last


def _plain_number(value: Json) -> Json:
    """A number as JSON has it: a whole one as an integer, also if it is written with a fraction."""
    if not isinstance(value, Decimal | float):
        return value
    return int(value) if value % 1 == 0 else float(value)


def _expected(schema: Mapping[str, Any]) -> str:
    """The values that a setting takes."""
    if "enum" in schema:
        return f"one of {schema['enum']}"
    types = [schema["type"]] if isinstance(schema["type"], str) else list(schema["type"])
    limits = [f"{words} {schema[limit]}" for limit, words in _LIMITS.items() if limit in schema]
    if "pattern" in schema:
        limits.append(f"of the form {examples_of(schema)}")
    # A limit is one of numbers or texts, so it stands before "or null".
    null = types.pop() if limits and types[-1] == "null" else ""
    text = " ".join([" or ".join(_TYPES[name] for name in types), *limits])
    return f"{text}, or null" if null else text
