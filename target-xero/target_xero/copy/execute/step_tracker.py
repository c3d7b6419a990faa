"""Tracks the steps that were sent, and writes their results to the id map."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from target_xero.build.records import Provenance
from target_xero.copy.mapping.id_map import IdMap, IdMapping
from target_xero.copy.schedule.deletions import COMPLETE_STREAMS
from target_xero.copy.steps import Step, StepKind, created_kind, mapping_kind
from target_xero.lookup.lists import every_record
from target_xero.report.results import CREATED, REMOVED, UNCHANGED, UPDATED, Result
from xero_client.entities.table import ENTITIES
from xero_client.http.transport import Transport

DONE = frozenset({CREATED, UPDATED, UNCHANGED, REMOVED})
# Later runs must know whether the copy has created records of these streams.
_CREATION_TRACKED = frozenset({*COMPLETE_STREAMS, "tax_rates"})
BANK_TRANSACTIONS = "BankTransactions"
# A bank transaction may create a prepayment or an overpayment.
CREDIT_STREAMS: Mapping[str, str] = {
    str(entity.id_field): entity.stream
    for entity in ENTITIES
    if entity.created_by == BANK_TRANSACTIONS
}


@dataclass(frozen=True)
class PendingStep:
    """A step that was sent and has no result yet.

    Attributes:
        step: The step.
        digest: Digest of what is copied.
        credit_ids: The source's ids of the prepayment and overpayment that it creates, by field.
        is_new: Whether its record was neither created nor found before.
    """

    step: Step
    digest: str
    credit_ids: Mapping[str, str] = field(default_factory=dict)
    is_new: bool = False


class StepTracker:
    """The steps that were sent, and their results, which arrive from several threads."""

    def __init__(self, ids: IdMap, transport: Transport) -> None:
        """Starts without pending steps.

        Args:
            ids: The id map.
            transport: The target.
        """
        self._ids = ids
        self._transport = transport
        self._lock = threading.Lock()
        self._pending: dict[tuple[str, ...], PendingStep] = {}
        self._missing_credits: dict[str, Mapping[str, str]] = {}

    def add(self, provenance: Provenance, pending: PendingStep) -> None:
        """Adds a step that is about to be sent."""
        with self._lock:
            self._pending[provenance.singer_key] = pending

    def on_result(self, provenance: Provenance, result: Result) -> None:
        """Writes the result of a step to the id map."""
        with self._lock:
            pending = self._pending.pop(provenance.singer_key, None)
        if pending is None or result.status not in DONE:
            return
        step, target_id = pending.step, result.xero_id or ""
        mapping = IdMapping(target_id, pending.digest)
        self._ids.add({(mapping_kind(step), step.source_id): mapping})
        if pending.is_new and (step.parent or step.stream in _CREATION_TRACKED):
            created = IdMapping(step.parent or target_id)
            self._ids.add({(created_kind(step.stream), step.source_id): created})
        response = result.response if isinstance(result.response, Mapping) else {}
        for name, source_id in pending.credit_ids.items():
            if response.get(name):
                self._ids.add({(CREDIT_STREAMS[name], source_id): IdMapping(str(response[name]))})
            else:
                with self._lock:
                    self._missing_credits[target_id] = pending.credit_ids

    def find_missing_credits(self) -> None:
        """Looks up the prepayments and overpayments whose ids were not in a response.

        Raises:
            XeroError: The bank transactions cannot be read.
        """
        if not self._missing_credits:
            return
        for record in every_record(self._transport, BANK_TRANSACTIONS):
            credit_ids = self._missing_credits.get(str(record.get("BankTransactionID")), {})
            for name, source_id in credit_ids.items():
                if record.get(name):
                    mapping = IdMapping(str(record[name]))
                    self._ids.add({(CREDIT_STREAMS[name], source_id): mapping})
        self._ids.flush()


def may_create_credit(step: Step) -> bool:
    """Whether a step may create a prepayment or an overpayment beside its own record."""
    return step.entity == BANK_TRANSACTIONS and step.kind is StepKind.CREATE


def credit_ids_of(record: Mapping[str, object]) -> dict[str, str]:
    """The ids of the prepayment and overpayment that a bank transaction created, by field."""
    return {name: str(record[name]) for name in CREDIT_STREAMS if record.get(name)}
