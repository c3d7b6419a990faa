"""Guards for runs that nobody watches: the total that must come out, and what must not happen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from target_xero.plan.booking.lines import ZERO
from target_xero.plan.contents import CREATE, REMOVE, UPDATE, Guard, PlannedDocument

# The amount that an option gives without a currency.
ANY_CURRENCY = ""
NO_AMOUNTS = (
    "the amounts of the plan are not known, because the organisation's settings were not read"
)


@dataclass(frozen=True)
class Guards:
    """The guards of a command.

    Attributes:
        expected_totals: What the totals of all documents that are created or updated must sum to,
            by currency; an amount without a currency is for the only one.
        max_amounts: The most that one document may be, by currency; an amount without a currency
            is for all others.
        no_overwrite: Whether nothing that exists in Xero may be changed or removed.
    """

    expected_totals: Mapping[str, Decimal] = field(default_factory=dict)
    max_amounts: Mapping[str, Decimal] = field(default_factory=dict)
    no_overwrite: bool = False

    def checked(self, documents: Sequence[PlannedDocument], *, knows_amounts: bool) -> list[Guard]:
        """What the guards say of the documents of a plan.

        Args:
            documents: The documents.
            knows_amounts: Whether their amounts could be computed.
        """
        guards = []
        unknown = [] if knows_amounts else [NO_AMOUNTS]
        if self.expected_totals:
            problems = unknown or _total_problems(self.expected_totals, documents)
            guards.append(Guard("--expect-total", _shown(self.expected_totals), problems))
        if self.max_amounts:
            problems = unknown or _amount_problems(self.max_amounts, documents)
            guards.append(Guard("--max-amount", _shown(self.max_amounts), problems))
        if self.no_overwrite:
            guards.append(Guard("--no-overwrite", "", _overwrite_problems(documents)))
        return guards


def money(amount: Decimal, currency: str = "") -> str:
    """An amount for people: ``NZD 1,234.50``."""
    return f"{currency} {amount:,.2f}".strip()


def _shown(amounts: Mapping[str, Decimal]) -> str:
    return ", ".join(money(amount, currency) for currency, amount in amounts.items())


def _total_problems(
    expected: Mapping[str, Decimal], documents: Sequence[PlannedDocument]
) -> list[str]:
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for document in documents:
        if document.action in (CREATE, UPDATE) and document.total is not None:
            sums[document.currency] += document.total
    found = {currency: total for currency, total in sums.items() if total}
    wanted = dict(expected)
    if ANY_CURRENCY in wanted:
        others = sorted(found.keys() - wanted.keys())
        if len(others) > 1:
            named = ", ".join(money(found[currency], currency) for currency in others)
            return [f"the total is in several currencies: {named}; give each: EUR=100.00"]
        amount = wanted.pop(ANY_CURRENCY)
        wanted[others[0] if others else "the plan"] = amount
    return [
        f"the total is {money(found.get(currency, ZERO), currency)}, and "
        f"{money(wanted.get(currency, ZERO), currency)} was expected: a difference of "
        f"{money(found.get(currency, ZERO) - wanted.get(currency, ZERO))}"
        for currency in sorted(wanted.keys() | found.keys())
        if found.get(currency, ZERO) != wanted.get(currency, ZERO)
    ]


def _amount_problems(
    limits: Mapping[str, Decimal], documents: Sequence[PlannedDocument]
) -> list[str]:
    problems = []
    for document in documents:
        if document.is_sent and document.entity.startswith("/"):
            problems.append(f"{document.title}: the amount of a request to a path is not known")
        if not document.is_sent or document.total is None:
            continue
        limit = limits.get(document.currency, limits.get(ANY_CURRENCY))
        if limit is not None and abs(document.total) > limit:
            amount = money(document.total, document.currency)
            problems.append(f"{document.title} is {amount}, more than {money(limit)}")
    return problems


def _overwrite_problems(documents: Sequence[PlannedDocument]) -> list[str]:
    words = {UPDATE: "would be changed", REMOVE: "would be removed"}
    return [
        f"{document.title} exists in Xero and {words[document.action]}"
        for document in documents
        if document.action in words
    ]
