"""Classic expenses: receipts and expense claims."""

from __future__ import annotations

from xero_client.entities.field_types import (
    boolean,
    day,
    instant,
    number,
    numbers,
    part,
    parts,
    read_only,
    shape,
    text,
    texts,
)

EXPENSE_CLAIMS = shape(
    read_only(
        text("ExpenseClaimID"),
        text("Status", "Status: SUBMITTED, AUTHORISED, PAID, VOIDED or DELETED."),
        part("User", "Users", "The user who claims the expenses."),
        text("ReceiptID"),
        parts("Receipts", "Receipts", "Receipts in the claim."),
        parts("Payments", "PaymentSummary", "Payments of the claim."),
        number("Total", "Total of the receipts, in the base currency."),
        number("AmountDue", "What is still to be paid, in the base currency."),
        number("AmountPaid", "Sum of the payments so far, in the base currency."),
        day("PaymentDueDate", "Day on which the payment is due."),
        day("ReportingDate", "Day of the claim in the books."),
        instant("UpdatedDateUTC"),
        text("StatusAttributeString"),
    )
)
RECEIPTS = shape(
    read_only(
        texts("ReceiptID", "ID"),
        text("ReceiptNumber", "Number of the receipt."),
        text("Status", "Status: DRAFT, SUBMITTED, AUTHORISED, DECLINED or VOIDED."),
        day("Date", "Day of the receipt."),
        part("User", "Users", "The user who paid."),
        part("Contact", "Contacts"),
        text("LineAmountTypes"),
        parts("LineItems", "LineItem"),
        texts("Reference", "Url"),
        numbers("SubTotal", "TotalTax", "Total"),
        boolean("HasAttachments"),
        parts("Attachments", "AttachedFile"),
        instant("UpdatedDateUTC"),
        parts("ValidationErrors", "Message"),
        parts("Warnings", "Message"),
    )
)
