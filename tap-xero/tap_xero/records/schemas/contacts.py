"""Contacts and contact groups."""

from __future__ import annotations

from tap_xero.records.schemas.settings import BRANDING_THEME
from tap_xero.records.schemas.shared import ADDRESS, ATTACHMENT, MESSAGE, PAYMENT_TERMS, PHONE
from tap_xero.records.schemas.types import (
    BOOLEAN,
    INSTANT,
    NUMBER,
    STRING,
    Properties,
    array_of,
    object_of,
)

CONTACT_PERSON: Properties = {
    "FirstName": STRING,
    "LastName": STRING,
    "EmailAddress": STRING,
    "IncludeInEmails": BOOLEAN,
}

DEFAULT_TRACKING: Properties = {
    "TrackingCategoryName": STRING,
    "TrackingOptionName": STRING,
}

BATCH_PAYMENT_DETAILS: Properties = {
    "BankAccountNumber": STRING,
    "BankAccountName": STRING,
    "Details": STRING,
    "Code": STRING,
    "Reference": STRING,
}

BALANCE: Properties = {
    "Outstanding": NUMBER,
    "Overdue": NUMBER,
}

BALANCES: Properties = {
    "AccountsReceivable": object_of(BALANCE),
    "AccountsPayable": object_of(BALANCE),
}

GROUP_MEMBER: Properties = {
    "ContactID": STRING,
    "Name": STRING,
}
"""A member of a group that a contact lists: Xero sends this list empty."""

GROUP_OF_CONTACT: Properties = {
    "ContactGroupID": STRING,
    "Name": STRING,
    "Status": STRING,
    "Contacts": array_of(GROUP_MEMBER),
    "HasValidationErrors": BOOLEAN,
}

CONTACT_SUMMARY: Properties = {
    "ContactID": STRING,
    "ContactNumber": STRING,
    "AccountNumber": STRING,
    "ContactStatus": STRING,
    "Name": STRING,
    "FirstName": STRING,
    "LastName": STRING,
    "EmailAddress": STRING,
    "ContactPersons": array_of(CONTACT_PERSON),
    "BankAccountDetails": STRING,
    "TaxNumber": STRING,
    "Addresses": array_of(ADDRESS),
    "Phones": array_of(PHONE),
    "IsSupplier": BOOLEAN,
    "IsCustomer": BOOLEAN,
    "DefaultCurrency": STRING,
    "SalesTrackingCategories": array_of(DEFAULT_TRACKING),
    "PurchasesTrackingCategories": array_of(DEFAULT_TRACKING),
    "UpdatedDateUTC": INSTANT,
    "ContactGroups": array_of(GROUP_OF_CONTACT),
    "HasValidationErrors": BOOLEAN,
    "ValidationErrors": array_of(MESSAGE),
}
"""The contact of a document inside another record."""

CONTACT: Properties = {
    **CONTACT_SUMMARY,
    "MergedToContactID": STRING,
    "CompanyNumber": STRING,
    "TaxNumberType": STRING,
    "AccountsReceivableTaxType": STRING,
    "AccountsPayableTaxType": STRING,
    "SalesDefaultLineAmountType": STRING,
    "PurchasesDefaultLineAmountType": STRING,
    "SalesDefaultAccountCode": STRING,
    "PurchasesDefaultAccountCode": STRING,
    "TrackingCategoryName": STRING,
    "TrackingCategoryOption": STRING,
    "XeroNetworkKey": STRING,
    "PaymentTerms": object_of(PAYMENT_TERMS),
    "Website": STRING,
    "BrandingTheme": object_of(BRANDING_THEME),
    "BatchPayments": object_of(BATCH_PAYMENT_DETAILS),
    "Discount": NUMBER,
    "Balances": object_of(BALANCES),
    "Attachments": array_of(ATTACHMENT),
    "HasAttachments": BOOLEAN,
    "StatusAttributeString": STRING,
    "Warnings": array_of(MESSAGE),
}

CONTACT_GROUP: Properties = {
    "ContactGroupID": STRING,
    "Name": STRING,
    "Status": STRING,
    "Contacts": array_of(CONTACT),
    "HasValidationErrors": BOOLEAN,
}
