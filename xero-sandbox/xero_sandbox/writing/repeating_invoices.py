"""Repeating invoices: templates, created or deleted but never updated (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from xero_sandbox.books.amounts import totals
from xero_sandbox.organisation import Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.document_parts import (
    check_theme,
    contact_summary,
    resolve_contact,
    settle_currency,
)
from xero_sandbox.writing.lines import LineRules, read_lines
from xero_sandbox.writing.matching import by_id, given_id, refuse_id
from xero_sandbox.writing.request import Invalid
from xero_sandbox.writing.values import (
    Parser,
    choice,
    day,
    flag,
    guid,
    integer,
    mapping,
    merged,
    take,
    text,
)

FIELDS: dict[str, Parser] = {
    "Type": choice("ACCREC", "ACCPAY"),
    "Schedule": mapping,
    "LineAmountTypes": choice("Exclusive", "Inclusive", "NoTax"),
    "Reference": text(255),
    "BrandingThemeID": guid,
    "CurrencyCode": text(3),
    "Status": choice("DRAFT", "AUTHORISED", "DELETED"),
    "ApprovedForSending": flag,
    "SendCopy": flag,
    "MarkAsSent": flag,
    "IncludePDF": flag,
}
SCHEDULE: dict[str, Parser] = {
    "Period": integer,
    "Unit": choice("WEEKLY", "MONTHLY"),
    "DueDate": integer,
    "DueDateType": choice(
        "DAYSAFTERBILLDATE",
        "DAYSAFTERBILLMONTH",
        "DAYSAFTERINVOICEDATE",
        "DAYSAFTERINVOICEMONTH",
        "OFCURRENTMONTH",
        "OFFOLLOWINGMONTH",
    ),
    "StartDate": day,
    "NextScheduledDate": day,
    "EndDate": day,
}


def create(transaction: Transaction, sent: Record) -> Record:
    """PUT: a new template; only sales invoices can be made by the API."""
    refuse_id(sent, "RepeatingInvoices", "repeating invoice")
    if sent.get("Type") != "ACCREC":
        message = "Only repeating invoices of the type ACCREC can be created."
        raise Invalid(message)
    return lay_down(transaction, sent)


def create_or_delete(transaction: Transaction, sent: Record) -> Record:
    """POST: deletes the template of this id with ``Status: DELETED``, or makes a new one."""
    if not given_id(sent, "RepeatingInvoiceID"):
        return create(transaction, sent)
    existing = by_id(transaction, "RepeatingInvoices", sent, "repeating invoice")
    problems: list[str] = []
    changes = take(sent, FIELDS, problems)
    if existing is None or changes.get("Status") != "DELETED":
        message = "A repeating invoice cannot be updated. It can be deleted."
        raise Invalid(message, *problems)
    if existing["Status"] == "DELETED":
        message = "The repeating invoice has been deleted already."
        raise Invalid(message)
    deleted = {**existing, "Status": "DELETED"}
    transaction.put("RepeatingInvoices", deleted)
    transaction.note("RepeatingInvoices", existing["RepeatingInvoiceID"], "Deleted", "")
    return deleted


def lay_down(transaction: Transaction, sent: Record) -> Record:
    """Makes a template of either type; bills' come only from Xero's own pages."""
    problems: list[str] = []
    found = take(sent, FIELDS, problems)
    if found.get("Status") == "DELETED":
        problems.append("A new repeating invoice cannot be deleted.")
    schedule = take(found.get("Schedule") or {}, SCHEDULE, problems)
    problems += [
        f"The schedule of a repeating invoice needs a {field}."
        for field in ("Period", "Unit", "DueDate", "DueDateType")
        if schedule.get(field) is None
    ]
    template_id = transaction.new_id()
    template = merged(
        {
            "RepeatingInvoiceID": template_id,
            "ID": template_id,
            "LineAmountTypes": "Exclusive",
            "Status": "DRAFT",
            "HasAttachments": False,
            "ApprovedForSending": False,
            "SendCopy": False,
            "MarkAsSent": False,
            "IncludePDF": False,
            "Date": transaction.today,
        },
        found,
    )
    template["Schedule"] = merged({}, schedule)
    template["Schedule"].setdefault(
        "NextScheduledDate", template["Schedule"].get("StartDate", transaction.today)
    )
    contact = resolve_contact(transaction, sent.get("Contact") or {}, problems)
    if contact is not None:
        template["Contact"] = contact_summary(contact)
    settle_currency(transaction, template, problems)
    check_theme(transaction, template, problems)
    rules = LineRules(
        amount_types=template["LineAmountTypes"],
        sales=template["Type"] == "ACCREC",
        approved=template["Status"] == "AUTHORISED",
        discounts=template["Type"] == "ACCREC",
    )
    lines = sent.get("LineItems") or []
    template["LineItems"] = read_lines(transaction, lines, [], rules, problems)
    if not template["LineItems"]:
        problems.append("One or more line items must be specified")
    if problems:
        raise Invalid(*problems)
    template |= totals(template["LineItems"], template["LineAmountTypes"])
    for internal in ("Date", "CurrencyRate"):
        template.pop(internal)
    transaction.put("RepeatingInvoices", template)
    transaction.note("RepeatingInvoices", template_id, "Created", "")
    return template
