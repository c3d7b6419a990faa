"""One stream: validates its records, groups rows into documents, and builds publications."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from singer_sdk import Target
from singer_sdk.exceptions import (
    InvalidInputLine,
    InvalidJSONSchema,
    InvalidRecord,
    MissingKeyPropertiesError,
)
from singer_sdk.sinks import Sink
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from target_xero.build.destinations.names import destination_of, document_type_of
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
from target_xero.build.streams.load_order import load_position
from target_xero.build.streams.stream_checks import check_stream_rule
from target_xero.build.streams.stream_names import check_stream_destination
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.build.streams.tenant_template import tenant_of
from target_xero.retry.keys import RecordKeys
from target_xero.run.holding_publisher import HoldingPublisher
from target_xero.singer.input_digests import InputDigests, is_decided_by_input
from target_xero.singer.messages.protocol_errors import ProtocolErrors
from target_xero.singer.messages.validation import Validator
from xero_client.entities.shapes import LINES, SHAPES
from xero_client.names import normalized_name

# The format of decimals that a tap writes as texts.
SINGER_DECIMAL = "singer.decimal"
DELETED_IN_SOURCE = (
    "its source has marked it as deleted: set on_deleted to remove it from Xero, or to skip it"
)


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
    publisher: HoldingPublisher
    errors: ProtocolErrors
    record_numbers: Counter[str] = field(default_factory=Counter)


class IdentifiedRecord(Struct, frozen=True):
    """A record with what identifies it, before it is checked.

    Attributes:
        record: The record.
        provenance: Where it comes from, with its key.
        problems: What is wrong with its key or its organisation.
        lacks_key: Whether a key property is missing.
        is_deleted: Whether its source has marked it as deleted.
    """

    record: Record
    provenance: Provenance
    problems: list[str]
    lacks_key: bool = False
    is_deleted: bool = False


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
        """
        super().__init__(target, stream_name, schema, key_properties)
        self._context = context
        self._publisher = context.publisher
        config = context.config
        self.rule = StreamRule.from_config(stream_name, config)
        if self.rule.decimal_comma is None and _has_decimals(schema):
            self.rule = dataclasses.replace(self.rule, decimal_comma=False)
        self.destination = destination_of(self.rule.entity, self.rule.path)
        self.entity = self.destination.name
        self.position = load_position(self.rule)
        if config["references"] != "translate":  # a copy knows its streams
            check_stream_destination(self.rule)
        check_stream_rule(self.rule)
        check_child_columns(self.rule)
        write_nulls = bool(config["write_nulls"])
        headings = schema.get("properties", {})
        document_type = self.rule.payload.get("Type") or document_type_of(self.rule.entity)
        self._template_rows = template_rows(
            self.destination.shape,
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
        self._remover = self._builder_of(
            dataclasses.replace(self.rule, method="DELETE", payload={})
        )
        group_by = self._template_rows.group_by if self._template_rows else ()
        self._grouper = (
            RowGrouper(self.rule, headings, group_by=group_by, keep_empty=write_nulls)
            if self.rule.group_by or group_by
            else None
        )

        self._input_digests = (
            InputDigests(self.rule, schema, self.key_properties, config)
            if self._has_input_digests
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
    def _has_input_digests(self) -> bool:
        """Whether the publish log can recognise records as they come.

        A dry run looks at each record, and writes nothing into the log.
        """
        is_alone = self._grouper is None and self._template_rows is None
        return is_alone and not self.rule.tenant_id and not self._context.config["dry_run"]

    @property
    def record_count(self) -> int:
        """How many records of the stream have come."""
        return self._context.record_numbers[self.stream_name]

    def removal_of(self, xero_id: str) -> Publication:
        """The removal of a record that the stream has published.

        Raises:
            InvalidRecordError: The id is not one of Xero's.
        """
        rule = dataclasses.replace(self.rule, method="DELETE", payload={}, query={}, columns={})
        return self._builder_of(rule).build({str(destination_of(rule.entity).id_field): xero_id})

    def clean_up(self) -> None:
        """Nothing to do: the summary at the end says how many records of what."""

    def get_validator(self) -> BaseJSONSchemaValidator | None:
        """A validator for the stream's schema."""
        return Validator(self.schema) if self.validate_schema else None

    def add_record(self, identified: IdentifiedRecord) -> None:
        """Publishes a record, or adds it to its document and publishes complete documents."""
        record, provenance = identified.record, identified.provenance
        if is_empty(record):
            self._publisher.skip_empty(provenance)
            return
        problems = self._problems_of(identified)
        deleted = identified.is_deleted
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

    def identified(self, record: Record, provenance: Provenance) -> IdentifiedRecord:
        """A record that comes, with what identifies it."""
        self._context.record_numbers[self.stream_name] += 1
        problems: list[str] = []
        is_deleted = self._deletion_marks.of(record)
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
        is_first_try = provenance.occurrence is None and not provenance.is_retry
        if self._input_digests is not None and is_first_try and not is_deleted:
            known["input_digest"] = self._input_digests.of(record)
        provenance = replace(provenance, **known)
        if self._retry_keys is not None:
            retry_key = self._retry_keys.of(record, provenance)
            provenance = replace(provenance, retry_key=retry_key)
        missing = [repr(name) for name in names if name not in record] if names else []
        if missing:
            problems.append(f"the record lacks its key {', '.join(missing)}")
            message = f"{provenance.stream}: {problems[-1]}"
            self._context.errors.note(MissingKeyPropertiesError(message))
        return IdentifiedRecord(record, provenance, problems, bool(missing), is_deleted)

    def _problems_of(self, identified: IdentifiedRecord) -> list[str]:
        problems = list(identified.problems)
        if self._validator is not None and not identified.lacks_key:
            try:
                self._validator.validate(identified.record)
            except InvalidRecord as invalid:
                problems.append(str(invalid.error_message))
            except InvalidJSONSchema as invalid:
                message = f"The SCHEMA of stream {self.stream_name!r} is invalid: {invalid}"
                self._context.errors.note(InvalidInputLine(message))
                problems.append(message)
        return problems

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
        if is_deleted:
            provenance = replace(provenance, is_deleted=True)
        is_row = not provenance.is_group and self._is_row(record, publication)
        if is_row:
            provenance = replace(provenance, is_row=True)
        if provenance.input_digest and not is_decided_by_input(
            publication, provenance, self.destination
        ):
            provenance = replace(provenance, input_digest="")
        self._publisher.publish(publication, provenance, self.position)

    def _is_row(self, record: Record, publication: Publication) -> bool:
        """Whether the only line of a document was made of columns, not of a list in the record."""
        for line_field in LINES:
            if line_field in publication.fields:
                break
        else:
            return False
        if line_field in record or line_field in self.rule.payload or "payload" in record:
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
