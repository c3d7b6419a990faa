"""What a write answers: elements with their status, or one exception for all (xero-facts.md: Batch results)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xero_sandbox.answers import Answer, Refused, as_json, as_text, exception
from xero_sandbox.calls import Call
from xero_sandbox.catalogue import ENDPOINTS
from xero_sandbox.organisation import Record
from xero_sandbox.reading.children import history_entry
from xero_sandbox.reading.shapes import MAX_UNIT_PLACES, shown
from xero_sandbox.wire import encode, envelope, envelope_of_one, plain
from xero_sandbox.writing import WriteRefused, WriteResult, Written

_BOTH = frozenset({"PUT", "POST"})
_SUMMARIZING: Mapping[str, frozenset[str]] = {
    "BankTransactions": _BOTH,
    "BankTransfers": frozenset({"POST"}),
    "BatchPayments": frozenset({"PUT"}),
    "Contacts": _BOTH,
    "CreditNotes": _BOTH,
    "Invoices": _BOTH,
    "Items": _BOTH,
    "ManualJournals": _BOTH,
    "Payments": frozenset({"PUT"}),
    "PurchaseOrders": _BOTH,
    "Quotes": _BOTH,
    "RepeatingInvoices": _BOTH,
}
_WITH_STATUS = frozenset(
    {
        "Allocations",
        "BankTransactions",
        "Contacts",
        "CreditNotes",
        "Invoices",
        "Items",
        "ManualJournals",
        "Payments",
        "PurchaseOrders",
        "Quotes",
    }
)
_ERROR_FLAGS = {
    "Contacts": "HasValidationErrors",
    "CreditNotes": "HasErrors",
    "Invoices": "HasErrors",
    "Payments": "HasValidationErrors",
}
_SINGLE_OBJECTS = frozenset({"ImportSummary"})


def takes_each_alone(path: tuple[str, ...], call: Call) -> bool:
    """Whether ``summarizeErrors=false`` is sent where Xero knows it (xero-facts.md: Batch results)."""
    if (call.parameter("summarizeErrors") or "").lower() != "false":
        return False
    if len(path) == 3 and path[2] == "Allocations":  # noqa: PLR2004  # /Entity/{id}/Allocations
        return call.method == "PUT"
    return len(path) == 1 and call.method in _SUMMARIZING.get(path[0], ())


def refusal(refused: WriteRefused) -> Refused:
    """A request that failed as a whole; 404 and 501 are plain text (xero-facts.md: Batch results)."""
    if refused.status in (404, 501):
        return Refused(as_text(refused.status, refused.message))
    return exception(refused.status, refused.type, refused.number, refused.message)


def rendered(written: Written, call: Call, now: datetime, *, alone: bool) -> Answer:
    """The answer to a write.

    Args:
        written: what became of the elements.
        call: the call, for ``unitdp``.
        now: the time that the envelope tells.
        alone: whether every element is answered for itself (``summarizeErrors=false``).

    Raises:
        Refused: 400 ValidationException with the failing elements, unless ``alone``.
    """
    if written.status == 204:  # noqa: PLR2004  # No Content
        return Answer(204, b"", "")
    if call.method == "DELETE" and written.key == "Allocations":
        # Xero's OpenAPI file answers with the allocation itself, its IsDeleted true.
        return as_json(plain(written.results[0].record), written.status)
    places = MAX_UNIT_PLACES if call.parameter("unitdp") == "4" else 2
    failed = [result for result in written.results if result.errors]
    if failed and not alone:
        elements = [
            {**_content(written.key, one, places), "ValidationErrors": _messages(one.errors)}
            for one in failed
        ]
        message = "A validation exception occurred"
        raise exception(400, "ValidationException", 10, message, Elements=elements)
    contents = [_result(written.key, result, places, alone=alone) for result in written.results]
    if written.key in _SINGLE_OBJECTS:
        return Answer(written.status, envelope_of_one(written.key, encode(contents[0]), now))
    return Answer(written.status, envelope(written.key, map(encode, contents), now))


def _result(key: str, result: WriteResult, places: int, *, alone: bool) -> dict[str, Any]:
    content = _content(key, result, places)
    if alone and key in _WITH_STATUS:
        warned = "WARNING" if result.warnings else "OK"
        content["StatusAttributeString"] = "ERROR" if result.errors else warned
    flag = _ERROR_FLAGS.get(key)
    if flag is not None:
        content[flag] = bool(result.errors)
    if result.warnings:
        content["Warnings"] = _messages(result.warnings)
    if result.errors:
        content["ValidationErrors"] = _messages(result.errors)
    return content


def _messages(texts: list[str]) -> list[dict[str, str]]:
    return [{"Message": text} for text in texts]


def _content(key: str, result: WriteResult, places: int) -> dict[str, Any]:
    record: Record = result.record
    if result.errors:
        # What fails comes back as it was sent: it need not have a record's types.
        as_sent: dict[str, Any] = plain(record)
        return as_sent
    endpoint = ENDPOINTS.get(key)
    if endpoint is not None:
        return shown(endpoint, record, (), unit_places=places)
    if key == "HistoryRecords":
        return history_entry(record)
    content: dict[str, Any] = plain(record)
    return content
