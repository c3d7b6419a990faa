"""The records that one run has met: equal rows are counted, and second contents are found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from target_xero.delivery.item_results import not_sent_result
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.published_ids import Recognised
from target_xero.delivery.publish_log import LogEntry
from target_xero.delivery.publish_log.fingerprints import old_fingerprint
from target_xero.report.reporter import Reporter
from target_xero.report.results import INVALID
from xero_client.store.spilled_table import SpilledTable

ADVICE = (
    "If they are lines of one document, sort the rows and name the columns that the lines share in "
    "'group_by'; else correct one of them"
)
# Items that are looked up in the publish log, and in what the run has met, at once.
INBOX_SIZE = 200
# Stands for the content of a subject whose records were all refused.
REFUSED = ""


@dataclass(frozen=True)
class Conflict:
    """Two records of one run that have the same subject, and that are not the same record.

    Attributes:
        subject: The subject in words.
        first_origin: Where the first stands in the input.
        is_group: Whether it was made of rows by ``group_by``.
        is_refused: Whether the first was refused for another conflict.
    """

    subject: str
    first_origin: str
    is_group: bool = False
    is_refused: bool = False

    def problem(self, other_origin: str, *, is_sent: bool) -> str:
        """Why a record is not sent.

        Args:
            other_origin: Where the other record stands.
            is_sent: Whether the other record was taken before this one came.
        """
        is_sent = is_sent and not self.is_refused
        kept = "; the other one was already taken, and stays as it is" if is_sent else ""
        if self.is_group:
            return (
                f"its rows stand apart in the input: {self.subject} has rows at {other_origin} "
                f"too{kept}. Sort the rows by the columns of 'group_by'"
            )
        return f"{other_origin} is another record of {self.subject}{kept}. {ADVICE}"


class RunRecords:
    """What one run has met; ``expect`` is called before items are claimed or numbered."""

    def __init__(self, tenant_id: str, *, has_old_fingerprints: bool = False) -> None:
        """Starts with no record.

        Args:
            tenant_id: The organisation's id.
            has_old_fingerprints: Whether the publish log has rows of version 1.
        """
        self._tenant_id = tenant_id
        self._has_old_fingerprints = has_old_fingerprints
        self._counts = SpilledTable("met")
        # By subject or number: the content of its record, and where that record stands.
        self._claims = SpilledTable("content", "origin")

    def expect(self, items: Sequence[Item]) -> None:
        """Reads at once what is known of items that come next, so that each needs no query."""
        self._counts.read([item.fingerprint for item in items if _is_counted(item)])
        self._claims.read([claim for item in items for claim in item.claims])

    def numbered(self, item: Item) -> Item:
        """An item that is known by its content, with its number among equal ones of this run.

        Counting starts anew in each run, so that a second run of the same input meets the same
        records. Two runs at the same time do not disturb each other's counts.
        """
        if not _is_counted(item):
            return item
        return item.with_occurrence(self._count(item.fingerprint), self._tenant_id)

    def first_of(self, entries: Mapping[str, LogEntry]) -> dict[str, LogEntry]:
        """Those entries of which no record has come in this run; they are counted now.

        An equal record that comes later has another number, and so another entry.

        Args:
            entries: Entries of the publish log, by any key.
        """
        self._counts.read(e.fingerprint for e in entries.values() if e.identity is None)
        first = {}
        for key, entry in entries.items():
            if entry.identity is None:
                if self._counts.get(entry.fingerprint) is not None:
                    continue
                self._count(entry.fingerprint)
            first[key] = entry
        return first

    def old_fingerprint(self, item: Item) -> str | None:
        """The fingerprint of version 1, if the publish log may have a row with it.

        Call it once for each item.
        """
        if not self._has_old_fingerprints:
            return None
        publication, provenance = item.publication, item.provenance
        occurrence = provenance.occurrence or 0
        plain = old_fingerprint(publication, provenance, self._tenant_id, occurrence)
        if provenance.singer_key or publication.key:
            return plain
        first = old_fingerprint(publication, provenance, self._tenant_id, 0)
        counted = self._count(f"old {first}"[:64])
        return old_fingerprint(publication, provenance, self._tenant_id, counted)

    def _count(self, digest: str) -> int:
        """How often a digest has come before in this run."""
        row = self._counts.get(digest)
        met: int = row[0] if row else 0
        self._counts.set(digest, met + 1)
        return met

    def claim(self, item: Item) -> Conflict | None:
        """Notes the subjects of an item; a conflict if one of them has another content already.

        Steps of a copy may change one record several times. A reject of an earlier run may be
        followed by newer content.
        """
        provenance = item.provenance
        if item.is_step or provenance.is_retry:
            return None
        origin, key = provenance.origin, "|".join(provenance.subject_key)
        # Another group or row may be another line of the first, also if it looks the same. Only a
        # row with the same key is the same row.
        is_other = provenance.is_group or (provenance.is_row and not key)
        content = item.fingerprint + (key if provenance.is_row else "")
        for claim in item.claims:
            first = self._claims.get(claim)
            if first is None:
                self._claims.set(claim, content, origin)
                continue
            known_content, first_origin = first
            if is_other or known_content != content:
                is_refused = known_content == REFUSED
                return Conflict(item.subject_name, first_origin, provenance.is_group, is_refused)
        return None

    def problem_of_new_number(self, known: Recognised) -> str | None:
        """Why an item must not give a published document another number; None if it may.

        Another record of this run may have the old number. Then the key of the item does not
        identify the document: it is the position of a row, for example.

        Args:
            known: The item, with what the publish log knows of it.
        """
        item, number = known.item, known.replaced_number
        if number is None or known.problem is not None:
            return None
        claim = f"write {number}"
        first = self._claims.get(claim)
        if first is None:
            self._claims.set(claim, item.fingerprint, item.provenance.origin)
            return None
        if first[0] == item.fingerprint:
            return None
        return (
            f"its key was published as {item.publication.record_id} with the number of another "
            f"record, {first[1]}, and would change the number of that one: correct the key, or "
            "leave it out of the key_properties of the stream if it only counts rows"
        )

    def refuse(self, item: Item) -> None:
        """Notes that an item was refused, so that every other record of its subject is too."""
        for claim in item.claims:
            if (first := self._claims.get(claim)) is not None:
                self._claims.set(claim, REFUSED, first[1])


def _is_counted(item: Item) -> bool:
    """Whether an item is told from equal ones only by its number among them."""
    return item.identity is None and item.provenance.occurrence is None and item.published is None


class Admission:
    """Admits the items of a run: numbers equal ones, and refuses second contents of a subject."""

    def __init__(self, records: RunRecords, reporter: Reporter) -> None:
        """Starts with no item.

        Args:
            records: What the run has met.
            reporter: Reports the items that are refused.
        """
        self._records = records
        self._reporter = reporter

    def admit(self, items: Sequence[Item], waiting: list[Item]) -> list[Item]:
        """The items to be published.

        Args:
            items: The items that come.
            waiting: The items that came before, and were not sent yet. One with the same subject
                as a new one is refused too, and taken out.
        """
        self._records.expect(items)
        admitted: list[Item] = []
        for item in items:
            conflict = self._records.claim(item)
            if conflict is None:
                admitted.append(self._records.numbered(item))
            else:
                self._refuse_both(item, conflict, admitted, waiting)
        return admitted

    def _refuse_both(self, item: Item, conflict: Conflict, *not_sent: list[Item]) -> None:
        claims = set(item.claims)
        is_sent = True
        for items in not_sent:
            for first in [i for i in items if not claims.isdisjoint(i.claims)]:
                items.remove(first)
                is_sent = False
                self._records.refuse(first)
                self._refuse(first, conflict.problem(item.provenance.origin, is_sent=False))
        self._refuse(item, conflict.problem(conflict.first_origin, is_sent=is_sent))

    def _refuse(self, item: Item, problem: str) -> None:
        self._reporter.report(item.provenance, not_sent_result(item, problem, INVALID))
