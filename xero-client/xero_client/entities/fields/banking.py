"""Bank transactions and bank transfers."""

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

BANK_TRANSACTIONS = shape(
    text("BankTransactionID"),
    text("Type", "Type: SPEND or RECEIVE, also with -TRANSFER, -PREPAYMENT or -OVERPAYMENT."),
    text("Status", "Status: AUTHORISED, DELETED or VOIDED."),
    part("BankAccount", "Accounts", "The bank account of the transaction.", sent="Account"),
    part("Contact", "Contacts", sent="Contact"),
    day("Date"),
    read_only(text("DateString")),
    text("LineAmountTypes"),
    parts("LineItems", "LineItem"),
    texts("Reference", "Url", "CurrencyCode"),
    number("CurrencyRate"),
    read_only(numbers("SubTotal", "TotalTax", "Total")),
    boolean("IsReconciled"),
    read_only(
        texts("PrepaymentID", "OverpaymentID"),
        part("BatchPayment", "BatchPaymentSummary"),
        boolean("HasAttachments"),
        parts("Attachments", "AttachedFile"),
        instant("UpdatedDateUTC"),
        text("StatusAttributeString"),
        parts("ValidationErrors", "Message"),
    ),
)
BANK_TRANSFERS = shape(
    text("BankTransferID"),
    text("Status", "Status: AUTHORISED or DELETED."),
    part("FromBankAccount", "Accounts", "The bank account that the money left.", sent="Account"),
    part("ToBankAccount", "Accounts", "The bank account that received the money.", sent="Account"),
    number("Amount", "Amount, in the currency of the account that the money left."),
    read_only(number("CurrencyRate", "Rate between the two bank accounts' currencies.")),
    day("Date", "Day of the transfer."),
    read_only(text("DateString")),
    text("Reference"),
    read_only(
        text(
            "FromBankTransactionID", "Id of the bank transaction on the side that the money left."
        ),
        text(
            "ToBankTransactionID", "Id of the bank transaction on the side that received the money."
        ),
    ),
    boolean("FromIsReconciled", "Whether the side that the money left is reconciled."),
    boolean("ToIsReconciled", "Whether the side that received the money is reconciled."),
    parts(
        "FromTracking",
        "LineTracking",
        "Tracking options on the side of the account that the money left.",
        sent="Tracking",
    ),
    parts(
        "ToTracking",
        "LineTracking",
        "Tracking options on the side of the account that received the money.",
        sent="Tracking",
    ),
    read_only(
        boolean("HasAttachments"),
        parts("Attachments", "AttachedFile"),
        instant("CreatedDateUTC"),
        text("CreatedDateUTCString"),
        parts("ValidationErrors", "Message"),
    ),
)
