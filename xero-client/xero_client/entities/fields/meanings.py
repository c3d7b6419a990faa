"""What fields mean: their unit, their format, and what they refer to.

A field says itself what it means, unless its name means the same in several records. Then the name
stands here, or in ``other_apis.meanings``. The facts are from xero-facts.md: Formats, Reading by
entity; and from Xero's OpenAPI files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType

from xero_client.entities.field_types import Field

Meaning = Callable[[Field], str]

_PATTERN_OF_ID = re.compile(r"(?:.*_)?(\w+?)ID")

_BY_NAME: Mapping[str, str] = MappingProxyType(
    {
        "AccountID": "Id of the account. In reports it can be an id that no account has.",
        "BankAccountNumber": "Number of the bank account.",
        "CurrencyCode": "Currency, by its ISO 4217 code.",
        "TaxType": "Tax rate (TaxRates.TaxType).",
        "HasAttachments": "Whether files are attached.",
        "CreatedDateUTC": "When the record was created, in UTC.",
        "UpdatedDateUTC": "When the record was changed last, in UTC; not every change moves it.",
        "ValidationErrors": "What Xero refused; null unless a write failed.",
        "Contact": "The customer or supplier.",
        "Date": "Day of the document, without a time zone.",
        "LineAmountTypes": "Whether line amounts are with tax: Inclusive, Exclusive or NoTax.",
        "LineItems": "Lines of the document.",
        "Reference": "Reference, as it was entered.",
        "Url": "Address of the document in another system, which Xero links to.",
        "CurrencyRate": "Units of the document's currency for one unit of the base currency.",
        "SubTotal": "Total without tax, in the document's currency.",
        "TotalTax": "Tax of the document, in its currency.",
        "Total": "Total with tax, in the document's currency.",
        "IsReconciled": "Whether it is reconciled with a bank statement.",
        "BatchPayment": "The batch payment to which the payment belongs.",
        "Attachments": "Files that are attached; empty or absent in lists.",
        "StatusAttributeString": "Result of a write: OK, WARNING or ERROR; null when read.",
        "Amount": "Amount, in the currency of the document or account.",
        "Account": "The account that was used.",
        "Particulars": "Particulars on the bank statement (New Zealand).",
        "Tracking": "Tracking options, at most two.",
        "HasValidationErrors": "Whether a write of the record was refused.",
        "FirstName": "First name.",
        "LastName": "Last name.",
        "EmailAddress": "E-mail address.",
        "TaxNumber": "Tax number, such as the GST, VAT or ABN number.",
        "Addresses": "Addresses: street (STREET) and post office box (POBOX).",
        "Phones": "Phone numbers.",
        "TrackingCategoryName": "Name of the tracking category.",
        "PaymentTerms": "Default terms of payment.",
        "Warnings": "What Xero warns about; null unless a write had warnings.",
        "ID": "Id of the record, once more.",
        "CreditNoteNumber": "Number of the credit note.",
        "DueDate": "Day on which the payment is due.",
        "SentToContact": "Whether it was sent to the contact.",
        "FullyPaidOnDate": "Day on which the last part was paid.",
        "CISDeduction": "Deduction of the Construction Industry Scheme (UK), in the currency.",
        "CISRate": "Rate of the Construction Industry Scheme (UK), in percent.",
        "RemainingCredit": "The part of the credit that is not used yet, in its currency.",
        "AppliedAmount": "The part of the credit that was applied here, in the credit's currency.",
        "Allocations": "Invoices to which the credit was applied.",
        "InvoiceAddresses": "Addresses of the document, for tax in the United States.",
        "HasErrors": "Whether a write of the record failed.",
        "InvoiceNumber": "Number of the invoice; of a bill, the number that the supplier gave it.",
        "TotalDiscount": "Sum of the discounts, in the document's currency.",
        "IsDiscounted": "Whether a line has a discount.",
        "JournalLines": "Lines of the journal: an account and an amount each.",
        "Invoice": "The invoice or bill.",
        "CreditNote": "The credit note.",
        "Prepayment": "The prepayment.",
        "Overpayment": "The overpayment.",
        "AttentionTo": "The person that the address names.",
        "AddressLine1": "First line of the address.",
        "AddressLine2": "Second line of the address.",
        "AddressLine3": "Third line of the address.",
        "AddressLine4": "Fourth line of the address.",
        "City": "City.",
        "Region": "State or region.",
        "PostalCode": "Postal code.",
        "Country": "Country, as it was entered.",
        "IsDeleted": "Whether it is deleted.",
        "AccountCode": "Code of the account in the chart of accounts (Accounts.Code).",
        "LineAmount": "Amount of the line; LineAmountTypes of the document tells whether with tax.",
    }
)


def meaning(field: Field) -> str:
    """What a field of the Accounting API means, as a sentence.

    Args:
        field: The field.
    """
    return field.meaning or _meaning_of(field.name)


@cache
def _meaning_of(name: str) -> str:
    if name in _BY_NAME:
        return _BY_NAME[name]
    if name.endswith("String"):
        return f"{name.removesuffix('String')} as a text."
    if found := _PATTERN_OF_ID.fullmatch(name):
        words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", found[1]).lower()
        return f"Id of the {words}, a GUID."
    return ""
