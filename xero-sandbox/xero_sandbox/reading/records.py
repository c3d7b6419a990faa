"""``GET /Entity/{id or number}``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from xero_sandbox.http.calls import API_ROOT, Call
from xero_sandbox.http.responses import HttpResponse, not_found
from xero_sandbox.http.xero_json import encode, envelope
from xero_sandbox.model.endpoint import Endpoint
from xero_sandbox.model.organisation import Attachment, Organisation, Record
from xero_sandbox.reading.parameters import parse_day
from xero_sandbox.reading.shapes import live_values, record_json

# Whose files can be shown with the online invoice (xero-facts.md: Attachments and history).
WITH_ONLINE = frozenset({"Invoices", "CreditNotes"})
# Whose single records list their files, as in Xero's own OpenAPI file.
LISTING_ATTACHMENTS = frozenset(
    {"Contacts", "Invoices", "ManualJournals", "PurchaseOrders", "Receipts", "RepeatingInvoices"}
)
# What the contact of a single document has; the contact of a document in a list has a name only.
_NESTED_CONTACT = (
    "ContactID",
    "ContactNumber",
    "AccountNumber",
    "ContactStatus",
    "Name",
    "FirstName",
    "LastName",
    "EmailAddress",
    "BankAccountDetails",
    "TaxNumber",
    "Addresses",
    "Phones",
    "UpdatedDateUTC",
    "ContactGroups",
    "IsSupplier",
    "IsCustomer",
    "DefaultCurrency",
    "ContactPersons",
    "HasValidationErrors",
)


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
    record = live_values(organisation, endpoint, now)(record)
    # A single journal has no source fields (xero-facts.md: Paging).
    omitted = ("SourceID", "SourceType") if endpoint.name == "Journals" else ()
    unit_places = 4 if call.parameter("unitdp") == "4" else 2
    content = record_json(
        endpoint, _with_contact(organisation, record), omitted, unit_places=unit_places
    )
    attachments = organisation.attachments.get((endpoint.name, record[endpoint.id_field]))
    if attachments and endpoint.name in LISTING_ATTACHMENTS:
        content["Attachments"] = attachment_contents(
            endpoint, record[endpoint.id_field], attachments, call
        )
    body = encode(content)
    return HttpResponse(body=envelope(endpoint.plural, [body], now))


def attachment_contents(
    endpoint: Endpoint, record_id: str, attachments: Iterable[Attachment], call: Call
) -> list[dict[str, Any]]:
    """The attachments of a record as JSON values (xero-facts.md: Attachments and history)."""
    root = f"{call.origin}{API_ROOT}{endpoint.name}/{record_id}/Attachments"
    contents = []
    for attachment in attachments:
        content: dict[str, Any] = {
            "AttachmentID": attachment.attachment_id,
            "FileName": attachment.file_name,
            "Url": f"{root}/{quote(attachment.file_name)}",
            "MimeType": attachment.mime_type,
            "ContentLength": len(attachment.content),
        }
        if endpoint.name in WITH_ONLINE:
            content["IncludeOnline"] = attachment.include_online
        contents.append(content)
    return contents


def _with_contact(organisation: Organisation, record: Record) -> Record:
    """A document with the facts of its contact, as a single read shows them."""
    nested = record.get("Contact")
    contact_id = nested.get("ContactID") if isinstance(nested, dict) else None
    contact = organisation.collections["Contacts"].get(contact_id) if contact_id else None
    if contact is None:
        return record
    facts = {name: contact[name] for name in _NESTED_CONTACT if name in contact}
    return {**record, "Contact": {**record["Contact"], **facts}}


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
