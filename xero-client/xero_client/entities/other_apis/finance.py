"""The Finance API, which is open to partners only (xero-facts.md: Finance)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from xero_client.entities.entity import Entity
from xero_client.entities.other_apis.fields.finance import FIELDS
from xero_client.entities.read_spec import ParentSpec, ReadSpec

_NEEDS = "The Finance API is open only to apps with an agreement with Xero"
_WHOLE = ReadSpec(full_table=True, where=False, selected_by_default=False)


def _row(
    stream: str,
    path: str,
    scope: str,
    records: tuple[str, ...] = (),
    id_field: str | None = None,
    parent: ParentSpec | None = None,
    reading: ReadSpec = _WHOLE,
) -> Entity:
    return Entity(
        path.rpartition("/")[2],
        f"finance_{stream}",
        id_field,
        (f"finance.{scope}",),
        reading,
        fields=FIELDS[stream],
        path=f"/finance.xro/1.0/{path}",
        records=records,
        parent=parent,
        needs=_NEEDS,
    )


def _statement(stream: str, path: str, records: tuple[str, ...] = (), key: str = "") -> Entity:
    return _row(stream, f"FinancialStatements/{path}", "statements", records, id_field=key or None)


# All lines of this year, unless the settings name other days.
_LINES: Mapping[str, str] = MappingProxyType(
    {"SummaryOnly": "false", "FromDate": "{{ today.year }}-01-01", "ToDate": "{{ today }}"}
)
FINANCE = (
    _statement("trial_balance", "TrialBalance", ("accounts",), "accountId"),
    _statement("balance_sheet", "BalanceSheet"),
    _statement("profit_and_loss", "ProfitAndLoss"),
    _statement("cashflow", "Cashflow"),
    _statement("contact_revenue", "contacts/revenue", ("contacts",), "contactId"),
    _statement("contact_expense", "contacts/expense", ("contacts",), "contactId"),
    _row("cash_validation", "CashValidation", "cashvalidation", (), "accountId"),
    # FromDate and ToDate are required, and at most a year apart.
    _row(
        "bank_statements",
        "BankStatementsPlus/statements",
        "bankstatementsplus",
        ("statements",),
        "statementId",
        ParentSpec(
            "accounts",
            MappingProxyType({"BankAccountID": "AccountID"}),
            params=MappingProxyType({"BankAccountID": "AccountID"}),
            only=MappingProxyType({"Type": frozenset({"BANK"})}),
        ),
        ReadSpec(full_table=True, where=False, selected_by_default=False, fixed_params=_LINES),
    ),
)
