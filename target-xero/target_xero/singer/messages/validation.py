"""Validates records against their stream's SCHEMA, and SCHEMA messages themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import fastjsonschema
from singer_sdk.exceptions import InvalidJSONSchema, InvalidRecord
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from target_xero.build.records import NESTED_TOO_DEEPLY, Record
from xero_client.json_value import Json


def _refuse_remote(uri: str) -> NoReturn:
    message = f"$ref {uri!r} is not in the schema itself"
    raise fastjsonschema.JsonSchemaDefinitionException(message)


# A $ref is never fetched.
_REMOTE = dict.fromkeys(("http", "https", "ftp", "file", "data", ""), _refuse_remote)


class Validator(BaseJSONSchemaValidator):
    """Validates records with a function compiled from the stream's schema.

    Formats and ``multipleOf`` are not checked: coercion checks the values that Xero takes, and the
    compiled ``multipleOf`` does not work with ``Decimal``. Detailed exceptions are off, since they
    double the size of the compiled code.
    """

    def __init__(self, schema: dict[str, Any]) -> None:
        """Takes the schema. It is compiled with the first record, because many streams have none.

        Compiling the 29 streams of an organisation takes a second.
        """
        super().__init__(schema)
        self._compiled: Callable[[Record], Any] | None = None
        self._problem: str | None = None

    def validate(self, record: Record) -> None:
        """Checks a record.

        Raises:
            InvalidJSONSchema: The schema is not valid.
            InvalidRecord: The record does not match it.
        """
        check = self._compiled or self._compile()
        try:
            check(record)
        except fastjsonschema.JsonSchemaValueException as error:
            message = str(error.message).replace("data.", "").replace("data ", "the record ")
            raise InvalidRecord(message, record) from None
        except RecursionError:
            raise InvalidRecord(NESTED_TOO_DEEPLY, record) from None

    def _compile(self) -> Callable[[Record], Any]:
        if self._problem is None:
            try:
                self._compiled = fastjsonschema.compile(
                    _without_multiple_of(self.schema),
                    handlers=_REMOTE,
                    use_formats=False,
                    use_default=False,
                    detailed_exceptions=False,
                )
            except RecursionError:
                self._problem = "it is nested too deeply"
            except (
                ValueError,
                LookupError,
                TypeError,
                AttributeError,
                SyntaxError,
                re.error,
            ) as error:
                # The compiler does not check the schema first, so it fails in many ways.
                self._problem = f"it is not a JSON Schema: {error}"
        if self._compiled is None:
            raise InvalidJSONSchema(str(self._problem))
        return self._compiled


def _without_multiple_of(schema: Json) -> Json:
    if isinstance(schema, dict):
        return {
            name: _without_multiple_of(value)
            for name, value in schema.items()
            if not (name == "multipleOf" and isinstance(value, (int, float, Decimal)))
        }
    return (
        [_without_multiple_of(element) for element in schema]
        if isinstance(schema, list)
        else schema
    )


def schema_problem(message: Mapping[str, Any]) -> str | None:
    """What is wrong with a SCHEMA message, apart from the schema itself; None if it is valid."""
    if not isinstance(message.get("stream"), str):
        return "it does not name a stream"
    schema = message.get("schema")
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        return "it has no properties"
    invalid = [
        name for name, definition in properties.items() if not isinstance(definition, (dict, bool))
    ]
    if invalid:
        return f"property {invalid[0]!r} is not a schema"
    keys = message.get("key_properties") or []
    if not isinstance(keys, list) or not all(isinstance(name, str) for name in keys):
        return "its key_properties are not a list of names"
    return None
