"""Which report a name stands for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from xero_sandbox.books.aged import aged_payables, aged_receivables
from xero_sandbox.books.balance_sheet import balance_sheet
from xero_sandbox.books.bank_summary import bank_summary
from xero_sandbox.books.budget_summary import budget_summary
from xero_sandbox.books.executive_summary import executive_summary
from xero_sandbox.books.parameters import ReportRefused
from xero_sandbox.books.profit_and_loss import profit_and_loss
from xero_sandbox.books.trial_balance import trial_balance
from xero_sandbox.organisation import Organisation, Record

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
    """The element of ``Reports`` that ``/Reports/{name}`` answers with.

    Raises:
        ReportRefused: For a report that does not exist, or parameters that it cannot take.
    """
    maker = REPORTS.get(name)
    if maker is None:
        raise ReportRefused(404, "The resource you're looking for cannot be found")
    return maker(organisation, query, today)
