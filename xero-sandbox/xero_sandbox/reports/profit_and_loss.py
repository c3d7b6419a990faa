"""Profit and loss: periods or tracking options side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import product

from xero_sandbox.books.amounts import ZERO
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reports import parameters
from xero_sandbox.reports.balances import Balances, Ledger
from xero_sandbox.reports.parameters import ReportError
from xero_sandbox.reports.rows import (
    header,
    long_day,
    money,
    report_titles,
    row,
    section,
    sheet,
    short_year_day,
    summary,
)

INCOME = ("REVENUE", "SALES")
COST_OF_SALES = ("DIRECTCOSTS",)
OTHER_INCOME = ("OTHERINCOME",)
OPERATING = ("EXPENSE", "OVERHEADS", "DEPRECIATN")
MAX_COLUMNS = 1000
# One row shows all gains and losses of currencies, under an id that no account has
# (xero-facts.md: Report answers).
CURRENCY_GAINS = frozenset({"BANKCURRENCYGAIN", "REALISEDCURRENCYGAIN", "UNREALISEDCURRENCYGAIN"})
GAINS_LABEL = "Foreign Currency Gains and Losses"
GAINS_ID = "FXGROUPID"

Column = tuple[str, Balances]


def profit_and_loss(organisation: Organisation, query: Mapping[str, str], today: date) -> Record:
    """``fromDate``, ``toDate``, ``periods``, ``timeframe``, tracking, ``paymentsOnly``."""
    first, last = parameters.span(query, today)
    ledger = Ledger(organisation, cash=parameters.flag(query, "paymentsOnly"))
    columns = _tracking_columns(ledger, query, first, last)
    if columns is None:
        count = parameters.whole(query, "periods", 0, (1, 12))
        options = frozenset(
            query[name] for name in ("trackingOptionID", "trackingOptionID2") if query.get(name)
        )
        columns = [
            (short_year_day(end), ledger.sums(begin, end, options))
            for begin, end in parameters.earlier_spans(
                first, last, count, parameters.timeframe(query)
            )
        ]
    rows = [header(["", *(title for title, _ in columns)]), *_body(ledger, columns)]
    span = f"{long_day(first)} to {long_day(last)}"
    titles = report_titles(organisation, "Profit & Loss", span)
    return sheet("Profit and Loss", "ProfitAndLoss", titles, today, rows)


def _body(ledger: Ledger, columns: Sequence[Column]) -> list[Record]:
    sections: list[Record] = []
    income = _group(ledger, columns, "Income", "Total Income", INCOME, -1, sections)
    cost = _group(
        ledger, columns, "Less Cost of Sales", "Total Cost of Sales", COST_OF_SALES, 1, sections
    )
    gross = [earned - spent for earned, spent in zip(income, cost, strict=True)]
    sections.append(section("", [row(["Gross Profit", *map(money, gross)])]))
    other = _group(
        ledger, columns, "Plus Other Income", "Total Other Income", OTHER_INCOME, -1, sections
    )
    operating = _group(
        ledger,
        columns,
        "Less Operating Expenses",
        "Total Operating Expenses",
        OPERATING,
        1,
        sections,
    )
    net = [
        margin + extra - spent for margin, extra, spent in zip(gross, other, operating, strict=True)
    ]
    sections.append(section("", [row(["Net Profit", *map(money, net)])]))
    return sections


def _group(
    ledger: Ledger,
    columns: Sequence[Column],
    title: str,
    total_title: str,
    types: tuple[str, ...],
    sign: int,
    sections: list[Record],
) -> list[Decimal]:
    """Adds a section of the accounts of these types and returns its totals."""
    rows = []
    totals = [ZERO for _ in columns]
    gains = [ZERO for _ in columns]
    has_gains = False
    for account in ledger.accounts_of(*types):
        account_id = account["AccountID"]
        amounts = [sign * balances.get(account_id, ZERO) for _, balances in columns]
        if not any(amounts):
            continue
        totals = _added(totals, amounts)
        if account.get("SystemAccount") in CURRENCY_GAINS:
            gains, has_gains = _added(gains, amounts), True
        else:
            rows.append(row([account["Name"], *map(money, amounts)], account=account_id))
    if has_gains:
        rows.append(row([GAINS_LABEL, *map(money, gains)], account=GAINS_ID))
    if rows:
        rows.append(summary([total_title, *map(money, totals)]))
        sections.append(section(title, rows))
    return totals


def _added(sums: Sequence[Decimal], amounts: Sequence[Decimal]) -> list[Decimal]:
    return [total + amount for total, amount in zip(sums, amounts, strict=True)]


def _tracking_columns(
    ledger: Ledger, query: Mapping[str, str], first: date, last: date
) -> list[Column] | None:
    """A column per tracking option or pair of options, if the query names categories."""
    axes = []
    for suffix in ("", "2"):
        category_id = query.get(f"trackingCategoryID{suffix}")
        if not category_id:
            continue
        axes.append(_axis(ledger.organisation, category_id, query.get(f"trackingOptionID{suffix}")))
    if not axes:
        return None
    combinations = list(product(*axes))
    if len(combinations) > MAX_COLUMNS:
        message = f"The report would have more than {MAX_COLUMNS} tracking columns."
        raise ReportError(400, message)
    columns: list[Column] = []
    for combination in combinations:
        title = ", ".join(name for name, _, _ in combination)
        options = frozenset[str]().union(*(required for _, required, _ in combination))
        without = frozenset[str]().union(*(excluded for _, _, excluded in combination))
        columns.append((title, ledger.sums(first, last, options, without)))
    if len(columns) > 1:
        columns.append(("Total", ledger.sums(first, last)))
    return columns


def _axis(
    organisation: Organisation, category_id: str, option_id: str | None
) -> list[tuple[str, frozenset[str], frozenset[str]]]:
    """The options of a category: name, options that lines must have, options they must not."""
    category = organisation.collections["TrackingCategories"].get(category_id.lower())
    if category is None:
        raise ReportError(400, f"The tracking category {category_id} could not be found.")
    none: frozenset[str] = frozenset()
    axis = [
        (option["Name"], frozenset({option["TrackingOptionID"]}), none)
        for option in category["Options"]
        # Archived options have no column (xero-facts.md: Report parameters).
        if option.get("Status", "ACTIVE") == "ACTIVE"
        if not option_id or option["TrackingOptionID"] == option_id.lower()
    ]
    if not axis:
        raise ReportError(400, f"The tracking option {option_id} could not be found.")
    if not option_id:
        every = frozenset(option["TrackingOptionID"] for option in category["Options"])
        axis.append(("Unassigned", none, every))
    return axis
