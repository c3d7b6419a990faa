"""Where the records of an input go: to the sinks of their streams, or into a copy."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Protocol

from msgspec.structs import replace

from target_xero.build.records import Provenance, Record
from target_xero.delivery.items import known_item
from target_xero.run.holding_publisher import HoldingPublisher
from target_xero.singer.sink import IdentifiedRecord, XeroSink

# How many records wait to be looked up together by their input, and for how long.
MAX_WAITING = 200
MAX_SECONDS = 1.0


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

    def __init__(self, sinks: Mapping[str, XeroSink], publisher: HoldingPublisher) -> None:
        """Starts without records.

        Args:
            sinks: The sinks of the streams that have come.
            publisher: What the sinks publish to.
        """
        self._sinks = sinks
        self._publisher = publisher
        # Records that are looked up together, and since when the first of them waits.
        self._waiting: deque[tuple[XeroSink, IdentifiedRecord]] = deque()
        self._since = 0.0

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
        sink = self._sinks[alias]
        identified = sink.identified(record, own)
        if not self._waiting and not self._publisher.recognises_inputs:
            self._publish(sink, identified)
            return
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((sink, identified))
        is_late = time.monotonic() - self._since >= MAX_SECONDS
        if is_late or len(self._waiting) >= MAX_WAITING:
            self._publish_waiting()

    def _publish_waiting(self) -> None:
        """Publishes the records that wait; those whose input is known are looked up at once."""
        digests = [identified.provenance.input_digest for _, identified in self._waiting]
        known = self._publisher.recognise(filter(None, digests)) if any(digests) else {}
        if known:
            waiting, self._waiting = self._waiting, deque()
            recognised = []
            for sink, identified in waiting:
                # An equal record that comes after it has another entry.
                entry = known.pop(identified.provenance.input_digest, None)
                if entry is None:
                    self._waiting.append((sink, identified))
                else:
                    recognised.append(known_item(entry, identified.provenance, sink.destination))
            self._publisher.publish_recognised(recognised)
        while self._waiting:
            self._publish(*self._waiting.popleft())

    def _publish(self, sink: XeroSink, identified: IdentifiedRecord) -> None:
        self._publisher.begin_record(sink.stream_name)
        sink.add_record(identified)
        self._publisher.end_record()

    def complete_stream(self, stream: str, version: object) -> None:  # noqa: ARG002  # only a copy needs them
        """Publishes all that is left. Records that the source has deleted stay in Xero."""
        self.finish()

    def finish(self) -> None:
        """Publishes all that is left."""
        self._publish_waiting()
        self._publisher.flush()

    def close(self) -> None:
        """Counts the records that were not passed on."""
        self._publisher.leave_unsent(len(self._waiting))
        self._waiting.clear()

    def closing_words(self) -> Iterable[str]:
        """Nothing: the summary says all."""
        return ()
