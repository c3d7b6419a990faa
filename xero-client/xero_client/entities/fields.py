"""The writable fields of Xero, with the kind of their values, by shape.

A shape is an entity, a part of one, or a child of a record. ``Date:date`` means a field and its
kind. Without a kind, the value is text. A kind with a capital letter is another shape, and ``*``
means a list of it. ``-`` marks a field that Xero computes and that is never sent; the fields in
``read_only`` of an entity's row are not repeated here. The shapes of other APIs are in
``other_apis``. The facts are from xero-facts.md: Formats, Writing, Writing by entity; and from
Xero's OpenAPI file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from xero_client.entities.other_apis.fields import NAMING_PARTS, OTHER_SHAPES

TEXT = "text"
NUMBER = "number"
INTEGER = "integer"
BOOLEAN = "boolean"
DATE = "date"
# A time; a day means its beginning in UTC.
INSTANT = "instant"
# A day in the notation of Payroll AU: ``/Date(1577836800000+0000)/``.
NET_DATE = "netdate"
ANY = "any"
READ_ONLY = "-"
PLAIN_KINDS = frozenset({TEXT, NUMBER, INTEGER, BOOLEAN, DATE, INSTANT, NET_DATE, ANY, READ_ONLY})


@dataclass(frozen=True)
class Field:
    """A field of a shape.

    Attributes:
        name: Xero's name.
        kind: One of the plain kinds, or the name of a shape.
        many: Whether the value is a list.
        shape: The shape of the value, or of each element; None for a plain kind.
    """

    name: str
    kind: str = TEXT
    many: bool = False
    shape: str | None = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "shape", None if self.kind in PLAIN_KINDS else self.kind)


Shape = Mapping[str, Field]

_DOCUMENT = "Contact:Contact Date:date Status LineAmountTypes LineItems:LineItem* CurrencyCode"

_SHAPES: Mapping[str, str] = {
    # Entities
    "Accounts": (
        "AccountID Code Name Type Status Description BankAccountNumber BankAccountType "
        "CurrencyCode TaxType EnablePaymentsToAccount:boolean ShowInExpenseClaims:boolean "
        "ReportingCode AddToWatchlist:boolean"
    ),
    "BankTransactions": (
        f"BankTransactionID Type BankAccount:Account {_DOCUMENT} Reference Url "
        "CurrencyRate:number IsReconciled:boolean BatchPayment:-"
    ),
    "BankTransfers": (
        "BankTransferID Status FromBankAccount:Account ToBankAccount:Account Amount:number "
        "Date:date Reference FromIsReconciled:boolean ToIsReconciled:boolean "
        "FromTracking:Tracking* ToTracking:Tracking* CreatedDateUTCString:-"
    ),
    "BatchPayments": (
        "BatchPaymentID Status Account:Account Date:date Reference Particulars Code Details "
        "Narrative Amount:number Payments:Payment*"
    ),
    "ContactGroups": "ContactGroupID Name Status",
    "Contacts": (
        "ContactID ContactNumber AccountNumber ContactStatus Name FirstName LastName "
        "EmailAddress ContactPersons:ContactPerson* BankAccountDetails TaxNumber TaxNumberType "
        "CompanyNumber Addresses:Address* Phones:Phone* DefaultCurrency XeroNetworkKey "
        "SalesTrackingCategories:ContactTracking* PurchasesTrackingCategories:ContactTracking* "
        "AccountsReceivableTaxType AccountsPayableTaxType SalesDefaultLineAmountType "
        "PurchasesDefaultLineAmountType SalesDefaultAccountCode PurchasesDefaultAccountCode "
        "TrackingCategoryName TrackingCategoryOption PaymentTerms:PaymentTerms "
        "BatchPayments:BatchPaymentDetails"
    ),
    "CreditNotes": (
        f"CreditNoteID CreditNoteNumber Type {_DOCUMENT} DueDate:date Reference BrandingThemeID "
        "CurrencyRate:number SentToContact:boolean ID:- InvoiceAddresses:-"
    ),
    "Currencies": "Code Description",
    "Invoices": (
        f"InvoiceID InvoiceNumber Type {_DOCUMENT} DueDate:date Reference BrandingThemeID Url "
        "CurrencyRate:number SentToContact:boolean ExpectedPaymentDate:date "
        "PlannedPaymentDate:date InvoiceAddresses:InvoiceAddress* RoundingAmount:- EnteredTotal:-"
    ),
    "Items": (
        "ItemID Code Name Description PurchaseDescription IsSold:boolean IsPurchased:boolean "
        "SalesDetails:ItemDetails PurchaseDetails:ItemDetails InventoryAssetAccountCode"
    ),
    "LinkedTransactions": (
        "LinkedTransactionID ContactID SourceTransactionID SourceLineItemID TargetTransactionID "
        "TargetLineItemID Contact:Contact SourceTransaction:Invoice SourceLineItem:Line "
        "TargetTransaction:Invoice TargetLineItem:Line"
    ),
    "ManualJournals": (
        "ManualJournalID Narration Date:date Status LineAmountTypes JournalLines:JournalLine* Url "
        "ShowOnCashBasisReports:boolean"
    ),
    "PaymentServices": "PaymentServiceID PaymentServiceName PaymentServiceUrl PayNowText",
    "Payments": (
        "PaymentID Status Account:Account Date:date Amount:number CurrencyRate:number Reference "
        "IsReconciled:boolean Invoice:Invoice CreditNote:CreditNote Prepayment:Prepayment "
        "Overpayment:Overpayment InvoiceNumber CreditNoteNumber BankAccountNumber Particulars "
        "Code Details"
    ),
    "PurchaseOrders": (
        f"PurchaseOrderID PurchaseOrderNumber {_DOCUMENT} DeliveryDate:date "
        "ExpectedArrivalDate:date Reference BrandingThemeID CurrencyRate:number "
        "SentToContact:boolean DeliveryAddress AttentionTo Telephone DeliveryInstructions Type:-"
    ),
    "Quotes": (
        f"QuoteID QuoteNumber {_DOCUMENT} ExpiryDate:date Reference Title Summary Terms "
        "BrandingThemeID CurrencyRate:number"
    ),
    "RepeatingInvoices": (
        "RepeatingInvoiceID Type Contact:Contact Schedule:Schedule LineItems:LineItem* "
        "LineAmountTypes Reference BrandingThemeID CurrencyCode Status "
        "ApprovedForSending:boolean SendCopy:boolean MarkAsSent:boolean IncludePDF:boolean"
    ),
    "TaxRates": "TaxType Name Status ReportTaxType TaxComponents:TaxComponent*",
    "TrackingCategories": "TrackingCategoryID Name Status",
    # Children of a record
    "Allocation": "AllocationID Invoice:Invoice Amount:number Date:date IsDeleted:-",
    "Attachment": "FileName MimeType IncludeOnline:boolean",
    "HistoryRecord": "Details Changes:- DateUTC:- DateUTCString:- User:-",
    "Member": "ContactID ContactNumber Name Contact:Contact",
    "Option": "TrackingOptionID Name Status",
    "PaymentService": "PaymentServiceID",
    # Parts
    "Account": "AccountID Code Name",
    "Address": (
        "AddressType AddressLine1 AddressLine2 AddressLine3 AddressLine4 City Region PostalCode "
        "Country AttentionTo"
    ),
    "BatchPaymentDetails": "BankAccountNumber BankAccountName Details Code Reference",
    "Contact": (
        "ContactID ContactNumber Name AccountNumber FirstName LastName EmailAddress TaxNumber "
        "Addresses:Address* Phones:Phone* IsSupplier:- IsCustomer:- ContactStatus:- "
        "ContactGroups:- Balances:-"
    ),
    "ContactPerson": "FirstName LastName EmailAddress IncludeInEmails:boolean",
    "ContactTracking": "TrackingCategoryName TrackingOptionName",
    "CreditNote": "CreditNoteID CreditNoteNumber Type Contact:Contact",
    "Invoice": "InvoiceID InvoiceNumber Type Contact:Contact",
    "InvoiceAddress": (
        "InvoiceAddressType AddressLine1 AddressLine2 AddressLine3 AddressLine4 City Region "
        "PostalCode Country"
    ),
    "ItemDetails": "UnitPrice:number AccountCode COGSAccountCode TaxType",
    "JournalLine": (
        "LineAmount:number AccountCode AccountID Description TaxType TaxAmount:number "
        "Tracking:Tracking* IsBlank:-"
    ),
    "Line": "LineItemID Description",
    "LineItem": (
        "LineItemID Description Quantity:number UnitAmount:number ItemCode AccountCode AccountID "
        "TaxType TaxAmount:number LineAmount:number DiscountRate:number DiscountAmount:number "
        "DiscountEnteredAsPercent:- Tracking:Tracking* Taxability SalesTaxCodeId:number Item:- "
        "TaxBreakdown:- RepeatingInvoiceID:-"
    ),
    "Overpayment": "OverpaymentID Reference Contact:Contact",
    "Payment": (
        "Invoice:Invoice Amount:number BankAccountNumber Particulars Code Details Reference "
        "PaymentID:- Status:- Date:- PaymentType:- CurrencyRate:- HasAccount:-"
    ),
    "PaymentTerm": "Day:integer Type",
    "PaymentTerms": "Bills:PaymentTerm Sales:PaymentTerm",
    "Phone": "PhoneType PhoneNumber PhoneAreaCode PhoneCountryCode",
    "Prepayment": "PrepaymentID Reference Contact:Contact",
    "Schedule": (
        "Period:integer Unit DueDate:integer DueDateType StartDate:date NextScheduledDate:date "
        "EndDate:date"
    ),
    "TaxComponent": "Name Rate:number IsCompound:boolean IsNonRecoverable:boolean",
    "Tracking": "TrackingCategoryID TrackingOptionID Name Option Status:- Options:-",
}

# The fields that identify a referenced record, by its shape. If the first one is there, only that
# one is sent: a contact that is sent with a part of its persons loses the others
# (xero-facts.md: Writing rules).
REFERENCES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "Account": ("AccountID", "Code"),
        "Contact": ("ContactID",),
        "CreditNote": ("CreditNoteID",),
        "Invoice": ("InvoiceID",),
        "Overpayment": ("OverpaymentID",),
        "Prepayment": ("PrepaymentID",),
    }
)

# The fields of a referenced record that lists show, the best for identification first
# (xero-facts.md: Paging).
SUMMARIES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        **REFERENCES,
        "Account": ("AccountID", "Code", "Name"),
        "Contact": ("ContactID", "ContactNumber", "Name"),
        "CreditNote": ("CreditNoteID", "CreditNoteNumber"),
        "Invoice": ("InvoiceID", "InvoiceNumber"),
        "AssetType": ("assetTypeId", "assetTypeName"),
    }
)

# The fields of a shape that Xero does not have. They find another record, whose id is sent.
FINDING_FIELDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        **NAMING_PARTS,
        "LinkedTransactions": frozenset(
            {
                "Contact",
                "SourceTransaction",
                "SourceLineItem",
                "TargetTransaction",
                "TargetLineItem",
            }
        ),
        "Member": frozenset({"ContactNumber", "Name", "Contact"}),
    }
)

# The lists whose fields a flat row may name without the name of the list.
LINES = ("LineItems", "JournalLines")


def _shape(text: str) -> Shape:
    fields = {}
    for word in text.split():
        name, _, kind = word.partition(":")
        fields[name] = Field(name, kind.rstrip("*") or TEXT, many=kind.endswith("*"))
    return MappingProxyType(fields)


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {name: _shape(text) for name, text in {**_SHAPES, **OTHER_SHAPES}.items()}
)

# The same, by the field of the reference, such as ``BankAccount``.
REFERRING: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        field.name: SUMMARIES[field.shape]
        for shape in SHAPES.values()
        for field in shape.values()
        if field.shape is not None and field.shape in SUMMARIES
    }
)
