"""Comparing two inventories and two sets of reports: pure, without any call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from target_xero.books.chart import Chart
from target_xero.books.reports import Amounts, Line, Wanted
from target_xero.verify.descriptions import REMOVED, Document
from target_xero.verify.inventory import COMPARED, SETTINGS, UNJUDGED, Inventory

MOST_SUSPECTS = 5


@dataclass(frozen=True)
class Count:
    """Records of one entity and status in both organisations.

    Attributes:
        judged: Whether a difference counts for the verdict.
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
    """A record that only one organisation has, or that says something else in the other.

    Attributes:
        fields: Field, what the source says, what the target says.
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
    def shown(self) -> str:
        """One line that names it."""
        amount = "" if self.amount is None else f" {self.amount:.2f}"
        return f"{self.entity} {self.label}{amount}: {self.kind}"


@dataclass(frozen=True)
class Difference:
    """An amount that differs between two reports, and what may cause it."""

    account: str
    column: str
    source: Decimal
    target: Decimal
    suspects: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReportComparison:
    """One report of both organisations."""

    title: str
    amounts: int
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """All that was compared."""

    source: str
    target: str
    counts: tuple[Count, ...]
    mismatches: tuple[Mismatch, ...]
    reports: tuple[ReportComparison, ...]
    dates: tuple[date, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether the organisations agree in all that counts."""
        return not (
            any(count.differs and count.judged for count in self.counts)
            or any(mismatch.judged for mismatch in self.mismatches)
            or any(report.differences for report in self.reports)
        )


def compared_counts(source: Inventory, target: Inventory, *, removed: bool) -> tuple[Count, ...]:
    """Counts and totals by entity and status.

    Args:
        source: The organisation that was copied.
        target: The copy.
        removed: Whether deleted, voided and archived records count for the verdict.
    """
    found = []
    for entity in (*COMPARED, *UNJUDGED):
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
            more_settings = entity in SETTINGS and counted[1] > counted[0]
            judged = _counts(entity, status, removed=removed) and not more_settings
            found.append(Count(entity, status, *counted, totals, judged))
    return tuple(found)


def compared_documents(
    source: Inventory, target: Inventory, *, removed: bool
) -> tuple[Mismatch, ...]:
    """The records that differ; a pair that has the same name is one changed record."""
    only_source = _grouped(source.documents, target.documents)
    only_target = _grouped(target.documents, source.documents)
    found = []
    for key in sorted(only_source.keys() | only_target.keys()):
        lefts, rights = only_source.get(key, []), only_target.get(key, [])
        while lefts and rights:
            left, right = lefts.pop(), rights.pop()
            judged = any(_counts(one.entity, one.status, removed=removed) for one in (left, right))
            changed = _changed_fields(left, right)
            found.append(_mismatch(left, "differs", changed, judged=judged))
        for one in lefts:
            judged = _counts(one.entity, one.status, removed=removed)
            found.append(_mismatch(one, "missing in the target", judged=judged))
        for one in rights:
            judged = _counts(one.entity, one.status, removed=removed)
            judged = judged and one.entity not in SETTINGS
            found.append(_mismatch(one, "only in the target", judged=judged))
    return tuple(found)


def _counts(entity: str, status: str, *, removed: bool) -> bool:
    """Whether a difference between records counts for the verdict."""
    return entity not in UNJUDGED and (removed or status not in REMOVED)


def _grouped(
    ours: Counter[Document], theirs: Counter[Document]
) -> dict[tuple[str, str], list[Document]]:
    grouped: dict[tuple[str, str], list[Document]] = {}
    for document, count in ours.items():
        for _ in range(count - theirs[document]):
            grouped.setdefault((document.entity, document.label), []).append(document)
    return grouped


def _changed_fields(left: Document, right: Document) -> tuple[tuple[str, str, str], ...]:
    ours = {"Status": left.status, **dict(left.facts)}
    theirs = {"Status": right.status, **dict(right.facts)}
    names = dict.fromkeys((*ours, *theirs))
    return tuple(
        (name, ours.get(name, ""), theirs.get(name, ""))
        for name in names
        if ours.get(name, "") != theirs.get(name, "")
    )


def _mismatch(
    document: Document,
    kind: str,
    fields: tuple[tuple[str, str, str], ...] = (),
    *,
    judged: bool = True,
) -> Mismatch:
    return Mismatch(
        document.entity,
        document.label,
        kind,
        fields,
        document.day,
        document.amount,
        document.accounts,
        judged,
    )


def compared_report(
    wanted: Wanted,
    source: Amounts,
    target: Amounts,
    charts: tuple[Chart, Chart],
    mismatches: Sequence[Mismatch],
) -> ReportComparison:
    """One report, amount by amount."""
    differences = []
    for line in sorted(source.keys() | target.keys(), key=lambda one: (one.place, one.column)):
        left, right = source.get(line, Decimal(0)), target.get(line, Decimal(0))
        if left != right:
            names: Mapping[str, str] = {**charts[1].names, **charts[0].names}
            suspects = _suspects(line, left - right, wanted.until, mismatches)
            shown = names.get(line.place, line.place)
            differences.append(Difference(shown, line.column, left, right, suspects))
    return ReportComparison(wanted.title, len(source.keys() | target.keys()), tuple(differences))


def _suspects(
    line: Line, by: Decimal, until: date, mismatches: Sequence[Mismatch]
) -> tuple[str, ...]:
    """The documents that may cause a difference: those on the account, the nearest amount first."""
    fitting = [
        mismatch
        for mismatch in mismatches
        if mismatch.judged and line.place in mismatch.accounts and mismatch.day <= until.isoformat()
    ]
    fitting.sort(key=lambda one: abs(abs(one.amount or Decimal(0)) - abs(by)))
    return tuple(one.shown for one in fitting[:MOST_SUSPECTS])
