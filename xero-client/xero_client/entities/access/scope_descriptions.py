"""What OAuth scopes allow and need, in words (xero-facts.md: Scopes)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

READ_SUFFIX = ".read"

# Scopes that allow to read, with ".read", and otherwise to read and change.
SUBJECTS: Mapping[str, str] = MappingProxyType(
    {
        "accounting.invoices": "invoices, bills, credit notes, quotes, purchase orders and items",
        "accounting.payments": "payments, batch payments, overpayments and prepayments",
        "accounting.banktransactions": "bank transactions and transfers",
        "accounting.manualjournals": "manual journals",
        "accounting.classicexpenses": "expense claims and receipts",
        "accounting.settings": "accounts, tax rates, tracking categories, items and users",
        "accounting.contacts": "contacts and contact groups",
        "accounting.attachments": "files attached to documents",
        "accounting.budgets": "budgets",
        "accounting.journals": "journals (the general ledger)",
        "accounting.transactions": "all documents, payments and bank transactions",
        "accounting.reports": "all reports but the 1099 report",
        "accounting.reports.aged": "aged receivables and payables",
        "accounting.reports.balancesheet": "the balance sheet",
        "accounting.reports.banksummary": "the bank summary",
        "accounting.reports.budgetsummary": "the budget summary",
        "accounting.reports.executivesummary": "the executive summary",
        "accounting.reports.profitandloss": "the profit and loss",
        "accounting.reports.taxreports": "published tax reports",
        "accounting.reports.tenninetynine": "the 1099 report",
        "accounting.reports.trialbalance": "the trial balance",
        "files": "files",
        "assets": "fixed assets",
        "projects": "projects, tasks and time",
        "payroll.employees": "employees",
        "payroll.payruns": "pay runs",
        "payroll.payslip": "payslips",
        "payroll.settings": "payroll settings",
        "payroll.timesheets": "timesheets",
        "finance.bankstatementsplus": "bank statements",
        "finance.cashvalidation": "cash validation",
        "finance.statements": "financial statements",
    }
)
OTHERS: Mapping[str, str] = MappingProxyType(
    {
        "offline_access": "Stay logged in until the login is ended",
        "openid": "Know who you are",
        "profile": "Read your name",
        "email": "Read your e-mail address",
        "paymentservices": "Read and change payment services",
        "bankfeeds": "Send bank statements to Xero",
    }
)

# The scopes that Xero gives to few apps, and why.
_FINANCE_SCOPES = tuple(
    f"finance.{name}.read" for name in ("bankstatementsplus", "cashvalidation", "statements")
)
_PARTNERS_ONLY = "needs an agreement with Xero, as a lender or a similar partner"
APPROVAL_REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "accounting.journals.read": "needs Xero's approval and the Advanced tier",
        "paymentservices": "needs Xero's approval",
        "bankfeeds": _PARTNERS_ONLY,
        **dict.fromkeys(_FINANCE_SCOPES, _PARTNERS_ONLY),
    }
)


def describe_scope(scope: str) -> str:
    """What a scope allows, as ``Read invoices, …``; empty for an unknown scope."""
    if scope in OTHERS:
        return OTHERS[scope]
    subject = SUBJECTS.get(scope.removesuffix(READ_SUFFIX))
    if subject is None:
        return ""
    return f"{'Read' if scope.endswith(READ_SUFFIX) else 'Read and change'} {subject}"
