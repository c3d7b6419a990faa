"""What people call the records of Xero's entities: bill, supplier credit note, tax rate."""

from __future__ import annotations

from collections.abc import Mapping

from target_xero.build.destinations.destination import ChildDestination
from target_xero.build.destinations.names import destination_of
from target_xero.build.rows.import_templates import DOCUMENT_TYPES
from xero_client.entities.children import HISTORY

_BY_TYPE: Mapping[str, str] = {
    "ACCREC": "sales invoice",
    "ACCPAY": "bill",
    "ACCRECCREDIT": "credit note",
    "ACCPAYCREDIT": "supplier credit note",
    "RECEIVE": "money received",
    "SPEND": "money spent",
    "RECEIVE-PREPAYMENT": "prepayment received",
    "SPEND-PREPAYMENT": "prepayment made",
    "RECEIVE-OVERPAYMENT": "overpayment received",
    "SPEND-OVERPAYMENT": "overpayment made",
}
_REPEATING = "RepeatingInvoices"
_TYPED = frozenset({"Invoices", "CreditNotes", "BankTransactions", _REPEATING})


def kind_of_record(entity: str, record_type: object = None) -> str:
    """What people call a record.

    Args:
        entity: Xero's entity, or a child: ``Invoices``, ``Invoices/History``. A path stays as it
            is.
        record_type: The ``Type`` of the record, as Xero or one of its import templates writes it;
            it counts only for documents that are called by it.

    Returns:
        ``bill``, ``tax rate``, ``note of invoice``.
    """
    if "/" in entity:
        destination = destination_of(entity)
        if not isinstance(destination, ChildDestination):
            return entity
        child = destination.child.name
        name = "note" if child == HISTORY else _singular(child)
        return f"{name} of {_singular(destination.parent.name)}"
    if entity in _TYPED:
        word = " ".join(str(record_type or "").split())
        kind = _BY_TYPE.get(DOCUMENT_TYPES.get(word.casefold(), word.upper()))
        if kind is not None:
            return f"repeating {kind}" if entity == _REPEATING else kind
    return _singular(entity)


def _singular(entity: str) -> str:
    """``Invoices`` is ``invoice``, ``TaxRates`` is ``tax rate``; other names stay as they are."""
    if not entity.isalpha() or not entity[:1].isupper():
        return entity
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in entity)
    words = words.strip()
    return f"{words[:-3]}y" if words.endswith("ies") else words.removesuffix("s")
