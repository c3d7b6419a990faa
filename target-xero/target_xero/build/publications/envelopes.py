"""Envelopes: records that hold their own payload, query, method, path and id."""

from __future__ import annotations

from typing import Any

from target_xero.build.destinations.path_ids import has_dot_segments
from target_xero.build.records import InvalidRecordError, Record
from xero_client.http import wire
from xero_client.json_value import Json

_NOT_IN_A_PATH = frozenset(' ?#{}"<>')

ENVELOPE = frozenset({"payload", "query", "method", "path", "id"})


def envelope_of(record: Record) -> Record:
    """The record's keys if it is an envelope, else an empty dict.

    An envelope has no other keys than ``payload``, ``query``, ``method``, ``path`` and ``id``.
    """
    names = []
    for name in record:
        if name in ENVELOPE:
            names.append(name)
        elif name[:1] != "_":
            return {}
    if not isinstance(record.get("id", ""), (str, type(None))):
        return {}  # the id of a database row, not one of Xero's
    return {name: record[name] for name in names if record[name] not in (None, "")}


def envelope_path(envelope: Record, *, is_allowed: bool) -> str | None:
    """The path in an envelope; it is taken as it is, never as a template.

    Args:
        envelope: The envelope.
        is_allowed: Whether the settings of the stream have ``envelope_paths``.

    Raises:
        InvalidRecordError: It is not allowed, or it may lead to another host or another record.
    """
    path = envelope.get("path")
    if path is None:
        return None
    if not is_allowed:
        problem = (
            "the record has the key path, and the settings of its stream do not let records choose "
            "their path: leave it out, or set 'envelope_paths' to true"
        )
        raise InvalidRecordError([problem])
    if not isinstance(path, str):
        raise InvalidRecordError(["path is not a text"])
    leads_elsewhere = path.startswith("//") or "\\" in path
    if leads_elsewhere or has_dot_segments(path):
        problem = f"the path {path} is not sent: it may lead to another host or another record"
        raise InvalidRecordError([problem])
    if not path.isprintable() or not _NOT_IN_A_PATH.isdisjoint(path):
        problem = f"the path {path!r} is invalid: encode it, and put its parameters into query"
        raise InvalidRecordError([problem])
    return path


def payload_of(record: Record, envelope: Record) -> Json:
    """The payload: that of the envelope (an object or JSON text), else the record itself.

    Raises:
        InvalidRecordError: The text is not JSON.
    """
    payload: Any = _decoded("payload", envelope.get("payload")) if envelope else record
    return {} if payload is None else payload


def query_of(envelope: Record) -> Record:
    """The envelope's query data, an object or JSON text.

    Raises:
        InvalidRecordError: It is not an object.
    """
    query = _decoded("query", envelope.get("query"))
    if query is not None and not isinstance(query, dict):
        raise InvalidRecordError(["query must be an object"])
    return query or {}


def _decoded(name: str, value: Json) -> Json:
    if not isinstance(value, str):
        return value
    try:
        return wire.decode(value.encode())
    except ValueError as error:
        raise InvalidRecordError([f"{name} is not JSON: {error}"]) from None
