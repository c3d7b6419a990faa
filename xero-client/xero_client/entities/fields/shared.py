"""Small parts that many records have: addresses, phones, files, messages, terms of payment."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    instant,
    integer,
    part,
    read_only,
    sent_subset,
    shape,
    text,
    texts,
)

_ATTACHED_FILE = shape(
    read_only(
        text("AttachmentID"),
        text("FileName", "Name of the file."),
        text("Url", "Address of the file in Xero's API."),
        text("MimeType", "Type of the file, such as application/pdf."),
        integer("ContentLength", "Size of the file, in bytes."),
        boolean("IncludeOnline", "Whether the customer sees the file with the online invoice."),
    )
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "Address": shape(
            text("AddressType", "Kind of address: STREET or POBOX."),
            texts(
                "AddressLine1",
                "AddressLine2",
                "AddressLine3",
                "AddressLine4",
                "City",
                "Region",
                "PostalCode",
                "Country",
                "AttentionTo",
            ),
        ),
        "InvoiceAddress": shape(
            text(
                "InvoiceAddressType",
                "Whether the address is that of the seller or the buyer: FROM or TO.",
            ),
            texts(
                "AddressLine1",
                "AddressLine2",
                "AddressLine3",
                "AddressLine4",
                "City",
                "Region",
                "PostalCode",
                "Country",
            ),
        ),
        "Phone": shape(
            text("PhoneType", "Kind of phone: DEFAULT, DDI, MOBILE, FAX or OFFICE."),
            text("PhoneNumber", "Number without area code."),
            text("PhoneAreaCode", "Area code, without the country code."),
            text("PhoneCountryCode", "Country code."),
        ),
        "Message": shape(
            read_only(
                text("Message", "The message."),
                text("Description", "The message, in some responses."),
            )
        ),
        "AttachedFile": _ATTACHED_FILE,
        "HistoryRecord": shape(
            read_only(
                text("Changes", "What was done, such as Created or Updated."),
                instant("DateUTC", "When it happened, in UTC."),
                text("DateUTCString"),
                text("User", "The user."),
            ),
            text("Details", "Details."),
        ),
        "PaymentTerm": shape(
            integer("Day", "Number of days, or day of the month, by Type."),
            text("Type", "How Day is meant, such as DAYSAFTERBILLDATE."),
        ),
        "PaymentTerms": shape(
            part("Bills", "PaymentTerm", "Payment terms of bills."),
            part("Sales", "PaymentTerm", "Payment terms of sales invoices."),
        ),
        "Attachment": sent_subset(_ATTACHED_FILE, "FileName", "MimeType", "IncludeOnline"),
    }
)
