"""Payments, batch payments and payment services."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    day,
    instant,
    number,
    part,
    parts,
    read_only,
    sent_subset,
    shape,
    subset,
    text,
    texts,
    without,
)

BATCH_PAYMENTS = shape(
    text("BatchPaymentID"),
    read_only(text("Type", "Type: PAYBATCH (bills) or RECBATCH (sales invoices).")),
    text("Status", "Status: AUTHORISED or DELETED."),
    part("Account", "Accounts", sent="Account"),
    day("Date", "Day of the payment."),
    read_only(text("DateString")),
    texts("Reference", "Particulars"),
    text("Code", "Code on the bank statement (New Zealand)."),
    text("Details", "Details, which the bank gets as a reference of the batch."),
    text("Narrative", "Text on the statement of the organisation's bank account (UK)."),
    number("Amount"),
    read_only(
        number("TotalAmount", "Sum of the payments, in the currency of the bank account."),
        boolean("IsReconciled"),
        instant("UpdatedDateUTC"),
        parts("ValidationErrors", "Message"),
    ),
    parts("Payments", "Payments", "Payments.", sent="Payment"),
)
PAYMENT_SERVICES = shape(
    text("PaymentServiceID"),
    text("PaymentServiceName", "Name of the payment service."),
    text("PaymentServiceUrl", "Address to which the button leads."),
    text("PayNowText", "Text of the button on the invoice."),
    read_only(
        text("PaymentServiceType", "Kind of payment service, such as CUSTOM."),
        parts("ValidationErrors", "Message"),
    ),
)
PAYMENTS = shape(
    text("PaymentID"),
    read_only(text("PaymentType", "Kind of payment, such as ACCRECPAYMENT (of a sales invoice).")),
    text("Status", "Status: AUTHORISED or DELETED."),
    part("Account", "Accounts", sent="Account"),
    read_only(boolean("HasAccount", "Whether the payment has an account.")),
    day("Date", "Day of the payment."),
    read_only(text("DateString")),
    number("Amount", "Amount, in the currency of the invoice or credit note."),
    read_only(number("BankAmount", "Amount in the currency of the bank account.")),
    number("CurrencyRate", "Rate of the payment, as on documents."),
    text("Reference"),
    boolean("IsReconciled"),
    texts("InvoiceNumber", "CreditNoteNumber"),
    read_only(text("BatchPaymentID"), part("BatchPayment", "BatchPaymentSummary")),
    texts("BankAccountNumber", "Particulars"),
    text("Code", "Code on the bank statement (New Zealand)."),
    text("Details", "Details on the bank statement."),
    read_only(
        instant("UpdatedDateUTC"),
        text("UpdatedDateUTCString"),
        boolean("HasValidationErrors"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
        parts("Warnings", "Message"),
    ),
    part("Invoice", "InvoiceSummary", sent="Invoice"),
    part("CreditNote", "CreditNoteSummary", sent="CreditNote"),
    part("Prepayment", "PrepaymentSummary", sent="Prepayment"),
    part("Overpayment", "OverpaymentSummary", sent="Overpayment"),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "PaymentSummary": without(
            PAYMENTS,
            "Invoice",
            "CreditNote",
            "Prepayment",
            "Overpayment",
            parts={"Account": "AccountReference"},
        ),
        "PaymentReference": subset(
            PAYMENTS,
            "PaymentID",
            "BatchPaymentID",
            "PaymentType",
            "Status",
            "Date",
            "Amount",
            "BankAmount",
            "CurrencyRate",
            "Reference",
            "HasAccount",
            "HasValidationErrors",
        ),
        "BatchPaymentSummary": without(
            BATCH_PAYMENTS, "Payments", parts={"Account": "AccountReference"}
        ),
        "BatchedPayment": subset(
            PAYMENTS,
            parts={
                "Account": "AccountReference",
                "Invoice": "InvoiceReference",
                "CreditNote": "CreditNoteReference",
                "Prepayment": "PrepaymentReference",
                "Overpayment": "OverpaymentReference",
            },
        ),
        "Payment": sent_subset(
            PAYMENTS,
            "Invoice",
            "Amount",
            "BankAccountNumber",
            "Particulars",
            "Code",
            "Details",
            "Reference",
            ignored=(
                "PaymentID",
                "Status",
                "Date",
                "PaymentType",
                "CurrencyRate",
                "HasAccount",
            ),
        ),
        "PaymentService": sent_subset(PAYMENT_SERVICES, "PaymentServiceID", "PaymentServiceName"),
        "PaymentKey": subset(PAYMENTS, "PaymentID"),
    }
)
