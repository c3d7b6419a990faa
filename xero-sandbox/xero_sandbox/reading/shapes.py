"""Which fields of a record a list, a page, a summary or a single record contains.

(xero-facts.md: Paging, Formats)
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any

from xero_sandbox.http.xero_json import to_json_values
from xero_sandbox.model.balances import with_overdue
from xero_sandbox.model.endpoint import Endpoint
from xero_sandbox.model.endpoints import UPDATED_STRING
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.model.transaction import local_date

MAX_UNIT_PLACES = 4
_CENT = Decimal("0.01")


def record_json(
    endpoint: Endpoint, record: Record, omitted: Collection[str], *, unit_places: int = 4
) -> dict[str, Any]:
    """One record as JSON values, without the omitted fields.

    Args:
        endpoint: The endpoint of the record.
        record: The record in the sandbox's own types.
        omitted: The fields that this shape leaves out.
        unit_places: The decimal places of unit amounts: 2, or 4 with ``unitdp=4``.
    """
    kept: Record = {}
    for name, value in record.items():
        if value is None or name in omitted:
            continue
        kept[name] = value
        if name in endpoint.date_strings and isinstance(value, date):
            kept[f"{name}String"] = f"{value.isoformat()}T00:00:00"
        elif name == "UpdatedDateUTC" and endpoint.name in UPDATED_STRING:
            kept["UpdatedDateUTCString"] = instant_with_zone(value)
    if unit_places < MAX_UNIT_PLACES and endpoint.unitdp:
        _round_units(kept)
    content: dict[str, Any] = to_json_values(kept)
    return content


def live_values(
    organisation: Organisation, endpoint: Endpoint, now: datetime
) -> Callable[[Record], Record]:
    """A function that gives a record the values that depend on the time of the call."""
    if endpoint.name != "Contacts":
        return lambda record: record
    today = local_date(organisation, now)
    return lambda record: with_overdue(organisation, record, today)


def date_texts(endpoint: Endpoint, record: Record) -> dict[str, str]:
    """The ``…String`` fields of a record's dates (xero-facts.md: Formats)."""
    return {
        f"{name}String": f"{record[name].isoformat()}T00:00:00"
        for name in endpoint.date_strings
        if isinstance(record.get(name), date)
    }


def instant_with_zone(moment: datetime) -> str:
    """ISO 8601 to the second with a Z, as in ``UpdatedDateUTCString``.

    (xero-facts.md: Change capture)
    """
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%SZ}"


def instant_without_zone(moment: datetime) -> str:
    """ISO 8601 to the second without a zone, as in older text fields (xero-facts.md: Formats)."""
    return f"{moment.astimezone(timezone.utc):%Y-%m-%dT%H:%M:%S}"


def _round_units(record: Record) -> None:
    lines = record.get("LineItems")
    if lines:
        record["LineItems"] = [_rounded(line) for line in lines]
    for name in ("SalesDetails", "PurchaseDetails"):
        if name in record:
            record[name] = _rounded(record[name])


def _rounded(part: Record) -> Record:
    rounded = dict(part)
    for name in ("UnitAmount", "UnitPrice"):
        amount = rounded.get(name)
        if isinstance(amount, Decimal) and amount != amount.quantize(_CENT):
            rounded[name] = amount.quantize(_CENT)
    return rounded
