"""Scopes: which exist, which an app may request, which an endpoint accepts.

(xero-facts.md: Scopes)
"""

from __future__ import annotations

from collections.abc import Iterable

from xero_sandbox.identity.apps import App

IDENTITY = frozenset({"openid", "profile", "email", "offline_access"})
NON_TENANTED = frozenset({"app.connections", "marketplace.billing"})
_WITH_READ = (
    "accounting.invoices",
    "accounting.payments",
    "accounting.banktransactions",
    "accounting.manualjournals",
    "accounting.classicexpenses",
    "accounting.settings",
    "accounting.contacts",
    "accounting.attachments",
    "files",
    "assets",
    "projects",
    "payroll.employees",
    "payroll.payruns",
    "payroll.payslip",
    "payroll.settings",
    "payroll.timesheets",
)
REPORTS = {
    "AgedPayablesByContact": "aged",
    "AgedReceivablesByContact": "aged",
    "BalanceSheet": "balancesheet",
    "BankSummary": "banksummary",
    "BudgetSummary": "budgetsummary",
    "ExecutiveSummary": "executivesummary",
    "ProfitAndLoss": "profitandloss",
    "TrialBalance": "trialbalance",
    "TenNinetyNine": "tenninetynine",
}
PUBLISHED_REPORTS = "taxreports"
_READ_ONLY = (
    "accounting.budgets.read",
    "accounting.journals.read",
    *(f"accounting.reports.{name}.read" for name in {*REPORTS.values(), PUBLISHED_REPORTS}),
    *(f"finance.{name}.read" for name in ("bankstatementsplus", "cashvalidation", "statements")),
)
BROAD = frozenset(
    {
        "accounting.transactions",
        "accounting.transactions.read",
        "accounting.reports.read",
    }
)
GRANULAR = frozenset(
    {
        *_WITH_READ,
        *(f"{name}.read" for name in _WITH_READ),
        *_READ_ONLY,
        "paymentservices",
    }
)
_TRANSACTIONS = frozenset(
    {"invoices", "payments", "banktransactions", "manualjournals", "classicexpenses"}
)


def unknown_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes that do not exist at Xero."""
    return sorted(set(scopes) - IDENTITY - NON_TENANTED - BROAD - GRANULAR)


def refused_scopes(app: App, scopes: Iterable[str]) -> list[str]:
    """The scopes that this app may not request: broad ones after 2 March 2026."""
    requested = set(scopes)
    refused = requested & BROAD if app.granular_only else set()
    if app.assigned_scopes:
        refused |= requested - app.assigned_scopes
    return sorted(refused)


def accepted_scopes(family: str, *, writing: bool) -> frozenset[str]:
    """The scopes of a family of endpoints; any one of them is enough.

    Args:
        family: For example ``invoices``, ``settings``, ``reports.aged``, ``paymentservices``.
        writing: A read accepts the write scope and its ``.read`` variant, a write only the former.
    """
    if family == "paymentservices":
        return frozenset({"paymentservices"})
    scopes = {f"accounting.{family}"}
    if not writing:
        scopes.add(f"accounting.{family}.read")
    if family in _TRANSACTIONS:
        scopes.add("accounting.transactions")
        if not writing:
            scopes.add("accounting.transactions.read")
    if family.startswith("reports.") and family != "reports.tenninetynine":
        scopes.add("accounting.reports.read")
    return frozenset(scopes)
