"""One stream: validates its records, groups rows into documents, and builds publications."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from singer_sdk import Target
from singer_sdk.exceptions import InvalidRecord, MissingKeyPropertiesError
from singer_sdk.sinks import Sink
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from target_xero.build.destinations.names import destination_of, document_type_of
from target_xero.build.fields.columns import normalized_name
from target_xero.build.publications.child_columns import check_child_columns
from target_xero.build.publications.publication import Publication
from target_xero.build.publications.publication_builder import PublicationBuilder
from target_xero.build.record_keys import DeletionMarks, KeyColumns, place_of
from target_xero.build.records import (
    NESTED_TOO_DEEPLY,
    InvalidRecordError,
    Provenance,
    Record,
    is_empty,
)
from target_xero.build.rows.grouping import GroupedDocument, RowGrouper
from target_xero.build.rows.template_rows import template_rows
from target_xero.build.streams.load_order import LoadPosition, load_position
from target_xero.build.streams.stream_checks import check_stream_rule
from target_xero.build.streams.stream_names import check_stream_destination
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.build.streams.tenant_template import tenant_of
from target_xero.retry.keys import RecordKeys
from target_xero.singer.protocol_errors import ProtocolErrors
from target_xero.singer.validation import Validator
from xero_client.entities.shapes import LINES, SHAPES

# The format of decimals that a tap writes as texts.
SINGER_DECIMAL = "singer.decimal"
DELETED_IN_SOURCE = (
    "its source has marked it as deleted: set on_deleted to remove it from Xero, or to skip it"
)


class RecordPublisher(Protocol):
    """What sinks publish to."""

    def begin_record(self, stream: str) -> None:
        """Notes that a record of a stream comes, so that its document may not be complete."""
        ...

    def end_record(self) -> None:
        """Notes that all of a record was passed on."""
        ...

    def publish(
        self, publication: Publication, provenance: Provenance, position: LoadPosition
    ) -> None:
        """Publishes a record.

        Args:
            publication: What is published.
            provenance: Where it comes from.
            position: Its position in the load order.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        ...

    def refuse(self, provenance: Provenance, entity: str, problems: Sequence[str]) -> None:
        """Reports a record as invalid; it is not sent.

        Raises:
            RunStoppedError: ``on_reject`` is ``fail_fast``.
        """
        ...

    def skip_deleted(self, provenance: Provenance) -> None:
        """Leaves out a record that its source has marked as deleted."""
        ...

    def skip_empty(self, provenance: Provenance) -> None:
        """Leaves out a record without any value."""
        ...

    def flush(self) -> None:
        """Publishes all that is left, and waits for the results.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        ...


@dataclass(frozen=True)
class SinkContext:
    """What the sinks of a run share.

    Attributes:
        config: The target's configuration.
        origin: The address of Xero's API.
        publisher: What the sinks publish to.
        errors: The errors of the input in the Singer protocol.
        record_numbers: How many records of each stream have come.
    """

    config: Mapping[str, Any]
    origin: str
    publisher: RecordPublisher
    errors: ProtocolErrors
    record_numbers: Counter[str] = field(default_factory=Counter)


class XeroSink(Sink):
    """Publishes one stream."""

    # Records are published at once; there is nothing for the SDK to drain.
    current_size = 0

    def __init__(
        self,
        target: Target,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
        context: SinkContext,
    ) -> None:
        """Takes the stream's rule from the settings.

        Raises:
            SettingsError: The stream's settings are wrong.
            InvalidJSONSchema: The schema is not valid.
        """
        super().__init__(target, stream_name, schema, key_properties)
        self._context = context
        self._publisher = context.publisher
        config = context.config
        self.rule = StreamRule.from_config(stream_name, config)
        if self.rule.decimal_comma is None and _has_decimals(schema):
            self.rule = replace(self.rule, decimal_comma=False)
        self.entity = destination_of(self.rule.entity, self.rule.path).name
        self.position = load_position(self.rule)
        if config["references"] != "translate":  # a copy knows its streams
            check_stream_destination(self.rule)
        check_stream_rule(self.rule)
        check_child_columns(self.rule)
        write_nulls = bool(config["write_nulls"])
        headings = schema.get("properties", {})
        document_type = self.rule.payload.get("Type") or document_type_of(self.rule.entity)
        self._template_rows = template_rows(
            destination_of(self.rule.entity, self.rule.path).shape,
            headings,
            document_type,
            self.rule.columns,
            decimal_comma=bool(self.rule.decimal_comma),
        )
        if self._template_rows is not None:
            document_type = self._template_rows.document_type
        self._document_type = str(document_type or "")
        self._key_columns = KeyColumns(self.key_properties)
        self._deletion_marks = self._deletion_marks_of(self.rule)
        self._retry_keys = RecordKeys(self.rule) if config["retry_rejects"] else None
        self._builder = self._builder_of(self.rule)
        # Builds the removals of records that the source has deleted.
        self._remover = self._builder_of(replace(self.rule, method="DELETE", payload={}))
        group_by = self._template_rows.group_by if self._template_rows else ()
        self._grouper = (
            RowGrouper(self.rule, headings, group_by=group_by, keep_empty=write_nulls)
            if self.rule.group_by or group_by
            else None
        )

    def _builder_of(self, rule: StreamRule) -> PublicationBuilder:
        config = self._context.config
        return PublicationBuilder(
            rule,
            origin=self._context.origin,
            batch_size=int(config["batch_size"]),
            write_nulls=bool(config["write_nulls"]),
            is_import_template=self._template_rows is not None,
            key_columns=self.key_properties,
            finds_id_later=rule.on_deleted == "remove",
        )

    @staticmethod
    def _deletion_marks_of(rule: StreamRule) -> DeletionMarks:
        shape = destination_of(rule.entity, rule.path).shape
        own_columns = {*rule.columns, *rule.columns_read, *(SHAPES[shape] if shape else ())}
        return DeletionMarks(own_columns, knows_fields=shape is not None)

    @property
    def record_count(self) -> int:
        """How many records of the stream have come."""
        return self._context.record_numbers[self.stream_name]

    def removal_of(self, xero_id: str) -> Publication:
        """The removal of a record that the stream has published.

        Raises:
            InvalidRecordError: The id is not one of Xero's.
        """
        rule = replace(self.rule, method="DELETE", payload={}, query={}, columns={})
        return self._builder_of(rule).build({str(destination_of(rule.entity).id_field): xero_id})

    def clean_up(self) -> None:
        """Nothing to do: the summary at the end says how many records of what."""

    def get_validator(self) -> BaseJSONSchemaValidator | None:
        """A compiled validator for the stream's schema."""
        return Validator(self.schema) if self.validate_schema else None

    def add_record(self, record: Record, provenance: Provenance) -> None:
        """Publishes a record, or adds it to its document and publishes complete documents."""
        self._context.record_numbers[self.stream_name] += 1
        if is_empty(record):
            self._publisher.skip_empty(provenance)
            return
        provenance, problems = self._validated(record, provenance)
        if self._retry_keys is not None:
            key = self._retry_keys.of(record, provenance)
            provenance = replace(provenance, retry_key=key)
        deleted = self._deletion_marks.of(record)
        if deleted and self.rule.on_deleted == "skip":
            self._publisher.skip_deleted(provenance)
            return
        if deleted and self.rule.on_deleted == "reject":
            problems.append(DELETED_IN_SOURCE)
        warnings: list[str] = []
        if self._template_rows is not None:
            try:
                record, warnings = self._template_rows.translate(record)
            except InvalidRecordError as error:
                problems += error.problems
        if self._grouper is not None:
            removed = deleted and self.rule.on_deleted == "remove"
            grouped = self._grouper.add(record, provenance, problems, warnings, is_deleted=removed)
            for document in grouped:
                self._publish_document(document)
        elif problems:
            self._publisher.refuse(provenance, self.entity, problems)
        else:
            self._publish(record, provenance, warnings, is_deleted=deleted)

    def _validated(self, record: Record, provenance: Provenance) -> tuple[Provenance, list[str]]:
        """The provenance with the record's key, and the problems that the schema shows."""
        problems: list[str] = []
        names = self.key_properties
        number = self._context.record_numbers[self.stream_name]
        origin = place_of(record) or f"record {number:,}"
        columns = self.rule.columns
        # The fields of the provenance are collected, because each copy of it costs.
        known: dict[str, Any] = {
            "origin": f"{origin} of stream {self.stream_name}",
            "document_type": self._document_type,
        }
        if columns:
            known["named"] = {columns[name]: v for name, v in record.items() if name in columns}
        if self.rule.tenant_id is not None:
            try:
                known["tenant"] = tenant_of(self.rule, record)
            except InvalidRecordError as error:
                problems += error.problems
        if names:
            key = {name: record.get(name) for name in names}
            of_record = self._key_columns.of(record)
            known |= {
                "key": key,
                "singer_key": tuple(map(str, key.values())),
                "subject_key": of_record.subject,
                "content_key": of_record.content,
            }
        provenance = replace(provenance, **known)
        if names:
            missing = ", ".join(repr(name) for name in names if name not in record)
            if missing:
                problems.append(f"the record lacks its key {missing}")
                message = f"{provenance.stream}: {problems[-1]}"
                self._context.errors.note(MissingKeyPropertiesError(message))
                return provenance, problems
        if self._validator is not None:
            try:
                self._validator.validate(record)
            except InvalidRecord as invalid:
                problems.append(str(invalid.error_message))
        return provenance, problems

    def flush(self) -> None:
        """Publishes the last document."""
        if self._grouper is not None:
            for document in self._grouper.flush():
                self._publish_document(document)

    def _publish_document(self, document: GroupedDocument) -> None:
        if self._retry_keys is not None:
            key = self._retry_keys.of(document.record, document.provenance)
            document = replace(document, provenance=replace(document.provenance, retry_key=key))
        if document.problems:
            self._publisher.refuse(document.provenance, self.entity, document.problems)
        else:
            record = document.record
            if self._template_rows is not None:
                record = self._template_rows.finish(record)
            self._publish(
                record, document.provenance, document.warnings, is_deleted=document.is_deleted
            )

    def _publish(
        self,
        record: Record,
        provenance: Provenance,
        warnings: Sequence[str],
        *,
        is_deleted: bool,
    ) -> None:
        builder = self._remover if is_deleted else self._builder
        try:
            publication = builder.build(record, warnings)
        except InvalidRecordError as error:
            self._publisher.refuse(provenance, self.entity, error.problems)
            return
        except RecursionError:
            self._publisher.refuse(provenance, self.entity, [NESTED_TOO_DEEPLY])
            return
        if not provenance.is_group and self._is_row(record, publication):
            provenance = replace(provenance, is_row=True)
        self._publisher.publish(publication, provenance, self.position)

    def _is_row(self, record: Record, publication: Publication) -> bool:
        """Whether the only line of a document was made of columns, not of a list in the record."""
        line_field = next((name for name in LINES if name in publication.fields), None)
        if line_field is None or line_field in record or line_field in self.rule.payload:
            return False
        if "payload" in record:
            return False
        prefix = normalized_name(line_field)
        return not any(normalized_name(name).startswith(prefix) for name in record)

    def process_record(self, record: Record, context: Mapping[str, Any]) -> None:
        """Not used: the receiver calls ``add_record``."""
        raise NotImplementedError

    def process_batch(self, context: Mapping[str, Any]) -> None:
        """Not used: the intake reads the files of BATCH messages itself."""
        raise NotImplementedError


def _has_decimals(schema: Mapping[str, Any]) -> bool:
    """Whether the tap writes decimals as texts, which have a decimal point."""
    properties = schema.get("properties") or {}
    return any(
        isinstance(property_, dict) and property_.get("format") == SINGER_DECIMAL
        for property_ in properties.values()
    )
