"""Singer messages of all that the warehouse reads: tap-xero's streams, their children, and reports.

The child and report streams are made here from what the tap and the reports have, in the form that
the tap's own streams have by its contract.
"""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import requests

from tap_runner import read

Record = dict[str, Any]

STREAMS = (
    "organisations",
    "accounts",
    "contacts",
    "tax_rates",
    "tracking_categories",
    "items",
    "invoices",
    "credit_notes",
    "prepayments",
    "overpayments",
    "bank_transactions",
    "bank_transfers",
    "payments",
    "manual_journals",
)
# Of each parent: the list, the child stream, and the child's own id where Xero always gives one.
CHILDREN = {
    "invoices": (("LineItems", "invoice_line_items", "LineItemID"),),
    "credit_notes": (
        ("LineItems", "credit_note_line_items", "LineItemID"),
        ("Allocations", "credit_note_allocations", ""),
    ),
    "bank_transactions": (("LineItems", "bank_transaction_line_items", "LineItemID"),),
    "prepayments": (
        ("LineItems", "prepayment_line_items", "LineItemID"),
        ("Allocations", "prepayment_allocations", ""),
    ),
    "overpayments": (
        ("LineItems", "overpayment_line_items", "LineItemID"),
        ("Allocations", "overpayment_allocations", ""),
    ),
    "manual_journals": (("JournalLines", "manual_journal_lines", ""),),
    "journals": (("JournalLines", "journal_lines", "JournalLineID"),),
    "tracking_categories": (("Options", "tracking_options", "TrackingOptionID"),),
    "tax_rates": (("TaxComponents", "tax_rate_components", ""),),
}
KEYS = {"tax_rates": "TaxType", "tracking_categories": "TrackingCategoryID"}
TEXT = {"type": ["string", "null"]}
NUMBER = {"type": ["number", "null"]}
DAY = {"type": ["string", "null"], "format": "date"}
MOMENT = {"type": ["string", "null"], "format": "date-time"}
TRIAL_BALANCE = {
    "_tenant_id": {"type": "string"},
    "_read_at": MOMENT,
    "Date": DAY,
    **dict.fromkeys(("Debit", "Credit", "YTDDebit", "YTDCredit"), NUMBER),
    **dict.fromkeys(
        ("Basis", "Section", "RowType", "Label", "AccountID", "AccountCode", "AccountName"), TEXT
    ),
}


