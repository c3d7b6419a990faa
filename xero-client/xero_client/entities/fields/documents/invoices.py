"""Invoices, bills and repeating invoices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    booleans,
    day,
    instant,
    integer,
    number,
    numbers,
    part,
    parts,
    read_only,
    sent_subset,
    shape,
    subset,
    text,
    texts,
)

INVOICES = shape(
    texts("InvoiceID", "InvoiceNumber"),
    text("Type", "Type: ACCREC (sales invoice) or ACCPAY (bill)."),
    part("Contact", "Contacts", sent="Contact"),
    day("Date", "Day of the invoice."),
    read_only(text("DateString")),
    day("DueDate"),
    read_only(text("DueDateString")),
    text("Status", "Status: DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED or DELETED."),
    text("LineAmountTypes"),
    parts("LineItems", "LineItem"),
    texts("Reference", "BrandingThemeID", "Url", "CurrencyCode"),
    number("CurrencyRate"),
    boolean("SentToContact"),
    day("ExpectedPaymentDate", "Day on which the customer is expected to pay."),
    day("PlannedPaymentDate", "Day on which the bill is planned to be paid."),
    read_only(
        day("FullyPaidOnDate"),
        numbers("SubTotal", "TotalTax", "Total", "TotalDiscount"),
        number(
            "RoundingAmount",
            "Difference by which the total was rounded, in the document's currency.",
        ),
        number("EnteredTotal", "Total as it was entered, in the document's currency."),
        numbers("CISDeduction", "CISRate"),
        number("AmountDue", "What is still to be paid, in the invoice's currency."),
        number("AmountPaid", "Sum of the payments so far, in the invoice's currency."),
        number("AmountCredited", "Sum of the credits applied so far, in the invoice's currency."),
        parts("Payments", "PaymentSummary", "Payments of the invoice."),
        parts("Prepayments", "PrepaymentSummary", "Prepayments that were applied to the invoice."),
        parts(
            "Overpayments", "OverpaymentSummary", "Overpayments that were applied to the invoice."
        ),
        parts("CreditNotes", "CreditNoteSummary", "Credit notes that were applied to the invoice."),
        text("RepeatingInvoiceID"),
        booleans("IsDiscounted", "HasAttachments"),
        parts("Attachments", "AttachedFile"),
    ),
    parts("InvoiceAddresses", "InvoiceAddress"),
    read_only(
        instant("UpdatedDateUTC"),
        text("UpdatedDateUTCString"),
        boolean("HasErrors"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
        parts("Warnings", "Message"),
    ),
)
REPEATING_INVOICES = shape(
    text("RepeatingInvoiceID"),
    read_only(text("ID")),
    text("Type", "Type: ACCREC (sales invoices) or ACCPAY (bills)."),
    part("Contact", "Contacts", sent="Contact"),
    part("Schedule", "Schedule", "When the next invoices are made."),
    parts("LineItems", "LineItem"),
    texts("LineAmountTypes", "Reference", "BrandingThemeID", "CurrencyCode"),
    text("Status", "Status: DRAFT, AUTHORISED or DELETED."),
    read_only(numbers("SubTotal", "TotalTax", "Total")),
    boolean("ApprovedForSending", "Whether the invoices are sent as soon as they are made."),
    boolean("SendCopy", "Whether the sender gets a copy of the e-mail."),
    boolean("MarkAsSent", "Whether the invoices are marked as sent."),
    boolean("IncludePDF", "Whether the e-mail has the invoice as a PDF."),
    read_only(boolean("HasAttachments"), parts("Attachments", "AttachedFile")),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "Schedule": shape(
            integer("Period", "Number of weeks or months between two invoices, by Unit."),
            text("Unit", "Unit of the period: WEEKLY or MONTHLY."),
            integer("DueDate", "Number of days, or day of the month, by DueDateType."),
            text(
                "DueDateType",
                "How DueDate is meant, such as DAYSAFTERBILLDATE or OFFOLLOWINGMONTH.",
            ),
            day("StartDate", "Day of the first invoice."),
            day("NextScheduledDate", "Day of the next invoice."),
            day("EndDate", "Last day of the schedule; null: it has no end."),
        ),
        "InvoiceSummary": subset(
            INVOICES,
            parts={
                "Contact": "ContactSummary",
                "Payments": "PaymentReference",
                "Prepayments": "PrepaymentReference",
                "Overpayments": "OverpaymentReference",
                "CreditNotes": "CreditNoteReference",
            },
        ),
        "InvoiceReference": subset(
            INVOICES,
            "InvoiceID",
            "InvoiceNumber",
            "Type",
            "Contact",
            "Status",
            "Reference",
            "Date",
            "DateString",
            "DueDate",
            "DueDateString",
            "CurrencyCode",
            "CurrencyRate",
            "Total",
            "AmountDue",
            "AmountPaid",
            "AmountCredited",
            "IsDiscounted",
            "HasErrors",
            "LineItems",
            "Payments",
            "Prepayments",
            "Overpayments",
            "CreditNotes",
            "ValidationErrors",
            parts={
                "Contact": "ContactKey",
                "LineItems": "LineItemKey",
                "Payments": "PaymentKey",
                "Prepayments": "PrepaymentKey",
                "Overpayments": "OverpaymentKey",
                "CreditNotes": "CreditNoteKey",
            },
        ),
        "Invoice": sent_subset(INVOICES, "InvoiceID", "InvoiceNumber", "Type", "Contact"),
    }
)
