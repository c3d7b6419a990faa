"""The publication builders of a copy, one for each destination, method and stream."""

from __future__ import annotations

from target_xero.build.publications.publication import Publication
from target_xero.build.publications.publication_builder import PublicationBuilder
from target_xero.build.streams.stream_rule import IGNORE, StreamRule
from target_xero.copy.steps import Payload


class PublicationBuilders:
    """Builds the publications of a copy."""

    def __init__(self, batch_size: int) -> None:
        """Starts without builders.

        Args:
            batch_size: Maximum number of records in a call.
        """
        self._batch_size = batch_size
        self._builders: dict[tuple[str, str, str], PublicationBuilder] = {}

    def publication(self, entity: str, method: str, stream: str, record: Payload) -> Publication:
        """Builds the publication of a record.

        Args:
            entity: The destination.
            method: PUT, POST or DELETE.
            stream: The stream that the record arrived in.
            record: The record with the target's ids.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        key = (entity, method, stream)
        if key not in self._builders:
            # What the source has and is not known here is newer than this version.
            rule = StreamRule(stream, entity, method, unknown_columns=IGNORE)
            self._builders[key] = PublicationBuilder(rule, batch_size=self._batch_size)
        return self._builders[key].build(record)