class Caller:
    """Calls the sandbox as its web app, for one organisation."""

    def __init__(self, xero: Any, tenant_id: str) -> None:
        token = xero.grant("sandbox-web")["access_token"]
        self._base = xero.base_uri
        self._headers = {
            "Authorization": f"Bearer {token}",
            "xero-tenant-id": tenant_id,
            "Accept": "application/json",
        }

    def report(self, name: str, **query: str) -> Record:
        """A report, in standard layout."""
        answer = requests.get(
            f"{self._base}/Reports/{name}",
            params={"standardLayout": "true", **query},
            headers=self._headers,
            timeout=60,
        )
        answer.raise_for_status()
        [report] = answer.json()["Reports"]
        return report


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months from ``first`` to ``last``."""
    ends = []
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, index = divmod(month, 12)
        ends.append(date(year, index + 1, calendar.monthrange(year, index + 1)[1]))
    return ends


def messages(
    xero: Any, tenant_id: str, months: Sequence[date], *, journals: bool, read_at: str
) -> bytes:
    """All that the warehouse reads of one organisation, as a loader takes it."""
    names = (*STREAMS, "journals") if journals else STREAMS
    token = xero.grant("sandbox-web")["access_token"]
    run = read(xero, names, access_token=token, tenant_id=tenant_id)
    assert run.exit_code == 0, run.log[-2000:]
    lines: list[Record] = []
    for message in run.messages:
        if message["type"] == "SCHEMA":
            lines += _schemas(message)
        elif message["type"] == "RECORD":
            lines += _records(message["stream"], message["record"], read_at)
    lines += _trial_balances(Caller(xero, tenant_id), tenant_id, months, read_at)
    lines.append({"type": "STATE", "value": run.state})
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def _id_of(stream: str) -> str:
    singular = "".join(part.capitalize() for part in stream.removesuffix("s").split("_"))
    return KEYS.get(stream, f"{singular}ID")


def _tracking_of(child: str) -> str:
    return f"{child.removesuffix('s')}_tracking"


def _schema(stream: str, properties: Mapping[str, Any], keys: Sequence[str]) -> Record:
    schema = {"type": "object", "properties": dict(properties)}
    return {"type": "SCHEMA", "stream": stream, "schema": schema, "key_properties": list(keys)}


def _schemas(message: Record) -> Iterator[Record]:
    stream, parent = message["stream"], message["schema"]["properties"]
    yield _schema(stream, {**parent, "_read_at": MOMENT}, message["key_properties"])
    own = {"_tenant_id": {"type": "string"}, "_line": {"type": ["integer", "null"]}}
    own |= {_id_of(stream): {"type": "string"}, "_read_at": MOMENT}
    for field, child, child_id in CHILDREN.get(stream, ()):
        fields = parent[field]["items"]["properties"]
        keys = ["_tenant_id", _id_of(stream), child_id or "_line"]
        yield _schema(child, {**own, **_flat_schema(fields)}, keys)
        for name in ("Tracking", "TrackingCategories"):
            if name in fields:
                tracked = _flat_schema(fields[name]["items"]["properties"])
                line = {child_id or "LineNo": TEXT}
                yield _schema(
                    _tracking_of(child),
                    {**own, **line, **tracked},
                    ["_tenant_id", _id_of(stream), *line, "_line"],
                )


def _flat_schema(fields: Mapping[str, Any], prefix: str = "") -> Record:
    flat: Record = {}
    for name, schema in fields.items():
        if "object" in schema["type"] and not prefix:
            flat |= _flat_schema(schema["properties"], f"{name}_")
        elif not {"array", "object"} & set(schema["type"]):
            flat[prefix + name] = schema
    return flat


def _records(stream: str, record: Record, read_at: str) -> Iterator[Record]:
    yield _record(stream, {**record, "_read_at": read_at})
    own_id = _id_of(stream)
    own = {"_tenant_id": record["_tenant_id"], own_id: record[own_id], "_read_at": read_at}
    for field, child, child_id in CHILDREN.get(stream, ()):
        for number, item in enumerate(record.get(field) or (), 1):
            yield _record(child, {**_flat(item), **own, "_line": number})
            name = child_id or "LineNo"
            line = {name: item.get(child_id, str(number))}
            tracked = item.get("Tracking") or item.get("TrackingCategories") or ()
            for place, option in enumerate(tracked, 1):
                yield _record(_tracking_of(child), {**_flat(option), **own, **line, "_line": place})


def _record(stream: str, record: Record) -> Record:
    return {"type": "RECORD", "stream": stream, "record": record}


def _flat(record: Record) -> Record:
    flat: Record = {}
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= {
                f"{name}_{part}": inner
                for part, inner in value.items()
                if not isinstance(inner, (dict, list))
            }
        elif not isinstance(value, list):
            flat[name] = value
    return flat


def _trial_balances(
    caller: Caller, tenant_id: str, months: Sequence[date], read_at: str
) -> Iterator[Record]:
    yield _schema("trial_balances", TRIAL_BALANCE, ["_tenant_id", "Basis", "Date", "AccountID"])
    for day in months:
        for section in caller.report("TrialBalance", date=day.isoformat())["Rows"]:
            for row in section.get("Rows", ()):
                label, *amounts = (cell["Value"] for cell in row["Cells"])
                if not row["Cells"][0].get("Attributes"):
                    continue
                name, _, code = label.rpartition(" (")
                columns = ("Debit", "Credit", "YTDDebit", "YTDCredit")
                yield _record(
                    "trial_balances",
                    {
                        "_tenant_id": tenant_id,
                        "_read_at": read_at,
                        "Basis": "accrual",
                        "Date": day.isoformat(),
                        "Section": section["Title"],
                        "RowType": row["RowType"],
                        "Label": label,
                        "AccountID": row["Cells"][0]["Attributes"][0]["Value"],
                        "AccountCode": code.rstrip(")"),
                        "AccountName": name,
                        **{
                            column: float(amount) if amount else None
                            for column, amount in zip(columns, amounts, strict=True)
                        },
                    },
                )
