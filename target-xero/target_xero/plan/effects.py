"""The sums of a plan: totals by kind, currency and month, debits and credits, tax, calls."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from target_xero.build.destinations.destination import EntityDestination
from target_xero.delivery.batches import batches
from target_xero.delivery.dry_run.prediction import LOOKUP_SIZE
from target_xero.delivery.items import Item
from target_xero.lookup.existing_records import IDS_PER_CALL
from target_xero.plan.booking.bookings import Booking
from target_xero.plan.booking.lines import ZERO
from target_xero.plan.contents import AccountEffect, Calls, PlannedDocument, TaxEffect, Total

# (xero-facts.md: Limits)
CALLS_PER_MINUTE = 60


def totals_of(documents: Iterable[PlannedDocument]) -> list[Total]:
    """The totals of the documents that are sent, by kind, action, currency and month."""
    sums: dict[tuple[str, str, str, str], tuple[int, Decimal, Decimal]] = {}
    for document in documents:
        if not document.is_sent:
            continue
        key = (document.kind, document.action, document.currency, document.date[:7])
        count, total, before = sums.get(key, (0, ZERO, ZERO))
        sums[key] = (
            count + 1,
            total + (document.total or ZERO),
            before + (document.total_before or ZERO),
        )
    return [Total(*key, *found) for key, found in sums.items()]


def account_effects(bookings: Iterable[Booking]) -> list[AccountEffect]:
    """Debits and credits by account, in the order of the accounts' codes.

    Each amount counts on its own side, as in Xero's account transactions.
    """
    sums: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = {}
    for booking in bookings:
        for posting in booking.postings:
            key = (booking.book_currency, posting.code, posting.name)
            debit, credit = sums.get(key, (ZERO, ZERO))
            if posting.amount > 0:
                sums[key] = (debit + posting.amount, credit)
            else:
                sums[key] = (debit, credit - posting.amount)
    return [AccountEffect(*key, *sums[key]) for key in sorted(sums) if any(sums[key])]


def tax_effects(bookings: Iterable[Booking]) -> list[TaxEffect]:
    """The tax by rate; credits and removals count as negative."""
    sums: dict[tuple[str, str, str, Decimal], tuple[Decimal, Decimal]] = {}
    for booking in bookings:
        for part in booking.taxes:
            key = (booking.book_currency, part.tax_type, part.name, part.percent)
            net, tax = sums.get(key, (ZERO, ZERO))
            sums[key] = (net + part.net, tax + part.tax)
    return [TaxEffect(*key, *sums[key]) for key in sorted(sums) if any(sums[key])]


def notes_of(documents: Iterable[PlannedDocument]) -> list[str]:
    """What is not included in the effect on accounts, and for how many documents."""
    counts = Counter(note for document in documents for note in document.notes)
    return [
        f"{count:,} document{'' if count == 1 else 's'}: {note}" for note, count in counts.items()
    ]


def in_sending_order(items: Sequence[Item]) -> list[Item]:
    """Items of one destination in the order in which apply sends them: by method."""
    return sorted(items, key=lambda item: item.publication.method)


def calls_of(items: Sequence[Item], look_ups: int, left_today: int | None) -> Calls:
    """The calls that apply makes.

    Args:
        items: What is sent, in the order of the plan.
        look_ups: The calls that the plan took to read what Xero has; apply repeats them.
        left_today: The calls that are left today, if it is known.
    """
    writes = 0
    for group in by_destination(items):
        removals = [item for item in group if item.removes]
        others = [item for item in group if not item.removes]
        destination = group[0].publication.destination
        has_ids = isinstance(destination, EntityDestination) and bool(
            destination.entity.reading.ids_parameter
        )
        # The status of each is read once more before it is removed.
        look_ups += math.ceil(len(removals) / IDS_PER_CALL) if has_ids else len(removals)
        writes += len(removals) if not has_ids else math.ceil(len(removals) / 50)
        chunks = (others[at : at + LOOKUP_SIZE] for at in range(0, len(others), LOOKUP_SIZE))
        writes += len(batches([item for chunk in chunks for item in in_sending_order(chunk)]))
    total = look_ups + writes
    return Calls(look_ups, writes, max(1, math.ceil(total / CALLS_PER_MINUTE)), left_today)


def by_destination(items: Iterable[Item]) -> list[list[Item]]:
    """Neighbours that go to one destination."""
    groups: list[list[Item]] = []
    for item in items:
        name = item.publication.destination.name
        if not groups or groups[-1][0].publication.destination.name != name:
            groups.append([])
        groups[-1].append(item)
    return groups
