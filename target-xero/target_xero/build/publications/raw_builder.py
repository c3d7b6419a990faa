"""Generic mode: paths and payloads that the entity table does not know, sent unchanged."""

from __future__ import annotations

from urllib.parse import quote

from target_xero.build.destinations.destination import Destination, RawDestination
from target_xero.build.destinations.path_ids import checked_path
from target_xero.build.destinations.routes import Action
from target_xero.build.fields.coercion import without_nulls
from target_xero.build.publications.publication import Publication, size_checked
from target_xero.build.publications.write_request import WriteRequest
from target_xero.build.records import InvalidRecordError
from xero_client.http import wire


class RawBuilder:
    """Builds the publications of records that are sent unchanged."""

    def __init__(self, *, write_nulls: bool) -> None:
        """Takes whether empty values are sent."""
        self._write_nulls = write_nulls

    def build(self, destination: RawDestination, request: WriteRequest) -> Publication:
        """Builds the publication of a record; its path is the destination's name, and its id.

        Raises:
            InvalidRecordError: The method is DELETE and the record has no id, or it is too large.
        """
        path = f"/{destination.name.lstrip('/')}"
        if request.envelope_id:
            path = checked_path(f"{path}/{quote(str(request.envelope_id), safe='')}")
        elif request.method == "DELETE":
            raise InvalidRecordError([f"DELETE of {destination.name} needs an id, or a path"])
        return self.build_at(destination, request, path)

    def build_at(self, destination: Destination, request: WriteRequest, path: str) -> Publication:
        """Builds the publication of what the user asked for, at a path.

        Columns with a leading underscore are left out; so are nulls, unless they are sent.

        Raises:
            InvalidRecordError: It is too large.
        """
        payload, method = request.payload, request.method
        if isinstance(payload, dict):
            payload = {name: value for name, value in payload.items() if name[:1] != "_"}
        if not self._write_nulls:
            payload = without_nulls(payload)
        content = wire.encode(payload) if payload and method != "DELETE" else None
        return Publication(
            destination,
            Action.REMOVE if method == "DELETE" else Action.SEND,
            method,
            path,
            params=tuple(sorted(request.query.items())),
            content=size_checked(content) if content else None,
            fields=payload if isinstance(payload, dict) else {},
        )
