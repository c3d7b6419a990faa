"""Saving the elements of one request, and what one failure means for the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from xero_sandbox.organisation import ID_FIELDS, Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.request import (
    ZERO_ID,
    Invalid,
    WriteRefused,
    WriteRequest,
    WriteResult,
    Written,
)

Saver = Callable[[Transaction, Record], Record]

NOT_FOUND = "The resource you're looking for cannot be found"


def not_found() -> WriteRefused:
    """Xero's 404, which is plain text (xero-facts.md: Batch results)."""
    return WriteRefused(404, "NotFound", 0, NOT_FOUND)


def not_implemented(request: WriteRequest) -> WriteRefused:
    """Xero's 501 for a method that an endpoint does not have (xero-facts.md: Batch results)."""
    message = f"The Api Method called is not implemented: {request.method} {'/'.join(request.path)}"
    return WriteRefused(501, "ApiMethodNotImplementedException", 20, message)


def parameter(query: Mapping[str, str], name: str, default: str) -> str:
    """A query parameter in whatever case it was written (``summarizeErrors`` has two)."""
    lowered = {key.lower(): value for key, value in query.items()}
    return lowered.get(name.lower(), default)


def each(
    transaction: Transaction,
    request: WriteRequest,
    key: str,
    elements: list[Record],
    save: Saver,
    id_field: str | None = None,
) -> Written:
    """Saves every element, and decides what the failures of some mean for the others.

    With ``summarizeErrors=false`` each element stands for itself; otherwise one failure undoes
    all, unless the organisation is set to save a failing element's siblings
    (xero-facts.md: Batch results gives sources for both).
    """
    if not elements:
        raise WriteRefused(400, "PostDataInvalidException", 17, "No data was posted.")
    summarize = parameter(request.query, "summarizeErrors", "true")
    alone = summarize.lower() == "false" or transaction.organisation.default_mode_saves_siblings
    start = transaction.savepoint()
    results = [_attempt(transaction, key, id_field, element, save) for element in elements]
    if not alone and any(result.errors for result in results):
        transaction.roll_back(start)
    return Written(key, results)


def _attempt(
    transaction: Transaction,
    key: str,
    id_field: str | None,
    sent: Record,
    save: Callable[[Transaction, Record], Record],
) -> WriteResult:
    before = transaction.savepoint()
    transaction.warnings = []
    try:
        record = save(transaction, sent)
    except Invalid as invalid:
        transaction.roll_back(before)
        return WriteResult(
            _as_sent(transaction, key, id_field, sent), list(dict.fromkeys(invalid.messages))
        )
    return WriteResult(record, warnings=transaction.warnings)


def _as_sent(transaction: Transaction, key: str, id_field: str | None, sent: Record) -> Record:
    """A failed element: what was sent, under its record's id, or the empty GUID if it has none."""
    field = id_field or ID_FIELDS.get(key)
    if field is None:
        return sent
    record_id = str(sent.get(field) or "").lower()
    exists = key in ID_FIELDS and record_id in transaction.records(key)
    return {**sent, field: record_id if exists else ZERO_ID}
