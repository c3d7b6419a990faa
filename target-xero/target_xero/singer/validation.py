"""Records against their stream's SCHEMA, and SCHEMA messages against what Singer says."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import fastjsonschema
from singer_sdk.exceptions import InvalidJSONSchema, InvalidRecord
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from target_xero.build.records import NESTED_TOO_DEEPLY, Record


def _refuse_remote(uri: str) -> NoReturn:
    message = f"$ref {uri!r} is not in the schema itself"
    raise fastjsonschema.JsonSchemaDefinitionException(message)


# What a schema refers to is never fetched from anywhere.
_REMOTE = dict.fromkeys(("http", "https", "ftp", "file", "data", ""), _refuse_remote)


class Validator(BaseJSONSchemaValidator):
    """Validates records with a function compiled from the stream's schema.

    Formats and ``multipleOf`` are not checked: what Xero takes is checked where values are coerced,
    and the compiled division cannot take exact decimals. Details of what is wrong beyond its words
    would be half of what is compiled.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        """Compiles the schema.

        Raises:
            InvalidJSONSchema: It is none.
        """
        super().__init__(schema)
        try:
            self._validate: Callable[[Record], Any] = fastjsonschema.compile(
                _checkable(schema),
                handlers=_REMOTE,
                use_formats=False,
                use_default=False,
                detailed_exceptions=False,
            )
        except RecursionError:
            message = "it is nested too deeply"
            raise InvalidJSONSchema(message) from None
        except (
            ValueError,
            LookupError,
            TypeError,
            AttributeError,
            SyntaxError,
            re.error,
        ) as error:
            # The compiler takes the schema for right, and stumbles over what is not.
            message = f"it is no JSON Schema: {error}"
            raise InvalidJSONSchema(message) from None

    def validate(self, record: Record) -> None:
        """Checks a record.

        Raises:
            InvalidRecord: It is not what its schema says.
        """
        try:
            self._validate(record)
        except fastjsonschema.JsonSchemaValueException as error:
            message = str(error.message).replace("data.", "").replace("data ", "the record ")
            raise InvalidRecord(message, record) from None
        except RecursionError:
            raise InvalidRecord(NESTED_TOO_DEEPLY, record) from None


def _checkable(schema: Any) -> Any:  # noqa: ANN401  # any JSON
    if isinstance(schema, dict):
        return {
            name: _checkable(value)
            for name, value in schema.items()
            if not (name == "multipleOf" and isinstance(value, (int, float, Decimal)))
        }
    return [_checkable(one) for one in schema] if isinstance(schema, list) else schema


def schema_problem(message: Mapping[str, Any]) -> str | None:
    """What is wrong with a SCHEMA message, before its schema is looked into."""
    if not isinstance(message.get("stream"), str):
        return "it names no stream"
    schema = message.get("schema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return "it has no properties"
    strange = [name for name, one in properties.items() if not isinstance(one, (dict, bool))]
    if strange:
        return f"property {strange[0]!r} is no schema"
    keys = message.get("key_properties") or []
    if not isinstance(keys, list) or not all(isinstance(name, str) for name in keys):
        return "its key_properties are no list of names"
    return None
