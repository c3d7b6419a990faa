"""The fields that ``where`` and ``order`` may use, and their types.

Xero's filter is .NET Dynamic LINQ, which refuses to compare different types
(xero-facts.md: Paging).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class FieldType(Enum):
    """Types, under their names in Dynamic LINQ's messages."""

    STRING = "String"
    NUMBER = "Decimal"
    FLAG = "Boolean"
    DATE = "DateTime"
    GUID = "Guid"


def _fields(
    *, string: str = "", number: str = "", flag: str = "", date: str = "", guid: str = ""
) -> Mapping[str, FieldType]:
    table: dict[str, FieldType] = {}
    for kind, names in (
        (FieldType.STRING, string),
        (FieldType.NUMBER, number),
        (FieldType.FLAG, flag),
        (FieldType.DATE, date),
        (FieldType.GUID, guid),
    ):
        table.update(dict.fromkeys(names.split(), kind))
    return MappingProxyType(table)


_TOTALS = "SubTotal TotalTax Total CurrencyRate"

FIELDS: Mapping[str, Mapping[str, FieldType]] = MappingProxyType(
    {
        "Accounts": _fields(
            string="Code Name Type BankAccountNumber Status Description BankAccountType "
            "CurrencyCode TaxType Class SystemAccount ReportingCode ReportingCodeName",
            flag="EnablePaymentsToAccount ShowInExpenseClaims HasAttachments AddToWatchlist",
            date="UpdatedDateUTC",
            guid="AccountID",
        ),
        "BankTransactions": _fields(
            string="Type Reference CurrencyCode Url Status LineAmountTypes",
            number=_TOTALS,
            flag="IsReconciled HasAttachments",
            date="Date UpdatedDateUTC",
            guid="BankTransactionID PrepaymentID OverpaymentID",
        ),
        "BankTransfers": _fields(
            string="Reference Status",
            number="Amount CurrencyRate",
            flag="FromIsReconciled ToIsReconciled HasAttachments",
            date="Date CreatedDateUTC",
            guid="BankTransferID FromBankTransactionID ToBankTransactionID",
        ),
        "BatchPayments": _fields(
            string="Reference Particulars Code Details Narrative Type Status",
            number="TotalAmount Amount",
            flag="IsReconciled",
            date="Date UpdatedDateUTC",
            guid="BatchPaymentID",
        ),
        "ContactGroups": _fields(string="Name Status", guid="ContactGroupID"),
        "Contacts": _fields(
            string="ContactNumber AccountNumber ContactStatus Name FirstName LastName "
            "CompanyNumber EmailAddress BankAccountDetails TaxNumber AccountsReceivableTaxType "
            "AccountsPayableTaxType DefaultCurrency XeroNetworkKey Website",
            number="Discount",
            flag="IsSupplier IsCustomer HasAttachments",
            date="UpdatedDateUTC",
            guid="ContactID MergedToContactID",
        ),
        "CreditNotes": _fields(
            string="Type Status LineAmountTypes CurrencyCode CreditNoteNumber Reference",
            number=f"{_TOTALS} RemainingCredit AppliedAmount CISDeduction",
            flag="SentToContact HasAttachments",
            date="Date DueDate UpdatedDateUTC FullyPaidOnDate",
            guid="CreditNoteID BrandingThemeID",
        ),
        "Currencies": _fields(string="Code Description"),
        "ExpenseClaims": _fields(
            string="Status",
            number="Total AmountDue AmountPaid",
            date="UpdatedDateUTC PaymentDueDate ReportingDate",
            guid="ExpenseClaimID",
        ),
        "Invoices": _fields(
            string="Type LineAmountTypes InvoiceNumber Reference Url CurrencyCode Status",
            number=f"{_TOTALS} TotalDiscount AmountDue AmountPaid AmountCredited CISDeduction",
            flag="SentToContact HasAttachments IsDiscounted",
            date="Date DueDate ExpectedPaymentDate PlannedPaymentDate FullyPaidOnDate "
            "UpdatedDateUTC",
            guid="InvoiceID BrandingThemeID RepeatingInvoiceID",
        ),
        "Items": _fields(
            string="Code Name Description PurchaseDescription InventoryAssetAccountCode",
            number="TotalCostPool QuantityOnHand",
            flag="IsSold IsPurchased IsTrackedAsInventory",
            date="UpdatedDateUTC",
            guid="ItemID",
        ),
        "ManualJournals": _fields(
            string="Narration LineAmountTypes Status Url",
            flag="ShowOnCashBasisReports HasAttachments",
            date="Date UpdatedDateUTC",
            guid="ManualJournalID",
        ),
        "Overpayments": _fields(
            string="Type Status LineAmountTypes CurrencyCode Reference",
            number=f"{_TOTALS} RemainingCredit AppliedAmount",
            flag="HasAttachments",
            date="Date UpdatedDateUTC",
            guid="OverpaymentID",
        ),
        "Payments": _fields(
            string="Reference Status PaymentType Code InvoiceNumber CreditNoteNumber "
            "BankAccountNumber Particulars Details",
            number="CurrencyRate Amount BankAmount",
            flag="IsReconciled HasAccount",
            date="Date UpdatedDateUTC",
            guid="PaymentID BatchPaymentID",
        ),
        "Prepayments": _fields(
            string="Type Status LineAmountTypes CurrencyCode Reference InvoiceNumber",
            number=f"{_TOTALS} RemainingCredit AppliedAmount",
            flag="HasAttachments",
            date="Date UpdatedDateUTC",
            guid="PrepaymentID BrandingThemeID",
        ),
        "PurchaseOrders": _fields(
            string="PurchaseOrderNumber Reference Status CurrencyCode LineAmountTypes AttentionTo "
            "Telephone DeliveryAddress DeliveryInstructions",
            number=f"{_TOTALS} TotalDiscount",
            flag="SentToContact HasAttachments",
            date="Date DeliveryDate ExpectedArrivalDate UpdatedDateUTC",
            guid="PurchaseOrderID BrandingThemeID",
        ),
        "Quotes": _fields(
            string="QuoteNumber Reference Terms Status CurrencyCode Title Summary LineAmountTypes",
            number=f"{_TOTALS} TotalDiscount",
            date="Date ExpiryDate UpdatedDateUTC",
            guid="QuoteID BrandingThemeID",
        ),
        "Receipts": _fields(
            string="Reference LineAmountTypes Status ReceiptNumber Url",
            number="SubTotal TotalTax Total",
            flag="HasAttachments",
            date="Date UpdatedDateUTC",
            guid="ReceiptID",
        ),
        "RepeatingInvoices": _fields(
            string="Type LineAmountTypes Reference CurrencyCode Status",
            number="SubTotal TotalTax Total",
            flag="HasAttachments ApprovedForSending SendCopy MarkAsSent IncludePDF",
            guid="RepeatingInvoiceID ID BrandingThemeID",
        ),
        "TaxRates": _fields(
            string="Name TaxType Status ReportTaxType",
            number="DisplayTaxRate EffectiveRate",
            flag="CanApplyToAssets CanApplyToEquity CanApplyToExpenses CanApplyToLiabilities "
            "CanApplyToRevenue",
        ),
        "TrackingCategories": _fields(string="Name Status", guid="TrackingCategoryID"),
        "Users": _fields(
            string="EmailAddress FirstName LastName OrganisationRole",
            flag="IsSubscriber",
            date="UpdatedDateUTC",
            guid="UserID",
        ),
    }
)

# Nested elements that a path may contain: Contact.Name, Invoice.InvoiceID, BankAccount.Code.
_NESTED: Mapping[str, str] = MappingProxyType(
    {
        "Contact": "Contacts",
        "Invoice": "Invoices",
        "CreditNote": "CreditNotes",
        "Prepayment": "Prepayments",
        "Overpayment": "Overpayments",
        "BatchPayment": "BatchPayments",
        "Account": "Accounts",
        "BankAccount": "Accounts",
        "FromBankAccount": "Accounts",
        "ToBankAccount": "Accounts",
        "User": "Users",
    }
)


def resolve(entity: str, path: str) -> tuple[str, FieldType] | None:
    """A path in the spelling of records, and its type; None if the entity has no such field.

    Case does not matter: Xero's own examples write both ``InvoiceID`` and ``InvoiceId``.
    """
    spelled: list[str] = []
    names = path.split(".")
    for name in names[:-1]:
        nested = next((known for known in _NESTED if known.lower() == name.lower()), None)
        if nested is None:
            return None
        spelled.append(nested)
        entity = _NESTED[nested]
    for field, kind in FIELDS.get(entity, {}).items():
        if field.lower() == names[-1].lower():
            return ".".join([*spelled, field]), kind
    return None
