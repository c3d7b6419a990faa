"""One stream: validates its records, groups rows into documents, and builds publications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from singer_sdk.exceptions import InvalidRecord
from singer_sdk.sinks import Sink
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from target_xero.build.destinations import destination_of, document_type_of
from target_xero.build.grouping import GroupedDocument, RowGrouper
from target_xero.build.import_templates import template_rows
from target_xero.build.load_order import load_position
from target_xero.build.publication_builder import PublicationBuilder
from target_xero.build.records import (
    NESTED_TOO_DEEPLY,
    InvalidRecordError,
    Provenance,
    Record,
    is_empty,
)
from target_xero.build.stream_checks import check_stream_rule
from target_xero.build.stream_names import check_stream_destination
from target_xero.build.stream_rule import StreamRule
from target_xero.singer.intake import MessageTarget
from target_xero.singer.validation import Validator


class XeroSink(Sink):
    """Publishes one stream."""

    # Records are published at once; there is nothing for the SDK to drain.
    current_size = 0

    def __init__(
        self,
        target: MessageTarget,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        """Takes the stream's rule from the settings."""
        super().__init__(target, stream_name, schema, key_properties)
        self._target = target
        self.rule = StreamRule.from_config(stream_name, target.config)
        self.entity = destination_of(self.rule.entity, self.rule.path).name
        self.position = load_position(self.rule)
        target.check_stream(stream_name)
        if target.config["references"] != "translate":  # a copy knows its streams
            check_stream_destination(self.rule)
        check_stream_rule(self.rule)
        write_nulls = bool(target.config["write_nulls"])
        headings = schema.get("properties", {})
        self._template_rows = template_rows(
            destination_of(self.rule.entity, self.rule.path).shape,
            headings,
            self.rule.payload.get("Type") or document_type_of(self.rule.entity),
            self.rule.columns,
        )
        self._builder = PublicationBuilder(
            self.rule,
            origin=target.connection.origin,
            batch_size=int(target.config["batch_size"]),
            write_nulls=write_nulls,
            is_import_template=self._template_rows is not None,
        )
        group_by = self._template_rows.group_by if self._template_rows else ()
        self._grouper = (
            RowGrouper(self.rule, headings, group_by=group_by, keep_empty=write_nulls)
            if self.rule.group_by or group_by
            else None
        )

    def clean_up(self) -> None:
        """Nothing to do: the summary at the end says how many records of what."""

    def get_validator(self) -> BaseJSONSchemaValidator | None:
        """A compiled validator for the stream's schema."""
        return Validator(self.schema) if self.validate_schema else None

    def add_record(self, record: Record, provenance: Provenance) -> None:
        """Publishes a record, or adds it to its document and publishes complete documents."""
        if is_empty(record):
            self._target.skip_empty(provenance)
            return
        provenance, problems = self._validated(record, provenance)
        warnings: list[str] = []
        if self._template_rows is not None:
            try:
                record, warnings = self._template_rows.translate(record)
            except InvalidRecordError as error:
                problems += error.problems
        if self._grouper is not None:
            for document in self._grouper.add(record, provenance, problems, warnings):
                self._publish_document(document)
        elif problems:
            self._target.refuse(provenance, self.entity, problems)
        else:
            self._publish(record, provenance, warnings)

    def _validated(self, record: Record, provenance: Provenance) -> tuple[Provenance, list[str]]:
        """The provenance with the record's key, and the problems that the schema shows."""
        problems: list[str] = []
        names = self.key_properties
        if names:
            key = {name: record.get(name) for name in names}
            provenance = replace(provenance, key=key, singer_key=tuple(map(str, key.values())))
            missing = ", ".join(repr(name) for name in names if name not in record)
            if missing:
                problems.append(f"the record lacks its key {missing}")
                self._target.note_missing_key(provenance.stream, problems[0])
                return provenance, problems
        if self._validator is not None:
            try:
                self._validator.validate(record)
            except InvalidRecord as error:
                problems.append(str(error.error_message))
        return provenance, problems

    def flush(self) -> None:
        """Publishes the last document."""
        if self._grouper is not None:
            for document in self._grouper.flush():
                self._publish_document(document)

    def _publish_document(self, document: GroupedDocument) -> None:
        if document.problems:
            self._target.refuse(document.provenance, self.entity, document.problems)
        else:
            record = document.record
            if self._template_rows is not None:
                record = self._template_rows.finish(record)
            self._publish(record, document.provenance, document.warnings)

    def _publish(self, record: Record, provenance: Provenance, warnings: Sequence[str]) -> None:
        try:
            publication = self._builder.build(record, warnings)
        except InvalidRecordError as error:
            self._target.refuse(provenance, self.entity, error.problems)
            return
        except RecursionError:
            self._target.refuse(provenance, self.entity, [NESTED_TOO_DEEPLY])
            return
        # If a document is made of rows, a key identifies a row only.
        follows_key = self._grouper is None
        self._target.publish(self.stream_name, publication, provenance, follows_key=follows_key)

    def process_record(self, record: Record, context: Mapping[str, Any]) -> None:
        """Not used: the target calls ``add_record``."""
        raise NotImplementedError

    def process_batch(self, context: Mapping[str, Any]) -> None:
        """Not used: the target reads the files of BATCH messages itself."""
        raise NotImplementedError
