"""Responses to writes: elements with their status, or one exception for all.

(xero-facts.md: Batch results)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import (
    HttpError,
    HttpResponse,
    exception,
    json_response,
    text_response,
)
from xero_sandbox.http.xero_json import encode, envelope, object_envelope, to_json_values
from xero_sandbox.model.endpoints import ENDPOINTS
from xero_sandbox.model.organisation import Record
from xero_sandbox.reading.children import history_entry
from xero_sandbox.reading.shapes import MAX_UNIT_PLACES, date_texts, record_json
from xero_sandbox.writing import ElementResult, WriteError, WriteOutcome

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


def reports_each_element(path: tuple[str, ...], call: Call) -> bool:
    """Whether each element gets its own result: ``summarizeErrors=false``, if Xero supports it.

    (xero-facts.md: Batch results)
    """
    if (call.parameter("summarizeErrors") or "").lower() != "false":
        return False
    if len(path) == 3 and path[2] == "Allocations":  # noqa: PLR2004  # /Entity/{id}/Allocations
        return call.method == "PUT"
    return len(path) == 1 and call.method in _SUMMARIZING.get(path[0], ())


def to_http_error(error: WriteError) -> HttpError:
    """The response to a request that failed as a whole; 404 and 501 are plain text.

    (xero-facts.md: Batch results)
    """
    if error.status in (404, 501):
        return HttpError(text_response(error.status, error.message))
    return exception(error.status, error.type, error.number, error.message)


def write_response(
    outcome: WriteOutcome, call: Call, now: datetime, *, each_element: bool
) -> HttpResponse:
    """The response to a write.

    Args:
        outcome: The result of each element.
        call: The call, for ``unitdp``.
        now: The time in the envelope.
        each_element: Whether each element gets its own result (``summarizeErrors=false``).

    Raises:
        HttpError: 400 ValidationException with the failing elements, unless ``each_element``.
    """
    if outcome.status == 204:  # noqa: PLR2004  # No Content
        return HttpResponse(204, b"", "")
    if call.method == "DELETE" and outcome.key == "Allocations":
        # In Xero's OpenAPI file the response is the allocation itself, with IsDeleted true.
        return json_response(to_json_values(outcome.results[0].record), outcome.status)
    places = MAX_UNIT_PLACES if call.parameter("unitdp") == "4" else 2
    failed = [result for result in outcome.results if result.errors]
    if failed and not each_element:
        elements = [
            {**_content(outcome.key, result, places), "ValidationErrors": _messages(result.errors)}
            for result in failed
        ]
        message = "A validation exception occurred"
        raise exception(400, "ValidationException", 10, message, Elements=elements)
    contents = [
        _result(outcome.key, result, places, each_element=each_element)
        for result in outcome.results
    ]
    if outcome.key in _SINGLE_OBJECTS:
        return HttpResponse(outcome.status, object_envelope(outcome.key, encode(contents[0]), now))
    return HttpResponse(outcome.status, envelope(outcome.key, map(encode, contents), now))


def _result(key: str, result: ElementResult, places: int, *, each_element: bool) -> dict[str, Any]:
    content = _content(key, result, places)
    if each_element and key in _WITH_STATUS:
        success = "WARNING" if result.warnings else "OK"
        content["StatusAttributeString"] = "ERROR" if result.errors else success
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


def _content(key: str, result: ElementResult, places: int) -> dict[str, Any]:
    record: Record = result.record
    endpoint = ENDPOINTS.get(key)
    if result.errors:
        # A failed element may not have a record's types.
        sent: dict[str, Any] = to_json_values(record)
        return sent if endpoint is None else {**sent, **date_texts(endpoint, record)}
    if endpoint is not None:
        return record_json(endpoint, record, (), unit_places=places)
    if key == "HistoryRecords":
        return history_entry(record)
    content: dict[str, Any] = to_json_values(record)
    return content
