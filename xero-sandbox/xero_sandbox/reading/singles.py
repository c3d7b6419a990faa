"""``GET /Entity/{id or number}``, and the Organisation."""

from __future__ import annotations

from datetime import datetime

from xero_sandbox.answers import Answer, not_found
from xero_sandbox.calls import Call
from xero_sandbox.catalogue import Endpoint
from xero_sandbox.organisation import Organisation, Record
from xero_sandbox.reading.parameters import parse_day
from xero_sandbox.reading.shapes import shown
from xero_sandbox.wire import encode, envelope


def find_record(organisation: Organisation, endpoint: Endpoint, key: str) -> Record:
    """A record by its id, or by its number where Xero takes one (xero-facts.md: Writing rules, Reading by entity).

    Raises:
        Refused: 404.
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


def read_single(
    organisation: Organisation, endpoint: Endpoint, key: str, call: Call, now: datetime
) -> Answer:
    """One record in full, as a list of one (xero-facts.md: Formats).

    Raises:
        Refused: 404.
    """
    record = find_record(organisation, endpoint, key)
    if endpoint.name == "Budgets":
        record = _budget_within(record, call)
    # A single journal comes without its source (xero-facts.md: Paging).
    omitted = ("SourceID", "SourceType") if endpoint.name == "Journals" else ()
    unit_places = 4 if call.parameter("unitdp") == "4" else 2
    body = encode(shown(endpoint, record, omitted, unit_places=unit_places))
    return Answer(body=envelope(endpoint.plural, [body], now))


def _budget_within(record: Record, call: Call) -> Record:
    """A budget with the months between DateFrom and DateTo, all of them without (xero-facts.md: Reading by entity)."""
    bounds = [call.parameter(name) for name in ("DateFrom", "DateTo")]
    first, last = (
        f"{parse_day(name, text):%Y-%m}" if text else edge
        for name, text, edge in zip(("DateFrom", "DateTo"), bounds, ("0000", "9999"), strict=True)
    )
    lines = [
        {
            **line,
            "BudgetBalances": [
                one for one in line["BudgetBalances"] if first <= one["Period"] <= last
            ],
        }
        for line in record.get("BudgetLines", ())
    ]
    return {**record, "BudgetLines": lines}
