"""The records that one run has met: equal rows are counted, and second contents are found."""

from __future__ import annotations

import sqlite3
import weakref
from dataclasses import dataclass

from target_xero.delivery.item_results import not_sent_result
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.published_ids import Recognised
from target_xero.delivery.publish_log.fingerprints import old_fingerprint
from target_xero.report.reporter import Reporter
from target_xero.report.results import INVALID

ADVICE = (
    "If they are lines of one document, sort the rows and name the columns that the lines share in "
    "'group_by'; else correct one of them"
)
# Stands for the content of a subject whose records were all refused.
REFUSED = b""


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
    """What one run has met, in a temporary database that SQLite keeps on disk if it is large."""

    def __init__(self, tenant_id: str, *, has_old_fingerprints: bool = False) -> None:
        """Starts with no record.

        Args:
            tenant_id: The organisation's id.
            has_old_fingerprints: Whether the publish log has rows of version 1.
        """
        self._tenant_id = tenant_id
        self._has_old_fingerprints = has_old_fingerprints
        # An empty name is a temporary database that only this connection sees.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._database.close)
        self._database.executescript(
            """
            PRAGMA journal_mode = OFF;
            PRAGMA synchronous = OFF;
            CREATE TABLE equal_rows (digest BLOB PRIMARY KEY, met INTEGER) WITHOUT ROWID;
            CREATE TABLE claims (claim BLOB PRIMARY KEY, content BLOB, origin TEXT) WITHOUT ROWID;
            """
        )
        # Nobody else sees it, so that one transaction lasts as long as the run.
        self._database.execute("BEGIN")

    def numbered(self, item: Item) -> Item:
        """An item that is known by its content, with its number among equal ones of this run.

        Counting starts anew in each run, so that a second run of the same input meets the same
        records. Two runs at the same time do not disturb each other's counts.
        """
        if item.identity is not None or item.provenance.occurrence is not None:
            return item
        return item.with_occurrence(self._count(item.fingerprint), self._tenant_id)

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
        key = (digest.encode(),)
        # Most rows come once, and need one statement.
        added = self._database.execute(
            "INSERT INTO equal_rows VALUES (?, 1) ON CONFLICT (digest) DO NOTHING", key
        )
        if added.rowcount:
            return 0
        query = "SELECT met FROM equal_rows WHERE digest = ?"
        met: int = self._database.execute(query, key).fetchone()[0]
        self._database.execute("UPDATE equal_rows SET met = met + 1 WHERE digest = ?", key)
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
        content = (item.digest + (key if provenance.is_row else "")).encode()
        for claim in item.claims:
            row = self._database.execute(
                "SELECT content, origin FROM claims WHERE claim = ?", (claim.encode(),)
            ).fetchone()
            if row is None:
                self._database.execute(
                    "INSERT INTO claims VALUES (?, ?, ?)", (claim.encode(), content, origin)
                )
            elif is_other or row[0] != content:
                is_refused = row[0] == REFUSED
                return Conflict(item.subject_name, row[1], provenance.is_group, is_refused)
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
        claim, content = f"write {number}".encode(), item.digest.encode()
        row = self._database.execute(
            "SELECT content, origin FROM claims WHERE claim = ?", (claim,)
        ).fetchone()
        if row is None:
            self._database.execute(
                "INSERT INTO claims VALUES (?, ?, ?)", (claim, content, item.provenance.origin)
            )
            return None
        if row[0] == content:
            return None
        return (
            f"its key was published as {item.publication.record_id} with the number of another "
            f"record, {row[1]}, and would change the number of that one: correct the key, or leave "
            "it out of the key_properties of the stream if it only counts rows"
        )

    def refuse(self, item: Item) -> None:
        """Notes that an item was refused, so that every other record of its subject is too."""
        for claim in item.claims:
            self._database.execute(
                "UPDATE claims SET content = ? WHERE claim = ?", (REFUSED, claim.encode())
            )


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

    def admit(self, item: Item, *waiting: list[Item]) -> Item | None:
        """The item to be published; None if it is refused.

        Args:
            item: The item that comes.
            waiting: The items that were not sent yet. One with the same subject is refused too,
                and taken out.
        """
        conflict = self._records.claim(item)
        if conflict is None:
            return self._records.numbered(item)
        claims = set(item.claims)
        is_sent = True
        for items in waiting:
            for first in [i for i in items if not claims.isdisjoint(i.claims)]:
                items.remove(first)
                is_sent = False
                self._records.refuse(first)
                self._refuse(first, conflict.problem(item.provenance.origin, is_sent=False))
        self._refuse(item, conflict.problem(conflict.first_origin, is_sent=is_sent))
        return None

    def _refuse(self, item: Item, problem: str) -> None:
        self._reporter.report(item.provenance, not_sent_result(item, problem, INVALID))
