"""Finds the records that a stream published, and that its source has deleted.

The rule. Records are removed only at the end of the input, and only if the stream is whole:

- the input ended, and all of its lines were Singer messages;
- an ACTIVATE_VERSION message of the stream came after its last record. Taps write it when they have
  read everything; one at the start of a stream does not count;
- at least one record of the stream was published to the organisation in this run;
- each record of the stream was published: one that was refused may be a record that exists.

A record that came since the last whole read ended counts as one that came. So a tap may continue an
interrupted read. If that would remove more than half of what the stream has published, nothing is
removed, unless the setting is ``all``.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from target_xero.build.records import Provenance
from target_xero.mirror.mirror_log import MirroredRecord, MirroredStream, MirrorLog
from target_xero.report.results import DRY_RUN, NOT_PUBLISHED, REMOVED, UNCHANGED, Result
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")

# The setting that removes more than half of the records.
ALL = "all"
# So many records are removed even if they are more than half.
ALWAYS_REMOVED = 10
BUFFER_SIZE = 1000


@dataclass(frozen=True)
class MirrorRule:
    """A stream with the setting ``mirror``.

    Attributes:
        stream: The stream.
        entity: Xero's entity.
        removes_all: Whether more than half of its records may be removed.
    """

    stream: str
    entity: str
    removes_all: bool = False


class Mirror:
    """The mirrored streams of a run; safe to share between threads.

    Attributes:
        problems: Why records were not removed that seem to be deleted in the source.
    """

    def __init__(self, store: Store, *, is_dry_run: bool = False) -> None:
        """Creates the tables.

        Args:
            store: The state database.
            is_dry_run: Whether nothing is noted.

        Raises:
            StoreError: The state database cannot be used.
        """
        self._log = MirrorLog(store)
        self._is_dry_run = is_dry_run
        self._rules: dict[str, MirrorRule] = {}
        # How many records had come when a stream was complete.
        self._complete: dict[str, int] = {}
        self._failed: set[str] = set()
        self._reads: dict[MirroredStream, int] = {}
        self._buffer: list[tuple[MirroredRecord, int]] = []
        self._seen: set[str] = set()
        self._removed: set[str] = set()
        # What did not come again in this run, and stays because another stream publishes it.
        self._left: set[str] = set()
        self._lock = threading.Lock()
        self.problems: list[str] = []

    def add(self, rule: MirrorRule) -> None:
        """Mirrors a stream."""
        self._rules[rule.stream] = rule

    def note_complete(self, stream: str, record_count: int) -> None:
        """Notes that a tap has sent all records of a stream.

        Args:
            stream: The stream.
            record_count: How many of its records have come.
        """
        if stream in self._rules:
            self._complete[stream] = record_count

    def note_result(self, tenant_id: str | None, provenance: Provenance, result: Result) -> None:
        """Notes the result of a record.

        Args:
            tenant_id: The organisation; None if none was connected yet.
            provenance: Where the record comes from.
            result: Its result.
        """
        rule = self._rules.get(provenance.stream)
        if rule is None:
            return
        if result.status in NOT_PUBLISHED:
            if not provenance.is_removal and not provenance.is_retry:
                self._failed.add(provenance.stream)
            return
        if tenant_id is None or (result.xero_id is None and result.status != DRY_RUN):
            return
        stream = MirroredStream(tenant_id, provenance.stream)
        record = MirroredRecord(stream, rule.entity, result.xero_id or "", result.key)
        with self._lock:
            if provenance.is_removal or result.status == REMOVED:
                if result.status in (REMOVED, UNCHANGED):
                    self._removed.add(record.key)
                return
            read = self._reads.get(stream)
            if read is None:
                read = self._reads[stream] = self._log.reads(stream)
            if self._is_dry_run:
                self._seen.add(record.key)
                return
            self._buffer.append((record, read))
            if len(self._buffer) >= BUFFER_SIZE:
                self._write_buffer()

    def _write_buffer(self) -> None:
        buffer, self._buffer = self._buffer, []
        self._log.note(buffer)

    def removals(self, record_counts: Mapping[str, int]) -> list[MirroredRecord]:
        """The records that must be removed, at the end of the input.

        Args:
            record_counts: How many records of each stream have come.
        """
        self.flush()
        found: list[MirroredRecord] = []
        for name, rule in self._rules.items():
            found += self._removals_of(rule, record_counts.get(name, 0))
        return found

    def _removals_of(self, rule: MirrorRule, record_count: int) -> list[MirroredRecord]:
        name = rule.stream
        if name not in self._complete:
            logger.info("%s: mirror removes nothing: the tap did not say that it is whole", name)
            return []
        if record_count != self._complete[name]:
            logger.info("%s: mirror removes nothing: records came after ACTIVATE_VERSION", name)
            return []
        if record_count == 0:
            logger.warning("%s: mirror removes nothing: no record came", name)
            return []
        found: list[MirroredRecord] = []
        for stream, read in self._reads.items():
            if stream.stream == name:
                found += self._not_seen(rule, stream, read)
        return found

    def _not_seen(
        self, rule: MirrorRule, stream: MirroredStream, read: int
    ) -> Sequence[MirroredRecord]:
        found = [
            (record, bool(others - self._left))
            for record, others in self._log.not_seen(stream, rule.entity, read)
            if record.key not in self._seen
        ]
        if not self._is_dry_run and not self._log.end_read(stream, read):
            logger.warning(
                "%s: mirror removes nothing: another run has read it in the meantime", rule.stream
            )
            return []
        if rule.stream in self._failed:
            logger.warning(
                "%s: mirror removes nothing: some of its records were not published", rule.stream
            )
            return []
        deleted = [record for record, is_shared in found if not is_shared]
        is_checked = len(deleted) > ALWAYS_REMOVED and not rule.removes_all
        if is_checked and len(deleted) > (count := self._log.count(stream, rule.entity)) / 2:
            self.problems.append(
                f"{rule.stream}: {len(deleted):,} of {count:,} records did not come again, more "
                "than half. Nothing was removed. If they are deleted in the source, run once with "
                f"'mirror': '{ALL}'"
            )
            return []
        left = {record.key for record, is_shared in found if is_shared}
        self._left |= left
        if not self._is_dry_run:
            self._log.forget(left)
        return deleted

    def flush(self) -> None:
        """Writes what was noted."""
        with self._lock:
            self._write_buffer()
            removed, self._removed = self._removed, set()
        if not self._is_dry_run:
            self._log.forget(removed)
