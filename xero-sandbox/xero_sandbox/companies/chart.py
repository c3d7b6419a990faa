"""What every new organisation has: chart of accounts, tax rates, currency, theme, user.

Every country has New Zealand's accounts, with its own tax types.
"""

from __future__ import annotations

from decimal import Decimal

from xero_sandbox.books.amounts import display_rate
from xero_sandbox.model.organisation import Record
from xero_sandbox.model.regions import REGIONS, Region, TaxRateRow
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.settings.accounts import CLASS_OF_TYPE
from xero_sandbox.writing.settings.currencies import NAMES

# Code, name, type, default tax type, system account.
ACCOUNTS: tuple[tuple[str, str, str, str, str], ...] = (
    ("200", "Sales", "REVENUE", "OUTPUT2", ""),
    ("260", "Other Revenue", "REVENUE", "OUTPUT2", ""),
    ("270", "Interest Income", "REVENUE", "NONE", ""),
    ("300", "Purchases", "DIRECTCOSTS", "INPUT2", ""),
    ("310", "Cost of Goods Sold", "DIRECTCOSTS", "INPUT2", ""),
    ("400", "Advertising", "EXPENSE", "INPUT2", ""),
    ("404", "Bank Fees", "EXPENSE", "NONE", ""),
    ("408", "Cleaning", "EXPENSE", "INPUT2", ""),
    ("412", "Consulting and Accounting", "EXPENSE", "INPUT2", ""),
    ("416", "Depreciation", "DEPRECIATN", "NONE", ""),
    ("420", "Entertainment", "EXPENSE", "INPUT2", ""),
    ("425", "Freight and Courier", "EXPENSE", "INPUT2", ""),
    ("429", "General Expenses", "EXPENSE", "INPUT2", ""),
    ("433", "Insurance", "EXPENSE", "INPUT2", ""),
    ("437", "Interest Expense", "EXPENSE", "NONE", ""),
    ("441", "Legal Expenses", "EXPENSE", "INPUT2", ""),
    ("445", "Light, Power, Heating", "EXPENSE", "INPUT2", ""),
    ("449", "Motor Vehicle Expenses", "EXPENSE", "INPUT2", ""),
    ("453", "Office Expenses", "EXPENSE", "INPUT2", ""),
    ("461", "Printing and Stationery", "EXPENSE", "INPUT2", ""),
    ("469", "Rent", "OVERHEADS", "INPUT2", ""),
    ("473", "Repairs and Maintenance", "EXPENSE", "INPUT2", ""),
    ("477", "Salaries", "EXPENSE", "NONE", ""),
    ("485", "Subscriptions", "EXPENSE", "INPUT2", ""),
    ("489", "Telephone and Internet", "EXPENSE", "INPUT2", ""),
    ("493", "Travel, National", "EXPENSE", "INPUT2", ""),
    ("494", "Travel, International", "EXPENSE", "ZERORATED", ""),
    ("497", "Bank Revaluations", "EXPENSE", "NONE", "BANKCURRENCYGAIN"),
    ("498", "Unrealised Currency Gains", "EXPENSE", "NONE", "UNREALISEDCURRENCYGAIN"),
    ("499", "Realised Currency Gains", "EXPENSE", "NONE", "REALISEDCURRENCYGAIN"),
    ("505", "Income Tax Expense", "EXPENSE", "NONE", ""),
    ("610", "Accounts Receivable", "CURRENT", "NONE", "DEBTORS"),
    ("620", "Prepayments", "CURRENT", "NONE", ""),
    ("630", "Inventory", "INVENTORY", "NONE", ""),
    ("710", "Office Equipment", "FIXED", "INPUT2", ""),
    ("711", "Less Accumulated Depreciation on Office Equipment", "FIXED", "NONE", ""),
    ("720", "Computer Equipment", "FIXED", "INPUT2", ""),
    ("721", "Less Accumulated Depreciation on Computer Equipment", "FIXED", "NONE", ""),
    ("800", "Accounts Payable", "CURRLIAB", "NONE", "CREDITORS"),
    ("801", "Unpaid Expense Claims", "CURRLIAB", "NONE", "UNPAIDEXPCLM"),
    ("803", "Wages Payable", "CURRLIAB", "NONE", "WAGEPAYABLES"),
    ("820", "GST", "CURRLIAB", "NONE", "GST"),
    ("825", "PAYE Payable", "CURRLIAB", "NONE", ""),
    ("830", "Income Tax Payable", "CURRLIAB", "NONE", ""),
    ("840", "Historical Adjustment", "CURRLIAB", "NONE", "HISTORICAL"),
    ("860", "Rounding", "CURRLIAB", "NONE", "ROUNDING"),
    ("877", "Tracking Transfers", "CURRLIAB", "NONE", "TRACKINGTRANSFERS"),
    ("880", "Owner A Drawings", "CURRLIAB", "NONE", ""),
    ("881", "Owner A Funds Introduced", "CURRLIAB", "NONE", ""),
    ("900", "Loan", "TERMLIAB", "NONE", ""),
    ("960", "Retained Earnings", "EQUITY", "NONE", "RETAINEDEARNINGS"),
    ("970", "Owner A Share Capital", "EQUITY", "NONE", ""),
)

