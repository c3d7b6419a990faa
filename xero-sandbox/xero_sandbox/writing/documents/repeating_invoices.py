"""Repeating invoices: templates, which are created or deleted but never updated.

(xero-facts.md: Writing by entity)
"""

from __future__ import annotations

from xero_sandbox.books.amounts import totals
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.documents.common import (
    check_theme,
    contact_summary,
    resolve_contact,
    set_currency,
)
from xero_sandbox.writing.lines.line_items import LineRules, read_lines
from xero_sandbox.writing.shared.matching import by_id, refuse_id, sent_id
from xero_sandbox.writing.shared.request import ValidationError
from xero_sandbox.writing.shared.values import (
    Parser,
    choice,
    day,
    flag,
    guid,
    integer,
    mapping,
    merged,
    parse_fields,
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
    """PUT: a new template; the API only creates templates of sales invoices."""
    refuse_id(sent, "RepeatingInvoices", "repeating invoice")
    if sent.get("Type") != "ACCREC":
        message = "Only repeating invoices of the type ACCREC can be created."
        raise ValidationError(message)
    return create_template(transaction, sent)


def create_or_delete(transaction: Transaction, sent: Record) -> Record:
    """POST: deletes the template of this id with ``Status: DELETED``, or creates a new one."""
    if not sent_id(sent, "RepeatingInvoiceID"):
        return create(transaction, sent)
    existing = by_id(transaction, "RepeatingInvoices", sent, "repeating invoice")
    errors: list[str] = []
    changes = parse_fields(sent, FIELDS, errors)
    if existing is None or changes.get("Status") != "DELETED":
        message = "A repeating invoice cannot be updated. It can be deleted."
        raise ValidationError(message, *errors)
    if existing["Status"] == "DELETED":
        message = "The repeating invoice has been deleted already."
        raise ValidationError(message)
    deleted = {**existing, "Status": "DELETED"}
    transaction.put("RepeatingInvoices", deleted)
    transaction.note("RepeatingInvoices", existing["RepeatingInvoiceID"], "Deleted", "")
    return deleted


def create_template(transaction: Transaction, sent: Record) -> Record:
    """Creates a template of either type; those of bills are created on Xero's website only."""
    errors: list[str] = []
    fields = parse_fields(sent, FIELDS, errors)
    if fields.get("Status") == "DELETED":
        errors.append("A new repeating invoice cannot be deleted.")
    schedule = parse_fields(fields.get("Schedule") or {}, SCHEDULE, errors)
    errors += [
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
        fields,
    )
    template["Schedule"] = merged({}, schedule)
    template["Schedule"].setdefault(
        "NextScheduledDate", template["Schedule"].get("StartDate", transaction.today)
    )
    contact = resolve_contact(transaction, sent.get("Contact") or {}, errors)
    if contact is not None:
        template["Contact"] = contact_summary(contact)
    set_currency(transaction, template, errors)
    check_theme(transaction, template, errors)
    rules = LineRules(
        amount_types=template["LineAmountTypes"],
        sales=template["Type"] == "ACCREC",
        approved=template["Status"] == "AUTHORISED",
        discounts=template["Type"] == "ACCREC",
    )
    lines = sent.get("LineItems") or []
    template["LineItems"] = read_lines(transaction, lines, [], rules, errors)
    if not template["LineItems"]:
        errors.append("One or more line items must be specified")
    if errors:
        raise ValidationError(*errors)
    template |= totals(template["LineItems"], template["LineAmountTypes"])
    for temporary in ("Date", "CurrencyRate"):
        template.pop(temporary)
    transaction.put("RepeatingInvoices", template)
    transaction.note("RepeatingInvoices", template_id, "Created", "")
    return template
