"""What sinks publish to, and what they ask of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from target_xero.build.destinations.destination import Destination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Provenance
from target_xero.build.streams.load_order import LoadPosition
from target_xero.delivery.publish_log import LogEntry


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

    @property
    def recognises_inputs(self) -> bool:
        """Whether some records may be recognised by their input."""
        ...

    def recognise(self, digests: Iterable[str]) -> dict[str, LogEntry]:
        """The published records whose input comes again, by its digest."""
        ...

    def publish_known(
        self, entry: LogEntry, provenance: Provenance, destination: Destination
    ) -> None:
        """Reports a record that was recognised by its input as unchanged.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        ...

    def leave_unsent(self, count: int) -> None:
        """Counts records that came, and were not passed on because the run has stopped."""
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
