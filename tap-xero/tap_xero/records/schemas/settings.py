"""The organisation and its settings: users, currencies, tax rates, tracking, themes, reminders."""

from __future__ import annotations

from tap_xero.records.schemas.shared import ADDRESS, MESSAGE, PAYMENT_TERMS, PHONE
from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    Properties,
    array_of,
    object_of,
)

EXTERNAL_LINK: Properties = {
    "LinkType": STRING,
    "Url": STRING,
    "Description": STRING,
}

ORGANISATION: Properties = {
    "OrganisationID": STRING,
    "Name": STRING,
    "LegalName": STRING,
    "ShortCode": STRING,
    "APIKey": STRING,
    "Version": STRING,
    "Edition": STRING,
    "Class": STRING,
    "OrganisationType": STRING,
    "OrganisationEntityType": STRING,
    "OrganisationStatus": STRING,
    "IsDemoCompany": BOOLEAN,
    "BaseCurrency": STRING,
    "CountryCode": STRING,
    "Timezone": STRING,
    "LineOfBusiness": STRING,
    "RegistrationNumber": STRING,
    "EmployerIdentificationNumber": STRING,
    "TaxNumber": STRING,
    "PaysTax": BOOLEAN,
    "SalesTaxBasis": STRING,
    "SalesTaxPeriod": STRING,
    "DefaultSalesTax": STRING,
    "DefaultPurchasesTax": STRING,
    "FinancialYearEndDay": INTEGER,
    "FinancialYearEndMonth": INTEGER,
    "PeriodLockDate": DATE,
    "EndOfYearLockDate": DATE,
    "Addresses": array_of(ADDRESS),
    "Phones": array_of(PHONE),
    "ExternalLinks": array_of(EXTERNAL_LINK),
    "PaymentTerms": object_of(PAYMENT_TERMS),
    "CreatedDateUTC": INSTANT,
}

USER: Properties = {
    "UserID": STRING,
    "EmailAddress": STRING,
    "FirstName": STRING,
    "LastName": STRING,
    "IsSubscriber": BOOLEAN,
    "OrganisationRole": STRING,
    "UpdatedDateUTC": INSTANT,
    "ValidationErrors": array_of(MESSAGE),
    "Warnings": array_of(MESSAGE),
}

CURRENCY: Properties = {
    "Code": STRING,
    "Description": STRING,
}

TAX_COMPONENT: Properties = {
    "Name": STRING,
    "Rate": NUMBER,
    "IsCompound": BOOLEAN,
    "IsNonRecoverable": BOOLEAN,
}

TAX_RATE: Properties = {
    "TaxType": STRING,
    "Name": STRING,
    "Status": STRING,
    "ReportTaxType": STRING,
    "TaxComponents": array_of(TAX_COMPONENT),
    "CanApplyToAssets": BOOLEAN,
    "CanApplyToEquity": BOOLEAN,
    "CanApplyToExpenses": BOOLEAN,
    "CanApplyToLiabilities": BOOLEAN,
    "CanApplyToRevenue": BOOLEAN,
    "DisplayTaxRate": NUMBER,
    "EffectiveRate": NUMBER,
}

BRANDING_THEME: Properties = {
    "BrandingThemeID": STRING,
    "Name": STRING,
    "LogoUrl": STRING,
    "Type": STRING,
    "SortOrder": INTEGER,
    "CreatedDateUTC": INSTANT,
}

INVOICE_REMINDER: Properties = {
    "Enabled": BOOLEAN,
}
