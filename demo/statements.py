"""The profit and loss of each month, made in DuckDB, beside Xero's own reports."""

from __future__ import annotations

from pathlib import Path

import duckdb

SQL = Path(__file__).resolve().parent.parent / "warehouse/sql/duckdb.sql"

PROFIT = """
    WITH ours AS (
        SELECT month_end, sum(profit) AS profit,
               sum(amount) FILTER (section IN ('Income', 'Plus Other Income')) AS income,
               sum(amount) FILTER (section = 'Less Cost of Sales') AS cost_of_sales,
               sum(amount) FILTER (section = 'Less Operating Expenses') AS expenses
        FROM analytics.profit_and_loss WHERE basis = 'accrual' GROUP BY 1
    ), theirs AS (
        SELECT CAST(todate AS date) AS month_end, CAST(amount AS decimal(28, 2)) AS profit
        FROM profit_and_loss WHERE basis = 'accrual' AND label = 'Net Profit'
    )
    SELECT strftime(month_end, '%Y-%m') AS month, income, cost_of_sales, expenses,
           ours.profit, theirs.profit AS profit_in_xero,
           coalesce(ours.profit, 0) - theirs.profit AS difference -- a month may have no journal
    FROM ours FULL JOIN theirs USING (month_end)
    WHERE month_end >= (SELECT min(month_end) FROM theirs)
    ORDER BY month_end
"""


def make_statements(path: Path) -> None:
    """Makes the ledger and the statements of what was loaded, as `warehouse/sql` says."""
    with duckdb.connect(str(path)) as database:
        database.execute(SQL.read_text("utf-8"))


def profit_by_month(path: Path) -> tuple[list[list[str]], bool]:
    """The rows to show, headings first, and whether all months equal Xero's to the cent."""
    with duckdb.connect(str(path), read_only=True) as database:
        found = database.sql(PROFIT)
        headings, months = found.columns, found.fetchall()
    rows = [
        [cell if isinstance(cell, str) else f"{cell or 0:,.2f}" for cell in month]
        for month in months
    ]
    return [headings, *rows], bool(months) and all(month[-1] == 0 for month in months)
