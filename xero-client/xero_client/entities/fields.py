"""The writable fields of Xero, by shape.

A shape is an entity, a part of one, or a child of a record. The fields of an entity stand in its
row, without those in ``read_only`` of the row. The shapes of other APIs are in ``other_apis``. The
facts are from xero-facts.md: Formats, Writing, Writing by entity; and from Xero's OpenAPI file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    booleans,
    dates,
    integers,
    numbers,
    part,
    parts,
    read_only,
    shape,
    texts,
)
from xero_client.entities.other_apis.fields import OTHER_SHAPES
from xero_client.entities.table import ENTITIES

_PARTS: Mapping[str, Shape] = {
    # Children of a record
    "Allocation": shape(
        texts("AllocationID"),
        part("Invoice", "Invoice"),
        numbers("Amount"),
        dates("Date"),
        read_only("IsDeleted"),
    ),
    "Attachment": shape(texts("FileName", "MimeType"), booleans("IncludeOnline")),
    "HistoryRecord": shape(
        texts("Details"), read_only("Changes", "DateUTC", "DateUTCString", "User")
    ),
    "Member": shape(texts("ContactID", "ContactNumber", "Name"), part("Contact", "Contact")),
    "Option": shape(texts("TrackingOptionID", "Name", "Status")),
    "PaymentService": shape(texts("PaymentServiceID", "PaymentServiceName")),
    # Parts
    "Account": shape(texts("AccountID", "Code", "Name")),
    "Address": shape(
        texts(
            "AddressType",
            "AddressLine1",
            "AddressLine2",
            "AddressLine3",
            "AddressLine4",
            "City",
            "Region",
            "PostalCode",
            "Country",
            "AttentionTo",
        )
    ),
    "BatchPaymentDetails": shape(
        texts("BankAccountNumber", "BankAccountName", "Details", "Code", "Reference")
    ),
    "Contact": shape(
        texts(
            "ContactID",
            "ContactNumber",
            "Name",
            "AccountNumber",
            "FirstName",
            "LastName",
            "EmailAddress",
            "TaxNumber",
        ),
        parts("Addresses", "Address"),
        parts("Phones", "Phone"),
        read_only("IsSupplier", "IsCustomer", "ContactStatus", "ContactGroups", "Balances"),
    ),
    "ContactPerson": shape(
        texts("FirstName", "LastName", "EmailAddress"), booleans("IncludeInEmails")
    ),
    "ContactTracking": shape(texts("TrackingCategoryName", "TrackingOptionName")),
    "CreditNote": shape(
        texts("CreditNoteID", "CreditNoteNumber", "Type"), part("Contact", "Contact")
    ),
    "Invoice": shape(texts("InvoiceID", "InvoiceNumber", "Type"), part("Contact", "Contact")),
    "InvoiceAddress": shape(
        texts(
            "InvoiceAddressType",
            "AddressLine1",
            "AddressLine2",
            "AddressLine3",
            "AddressLine4",
            "City",
            "Region",
            "PostalCode",
            "Country",
        )
    ),
    "ItemDetails": shape(numbers("UnitPrice"), texts("AccountCode", "COGSAccountCode", "TaxType")),
    "JournalLine": shape(
        numbers("LineAmount"),
        texts("AccountCode", "AccountID", "Description", "TaxType"),
        numbers("TaxAmount"),
        parts("Tracking", "Tracking"),
        read_only("IsBlank"),
    ),
    "Line": shape(texts("LineItemID", "Description")),
    "LineItem": shape(
        texts("LineItemID", "Description"),
        numbers("Quantity", "UnitAmount"),
        texts("ItemCode", "AccountCode", "AccountID", "TaxType"),
        numbers("TaxAmount", "LineAmount", "DiscountRate", "DiscountAmount"),
        read_only("DiscountEnteredAsPercent"),
        parts("Tracking", "Tracking"),
        texts("Taxability"),
        numbers("SalesTaxCodeId"),
        read_only("Item", "TaxBreakdown", "RepeatingInvoiceID"),
    ),
    "Overpayment": shape(texts("OverpaymentID", "Reference"), part("Contact", "Contact")),
    "Payment": shape(
        part("Invoice", "Invoice"),
        numbers("Amount"),
        texts("BankAccountNumber", "Particulars", "Code", "Details", "Reference"),
        read_only("PaymentID", "Status", "Date", "PaymentType", "CurrencyRate", "HasAccount"),
    ),
    "PaymentTerm": shape(integers("Day"), texts("Type")),
    "PaymentTerms": shape(part("Bills", "PaymentTerm"), part("Sales", "PaymentTerm")),
    "Phone": shape(texts("PhoneType", "PhoneNumber", "PhoneAreaCode", "PhoneCountryCode")),
    "Prepayment": shape(texts("PrepaymentID", "Reference"), part("Contact", "Contact")),
    "Schedule": shape(
        integers("Period"),
        texts("Unit"),
        integers("DueDate"),
        texts("DueDateType"),
        dates("StartDate", "NextScheduledDate", "EndDate"),
    ),
    "TaxComponent": shape(
        texts("Name"), numbers("Rate"), booleans("IsCompound", "IsNonRecoverable")
    ),
    "Tracking": shape(
        texts("TrackingCategoryID", "TrackingOptionID", "Name", "Option"),
        read_only("Status", "Options"),
    ),
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
    }
)

# The lists whose fields a flat row may name without the name of the list.
LINES = ("LineItems", "JournalLines")


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {
        **{entity.name: entity.writing.fields for entity in ENTITIES if entity.writing},
        **_PARTS,
        **OTHER_SHAPES,
    }
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
