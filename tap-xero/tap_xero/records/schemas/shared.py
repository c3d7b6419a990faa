"""Small parts that many entities have: attachments, messages, tracking, addresses, phones."""

from __future__ import annotations

from tap_xero.records.schemas.types import BOOLEAN, INTEGER, STRING, Properties, array_of, object_of

MESSAGE: Properties = {
    "Message": STRING,
    # In one of Xero's samples instead of Message (xero-facts.md: Batch results).
    "Description": STRING,
}

ATTACHMENT: Properties = {
    "AttachmentID": STRING,
    "FileName": STRING,
    "Url": STRING,
    "MimeType": STRING,
    "ContentLength": INTEGER,
    "IncludeOnline": BOOLEAN,
}

TRACKING: Properties = {
    "TrackingCategoryID": STRING,
    "TrackingOptionID": STRING,
    "Name": STRING,
    "Option": STRING,
}

TRACKING_OPTION: Properties = {
    "TrackingOptionID": STRING,
    "Name": STRING,
    "Status": STRING,
    "TrackingCategoryID": STRING,
    "HasValidationErrors": BOOLEAN,
    "IsActive": BOOLEAN,
    "IsArchived": BOOLEAN,
    "IsDeleted": BOOLEAN,
}

TRACKING_CATEGORY: Properties = {
    "TrackingCategoryID": STRING,
    "TrackingOptionID": STRING,
    "Name": STRING,
    "Option": STRING,
    "Status": STRING,
    "Options": array_of(TRACKING_OPTION),
}

ADDRESS: Properties = {
    "AddressType": STRING,
    "AddressLine1": STRING,
    "AddressLine2": STRING,
    "AddressLine3": STRING,
    "AddressLine4": STRING,
    "City": STRING,
    "Region": STRING,
    "PostalCode": STRING,
    "Country": STRING,
    "AttentionTo": STRING,
}

INVOICE_ADDRESS: Properties = {
    "InvoiceAddressType": STRING,
    "AddressLine1": STRING,
    "AddressLine2": STRING,
    "AddressLine3": STRING,
    "AddressLine4": STRING,
    "City": STRING,
    "Region": STRING,
    "PostalCode": STRING,
    "Country": STRING,
}

PHONE: Properties = {
    "PhoneType": STRING,
    "PhoneNumber": STRING,
    "PhoneAreaCode": STRING,
    "PhoneCountryCode": STRING,
}

PAYMENT_TERM: Properties = {
    "Day": INTEGER,
    "Type": STRING,
}

PAYMENT_TERMS: Properties = {
    "Bills": object_of(PAYMENT_TERM),
    "Sales": object_of(PAYMENT_TERM),
}
