"""Credit notes, prepayments and overpayments."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    day,
    instant,
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

CREDIT_NOTES = shape(
    text("CreditNoteID"),
    read_only(text("ID")),
    text("CreditNoteNumber"),
    text("Type", "Type: ACCRECCREDIT (sales) or ACCPAYCREDIT (purchases)."),
    part("Contact", "Contacts", sent="Contact"),
    day("Date", "Day of the credit note."),
    read_only(text("DateString")),
    day("DueDate"),
    read_only(text("DueDateString")),
    text("Status", "Status: DRAFT, SUBMITTED, AUTHORISED, PAID, VOIDED or DELETED."),
    text("LineAmountTypes"),
    parts("LineItems", "LineItem"),
    texts("Reference", "BrandingThemeID", "CurrencyCode"),
    number("CurrencyRate"),
    boolean("SentToContact"),
    read_only(
        day("FullyPaidOnDate"),
        numbers(
            "SubTotal",
            "TotalTax",
            "Total",
            "CISDeduction",
            "CISRate",
            "RemainingCredit",
            "AppliedAmount",
        ),
        parts("Allocations", "CreditAllocation"),
        parts("Payments", "PaymentSummary", "Refunds of the credit note."),
        boolean("HasAttachments"),
        parts("Attachments", "AttachedFile"),
        parts("InvoiceAddresses", "InvoiceAddress"),
        instant("UpdatedDateUTC"),
        text("UpdatedDateUTCString"),
        boolean("HasErrors"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
        parts("Warnings", "Message"),
    ),
)
OVERPAYMENTS = shape(
    read_only(
        texts("OverpaymentID", "ID"),
        text("Type", "Type: RECEIVE-… or AR… (from customers), SPEND-… or AP… (to suppliers)."),
        part("Contact", "Contacts", sent="Contact"),
        day("Date"),
        text("DateString"),
        text("Status", "Status: AUTHORISED, PAID or VOIDED."),
        text("LineAmountTypes"),
        parts("LineItems", "LineItem"),
        texts("Reference", "CurrencyCode"),
        numbers(
            "CurrencyRate", "SubTotal", "TotalTax", "Total", "RemainingCredit", "AppliedAmount"
        ),
        parts("Allocations", "CreditAllocation"),
        parts("Payments", "PaymentSummary", "Refunds."),
        boolean("HasAttachments"),
        parts("Attachments", "AttachedFile"),
        instant("UpdatedDateUTC"),
        text("UpdatedDateUTCString"),
    )
)
PREPAYMENTS = shape(
    read_only(
        texts("PrepaymentID", "ID"),
        text("Type", "Type: RECEIVE-… or AR… (from customers), SPEND-… or AP… (to suppliers)."),
        part("Contact", "Contacts", sent="Contact"),
        day("Date"),
        text("DateString"),
        text("Status", "Status: AUTHORISED, PAID or VOIDED."),
        text("LineAmountTypes"),
        parts("LineItems", "LineItem"),
        texts("InvoiceNumber", "Reference", "BrandingThemeID", "CurrencyCode"),
        numbers(
            "CurrencyRate", "SubTotal", "TotalTax", "Total", "RemainingCredit", "AppliedAmount"
        ),
        parts("Allocations", "CreditAllocation"),
        parts("Payments", "PaymentSummary", "Refunds."),
        boolean("HasAttachments"),
        parts("Attachments", "AttachedFile"),
        instant("UpdatedDateUTC"),
        text("UpdatedDateUTCString"),
    )
)
_CREDIT_ALLOCATION = shape(
    read_only(
        text("AllocationID"),
        part("Invoice", "InvoiceReference", sent="Invoice"),
        part("CreditNote", "CreditNoteReference"),
        part("Prepayment", "PrepaymentReference"),
        part("Overpayment", "OverpaymentReference"),
        number("Amount"),
        day("Date"),
        boolean("IsDeleted"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
    )
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "CreditAllocation": _CREDIT_ALLOCATION,
        "CreditNoteSummary": subset(
            CREDIT_NOTES, parts={"Contact": "ContactSummary", "Payments": "PaymentReference"}
        ),
        "CreditNoteReference": subset(
            CREDIT_NOTES,
            "CreditNoteID",
            "ID",
            "CreditNoteNumber",
            "Type",
            "Date",
            "DateString",
            "CurrencyCode",
            "CurrencyRate",
            "Total",
            "AppliedAmount",
            "HasErrors",
            "LineItems",
            parts={"LineItems": "LineItemKey"},
        ),
        "PrepaymentSummary": subset(
            PREPAYMENTS, parts={"Contact": "ContactSummary", "Payments": "PaymentReference"}
        ),
        "PrepaymentReference": subset(
            PREPAYMENTS,
            "PrepaymentID",
            "ID",
            "Type",
            "Date",
            "DateString",
            "CurrencyCode",
            "CurrencyRate",
            "Total",
            "AppliedAmount",
            "LineItems",
            parts={"LineItems": "LineItemKey"},
        ),
        "OverpaymentSummary": subset(
            OVERPAYMENTS, parts={"Contact": "ContactSummary", "Payments": "PaymentReference"}
        ),
        "OverpaymentReference": subset(
            OVERPAYMENTS,
            "OverpaymentID",
            "ID",
            "Type",
            "Date",
            "DateString",
            "CurrencyCode",
            "CurrencyRate",
            "Total",
            "AppliedAmount",
            "LineItems",
            parts={"LineItems": "LineItemKey"},
        ),
        "CreditNote": sent_subset(
            CREDIT_NOTES, "CreditNoteID", "CreditNoteNumber", "Type", "Contact"
        ),
        "Overpayment": sent_subset(OVERPAYMENTS, "OverpaymentID", "Reference", "Contact"),
        "Prepayment": sent_subset(PREPAYMENTS, "PrepaymentID", "Reference", "Contact"),
        "Allocation": sent_subset(
            _CREDIT_ALLOCATION, "AllocationID", "Invoice", "Amount", "Date", ignored=("IsDeleted",)
        ),
        "PrepaymentKey": subset(PREPAYMENTS, "PrepaymentID"),
        "OverpaymentKey": subset(OVERPAYMENTS, "OverpaymentID"),
        "CreditNoteKey": subset(CREDIT_NOTES, "CreditNoteID"),
    }
)
