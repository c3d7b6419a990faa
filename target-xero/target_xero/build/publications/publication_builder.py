"""From a record to its publication, by the stream's rule and by the methods that Xero has.

Each kind of destination has its own builder: ``EntityBuilder``, ``ChildBuilder``, ``RawBuilder``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from msgspec.structs import replace

from target_xero.build.destinations.destination import (
    ChildDestination,
    Destination,
    EntityDestination,
    RawDestination,
)
from target_xero.build.destinations.names import destination_of, document_type_of
from target_xero.build.destinations.routes import GENERIC_METHODS
from target_xero.build.publications.child_builder import ChildBuilder
from target_xero.build.publications.entity_builder import EntityBuilder
from target_xero.build.publications.envelopes import (
    envelope_of,
    envelope_path,
    payload_of,
    query_of,
)
from target_xero.build.publications.publication import Publication
from target_xero.build.publications.raw_builder import RawBuilder
from target_xero.build.publications.record_converter import RecordConverter
from target_xero.build.publications.record_paths import RecordPaths
from target_xero.build.publications.write_request import WriteRequest
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.build.templates.rendering import placeholders, render
from xero_client.json_value import Json


class PublicationBuilder:
    """Builds the publications of one stream's records."""

    def __init__(
        self,
        rule: StreamRule,
        *,
        batch_size: int,
        origin: str = "",
        write_nulls: bool = False,
        is_import_template: bool = False,
        key_columns: Collection[str] = (),
        finds_id_later: bool = False,
    ) -> None:
        """Takes the stream's rule.

        Args:
            rule: How the stream is published.
            batch_size: The most records in one call.
            origin: Scheme and host of ``base_uri``; a path to another host is refused.
            write_nulls: Whether empty values are sent.
            is_import_template: Whether the records come from one of Xero's import templates.
            key_columns: The stream's key properties, which need not be fields of Xero.
            finds_id_later: Whether a removal may lack an id and a number, because the publish log
                is searched for the id.
        """
        self.rule = rule
        self._converter = RecordConverter(
            rule,
            write_nulls=write_nulls,
            is_import_template=is_import_template,
            key_columns=key_columns,
        )
        self._entities = EntityBuilder(
            rule, self._converter, batch_size=batch_size, finds_id_later=finds_id_later
        )
        self._children = ChildBuilder(
            self._converter,
            columns=rule.columns,
            files=rule.files,
            overwrite=rule.overwrite,
            batch_size=batch_size,
        )
        self._raw = RawBuilder(write_nulls=write_nulls)
        self._paths = RecordPaths(rule.stream, origin)
        self._document_type = document_type_of(rule.entity)

    def build(self, record: Record, warnings: Sequence[str] = ()) -> Publication:
        """Builds the publication of a record.

        Args:
            record: The record.
            warnings: What of it was left out before.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        publication = self._build(record)
        if warnings:
            publication = replace(publication, warnings=(*warnings, *publication.warnings))
        return publication

    def _build(self, record: Record) -> Publication:
        rule = self.rule
        envelope = envelope_of(record)
        method = str(envelope.get("method") or rule.method).upper()
        own_path = envelope_path(envelope, is_allowed=rule.envelope_paths)
        template = own_path or rule.path
        destination = destination_of(rule.entity, template)
        if template is None and isinstance(destination, RawDestination) and not rule.names_entity:
            raise InvalidRecordError(
                ["the record has no path, and the stream's settings have neither entity nor path"]
            )
        if method not in GENERIC_METHODS:
            raise InvalidRecordError(
                [f"{method} is not a method; use {', '.join(GENERIC_METHODS)}"]
            )
        request = WriteRequest(
            method,
            self._payload(record, envelope, destination),
            self._query(record, envelope),
            envelope.get("id"),
            self._converter.ignores_unknown(record),
        )
        if template is not None:
            path = self._paths.path(template, destination, request.payload, record, envelope)
            named = () if "path" in envelope else placeholders(template)
            return self._build_at_path(destination, request, path, named)
        if isinstance(destination, RawDestination):
            return self._raw.build(destination, request)
        if isinstance(destination, ChildDestination):
            return self._children.build(destination, request)
        return self._entities.build(destination, request)

    def _build_at_path(
        self, destination: Destination, request: WriteRequest, path: str, named: Collection[str]
    ) -> Publication:
        """Builds the publication of a record whose path the user gives.

        Args:
            destination: What the path names.
            request: What the record asks for.
            path: The path.
            named: The fields that stand in the path, and that are not sent in the payload too.
        """
        if isinstance(destination, RawDestination):
            return self._raw.build_at(destination, request, path)
        if isinstance(destination, EntityDestination) and not destination.is_single_record:
            return self._entities.build(destination, request)
        payload = {name: value for name, value in request.payload.items() if name not in named}
        request = replace(request, payload=payload)
        if isinstance(destination, EntityDestination):
            return self._entities.build_at_record(destination, request, path)
        if destination.is_single_record:
            return self._raw.build_at(destination, request, path)
        return self._children.build_at(destination, request, path.rpartition("/")[0])

    def _payload(self, record: Record, envelope: Record, destination: Destination) -> Json:
        payload = payload_of(record, envelope)
        extra = None
        if self.rule.payload:
            extra = render(self.rule.payload, record, f"streams.{self.rule.stream}.payload")
        if isinstance(payload, dict):
            if isinstance(destination, EntityDestination) and destination.shape is not None:
                payload = self._converter.mapped(payload, destination, destination.shape)
                if self._document_type is not None and not payload.get("Type"):
                    payload = {**payload, "Type": self._document_type}
            return {**payload, **extra} if extra else payload
        if isinstance(destination, RawDestination) and isinstance(payload, list) and not extra:
            return payload
        raise InvalidRecordError(["payload must be an object"])

    def _query(self, record: Record, envelope: Record) -> dict[str, str]:
        if not self.rule.query and "query" not in envelope:
            return {}
        setting = f"streams.{self.rule.stream}.query"
        query = {**render(self.rule.query, record, setting), **query_of(envelope)}
        return {
            name: "true" if value is True else "false" if value is False else str(value)
            for name, value in query.items()
            if value is not None
        }
