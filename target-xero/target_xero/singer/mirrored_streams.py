"""The mirrored streams of a run, and the removals at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from target_xero.build.publications.publication import Publication
from target_xero.build.records import Provenance
from target_xero.mirror.mirror import ALL, Mirror, MirrorRule
from target_xero.singer.sink import XeroSink


@dataclass(frozen=True)
class Removal:
    """A record that is to be removed.

    Attributes:
        publication: Its removal.
        provenance: Its stream and its name; it was not in the input.
        place: Its place in the load order. What refers to others comes before them.
    """

    publication: Publication
    provenance: Provenance
    place: int


class MirroredStreams:
    """Counts the records of streams, and makes the removals of those that are mirrored."""

    def __init__(self, mirror: Mirror | None) -> None:
        """Starts with no stream.

        Args:
            mirror: What was published; None if no stream is mirrored.
        """
        self._mirror = mirror
        self._sinks: dict[str, XeroSink] = {}
        # How many records of each stream an earlier run has kept.
        self._retried: Counter[str] = Counter()

    def begin(self, sink: XeroSink) -> None:
        """Begins a stream whose SCHEMA came."""
        name = sink.stream_name
        if self._mirror is None or not sink.rule.mirror:
            return
        self._sinks[name] = sink
        self._mirror.add(MirrorRule(name, sink.entity, removes_all=sink.rule.mirror == ALL))

    def note_retried(self, stream: str, record_count: int) -> None:
        """Notes how many records of a stream an earlier run has kept; the first number counts.

        Args:
            stream: The stream.
            record_count: How many of its records have come before those of the input.
        """
        self._retried.setdefault(stream, record_count)

    def note_complete(self, stream: str, record_count: int) -> None:
        """Notes that a tap has sent all records of a stream.

        Args:
            stream: The stream.
            record_count: How many of its records have come.
        """
        if self._mirror is not None:
            self._mirror.note_complete(stream, record_count - self._retried[stream])

    @property
    def problems(self) -> list[str]:
        """Why records were not removed that seem to be deleted in the source."""
        return self._mirror.problems if self._mirror is not None else []

    def removals(self, record_counts: Mapping[str, int]) -> Iterator[Removal]:
        """What is to be removed at the end of the input, in the order in which it leaves.

        Args:
            record_counts: How many records of each stream have come.
        """
        if self._mirror is None:
            return
        counts = {name: record_counts[name] - self._retried[name] for name in self._sinks}
        found = []
        for record in self._mirror.removals(counts):
            sink = self._sinks[record.stream.stream]
            provenance = Provenance(
                record.stream.stream,
                messages=(),
                key=record.name,
                tenant=record.stream.tenant_id,
                is_removal=True,
            )
            place = -sink.position.place
            found.append(Removal(sink.removal_of(record.xero_id), provenance, place))
        yield from sorted(found, key=lambda removal: removal.place)

    def finish(self) -> None:
        """Writes what was removed."""
        if self._mirror is not None:
            self._mirror.flush()
