"""Settings of an organisation: currencies, tax rates, branding themes, reminders."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.field_types import (
    Shape,
    boolean,
    instant,
    integer,
    number,
    parts,
    read_only,
    shape,
    text,
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
