"""Envelopes: records that hold their own payload, query, method, path and id."""

from __future__ import annotations

from typing import Any

from target_xero.build.records import InvalidRecordError, Record
from xero_client.http import wire

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


def payload_of(record: Record, envelope: Record) -> Any:  # noqa: ANN401  # any JSON
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


def _decoded(name: str, value: Any) -> Any:  # noqa: ANN401  # any JSON
    if not isinstance(value, str):
        return value
    try:
        return wire.decode(value.encode())
    except ValueError as error:
        raise InvalidRecordError([f"{name} is not JSON: {error}"]) from None
