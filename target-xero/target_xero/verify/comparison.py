"""Compares two inventories and their reports; nothing here makes a call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from target_xero.books.chart import Chart
from target_xero.books.organisation import BOOK_ENTITIES, SETTINGS
from target_xero.books.reports import Amounts, ReportCell, ReportRequest
from target_xero.verify.descriptions import REMOVED, ComparableRecord
from target_xero.verify.inventory import NOT_JUDGED, Inventory

MOST_SUSPECTS = 5


@dataclass(frozen=True)
class Count:
    """Records of one entity and status in both organisations.

    Attributes:
        judged: Whether a difference counts.
    """

    entity: str
    status: str
    source: int
    target: int
    totals: tuple[tuple[str, Decimal, Decimal], ...] = ()
    judged: bool = True

    @property
    def differs(self) -> bool:
        """Whether the organisations differ here."""
        return self.source != self.target or any(left != right for _, left, right in self.totals)


@dataclass(frozen=True)
class Mismatch:
    """A record that only one organisation has, or that differs in the other.

    Attributes:
        fields: Name of each field that differs, its value in the source, and in the target.
    """

    entity: str
    label: str
    kind: str
    fields: tuple[tuple[str, str, str], ...] = ()
    day: str = ""
    amount: Decimal | None = None
    accounts: frozenset[str] = frozenset()
    judged: bool = True

    @property
    def summary(self) -> str:
        """The mismatch in one line."""
        amount = "" if self.amount is None else f" {self.amount:.2f}"
        return f"{self.entity} {self.label}{amount}: {self.kind}"


@dataclass(frozen=True)
class Difference:
    """An amount that differs between two reports, and the records that may cause it."""

    account: str
    column: str
    source: Decimal
    target: Decimal
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportComparison:
    """The comparison of one report."""

    title: str
    amounts: int
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Comparison:
    """The comparison of two organisations."""

    source: str
    target: str
    counts: tuple[Count, ...]
    mismatches: tuple[Mismatch, ...]
    reports: tuple[ReportComparison, ...]
    dates: tuple[date, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether there is no difference that counts."""
        return not (
            any(count.differs and count.judged for count in self.counts)
            or any(mismatch.judged for mismatch in self.mismatches)
            or any(report.differences for report in self.reports)
        )


def compare_counts(source: Inventory, target: Inventory, *, removed: bool) -> tuple[Count, ...]:
    """Compares counts and totals by entity and status.

    Args:
        source: The organisation that was copied.
        target: The copy.
        removed: Whether differences in deleted, voided and archived records count.
    """
    found = []
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
            counted = source.counts[entity, status], target.counts[entity, status]
            has_more_settings = entity in SETTINGS and counted[1] > counted[0]
            judged = _is_judged(entity, status, removed=removed) and not has_more_settings
            found.append(Count(entity, status, *counted, totals, judged))
    return tuple(found)


def compare_records(source: Inventory, target: Inventory, *, removed: bool) -> tuple[Mismatch, ...]:
    """The records that differ; two records with the same label are one that has changed."""
    only_source = _grouped(source.records, target.records)
    only_target = _grouped(target.records, source.records)
    found = []
    for key in sorted(only_source.keys() | only_target.keys()):
        lefts, rights = only_source.get(key, []), only_target.get(key, [])
        while lefts and rights:
            left, right = lefts.pop(), rights.pop()
            judged = any(
                _is_judged(record.entity, record.status, removed=removed)
                for record in (left, right)
            )
            changed = _changed_fields(left, right)
            found.append(_mismatch(left, "differs", changed, judged=judged))
        for record in lefts:
            judged = _is_judged(record.entity, record.status, removed=removed)
            found.append(_mismatch(record, "missing in the target", judged=judged))
        for record in rights:
            judged = _is_judged(record.entity, record.status, removed=removed)
            judged = judged and record.entity not in SETTINGS
            found.append(_mismatch(record, "only in the target", judged=judged))
    return tuple(found)


def _is_judged(entity: str, status: str, *, removed: bool) -> bool:
    """Whether a difference between records counts."""
    return entity not in NOT_JUDGED and (removed or status not in REMOVED)


def _grouped(
    ours: Counter[ComparableRecord], theirs: Counter[ComparableRecord]
) -> dict[tuple[str, str], list[ComparableRecord]]:
    grouped: dict[tuple[str, str], list[ComparableRecord]] = {}
    for record, count in ours.items():
        for _ in range(count - theirs[record]):
            grouped.setdefault((record.entity, record.label), []).append(record)
    return grouped


def _changed_fields(
    left: ComparableRecord, right: ComparableRecord
) -> tuple[tuple[str, str, str], ...]:
    ours = {"Status": left.status, **dict(left.fields)}
    theirs = {"Status": right.status, **dict(right.fields)}
    names = dict.fromkeys((*ours, *theirs))
    return tuple(
        (name, ours.get(name, ""), theirs.get(name, ""))
        for name in names
        if ours.get(name, "") != theirs.get(name, "")
    )


def _mismatch(
    record: ComparableRecord,
    kind: str,
    fields: tuple[tuple[str, str, str], ...] = (),
    *,
    judged: bool = True,
) -> Mismatch:
    return Mismatch(
        record.entity,
        record.label,
        kind,
        fields,
        record.day,
        record.amount,
        record.accounts,
        judged,
    )


def compare_report(
    request: ReportRequest,
    source: Amounts,
    target: Amounts,
    charts: tuple[Chart, Chart],
    mismatches: Sequence[Mismatch],
) -> ReportComparison:
    """Compares one report, amount by amount."""
    differences = []
    cells = source.keys() | target.keys()
    for cell in sorted(cells, key=lambda cell: (cell.row, cell.column)):
        left, right = source.get(cell, Decimal(0)), target.get(cell, Decimal(0))
        if left != right:
            names: Mapping[str, str] = {**charts[1].names, **charts[0].names}
            suspects = _suspects(cell, left - right, request.until, mismatches)
            account = names.get(cell.row, cell.row)
            differences.append(Difference(account, cell.column, left, right, suspects))
    return ReportComparison(request.title, len(cells), tuple(differences))


def _suspects(
    cell: ReportCell, difference: Decimal, until: date, mismatches: Sequence[Mismatch]
) -> tuple[str, ...]:
    """The records on the account that may cause a difference, nearest amounts first."""
    fitting = [
        mismatch
        for mismatch in mismatches
        if mismatch.judged and cell.row in mismatch.accounts and mismatch.day <= until.isoformat()
    ]
    fitting.sort(key=lambda mismatch: abs(abs(mismatch.amount or Decimal(0)) - abs(difference)))
    return tuple(mismatch.summary for mismatch in fitting[:MOST_SUSPECTS])