APPLICATIONS = ("Assets", "Equity", "Expenses", "Liabilities", "Revenue")


def create_defaults(transaction: Transaction) -> None:
    """Creates the records of a new organisation."""
    base = transaction.organisation.base_currency
    region = REGIONS[transaction.organisation.country_code]
    transaction.put("Currencies", {"Code": base, "Description": NAMES.get(base, base)})
    for row in region.tax_rates:
        transaction.put("TaxRates", tax_rate(row, region))
    for code, name, kind, tax_type, system in ACCOUNTS:
        account_name = region.tax if system == "GST" else name
        account_tax = region.tax_types.get(tax_type, tax_type)
        transaction.put(
            "Accounts", _account(transaction, code, account_name, kind, account_tax, system)
        )
    transaction.put("Accounts", _bank(transaction, region, base))
    transaction.put(
        "BrandingThemes",
        {
            "BrandingThemeID": transaction.new_id(),
            "Name": "Standard",
            "Type": "INVOICE",
            "SortOrder": 0,
            "CreatedDateUTC": transaction.now,
        },
    )
    transaction.put(
        "Users", user(transaction, "Robin", "Tane", "FINANCIALADVISER", subscriber=True)
    )


def tax_rate(row: TaxRateRow, region: Region) -> Record:
    """A tax rate of one component."""
    tax_type, name, percent, applications = row
    components = [
        {
            "Name": region.tax,
            "Rate": Decimal(percent),
            "IsCompound": False,
            "IsNonRecoverable": False,
        }
    ]
    applicable = applications.split()
    return {
        "Name": name,
        "TaxType": tax_type,
        "Status": "ACTIVE",
        "ReportTaxType": region.report_tax_types.get(tax_type, "NONE"),
        **{f"CanApplyTo{kind}": kind in applicable for kind in APPLICATIONS},
        "DisplayTaxRate": display_rate(components),
        "EffectiveRate": display_rate(components),
        "TaxComponents": components,
    }


def user(
    transaction: Transaction,
    first: str,
    last: str,
    role: str,
    *,
    subscriber: bool = False,
) -> Record:
    """A user of the organisation."""
    return {
        "UserID": transaction.new_id(),
        "EmailAddress": f"{first}.{last}@example.com".lower(),
        "FirstName": first,
        "LastName": last,
        "UpdatedDateUTC": transaction.now,
        "IsSubscriber": subscriber,
        "OrganisationRole": role,
    }


def _account(
    transaction: Transaction, code: str, name: str, kind: str, tax_type: str, system: str
) -> Record:
    account: Record = {
        "AccountID": transaction.new_id(),
        "Code": code,
        "Name": name,
        "Status": "ACTIVE",
        "Type": kind,
        "TaxType": tax_type,
        "Class": CLASS_OF_TYPE[kind],
        "EnablePaymentsToAccount": False,
        "ShowInExpenseClaims": kind == "EXPENSE" and not system,
        "BankAccountType": "",
        "AddToWatchlist": False,
        "HasAttachments": False,
        "UpdatedDateUTC": transaction.now,
    }
    if system:
        account["SystemAccount"] = system
    return account


def _bank(transaction: Transaction, region: Region, base: str) -> Record:
    untaxed = region.tax_types.get("NONE", "NONE")
    account = _account(transaction, "090", "Business Bank Account", "BANK", untaxed, "")
    return {
        **account,
        "BankAccountNumber": "0109000123456700",
        "BankAccountType": "BANK",
        "CurrencyCode": base,
    }
