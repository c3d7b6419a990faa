"""The executive summary: a month beside the one before, and the change in percent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from xero_sandbox.books.amounts import HUNDRED, ZERO
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports import parameters
from xero_sandbox.reports.balance_sheet import ASSETS, LIABILITIES
from xero_sandbox.reports.balances import Ledger
from xero_sandbox.reports.bank_summary import cash_flows
from xero_sandbox.reports.profit_and_loss import COST_OF_SALES, INCOME, OPERATING, OTHER_INCOME
from xero_sandbox.reports.rows import header, money, report_titles, row, section, sheet

_TENTH = Decimal("0.1")
_SECTIONS = {
    "Cash": ("Cash received", "Cash spent", "Cash surplus (deficit)", "Closing bank balance"),
    "Profitability": (
        "Income",
        "Direct costs",
        "Gross profit (loss)",
        "Other Income",
        "Expenses",
        "Profit (loss)",
    ),
    "Balance Sheet": ("Debtors", "Creditors", "Net assets"),
    "Income": ("Number of invoices issued", "Average value of invoices"),
    "Performance": ("Gross profit margin", "Net profit margin", "Return on investment (p.a.)"),
    "Position": (
        "Average debtors days",
        "Average creditors days",
        "Short term cash forecast",
        "Current assets to liabilities",
    ),
}
_PERCENT = frozenset(_SECTIONS["Performance"])
_COUNTS = frozenset({"Number of invoices issued"})


def executive_summary(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``date``: a day of the month; this month by default."""
    on = parameters.day(query, "date", today)
    first = on.replace(day=1)
    ledger = Ledger(organisation)
    this = _figures(ledger, first, parameters.month_end(on))
    before_end = parameters.months_before(parameters.month_end(on), 1)
    before = _figures(ledger, before_end.replace(day=1), before_end)
    rows = [header(["", f"{on:%b %Y}", f"{before_end:%b %Y}", "Variance"])]
    for title, names in _SECTIONS.items():
        rows.append(
            section(
                title,
                [
                    row(
                        [
                            name,
                            _formatted(name, this[name]),
                            _formatted(name, before[name]),
                            _variance(this[name], before[name]),
                        ]
                    )
                    for name in names
                ],
            )
        )
    titles = report_titles(organisation, "Executive Summary", f"For the month of {on:%B %Y}")
    return sheet("Executive Summary", "ExecutiveSummary", titles, today, rows)


def _figures(ledger: Ledger, first: date, last: date) -> dict[str, Decimal]:
    received, spent = cash_flows(ledger.organisation, first, last, transfers=False)
    cash_in, cash_out = sum(received.values(), ZERO), sum(spent.values(), ZERO)
    month, ever = ledger.sums(first, last), ledger.sums(None, last)
    income = -ledger.total(month, *INCOME)
    direct = ledger.total(month, *COST_OF_SALES)
    other = -ledger.total(month, *OTHER_INCOME)
    expenses = ledger.total(month, *OPERATING)
    profit = income - direct + other - expenses
    assets = sum((ledger.total(ever, *types) for _, types in ASSETS), ZERO)
    liabilities = -sum((ledger.total(ever, *types) for _, types in LIABILITIES), ZERO)
    bank = ledger.total(ever, "BANK")
    current = bank + ledger.total(ever, *ASSETS[1][1])
    owed_soon = -ledger.total(ever, *LIABILITIES[0][1])
    debtors = _system(ledger, ever, "DEBTORS")
    creditors = -_system(ledger, ever, "CREDITORS")
    issued = [
        invoice["SubTotal"] / (invoice.get("CurrencyRate") or 1)
        for invoice in ledger.organisation.collections["Invoices"].values()
        if invoice["Type"] == "ACCREC"
        and invoice["Status"] in {"AUTHORISED", "PAID"}
        and first <= invoice["Date"] <= last
    ]
    days = (last - first).days + 1
    return {
        "Cash received": cash_in,
        "Cash spent": cash_out,
        "Cash surplus (deficit)": cash_in - cash_out,
        "Closing bank balance": bank,
        "Income": income,
        "Direct costs": direct,
        "Gross profit (loss)": income - direct,
        "Other Income": other,
        "Expenses": expenses,
        "Profit (loss)": profit,
        "Debtors": debtors,
        "Creditors": creditors,
        "Net assets": assets - liabilities,
        "Number of invoices issued": Decimal(len(issued)),
        "Average value of invoices": _ratio(sum(issued, ZERO), Decimal(len(issued))),
        "Gross profit margin": HUNDRED * _ratio(income - direct, income),
        "Net profit margin": HUNDRED * _ratio(profit, income),
        "Return on investment (p.a.)": 12 * HUNDRED * _ratio(profit, assets - liabilities),
        "Average debtors days": days * _ratio(debtors, income),
        "Average creditors days": days * _ratio(creditors, direct + expenses),
        "Short term cash forecast": debtors - creditors,
        "Current assets to liabilities": _ratio(current, owed_soon),
    }


def _system(ledger: Ledger, balances: Mapping[str, Decimal], name: str) -> Decimal:
    found = [item for item in ledger.accounts.values() if item.get("SystemAccount") == name]
    return balances.get(found[0]["AccountID"], ZERO)


def _ratio(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else ZERO


def _formatted(name: str, figure: Decimal) -> str:
    if name in _PERCENT:
        return f"{figure.quantize(_TENTH)}%"
    return str(int(figure)) if name in _COUNTS else money(figure)


def _variance(this: Decimal, before: Decimal) -> str:
    change = HUNDRED * _ratio(this - before, abs(before))
    return f"{change.quantize(_TENTH)}%"
