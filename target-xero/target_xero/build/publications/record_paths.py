"""The paths of records that the user's settings or the record itself give."""

from __future__ import annotations

from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
)
from target_xero.build.destinations.path_ids import checked_path, checked_segment
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.templates.rendering import render_path
from xero_client.json_value import Json
from xero_client.settings.connection_settings import origin_of


class RecordPaths:
    """Gives the paths of one stream's records."""

    def __init__(self, stream: str, origin: str) -> None:
        """Takes the stream.

        Args:
            stream: The stream, for messages.
            origin: Scheme and host of ``base_uri``; a path to another host is refused.
        """
        self._setting = f"streams.{stream}.path"
        self._origin = origin

    def path(
        self,
        template: str,
        destination: Destination,
        payload: Json,
        record: Record,
        envelope: Record,
    ) -> str:
        """The path of a record: the envelope's as it is, else the settings' template, rendered.

        Args:
            template: The path in the envelope, or the template.
            destination: What it names.
            payload: The record's payload, whose values fill the template.
            record: The record itself.
            envelope: Its envelope; empty if it is not one.

        Raises:
            InvalidRecordError: It leads to another host or another record, or a value is missing.
        """
        path = template
        if "path" not in envelope:
            values = _values(destination, payload, record, envelope.get("id"))
            path = render_path(template, values, checked_segment, self._setting)
        path = checked_path(path)
        if path.startswith(("http://", "https://")):
            if origin_of(path) != self._origin:
                problem = (
                    f"the path {path} is not on {self._origin}, the origin of 'base_uri'; "
                    "nothing is sent to another host"
                )
                raise InvalidRecordError([problem])
        elif not path.startswith("/"):
            path = f"/{path}"
        return path.removeprefix("/api.xro/2.0")


def _values(
    destination: Destination,
    payload: Json,
    record: Record,
    envelope_id: str | None,
) -> Record:
    """The values that a path template may name."""
    values = record
    if isinstance(payload, dict):
        values = {**record, **payload}
    id_field = _id_field_in_path(destination)
    if envelope_id and id_field:
        values = {"id": envelope_id, id_field: envelope_id} | values
    return values


def _id_field_in_path(destination: Destination) -> str | None:
    """The id that stands after the entity in a path: that of the record, or of the parent."""
    if isinstance(destination, EntityDestination):
        return destination.entity.id_field
    if isinstance(destination, ChildDestination):
        return destination.parent.id_field
    return None
