"""Saves the elements of one request, and handles the failure of some."""

from __future__ import annotations

from collections.abc import Callable

from xero_sandbox.http.guids import ids_in_one_spelling
from xero_sandbox.model.organisation import ID_FIELDS, ZERO_ID, Json, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.shared.request import (
    ElementResult,
    ValidationError,
    WriteError,
    WriteOutcome,
    WriteRequest,
    parameter,
)
from xero_sandbox.writing.shared.values import day, number

Saver = Callable[[Transaction, Record], Record]

_EMPTY_LISTS: dict[str, tuple[str, ...]] = {
    "BankTransactions": ("LineItems",),
    "Contacts": ("Addresses", "ContactGroups", "ContactPersons", "Phones"),
    "CreditNotes": ("Allocations", "LineItems", "Payments"),
    "Invoices": ("CreditNotes", "LineItems", "Overpayments", "Payments", "Prepayments"),
    "ManualJournals": ("JournalLines",),
    "PurchaseOrders": ("LineItems",),
    "Quotes": ("LineItems",),
    "RepeatingInvoices": ("LineItems",),
}
_EMPTY_PARTS: dict[str, Record] = {
    key: {name: [] for name in names} for key, names in _EMPTY_LISTS.items()
}

# Numbers may be sent as texts; a record has them as numbers.
_NUMBERS = frozenset(
    {
        "Amount",
        "Balance",
        "CurrencyRate",
        "DiscountAmount",
        "DiscountRate",
        "LineAmount",
        "Quantity",
        "Rate",
        "TaxAmount",
        "UnitAmount",
        "UnitPrice",
    }
)
# Ids that are not GUIDs, so that the empty GUID does not stand for "no record".
_TEXT_IDS = frozenset({"Code", "TaxType"})

NOT_FOUND = "The resource you're looking for cannot be found"


def not_found() -> WriteError:
    """Xero's 404 with plain text (xero-facts.md: Batch results)."""
    return WriteError(404, "NotFound", 0, NOT_FOUND)


def not_implemented(request: WriteRequest) -> WriteError:
    """Xero's 501 for a method that an endpoint does not have (xero-facts.md: Batch results)."""
    message = f"The Api Method called is not implemented: {request.method} {'/'.join(request.path)}"
    return WriteError(501, "ApiMethodNotImplementedException", 20, message)


def save_each(
    transaction: Transaction,
    request: WriteRequest,
    key: str,
    elements: list[Record],
    save: Saver,
    id_field: str | None = None,
) -> WriteOutcome:
    """Saves every element; the mode decides what the failure of one means for the others.

    With ``summarizeErrors=false`` the valid elements are saved. Otherwise one failure rolls all of
    them back, unless ``default_mode_saves_siblings`` is set. Xero's sources differ on that
    (xero-facts.md: Batch results).
    """
    if not elements:
        raise WriteError(400, "PostDataInvalidException", 17, "No data was posted.")
    summarize = parameter(request.query, "summarizeErrors", "true")
    independent = (
        summarize.lower() == "false" or transaction.organisation.default_mode_saves_siblings
    )
    start = transaction.savepoint()
    results = [_attempt(transaction, key, id_field, element, save) for element in elements]
    if not independent and any(result.errors for result in results):
        transaction.roll_back(start)
    return WriteOutcome(key, results)


def _attempt(
    transaction: Transaction,
    key: str,
    id_field: str | None,
    sent: Record,
    save: Saver,
) -> ElementResult:
    before = transaction.savepoint()
    transaction.warnings = []
    try:
        record = save(transaction, sent)
    except ValidationError as invalid:
        transaction.roll_back(before)
        return ElementResult(
            _failed_element(transaction, key, id_field, sent), list(dict.fromkeys(invalid.messages))
        )
    return ElementResult(record, warnings=transaction.warnings)


def _as_record(sent: Record) -> Record:
    """What was sent, with its dates as dates, its numbers as numbers, and without null."""
    return {name: _typed(name, value) for name, value in sent.items() if value is not None}


def _typed(name: str, value: Json) -> Json:
    if isinstance(value, dict):
        return _as_record(value)
    if isinstance(value, list):
        return [_typed(name, item) for item in value]
    if not isinstance(value, str):
        return value
    try:
        if name.endswith("Date"):
            return day(name, value)
        return number()(name, value) if name in _NUMBERS else ids_in_one_spelling(name, value)
    except (ValidationError, WriteError):
        return None


def _failed_element(
    transaction: Transaction, key: str, id_field: str | None, sent: Record
) -> Record:
    """A failed element: what was sent, in the form of a record.

    Its dates are dates, its lists are there, and it has its record's id, or the empty GUID without
    a record (xero-facts.md: Batch results).
    """
    field = id_field or ID_FIELDS.get(key)
    sent = {**_EMPTY_PARTS.get(key, {}), **_as_record(sent)}
    if field is None or field in _TEXT_IDS:
        return sent
    record_id = str(sent.get(field) or "").lower()
    exists = key in ID_FIELDS and record_id in transaction.records(key)
    return {**sent, field: record_id if exists else ZERO_ID}
