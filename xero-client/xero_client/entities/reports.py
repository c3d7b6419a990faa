"""The reports of the Accounting API that are streams, with their scopes.

The facts are from xero-facts.md: Report endpoints, Scopes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xero_client.entities.table import ALLOCATIONS, BY_STREAM, ENTITIES

# Reports are read together with accounts, lock dates and tracking categories.
_SETTINGS = ("accounts",)
# A report of one contact is asked for by contact: these lists tell which contacts there are.
CREDITS = tuple(entity.stream for entity in ENTITIES if ALLOCATIONS in entity.children)
_CONTACTS = (*_SETTINGS, "contacts", *CREDITS)


@dataclass(frozen=True)
class ReportRow:
    """One report.

    Attributes:
        stream: The Singer stream.
        path: The last part of the path, after ``/Reports/``.
        scope: The name of its scope: ``aged`` of ``accounting.reports.aged.read``.
        lists: The streams of the lists that are read along with it.
    """

    stream: str
    path: str
    scope: str
    lists: tuple[str, ...] = _SETTINGS

    @property
    def read_scope(self) -> str:
        """The scope of the report itself."""
        return f"accounting.reports.{self.scope}.read"

    @property
    def read_scopes(self) -> tuple[str, ...]:
        """The scopes for reading it: its own, and those of the lists."""
        return tuple(
            {self.read_scope: None} | {BY_STREAM[name].read_scope: None for name in self.lists}
        )


REPORTS: tuple[ReportRow, ...] = (
    ReportRow("trial_balances", "TrialBalance", "trialbalance"),
    ReportRow("profit_and_loss", "ProfitAndLoss", "profitandloss"),
    ReportRow("profit_and_loss_by_tracking", "ProfitAndLoss", "profitandloss"),
    ReportRow("balance_sheets", "BalanceSheet", "balancesheet"),
    ReportRow("bank_summaries", "BankSummary", "banksummary"),
    ReportRow("budget_summaries", "BudgetSummary", "budgetsummary"),
    ReportRow("executive_summaries", "ExecutiveSummary", "executivesummary"),
    ReportRow("aged_receivables_by_contact", "AgedReceivablesByContact", "aged", _CONTACTS),
    ReportRow("aged_payables_by_contact", "AgedPayablesByContact", "aged", _CONTACTS),
)

REPORT_BY_STREAM: Mapping[str, ReportRow] = MappingProxyType(
    {report.stream: report for report in REPORTS}
)
