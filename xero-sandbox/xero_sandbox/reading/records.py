"""``GET /Entity/{id or number}``."""

from __future__ import annotations

from datetime import datetime

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpResponse, not_found
from xero_sandbox.http.xero_json import encode, envelope
from xero_sandbox.model.endpoints import Endpoint
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reading.parameters import parse_day
from xero_sandbox.reading.shapes import record_json


def find_record(organisation: Organisation, endpoint: Endpoint, key: str) -> Record:
    """A record by its id, or by its number if Xero accepts one.

    (xero-facts.md: Writing rules, Reading by entity)

    Raises:
        HttpError: 404.
    """
    collection = organisation.collections[endpoint.name]
    for candidate in (key, key.lower()):
        if candidate in collection:
            return collection[candidate]
    for name in endpoint.numbers:
        for record in collection.values():
            if str(record.get(name)) == key:
                return record
    raise not_found()


def read_record(
    organisation: Organisation, endpoint: Endpoint, key: str, call: Call, now: datetime
) -> HttpResponse:
    """One full record, as a list of one (xero-facts.md: Formats).

    Raises:
        HttpError: 404.
    """
    record = find_record(organisation, endpoint, key)
    if endpoint.name == "Budgets":
        record = _budget_within(record, call)
    # A single journal has no source fields (xero-facts.md: Paging).
    omitted = ("SourceID", "SourceType") if endpoint.name == "Journals" else ()
    unit_places = 4 if call.parameter("unitdp") == "4" else 2
    body = encode(record_json(endpoint, record, omitted, unit_places=unit_places))
    return HttpResponse(body=envelope(endpoint.plural, [body], now))


def _budget_within(record: Record, call: Call) -> Record:
    """A budget with the months between DateFrom and DateTo, or all months without them.

    (xero-facts.md: Reading by entity)
    """
    bounds = [call.parameter(name) for name in ("DateFrom", "DateTo")]
    first, last = (
        f"{parse_day(name, text):%Y-%m}" if text else default
        for name, text, default in zip(
            ("DateFrom", "DateTo"), bounds, ("0000", "9999"), strict=True
        )
    )
    lines = [
        {
            **line,
            "BudgetBalances": [
                balance for balance in line["BudgetBalances"] if first <= balance["Period"] <= last
            ],
        }
        for line in record.get("BudgetLines", ())
    ]
    return {**record, "BudgetLines": lines}
