"""What differs between the countries of empty organisations.

Default tax rates, what they can apply to and how they are reported: Xero's developer pages on tax
rates ("tax rate constraints", the names users start with), tax types and report tax types. The
ledger follows the same rules everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_SALES = "Assets Equity Liabilities Revenue"
_PURCHASES = "Assets Equity Expenses Liabilities"
_ALL = "Assets Equity Expenses Liabilities Revenue"
_IMPORTS = "Liabilities"

# Tax type, name, percent, what it can apply to.
TaxRateRow = tuple[str, str, str, str]


@dataclass(frozen=True)
class Region:
    """A country.

    Attributes:
        currency: The country's currency.
        timezone: Xero's name of the time zone.
        tax: The name of the tax on the system account and in components.
        tax_rates: The default rates.
        report_tax_types: The ReportTaxType of default rates, if it is not ``NONE``.
        user_rates: The ReportTaxTypes of rates that users create, and what such a rate can apply
            to. Empty if a request must not contain one, None if it may contain any.
        tax_types: The replacement of New Zealand's tax types on the default accounts.
    """

    currency: str
    timezone: str
    tax: str
    tax_rates: tuple[TaxRateRow, ...]
    report_tax_types: Mapping[str, str]
    user_rates: Mapping[str, str] | None = None
    tax_types: Mapping[str, str] = field(default_factory=dict)


REGIONS: Mapping[str, Region] = MappingProxyType(
    {
        "NZ": Region(
            "NZD",
            "NEWZEALANDSTANDARDTIME",
            "GST",
            (
                ("INPUT2", "15% GST on Expenses", "15", _PURCHASES),
                ("OUTPUT2", "15% GST on Income", "15", _SALES),
                ("GSTONIMPORTS", "GST on Imports", "0", _PURCHASES),
                ("NONE", "No GST", "0", _ALL),
                ("ZERORATED", "Zero Rated", "0", _ALL),
            ),
            {"INPUT2": "INPUT", "OUTPUT2": "OUTPUT", "GSTONIMPORTS": "GSTONIMPORTS"},
        ),
        "AU": Region(
            "AUD",
            "AUSEASTERNSTANDARDTIME",
            "GST",
            (
                ("BASEXCLUDED", "BAS Excluded", "0", _ALL),
                ("EXEMPTCAPITAL", "GST Free Capital", "0", _PURCHASES),
                ("EXEMPTEXPENSES", "GST Free Expenses", "0", _PURCHASES),
                ("EXEMPTEXPORT", "GST Free Exports", "0", _SALES),
                ("EXEMPTOUTPUT", "GST Free Income", "0", _SALES),
                ("CAPEXINPUT", "GST on Capital", "10", _PURCHASES),
                ("GSTONCAPIMPORTS", "GST on Capital Imports", "0", _IMPORTS),
                ("INPUT", "GST on Expenses", "10", _PURCHASES),
                ("GSTONIMPORTS", "GST on Imports", "0", _IMPORTS),
                ("OUTPUT", "GST on Income", "10", _SALES),
                ("INPUTTAXED", "Input Taxed", "0", _ALL),
            ),
            {
                "BASEXCLUDED": "BASEXCLUDED",
                "EXEMPTCAPITAL": "EXEMPTCAPITAL",
                "EXEMPTEXPENSES": "EXEMPTEXPENSES",
                "EXEMPTEXPORT": "EXEMPTEXPORT",
                "EXEMPTOUTPUT": "EXEMPTOUTPUT",
                "CAPEXINPUT": "CAPITALEXINPUT",
                "GSTONCAPIMPORTS": "GSTONCAPIMPORTS",
                "INPUT": "INPUT",
                "GSTONIMPORTS": "GSTONIMPORTS",
                "OUTPUT": "OUTPUT",
                "INPUTTAXED": "INPUTTAXED",
            },
            {
                "OUTPUT": _SALES,
                "INPUT": _PURCHASES,
                "EXEMPTOUTPUT": _SALES,
                "EXEMPTEXPENSES": _PURCHASES,
                "INPUTTAXED": _ALL,
                "BASEXCLUDED": _ALL,
            },
            {
                "INPUT2": "INPUT",
                "OUTPUT2": "OUTPUT",
                "NONE": "BASEXCLUDED",
                "ZERORATED": "EXEMPTEXPENSES",
            },
        ),
        "GB": Region(
            "GBP",
            "GMTSTANDARDTIME",
            "VAT",
            (
                ("INPUT2", "20% (VAT on Expenses)", "20", _PURCHASES),
                ("OUTPUT2", "20% (VAT on Income)", "20", _SALES),
                ("RRINPUT", "5% (VAT on Expenses)", "5", _PURCHASES),
                ("RROUTPUT", "5% (VAT on Income)", "5", _SALES),
                ("EXEMPTINPUT", "Exempt Expenses", "0", _PURCHASES),
                ("EXEMPTOUTPUT", "Exempt Income", "0", _SALES),
                ("NONE", "No VAT", "0", _ALL),
                ("GSTONIMPORTS", "VAT on Imports", "0", _IMPORTS),
                ("ZERORATEDINPUT", "Zero Rated Expenses", "0", _PURCHASES),
                ("ZERORATEDOUTPUT", "Zero Rated Income", "0", _SALES),
            ),
            {
                "INPUT2": "INPUT",
                "OUTPUT2": "OUTPUT",
                "RRINPUT": "INPUT",
                "RROUTPUT": "OUTPUT",
                "EXEMPTINPUT": "EXEMPTINPUT",
                "EXEMPTOUTPUT": "EXEMPTOUTPUT",
                "GSTONIMPORTS": "GSTONIMPORTS",
                "ZERORATEDINPUT": "INPUT",
                "ZERORATEDOUTPUT": "OUTPUT",
            },
            {
                "OUTPUT": _SALES,
                "INPUT": _PURCHASES,
                "EXEMPTOUTPUT": _SALES,
                "EXEMPTINPUT": _PURCHASES,
                "ECOUTPUT": _SALES,
                "ECOUTPUTSERVICES": _SALES,
                "ECINPUT": _PURCHASES,
                "ECACQUISITIONS": _PURCHASES,
                "CAPITALSALESOUTPUT": _SALES,
                "CAPITALEXPENSESINPUT": _PURCHASES,
                "MOSSSALES": _SALES,
            },
            {"ZERORATED": "ZERORATEDINPUT"},
        ),
        "US": Region(
            "USD",
            "EASTERNSTANDARDTIME",
            "Sales Tax",
            (
                ("OUTPUT", "Tax on Sales", "0", _ALL),
                ("GSTONIMPORTS", "Sales Tax on Imports", "0", _IMPORTS),
                ("NONE", "Tax Exempt", "0", _ALL),
                ("INPUT", "Tax on Purchases", "0", _ALL),
            ),
            {"INPUT": "INPUT", "OUTPUT": "OUTPUT"},
            {},
            {"INPUT2": "INPUT", "OUTPUT2": "OUTPUT", "ZERORATED": "NONE"},
        ),
    }
)
