"""One stream: validates its records, groups rows of one document, and makes publications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from singer_sdk.exceptions import InvalidRecord
from singer_sdk.sinks import Sink
from singer_sdk.sinks.core import BaseJSONSchemaValidator

from target_xero.build.destinations import destination_of
from target_xero.build.grouping import Document, Grouping
from target_xero.build.publication_builder import Planner
from target_xero.build.records import NESTED_TOO_DEEPLY, InvalidRecordError, Record, Source
from target_xero.settings import StreamRule
from target_xero.singer.validation import Validator

if TYPE_CHECKING:
    from target_xero.target import TargetXero


class XeroSink(Sink):
    """Publishes one stream."""

    # Records go on at once; nothing is kept for the SDK to drain.
    current_size = 0

    def __init__(
        self,
        target: TargetXero,
        stream_name: str,
        schema: dict[str, Any],
        key_properties: Sequence[str] | None,
    ) -> None:
        """Takes the stream's rule from the settings."""
        super().__init__(target, stream_name, schema, key_properties)
        self._target = target
        self.rule = StreamRule.from_config(stream_name, target.config)
        self.entity = destination_of(self.rule.entity, self.rule.path).name
        self._planner = Planner(
            self.rule,
            origin=target.connection.origin,
            batch_size=int(target.config["batch_size"]),
            write_nulls=bool(target.config["write_nulls"]),
            unknown_column=self._meet_unknown,
        )
        self._grouping = (
            Grouping(
                self.rule.group_by,
                self.entity,
                self._meet_unknown,
                schema.get("properties", {}),
                keep_empty=bool(target.config["write_nulls"]),
            )
            if self.rule.group_by
            else None
        )

    def get_validator(self) -> BaseJSONSchemaValidator | None:
        """A compiled validator for the stream's schema."""
        return Validator(self.schema) if self.validate_schema else None

    def _meet_unknown(self, column: str) -> None:
        self.logger.warning("Xero's %s have no field %r; it is sent as it is", self.entity, column)

    def take(self, record: Record, source: Source) -> None:
        """Takes a record, and hands on what is complete."""
        self.record_counter_metric.increment()
        source, problems = self._judged(record, source)
        if self._grouping is not None:
            for document in self._grouping.take(record, source, problems):
                self._publish_document(document)
        elif problems:
            self._target.refuse(source, self.entity, problems)
        else:
            self._publish(record, source)

    def _judged(self, record: Record, source: Source) -> tuple[Source, list[str]]:
        """The source with the record's key, and what is wrong with the record by its schema."""
        problems: list[str] = []
        names = self.key_properties
        if names:
            key = {name: record.get(name) for name in names}
            source = replace(source, key=key, singer_key=tuple(map(str, key.values())))
            missing = ", ".join(repr(name) for name in names if name not in record)
            if missing:
                problems.append(f"the record lacks its key {missing}")
                self._target.note_missing_key(source.stream, problems[0])
                return source, problems
        if self._validator is not None:
            try:
                self._validator.validate(record)
            except InvalidRecord as error:
                problems.append(str(error.error_message))
        return source, problems

    def finish(self) -> None:
        """Hands on the document whose last row may have come."""
        if self._grouping is not None:
            for document in self._grouping.finish():
                self._publish_document(document)

    def _publish_document(self, document: Document) -> None:
        if document.problems:
            self._target.refuse(document.source, self.entity, document.problems)
        else:
            self._publish(document.record, document.source)

    def _publish(self, record: Record, source: Source) -> None:
        try:
            publication = self._planner.publication(record)
        except InvalidRecordError as error:
            self._target.refuse(source, self.entity, error.problems)
            return
        except RecursionError:
            self._target.refuse(source, self.entity, [NESTED_TOO_DEEPLY])
            return
        self._target.publish(self, publication, source)

    def process_record(self, record: Record, context: Mapping[str, Any]) -> None:
        """Is not used: the target hands records to ``take``."""
        raise NotImplementedError

    def process_batch(self, context: Mapping[str, Any]) -> None:
        """Is not used: the target reads the files of BATCH messages itself."""
        raise NotImplementedError
