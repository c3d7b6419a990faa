"""The planners of a copy, each made once."""

from __future__ import annotations

from target_xero.build.publication import Publication
from target_xero.build.publication_builder import PublicationBuilder
from target_xero.copy.steps import Record
from target_xero.settings import StreamRule


class Planners:
    """Makes publications of what is copied."""

    def __init__(self, batch_size: int) -> None:
        """Starts with no planner.

        Args:
            batch_size: Records a call at most.
        """
        self._batch_size = batch_size
        self._made: dict[tuple[str, str, str], PublicationBuilder] = {}

    def publication(self, entity: str, method: str, stream: str, record: Record) -> Publication:
        """What publishes a record.

        Args:
            entity: The destination.
            method: How: PUT, POST or DELETE.
            stream: The stream that it came in.
            record: The record with the target's ids.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        key = (entity, method, stream)
        if key not in self._made:
            rule = StreamRule(stream, entity, method)
            self._made[key] = PublicationBuilder(rule, batch_size=self._batch_size)
        return self._made[key].publication(record)
