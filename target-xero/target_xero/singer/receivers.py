"""Where the records of an input go: to the sinks of their streams, or into a copy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec.structs import replace

from target_xero.build.records import Provenance, Record
from target_xero.singer.sink import RecordPublisher, XeroSink


class RecordReceiver(Protocol):
    """Takes the records of an input, after ``stream_maps`` was applied to them."""

    def receive(
        self, alias: str, record: Record, provenance: Provenance, *, is_mapped: bool
    ) -> None:
        """Takes a record.

        Args:
            alias: Its stream, as ``stream_maps`` call it.
            record: The record.
            provenance: Where it comes from; its stream is called as in the tap.
            is_mapped: Whether a stream map has changed it.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        ...

    def complete_stream(self, stream: str, version: object) -> None:
        """Notes that all records of a stream have come: its ACTIVATE_VERSION message."""
        ...

    def finish(self) -> None:
        """Publishes all that is left, at the end of the input."""
        ...

    def close(self) -> None:
        """Gives back what it holds, after calls in flight have ended."""
        ...

    def closing_words(self) -> Iterable[str]:
        """What the user must know at the end, beside the summary."""
        ...


class PublishingReceiver:
    """Publishes records as they come."""

    def __init__(self, sinks: Mapping[str, XeroSink], publisher: RecordPublisher) -> None:
        """Starts without records.

        Args:
            sinks: The sinks of the streams that have come.
            publisher: What the sinks publish to.
        """
        self._sinks = sinks
        self._publisher = publisher

    def receive(
        self,
        alias: str,
        record: Record,
        provenance: Provenance,
        *,
        is_mapped: bool,  # noqa: ARG002  # only a copy needs it
    ) -> None:
        """Publishes a record, or adds it to its document.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        own = provenance if alias == provenance.stream else replace(provenance, stream=alias)
        self._publisher.begin_record(alias)
        self._sinks[alias].add_record(record, own)
        self._publisher.end_record()

    def complete_stream(self, stream: str, version: object) -> None:  # noqa: ARG002  # only a copy needs them
        """Publishes all that is left. Records that the tap no longer has stay in Xero."""
        self._publisher.flush()

    def finish(self) -> None:
        """Publishes all that is left."""
        self._publisher.flush()

    def close(self) -> None:
        """Does nothing: it holds nothing."""

    def closing_words(self) -> Iterable[str]:
        """Nothing: the summary says all."""
        return ()
