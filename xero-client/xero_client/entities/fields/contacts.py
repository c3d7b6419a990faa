"""Contacts and contact groups."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
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
    write_only,
)

CONTACT_GROUPS = shape(
    text("ContactGroupID"),
    text("Name", "Name of the group."),
    text("Status", "Status: ACTIVE or DELETED."),
    read_only(
        parts("Contacts", "Member", "Contacts in the group."), boolean("HasValidationErrors")
    ),
)
CONTACTS = shape(
    text("ContactID"),
    text("ContactNumber", "Id of the contact in another system."),
    text("AccountNumber", "Number that the organisation gave the contact."),
    text("ContactStatus", "Status: ACTIVE, ARCHIVED or GDPRREQUEST."),
    text("Name", "Name of the contact."),
    texts("FirstName", "LastName", "EmailAddress"),
    parts("ContactPersons", "ContactPerson", "Further people at the contact, at most five."),
    text("BankAccountDetails", "Number of the contact's bank account."),
    text("TaxNumber"),
    parts("Addresses", "Address"),
    parts("Phones", "Phone"),
    read_only(
        boolean("IsSupplier", "Whether the contact has bills."),
        boolean("IsCustomer", "Whether the contact has sales invoices."),
    ),
    text("DefaultCurrency", "Default currency of the contact, by its ISO 4217 code."),
    parts(
        "SalesTrackingCategories", "ContactTracking", "Default tracking of sales to the contact."
    ),
    parts(
        "PurchasesTrackingCategories",
        "ContactTracking",
        "Default tracking of purchases from the contact.",
    ),
    read_only(
        instant("UpdatedDateUTC"),
        parts("ContactGroups", "ContactGroups", "Groups to which the contact belongs."),
        boolean("HasValidationErrors"),
        parts("ValidationErrors", "Message"),
        text("MergedToContactID", "Id of the contact into which this one was merged."),
    ),
    text("CompanyNumber", "Number of the company in a public register."),
    text("TaxNumberType", "Kind of the tax number."),
    text("AccountsReceivableTaxType", "Default tax rate of sales invoices (TaxRates.TaxType)."),
    text("AccountsPayableTaxType", "Default tax rate of bills (TaxRates.TaxType)."),
    text("SalesDefaultLineAmountType", "Default LineAmountTypes of sales invoices."),
    text("PurchasesDefaultLineAmountType", "Default LineAmountTypes of bills."),
    text("SalesDefaultAccountCode", "Default account of sales to the contact."),
    text("PurchasesDefaultAccountCode", "Default account of purchases from the contact."),
    text("TrackingCategoryName"),
    text("TrackingCategoryOption", "Name of the default tracking option."),
    text("XeroNetworkKey", "Key of the contact in the Xero network."),
    part("PaymentTerms", "PaymentTerms"),
    read_only(
        text("Website", "Website."),
        part("BrandingTheme", "BrandingThemes", "The contact's branding theme."),
    ),
    part("BatchPayments", "BatchPaymentDetails", "Bank details for batch payments to the contact."),
    read_only(
        number("Discount", "Default discount of the contact's invoices, in percent."),
        part(
            "Balances", "Balances", "What is outstanding between the contact and the organisation."
        ),
        parts("Attachments", "AttachedFile"),
        boolean("HasAttachments"),
        text("StatusAttributeString"),
        parts("Warnings", "Message"),
    ),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "ContactPerson": shape(
            texts("FirstName", "LastName", "EmailAddress"),
            boolean("IncludeInEmails", "Whether e-mails with invoices go to this person too."),
        ),
        "ContactTracking": shape(
            text("TrackingCategoryName"),
            text("TrackingOptionName", "Name of the tracking option."),
        ),
        "BatchPaymentDetails": shape(
            text("BankAccountNumber"),
            text("BankAccountName", "Name of the holder of the bank account."),
            text("Details", "Details on the bank statement."),
            text("Code", "Code on the bank statement (New Zealand)."),
            text("Reference", "Reference on the bank statement."),
        ),
        "Balance": shape(
            read_only(
                number("Outstanding", "What is still to be paid, in the base currency."),
                number("Overdue", "The part of it that is overdue, in the base currency."),
            )
        ),
        "Balances": shape(
            read_only(
                part("AccountsReceivable", "Balance", "What the contact owes the organisation."),
                part("AccountsPayable", "Balance", "What the organisation owes the contact."),
            )
        ),
        "Member": shape(
            text("ContactID"),
            write_only(text("ContactNumber")),
            text("Name", "Name of the contact."),
            write_only(part("Contact", "Contact")),
        ),
        "ContactSummary": subset(
            CONTACTS,
            "ContactID",
            "ContactNumber",
            "AccountNumber",
            "ContactStatus",
            "Name",
            "FirstName",
            "LastName",
            "EmailAddress",
            "ContactPersons",
            "BankAccountDetails",
            "TaxNumber",
            "Addresses",
            "Phones",
            "IsSupplier",
            "IsCustomer",
            "DefaultCurrency",
            "SalesTrackingCategories",
            "PurchasesTrackingCategories",
            "UpdatedDateUTC",
            "ContactGroups",
            "HasValidationErrors",
            "ValidationErrors",
        ),
        "ContactKey": subset(CONTACTS, "ContactID", "Name"),
        "Contact": sent_subset(
            CONTACTS,
            "ContactID",
            "ContactNumber",
            "Name",
            "AccountNumber",
            "FirstName",
            "LastName",
            "EmailAddress",
            "TaxNumber",
            "Addresses",
            "Phones",
            ignored=(
                "IsSupplier",
                "IsCustomer",
                "ContactStatus",
                "ContactGroups",
                "Balances",
            ),
        ),
    }
)
