"""Orders payments and allocations, so that those of one document keep their order.

The cents of rounding of a payment in a foreign currency depend on what was paid before it was
entered, whatever the dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from target_xero.copy.steps import Step, text_of
from xero_client.entities.table import ENTITIES

# The streams of documents in which Xero lists their payments.
PAID_STREAMS = frozenset(entity.stream for entity in ENTITIES if entity.is_paid)


@dataclass(frozen=True, order=True)
class EntryTime:
    """When a settlement was entered, as far as the source tells it.

    Attributes:
        updated: When the payment, the batch or the credit was changed last, ISO in UTC. A payment
            cannot be edited, so this is mostly when it was entered.
        position: Its position among the payments of its document.
        day: Its date, ISO.
    """

    updated: str
    position: int
    day: str


@dataclass(frozen=True)
class Settlement:
    """What the source tells of a payment, a batch of payments or an allocation.

    Attributes:
        updated: When it, or the credit that is allocated, was changed last.
        payment_ids: Its payments; empty for an allocation.
        day: Its date, ISO.
        documents: The ids of the documents that it settles.
    """

    updated: str
    payment_ids: tuple[str, ...]
    day: str
    documents: tuple[str, ...]

    @classmethod
    def of(cls, step: Step, record: Mapping[str, Any]) -> Settlement:
        """Makes it from a step, and the record of the source that the step copies."""
        payments = [record] if step.stream == "payments" else record.get("Payments") or []
        ids = () if step.stream == "allocations" else map(_payment_id, payments)
        return cls(text_of(record, "UpdatedDateUTC"), tuple(ids), step.sort_key, step.settles)


class PaymentPositions:
    """The positions of payments in the documents that they pay."""

    def __init__(self) -> None:
        """Starts without a document."""
        self._positions: dict[str, int] = {}

    def add(self, document: Mapping[str, Any]) -> None:
        """Adds the payments of a document."""
        payments = document.get("Payments") or []
        if len(payments) > 1:
            self._positions.update({_payment_id(each): at for at, each in enumerate(payments)})

    def entry_time(self, settlement: Settlement) -> EntryTime:
        """When a settlement was entered."""
        positions = [self._positions.get(each, 0) for each in settlement.payment_ids]
        return EntryTime(settlement.updated, max(positions, default=0), settlement.day)


def _payment_id(payment: Mapping[str, Any]) -> str:
    return text_of(payment, "PaymentID")


def settlement_waves(
    settlements: Iterable[tuple[int, EntryTime, tuple[str, ...]]],
) -> dict[int, int]:
    """The wave of each settlement: it comes after all earlier ones of the same documents.

    A settlement of a document in a foreign currency is rounded by what is left to pay, so the
    settlements of one document must keep their order. Those of different documents may be sent
    together.

    Args:
        settlements: Step, time of entry, and the ids of the documents that it settles; in any
            order.

    Returns:
        The wave of each step, counted from 0.
    """
    last_waves: dict[str, int] = {}
    waves = {}
    in_order = sorted(settlements, key=lambda settlement: (settlement[1], settlement[0]))
    for step, _, documents in in_order:
        wave = max((last_waves.get(document, -1) for document in documents), default=-1) + 1
        waves[step] = wave
        last_waves.update(dict.fromkeys(documents, wave))
    return waves
