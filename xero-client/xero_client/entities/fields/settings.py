"""The organisation and its settings: users, currencies, tax rates, branding themes, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    day,
    instant,
    integer,
    number,
    part,
    parts,
    read_only,
    shape,
    text,
    texts,
)

ORGANISATIONS = shape(
    read_only(
        text("OrganisationID"),
        text("Name", "Name of the organisation."),
        text("LegalName", "Name in the register."),
        text("ShortCode", "Short code of the organisation, for links into Xero."),
        text("APIKey", "Key for Xero-to-Xero transactions."),
        text("Version", "Region of the organisation, such as NZ, UK or AUONRAMP."),
        text("Edition", "Edition of Xero: BUSINESS or PARTNER."),
        text("Class", "Plan of the subscription, such as STARTER or PREMIUM."),
        text(
            "OrganisationType", "Kind of the organisation, such as COMPANY or ACCOUNTING_PRACTICE."
        ),
        text("OrganisationEntityType", "Legal form, such as COMPANY or SOLETRADER."),
        text("OrganisationStatus", "Status of the organisation, such as ACTIVE."),
        boolean("IsDemoCompany", "Whether it is Xero's demo company."),
        text("BaseCurrency", "Currency of the books, by its ISO 4217 code."),
        text("CountryCode", "Country, by its ISO 3166 code of two letters."),
        text(
            "Timezone",
            "Time zone, by Microsoft's name in capitals, such as NEWZEALANDSTANDARDTIME.",
        ),
        text("LineOfBusiness", "What the organisation does, as it was entered."),
        text("RegistrationNumber", "Number of the organisation in a public register."),
        text("EmployerIdentificationNumber", "Employer identification number (United States)."),
        text("TaxNumber"),
        boolean("PaysTax", "Whether the organisation is registered for tax."),
        text("SalesTaxBasis", "Basis of the tax return, such as ACCRUALS or CASH."),
        text("SalesTaxPeriod", "How often tax is returned, such as TWOMONTHS."),
        text("DefaultSalesTax", "Default LineAmountTypes of sales."),
        text("DefaultPurchasesTax", "Default LineAmountTypes of purchases."),
        integer("FinancialYearEndDay", "Day of the month on which the financial year ends."),
        integer("FinancialYearEndMonth", "Month in which the financial year ends, from 1 to 12."),
        day("PeriodLockDate", "Day up to which only advisers can change the books."),
        day("EndOfYearLockDate", "Day up to which nobody can change the books."),
        parts("Addresses", "Address"),
        parts("Phones", "Phone"),
        parts(
            "ExternalLinks",
            "ExternalLink",
            "Links to pages of the organisation, such as its website.",
        ),
        part("PaymentTerms", "PaymentTerms"),
        instant("CreatedDateUTC"),
    )
)
USERS = shape(
    read_only(
        texts("UserID", "EmailAddress", "FirstName", "LastName"),
        boolean("IsSubscriber", "Whether the user is the subscriber."),
        text("OrganisationRole", "Role of the user, such as STANDARD or FINANCIALADVISER."),
        instant("UpdatedDateUTC"),
        parts("ValidationErrors", "Message"),
        parts("Warnings", "Message"),
    )
)
BRANDING_THEMES = shape(
    read_only(
        text("BrandingThemeID"),
        text("Name", "Name of the branding theme."),
        text("LogoUrl", "Address of the logo."),
        text("Type", "Kind of document that the theme is for, such as INVOICE."),
        integer("SortOrder", "Place in the list of branding themes, from 0."),
        instant("CreatedDateUTC"),
    )
)
CURRENCIES = shape(
    text("Code", "Currency, by its ISO 4217 code."),
    text("Description", "Name of the currency."),
)
INVOICE_REMINDERS = shape(read_only(boolean("Enabled", "Whether invoice reminders are sent.")))
TAX_RATES = shape(
    text("TaxType", "Key of the tax rate, such as OUTPUT2 or TAX001."),
    text("Name", "Name of the tax rate."),
    text("Status", "Status: ACTIVE, DELETED, ARCHIVED or PENDING."),
    text("ReportTaxType", "Kind of tax in tax reports, such as OUTPUT or INPUT."),
    parts("TaxComponents", "TaxComponent", "Components that add up to the tax rate."),
    read_only(
        boolean("CanApplyToAssets", "Whether the tax rate can be used with asset accounts."),
        boolean("CanApplyToEquity", "Whether the tax rate can be used with equity accounts."),
        boolean("CanApplyToExpenses", "Whether the tax rate can be used with expense accounts."),
        boolean(
            "CanApplyToLiabilities", "Whether the tax rate can be used with liability accounts."
        ),
        boolean("CanApplyToRevenue", "Whether the tax rate can be used with revenue accounts."),
        number("DisplayTaxRate", "Sum of the components' rates, in percent, as Xero shows it."),
        number("EffectiveRate", "Rate with compound components counted in, in percent."),
    ),
)

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "ExternalLink": shape(
            read_only(
                text("LinkType", "Kind of link, such as Website or Facebook."),
                text("Url", "Address of the page."),
                text("Description", "Text of the link."),
            )
        ),
        "TaxComponent": shape(
            text("Name", "Name of the component."),
            number("Rate", "Rate of the component, in percent."),
            boolean(
                "IsCompound", "Whether the component is charged on the tax of the others, too."
            ),
            boolean("IsNonRecoverable", "Whether the component cannot be recovered (Canada)."),
        ),
    }
)
