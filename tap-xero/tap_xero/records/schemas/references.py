"""The short forms in which documents, payments and accounts refer to one another.

Xero fills in the id and a few fields. The lists in them come empty, so they hold only ids.
"""

from __future__ import annotations

from tap_xero.records.schemas.shared import MESSAGE
from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    STRING,
    Properties,
    array_of,
    object_of,
)

ACCOUNT_REFERENCE: Properties = {
    "AccountID": STRING,
    "Code": STRING,
    "Name": STRING,
    "Type": STRING,
    "BankAccountNumber": STRING,
    "CurrencyCode": STRING,
}

PAYMENT_REFERENCE: Properties = {
    "PaymentID": STRING,
    "BatchPaymentID": STRING,
    "PaymentType": STRING,
    "Status": STRING,
    "Date": DATE,
    "Amount": NUMBER,
    "BankAmount": NUMBER,
    "CurrencyRate": NUMBER,
    "Reference": STRING,
    "HasAccount": BOOLEAN,
    "HasValidationErrors": BOOLEAN,
}

CREDIT_NOTE_REFERENCE: Properties = {
    "CreditNoteID": STRING,
    "ID": STRING,
    "CreditNoteNumber": STRING,
    "Type": STRING,
    "Date": DATE,
    "DateString": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "Total": NUMBER,
    "AppliedAmount": NUMBER,
    "HasErrors": BOOLEAN,
    "LineItems": array_of({"LineItemID": STRING}),
}

PREPAYMENT_REFERENCE: Properties = {
    "PrepaymentID": STRING,
    "ID": STRING,
    "Type": STRING,
    "Date": DATE,
    "DateString": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "Total": NUMBER,
    "AppliedAmount": NUMBER,
    "LineItems": array_of({"LineItemID": STRING}),
}

OVERPAYMENT_REFERENCE: Properties = {
    "OverpaymentID": STRING,
    "ID": STRING,
    "Type": STRING,
    "Date": DATE,
    "DateString": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "Total": NUMBER,
    "AppliedAmount": NUMBER,
    "LineItems": array_of({"LineItemID": STRING}),
}

INVOICE_REFERENCE: Properties = {
    "InvoiceID": STRING,
    "InvoiceNumber": STRING,
    "Type": STRING,
    "Contact": object_of({"ContactID": STRING, "Name": STRING}),
    "Status": STRING,
    "Reference": STRING,
    "Date": DATE,
    "DateString": STRING,
    "DueDate": DATE,
    "DueDateString": STRING,
    "CurrencyCode": STRING,
    "CurrencyRate": NUMBER,
    "Total": NUMBER,
    "AmountDue": NUMBER,
    "AmountPaid": NUMBER,
    "AmountCredited": NUMBER,
    "IsDiscounted": BOOLEAN,
    "HasErrors": BOOLEAN,
    "LineItems": array_of({"LineItemID": STRING}),
    "Payments": array_of({"PaymentID": STRING}),
    "Prepayments": array_of({"PrepaymentID": STRING}),
    "Overpayments": array_of({"OverpaymentID": STRING}),
    "CreditNotes": array_of({"CreditNoteID": STRING}),
    "ValidationErrors": array_of(MESSAGE),
}

ALLOCATION: Properties = {
    "AllocationID": STRING,
    "Invoice": object_of(INVOICE_REFERENCE),
    "CreditNote": object_of(CREDIT_NOTE_REFERENCE),
    "Prepayment": object_of(PREPAYMENT_REFERENCE),
    "Overpayment": object_of(OVERPAYMENT_REFERENCE),
    "Amount": NUMBER,
    "Date": DATE,
    "IsDeleted": BOOLEAN,
    "StatusAttributeString": STRING,
    "ValidationErrors": array_of(MESSAGE),
}
