"""Descriptions of the properties of the other APIs: what they mean, and their format.

A property that ``other_descriptions`` does not know is described by its name: Xero's names of these
properties are words written together. The format follows from the schema.
"""

from __future__ import annotations

import re

from tap_xero.records.schemas.descriptions import OF_ANY
from tap_xero.records.schemas.other_descriptions import description_in_words
from tap_xero.records.schemas.types import Schema

# ``payRunPeriodStartDate``, ``SuperFundID``, ``has_records``
_WORDS = re.compile(r"[A-Z]+(?![a-z])s?|[A-Z]?[a-z]+|\d+")


def described_by_name(schema: Schema, stream: str, record: str = "") -> Schema:
    """Adds a description to each property of a schema, and returns the schema.

    Args:
        schema: A schema that nobody else uses.
        stream: The stream.
        record: The property of the stream that has this schema; empty for the stream itself.
    """
    for name, node in schema["properties"].items():
        if name.startswith("_"):
            node["description"] = OF_ANY[name]
        else:
            text = description_in_words(stream, record, name)
            node["description"] = _with_format(text, node) if text else _description(name, node)
        inner = node.get("items", node)
        if "properties" in inner:
            described_by_name(inner, stream, name)
    return schema


def _with_format(text: str, node: Schema) -> str:
    if node.get("format") == "date":
        return f"{text} A day, without a time zone."
    if node.get("format") == "date-time":
        return f"{text} An instant, in UTC."
    return text


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
