"""Descriptions of the properties of the other APIs: the name in words, and the format.

Xero's names of these properties are words written together. The format follows from the schema.
"""

from __future__ import annotations

import re

from tap_xero.records.schemas.descriptions import OF_ANY
from tap_xero.records.schemas.types import Schema

# ``payRunPeriodStartDate``, ``SuperFundID``, ``has_records``
_WORDS = re.compile(r"[A-Z]+(?![a-z])s?|[A-Z]?[a-z]+|\d+")


def described_by_name(schema: Schema) -> Schema:
    """Adds a description to each property of a schema, and returns the schema.

    Args:
        schema: A schema that nobody else uses.
    """
    for name, node in schema["properties"].items():
        node["description"] = OF_ANY[name] if name.startswith("_") else _description(name, node)
        inner = node.get("items", node)
        if "properties" in inner:
            described_by_name(inner)
    return schema


def _description(name: str, node: Schema) -> str:
    words = [word if word[1:2].isupper() else word.lower() for word in _WORDS.findall(name)]
    text = " ".join(words) or name
    text = text[0].upper() + text[1:]
    types = node.get("type", ())
    types = [types] if isinstance(types, str) else types
    if node.get("format") == "date":
        return f"{text}: a day, without a time zone."
    if node.get("format") == "date-time":
        return f"{text}: an instant, in UTC."
    if "boolean" in types:
        return f"{text}: yes or no."
    if "number" in types:
        return f"{text}: an exact decimal."
    if "array" in types:
        return f"{text}: a list."
    return f"{text}."
