"""Generic mode: paths and payloads that the entity table does not know, sent unchanged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from target_xero.build.coercion import without_nulls
from target_xero.build.destinations import Destination
from target_xero.build.path_ids import checked_path
from target_xero.build.publication import Publication, size_checked
from target_xero.build.records import InvalidRecordError
from target_xero.build.routes import Action
from xero_client.http import wire


def generic_publication(
    destination: Destination,
    method: str,
    path: str,
    payload: Any,  # noqa: ANN401  # any JSON
    query: Mapping[str, str],
    *,
    write_nulls: bool,
) -> Publication:
    """Builds a publication from what the user asked for.

    Columns with a leading underscore are left out; so are nulls, unless ``write_nulls`` is set.

    Raises:
        InvalidRecordError: It is too large.
    """
    if isinstance(payload, dict):
        payload = {name: value for name, value in payload.items() if name[:1] != "_"}
    if not write_nulls:
        payload = without_nulls(payload)
    content = wire.encode(payload) if payload and method != "DELETE" else None
    return Publication(
        destination,
        Action.REMOVE if method == "DELETE" else Action.SEND,
        method,
        path,
        params=tuple(sorted(query.items())),
        content=size_checked(content) if content else None,
        fields=payload if isinstance(payload, dict) else {},
    )


def generic_path(destination: Destination, envelope_id: str | None, method: str) -> str:
    """The path of a destination that the entity table does not know.

    Raises:
        InvalidRecordError: The method is DELETE, and the record has no id.
    """
    path = f"/{destination.name.lstrip('/')}"
    if envelope_id:
        return checked_path(f"{path}/{quote(str(envelope_id), safe='')}")
    if method == "DELETE":
        raise InvalidRecordError([f"DELETE of {destination.name} needs an id, or a path"])
    return path
