"""The mirrored streams of a run, and the removals at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

from target_xero.build.records import Provenance
from target_xero.build.streams.stream_settings import stream_settings
from target_xero.mirror.mirror import ALL, Mirror, MirrorRule
from target_xero.report.results import Result
from target_xero.run.held_records import HeldRecord
from target_xero.run.run import Run
from target_xero.singer.sink import XeroSink


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

    @classmethod
    def of(cls, run: Run) -> MirroredStreams:
        """Those of a run; the results of their records are noted.

        Raises:
            StoreError: The state database cannot be used.
        """
        if not _has_mirror(run.config):
            return cls(None)
        mirror = Mirror(run.store, is_dry_run=bool(run.config["dry_run"]))
        connections = run.connections

        def note(provenance: Provenance, result: Result) -> None:
            mirror.note_result(provenance.tenant or connections.tenant_id, provenance, result)

        run.reporter.add_observer(note)
        return cls(mirror)

    def begin(self, sink: XeroSink) -> None:
        """Begins a stream whose SCHEMA came."""
        name = sink.stream_name
        if self._mirror is None or not sink.rule.mirror:
            return
        self._sinks[name] = sink
        self._mirror.add(MirrorRule(name, sink.entity, removes_all=sink.rule.mirror == ALL))

    def note_retried(self, sink: XeroSink) -> None:
        """Notes how many records of a stream an earlier run has kept; the first number counts."""
        self._retried.setdefault(sink.stream_name, sink.record_count)

    def note_complete(self, sink: XeroSink) -> None:
        """Notes that a tap has sent all records of a stream."""
        if self._mirror is not None:
            self._mirror.note_complete(sink.stream_name, self._count(sink))

    @property
    def problems(self) -> list[str]:
        """Why records were not removed that seem to be deleted in the source."""
        return self._mirror.problems if self._mirror is not None else []

    def removals(self) -> list[tuple[int, HeldRecord]]:
        """What is to be removed at the end of the input, in the order in which it leaves.

        Each removal comes with its place: what refers to others comes before them.
        """
        if self._mirror is None:
            return []
        found: list[tuple[int, HeldRecord]] = []
        counts = {name: self._count(sink) for name, sink in self._sinks.items()}
        for record in self._mirror.removals(counts):
            sink = self._sinks[record.stream.stream]
            provenance = Provenance(
                record.stream.stream,
                messages=(),
                key=record.name,
                tenant=record.stream.tenant_id,
                is_removal=True,
            )
            removal = HeldRecord(sink.removal_of(record.xero_id), provenance)
            found.append((-sink.position.place, removal))
        return sorted(found, key=itemgetter(0))

    def finish(self) -> None:
        """Writes what was removed."""
        if self._mirror is not None:
            self._mirror.flush()

    def _count(self, sink: XeroSink) -> int:
        """How many records of a stream the input has had."""
        return sink.record_count - self._retried[sink.stream_name]


def _has_mirror(config: Mapping[str, Any]) -> bool:
    return any(settings.mirror for settings in stream_settings(config).values())
