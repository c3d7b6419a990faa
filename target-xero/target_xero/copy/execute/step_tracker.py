"""What has become of steps: told by results, kept in the id map."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from target_xero.build.records import Provenance
from target_xero.copy.mapping.id_map import IdMap, Known
from target_xero.copy.schedule.deletions import WHOLE
from target_xero.copy.steps import Kind, Step, made_memory, memory_of
from target_xero.lookup.lists import every_record
from target_xero.report.results import CREATED, REMOVED, UNCHANGED, UPDATED, Result
from xero_client.http.transport import Transport

DONE = frozenset({CREATED, UPDATED, UNCHANGED, REMOVED})
# Of which it matters later whether copying has made them.
_TELL_MADE = frozenset({*WHOLE, "tax_rates"})
# What a bank transaction makes beside itself.
MADE_BESIDE: Mapping[str, str] = {"PrepaymentID": "prepayments", "OverpaymentID": "overpayments"}


@dataclass(frozen=True)
class Underway:
    """A step that has been handed on.

    Attributes:
        step: The step.
        digest: Of what is copied.
        beside: The source's ids of what it makes beside the record itself.
        is_new: Whether it makes what nobody has made or found before.
    """

    step: Step
    digest: str
    beside: Mapping[str, str] = field(default_factory=dict)
    is_new: bool = False


class Memory:
    """Steps under way and what became of them; results come in from several threads."""

    def __init__(self, ids: IdMap, transport: Transport) -> None:
        """Starts with nothing under way.

        Args:
            ids: The id map.
            transport: The target.
        """
        self._ids = ids
        self._transport = transport
        self._lock = threading.Lock()
        self._underway: dict[tuple[str, ...], Underway] = {}
        self._without_beside: dict[str, Mapping[str, str]] = {}

    def expect(self, source: Provenance, underway: Underway) -> None:
        """Takes note of a step that is handed on."""
        with self._lock:
            self._underway[source.singer_key] = underway

    def meet_result(self, source: Provenance, result: Result) -> None:
        """Takes note of what a step has become."""
        with self._lock:
            underway = self._underway.pop(source.singer_key, None)
        if underway is None or result.status not in DONE:
            return
        step, target_id = underway.step, result.xero_id or ""
        known = Known(target_id, underway.digest)
        self._ids.remember({(memory_of(step), step.source_id): known})
        if underway.is_new and (step.part_of or step.stream in _TELL_MADE):
            made = Known(step.part_of or target_id)
            self._ids.remember({(made_memory(step.stream), step.source_id): made})
        response = result.response if isinstance(result.response, Mapping) else {}
        for name, source_id in underway.beside.items():
            if response.get(name):
                self._ids.remember({(MADE_BESIDE[name], source_id): Known(str(response[name]))})
            else:
                with self._lock:
                    self._without_beside[target_id] = underway.beside

    def find_beside(self) -> None:
        """Looks up the prepayments and overpayments of bank transactions whose answer was lost.

        Raises:
            XeroError: The bank transactions cannot be read.
        """
        if not self._without_beside:
            return
        for record in every_record(self._transport, "BankTransactions"):
            beside = self._without_beside.get(str(record.get("BankTransactionID")), {})
            for made, source_id in beside.items():
                if record.get(made):
                    known = Known(str(record[made]))
                    self._ids.remember({(MADE_BESIDE[made], source_id): known})
        self._ids.write()


def makes_beside(step: Step) -> bool:
    """Whether a step may make something beside the record itself."""
    return step.stream == "bank_transactions" and step.kind is Kind.MAKE


def beside_of(record: Mapping[str, object]) -> dict[str, str]:
    """The source's ids of what a record makes beside itself."""
    return {name: str(record[name]) for name in MADE_BESIDE if record.get(name)}
