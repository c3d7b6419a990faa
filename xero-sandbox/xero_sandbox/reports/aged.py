"""Aged receivables and payables of one contact, with what was paid and credited up to a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.model.transaction import find
from xero_sandbox.reports import parameters
from xero_sandbox.reports.parameters import ReportError
from xero_sandbox.reports.rows import header, long_day, money, row, section, sheet, summary

_CREDITS = ("CreditNotes", "Prepayments", "Overpayments")


@dataclass(frozen=True)
class OpenDocument:
    """A document that was not settled on the report's day, in its own currency."""

    document: Record
    attribute: str
    document_id: str
    total: Decimal
    paid: Decimal
    credited: Decimal

    @property
    def due(self) -> Decimal:
        """The amount that was still due."""
        return self.total - self.paid - self.credited


def aged_receivables(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``contactId`` (required), ``date``, ``fromDate``, ``toDate``."""
    return _aged(organisation, query, today, "Receivables", ("ACCREC", "ACCRECCREDIT", "RECEIVE-"))


def aged_payables(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``contactId`` (required), ``date``, ``fromDate``, ``toDate``."""
    return _aged(organisation, query, today, "Payables", ("ACCPAY", "ACCPAYCREDIT", "SPEND-"))


def _aged(
    organisation: Organisation,
    query: Mapping[str, str],
    today: date,
    side: str,
    types: tuple[str, str, str],
) -> Record:
    contact_id = query.get("contactId", "")
    if not contact_id:
        raise ReportError(400, "The parameter contactId is required.")
    contact = organisation.collections["Contacts"].get(contact_id)
    if contact is None:
        raise ReportError(400, f"The contact {contact_id} could not be found.")
    on = parameters.day(query, "date", parameters.day(query, "toDate", today))
    last = parameters.day(query, "toDate", on)
    first = parameters.day(query, "fromDate", date.min)
    found = _open_documents(organisation, contact_id, types, on)
    found = [item for item in found if item.document["Date"] <= last]
    number = "Number" if side == "Receivables" else "Reference"
    rows = [header(["Date", number, "Due Date", "", "Total", "Paid", "Credited", "Due"])]
    currencies = sorted({item.document["CurrencyCode"] for item in found})
    for currency in currencies or [organisation.base_currency]:
        in_currency = [item for item in found if item.document["CurrencyCode"] == currency]
        title = "" if currency == organisation.base_currency else currency
        rows += _sections(in_currency, title, first, on, side)
    period_start = "the beginning" if first == date.min else long_day(first)
    titles = [
        "Invoices",
        contact["Name"],
        f"From {period_start} to {long_day(last)}",
        f"Showing payments to {long_day(on)}",
    ]
    kind = f"Aged{side}ByContact"
    return sheet(f"Aged {side} By Contact", kind, titles, today, rows)


def _open_documents(
    organisation: Organisation, contact_id: str, types: tuple[str, str, str], on: date
) -> list[OpenDocument]:
    invoice_type, credit_type, advance = types
    credits_of = {
        entity: [
            credit
            for credit in find(organisation.collections[entity], "Contact.ContactID", contact_id)
            if credit["Status"] in {"AUTHORISED", "PAID"} and credit["Date"] <= on
            if credit["Type"] == credit_type or credit["Type"].startswith(advance)
        ]
        for entity in _CREDITS
    }
    allocated: dict[str, Decimal] = {}
    open_documents: list[OpenDocument] = []
    for entity, credits_found in credits_of.items():
        for credit in credits_found:
            used = ZERO
            for allocation in credit["Allocations"]:
                if allocation["Date"] <= on:
                    invoice_id = allocation["Invoice"]["InvoiceID"]
                    used += allocation["Amount"]
                    allocated[invoice_id] = allocated.get(invoice_id, ZERO) + allocation["Amount"]
            paid = _paid(credit, on)
            attribute = f"{entity[0].lower()}{entity[1:-1]}ID"
            credit_id = credit[f"{entity[:-1]}ID"]
            open_documents.append(
                OpenDocument(credit, attribute, credit_id, -credit["Total"], -paid, -used)
            )
    for invoice in find(organisation.collections["Invoices"], "Contact.ContactID", contact_id):
        posted = invoice["Status"] in {"AUTHORISED", "PAID"}
        if posted and invoice["Type"] == invoice_type and invoice["Date"] <= on:
            invoice_id = invoice["InvoiceID"]
            credited = allocated.get(invoice_id, ZERO)
            total, paid = invoice["Total"], _paid(invoice, on)
            open_documents.append(
                OpenDocument(invoice, "invoiceID", invoice_id, total, paid, credited)
            )
    open_documents.sort(key=lambda item: (item.document["Date"], item.document_id))
    return [item for item in open_documents if item.due]


def _paid(document: Record, on: date) -> Decimal:
    return sum((item["Amount"] for item in document["Payments"] if item["Date"] <= on), ZERO)


def _sections(
    found: Sequence[OpenDocument], title: str, first: date, on: date, side: str
) -> list[Record]:
    earlier = [item for item in found if item.document["Date"] < first]
    listed = [item for item in found if item.document["Date"] >= first]
    opening = sum((item.due for item in earlier), ZERO)
    begin = "" if first == date.min else first.isoformat() + "T00:00:00"
    opening_row = row([begin, "Opening Balance", "", "", "", "", "", money(opening)])
    rows = [_row(item, on, side) for item in listed]
    columns = [
        sum((item.total for item in listed), ZERO),
        sum((item.paid for item in listed), ZERO),
        sum((item.credited for item in listed), ZERO),
        sum((item.due for item in listed), ZERO),
    ]
    rows.append(summary(["Total", "", "", "", *map(money, columns)]))
    closing = [*map(money, columns[:3]), money(columns[3] + opening)]
    return [
        section(title, [opening_row]),
        section("", rows),
        section("", [summary(["Closing Balance", "", "", "", *closing])]),
    ]


def _row(item: OpenDocument, on: date, side: str) -> Record:
    document = item.document
    due_on: date | None = document.get("DueDate")
    late = (on - due_on).days if due_on else 0
    if side == "Receivables":
        number = document.get("InvoiceNumber") or document.get("CreditNoteNumber") or ""
    else:
        number = document.get("InvoiceNumber") or document.get("Reference") or ""
    cells = [
        document["Date"].isoformat() + "T00:00:00",
        number,
        due_on.isoformat() + "T00:00:00" if due_on else "",
        f"{late} days overdue" if late > 0 else "",
        *map(money, (item.total, item.paid, item.credited, item.due)),
    ]
    return row(cells, **{item.attribute: item.document_id})
