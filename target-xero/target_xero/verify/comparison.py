"""What a comparison of two organisations found: counts, mismatches, reports, and the causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from target_xero.books.organisation import BOOK_ENTITIES
from target_xero.verify.inventory import NOT_JUDGED, Inventory

DIFFERS = "differs"
MISSING = "missing in the target"
ADDED = "only in the target"


@dataclass(frozen=True)
class Mismatch:
    """A record that only one organisation has, or that differs in the other.

    Attributes:
        number: Its number, by which reports refer to it; 0 if it is left out on purpose.
        entity: Xero's name of the entity.
        label: What people know the record by.
        kind: One of the words above.
        status: Its status in the source; in the target if only that has it.
        fields: Name of each field that differs, its value in the source, and in the target.
        day: Its date, ISO; empty if it has none.
        amount: Its total; None if it has none.
        currency: The currency of its total.
        accounts: Identities of the accounts that it is posted to.
        left_out: Why it differs on purpose; empty if it must not differ.
    """

    number: int
    entity: str
    label: str
    kind: str
    status: str
    fields: tuple[tuple[str, str, str], ...] = ()
    day: str = ""
    amount: Decimal | None = None
    currency: str = ""
    accounts: frozenset[str] = frozenset()
    left_out: str = ""

    @property
    def judged(self) -> bool:
        """Whether it is a difference, and not left out on purpose."""
        return not self.left_out

    @property
    def summary(self) -> str:
        """The mismatch in one line."""
        amount = "" if self.amount is None else f" {self.amount:.2f}"
        return f"{self.entity} {self.label}{amount}: {self.kind}"


@dataclass(frozen=True)
class Count:
    """Records of one entity and status in both organisations.

    The source's records are the same in the target, left out on purpose, or different.

    Attributes:
        same: Records that both have with the same content.
        left_out: Records of the source that are left out on purpose.
        different: Records of the source that the target does not have, or has otherwise.
        added: Records that only the target has and should not have.
        totals: Currency, and the totals in both organisations.
    """

    entity: str
    status: str
    source: int
    target: int
    same: int
    left_out: int
    different: int
    added: int
    totals: tuple[tuple[str, Decimal, Decimal], ...] = ()

    @property
    def verdict(self) -> str:
        """What it comes to, in a few words."""
        found = [
            f"{count:,} {word}"
            for count, word in (
                (self.different, "different"),
                (self.added, "added"),
                (self.left_out, "left out"),
            )
            if count
        ]
        return ", ".join(found) or "same"


@dataclass(frozen=True)
class Figure:
    """One amount of a report in both organisations.

    Attributes:
        account: Code and name of the account, or the title of the row.
        column: The title of the column.
        causes: Numbers of the mismatches that may cause the difference, nearest amounts first.
        is_sum: Whether the row is not an account, but a sum of accounts.
    """

    account: str
    column: str
    source: Decimal
    target: Decimal
    causes: tuple[int, ...] = ()
    is_sum: bool = False

    @property
    def differs(self) -> bool:
        """Whether the two amounts are not the same."""
        return self.source != self.target


@dataclass(frozen=True)
class ReportComparison:
    """The comparison of one report.

    Attributes:
        title: Its title.
        name: Its name in Xero.
        figures: All of its amounts, in both organisations.
    """

    title: str
    name: str
    figures: tuple[Figure, ...]

    @property
    def differences(self) -> tuple[Figure, ...]:
        """The amounts that differ."""
        return tuple(figure for figure in self.figures if figure.differs)


@dataclass(frozen=True)
class Party:
    """One of the two organisations.

    Attributes:
        name: Its name and id.
        origin: Where its books were read from.
        country: ISO 3166 code; empty if it is not known.
        base_currency: ISO 4217 code; empty if it is not known.
        year_end: The end of its financial year, in words.
    """

    name: str
    origin: str
    country: str = ""
    base_currency: str = ""
    year_end: str = ""


@dataclass(frozen=True)
class Making:
    """Who compared the organisations, when, and with what.

    Attributes:
        at: The moment, ISO 8601 with the offset from UTC.
        by: The person.
        version: The program and its version.
    """

    at: str
    by: str
    version: str


@dataclass(frozen=True)
class Comparison:
    """The comparison of two organisations.

    Attributes:
        not_compared: Titles of reports that one of them does not have, with the reason.
        not_held: What else the source does not have and is not compared, with what to do.
        causes: What may cause differences, apart from single records; one sentence each.
    """

    source: Party
    target: Party
    making: Making
    counts: tuple[Count, ...]
    mismatches: tuple[Mismatch, ...]
    reports: tuple[ReportComparison, ...]
    dates: tuple[date, ...] = ()
    not_compared: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    not_held: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        """Whether there is a difference that counts."""
        has_difference = any(mismatch.judged for mismatch in self.mismatches)
        return has_difference or any(report.differences for report in self.reports)

    @property
    def is_same(self) -> bool:
        """Whether records and balances were compared, without a difference that counts."""
        return bool(self.reports) and not self.differs

    @property
    def differing(self) -> tuple[Mismatch, ...]:
        """The mismatches that count."""
        return tuple(mismatch for mismatch in self.mismatches if mismatch.judged)

    @property
    def left_out(self) -> dict[str, list[Mismatch]]:
        """What is left out on purpose, by the reason."""
        by_reason: dict[str, list[Mismatch]] = {}
        for mismatch in self.mismatches:
            if mismatch.left_out:
                by_reason.setdefault(mismatch.left_out, []).append(mismatch)
        return by_reason


def compare_counts(
    source: Inventory, target: Inventory, mismatches: Sequence[Mismatch]
) -> tuple[Count, ...]:
    """Counts records by entity and status, and what became of those of the source.

    Args:
        source: The organisation that was copied.
        target: The copy.
        mismatches: All records that are not the same.
    """
    found = []
    unequal = Counter(
        (mismatch.entity, mismatch.status, mismatch.judged, mismatch.kind == ADDED)
        for mismatch in mismatches
    )
    for entity in (*BOOK_ENTITIES, *NOT_JUDGED):
        keys = {key for key in (*source.counts, *target.counts) if key[0] == entity}
        for _, status in sorted(keys):
            currencies = sorted(
                {key[2] for key in (*source.totals, *target.totals) if key[:2] == (entity, status)}
            )
            totals = tuple(
                (
                    currency,
                    source.totals.get((entity, status, currency), Decimal(0)),
                    target.totals.get((entity, status, currency), Decimal(0)),
                )
                for currency in currencies
            )
            ours, theirs = source.counts[entity, status], target.counts[entity, status]
            different = unequal[entity, status, True, False]
            left_out = unequal[entity, status, False, False]
            added = unequal[entity, status, True, True]
            same = ours - different - left_out
            found.append(
                Count(entity, status, ours, theirs, same, left_out, different, added, totals)
            )
    return tuple(found)
