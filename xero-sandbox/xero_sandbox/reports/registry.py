"""The reports by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports.aged import aged_payables, aged_receivables
from xero_sandbox.reports.balance_sheet import balance_sheet
from xero_sandbox.reports.bank_summary import bank_summary
from xero_sandbox.reports.budget_summary import budget_summary
from xero_sandbox.reports.executive_summary import executive_summary
from xero_sandbox.reports.layouts import WITH_LAYOUTS, in_layout
from xero_sandbox.reports.parameters import ReportError, flag
from xero_sandbox.reports.profit_and_loss import profit_and_loss
from xero_sandbox.reports.trial_balance import trial_balance

Report = Callable[[Organisation, Mapping[str, str], date], Record]

REPORTS: Mapping[str, Report] = {
    "AgedPayablesByContact": aged_payables,
    "AgedReceivablesByContact": aged_receivables,
    "BalanceSheet": balance_sheet,
    "BankSummary": bank_summary,
    "BudgetSummary": budget_summary,
    "ExecutiveSummary": executive_summary,
    "ProfitAndLoss": profit_and_loss,
    "TrialBalance": trial_balance,
}


def report(organisation: Organisation, name: str, query: Mapping[str, str], today: date) -> Record:
    """The element of ``Reports`` in the response of ``/Reports/{name}``.

    Raises:
        ReportError: If the report does not exist, or a parameter is invalid.
    """
    maker = REPORTS.get(name)
    if maker is None:
        raise ReportError(404, "The resource you're looking for cannot be found")
    made = maker(organisation, query, today)
    layout = organisation.report_layout
    if layout and name in WITH_LAYOUTS and not flag(query, "standardLayout"):
        return in_layout(made, layout)
    return made
