"""The dbt project on DuckDB and PostgreSQL: its ledger and statements against Xero's own reports.

One database holds two organisations: the demo company, whose journals are not loaded, and a company
with random books.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
from official_reports import account_amounts, amount_of, lines

pytestmark = pytest.mark.timeout(1200)

ZERO = Decimal(0)
GAINS = "Foreign Currency Gains and Losses"
CURRENCY_GAINS = {"Bank Revaluations", "Realised Currency Gains", "Unrealised Currency Gains"}
# The SDK's argument for each basis.
BASES = {"accrual": False, "cash": True}

both_bases = pytest.mark.parametrize("basis", BASES)
both_companies = pytest.mark.parametrize("company", ["demo", "generated"])


@both_bases
@both_companies
def test_the_profit_and_loss_of_each_month_is_that_of_xero(warehouse, books, company, basis):
    ours: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for month, account, amount in warehouse.rows(
        f"""
        SELECT month_end, account_name, amount FROM analytics.profit_and_loss
        WHERE _tenant_id = '{books.tenants[company]}' AND basis = '{basis}'
        """
    ):
        # Xero's report has one row for them.
        name = GAINS if account in CURRENCY_GAINS else account
        ours[month][name] = ours[month].get(name, ZERO) + amount
    for day in books.months[company]:
        report = books.reports[company].report(
            "profit_and_loss",
            from_date=day.replace(day=1),
            to_date=day,
            standard_layout=True,
            payments_only=BASES[basis],
        )
        theirs = account_amounts(report)
        assert theirs
        assert ours[day.isoformat()] == theirs, day


@both_bases
@both_companies
def test_the_balance_sheet_of_each_month_end_is_that_of_xero(warehouse, books, company, basis):
    ours: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for month, account, amount in warehouse.rows(
        f"""
        SELECT month_end, account_name, amount FROM analytics.balance_sheet
        WHERE _tenant_id = '{books.tenants[company]}' AND basis = '{basis}'
        """
    ):
        ours[month][account] = amount
    for day in books.months[company]:
        report = books.reports[company].report(
            "balance_sheet", date=day, standard_layout=True, payments_only=BASES[basis]
        )
        theirs = account_amounts(report)
        assert theirs
        assert ours[day.isoformat()] == theirs, day


@both_bases
@both_companies
def test_the_trial_balance_of_each_month_is_that_of_xero(warehouse, books, company, basis):
    ours: dict[str, dict[str, tuple[Decimal, ...]]] = defaultdict(dict)
    for month, account, *amounts in warehouse.rows(
        f"""
        SELECT month_end, account_id, debit, credit, ytd_debit, ytd_credit
        FROM analytics.trial_balance
        WHERE _tenant_id = '{books.tenants[company]}' AND basis = '{basis}'
        """
    ):
        ours[month][account] = tuple(amounts)
    for day in books.months[company]:
        report = books.reports[company].report(
            "trial_balance", date=day, payments_only=BASES[basis]
        )
        theirs = {
            attributes["account"]: tuple(amount_of(text) for text in texts)
            for _, texts, attributes in lines(report)
            if attributes
        }
        assert len(theirs) > 5
        assert ours[day.isoformat()] == theirs, day


@both_companies
def test_the_bank_balances_of_each_month_are_xeros_bank_summary(warehouse, books, company):
    ours: dict[str, dict[str, tuple[Decimal, ...]]] = defaultdict(dict)
    for month, account, *amounts in warehouse.rows(
        f"""
        SELECT month_end, account_id, opening_balance, received, spent, closing_balance
        FROM analytics.bank_balances
        WHERE _tenant_id = '{books.tenants[company]}' AND basis = 'accrual'
        """
    ):
        ours[month][account] = tuple(amounts)
    for day in books.months[company]:
        report = books.reports[company].report(
            "bank_summary", from_date=day.replace(day=1), to_date=day
        )
        theirs = {
            attributes["accountID"]: tuple(amount_of(text) for text in texts)
            for _, texts, attributes in lines(report)
            if attributes
        }
        moved = {key: values for key, values in theirs.items() if any(values)}
        assert moved
        found = ours[day.isoformat()]
        assert {key: values for key, values in found.items() if any(values)} == moved, day


@both_companies
def test_the_figures_of_each_month_are_those_of_xeros_executive_summary(warehouse, books, company):
    condition = f"_tenant_id = '{books.tenants[company]}' AND basis = 'accrual'"
    earned = {
        (month, section): total
        for month, section, total in warehouse.rows(
            "SELECT month_end, section, sum(amount) FROM analytics.profit_and_loss"
            f" WHERE {condition} GROUP BY 1, 2"
        )
    }
    profit = dict(
        warehouse.rows(
            "SELECT month_end, sum(profit) FROM analytics.profit_and_loss"
            f" WHERE {condition} GROUP BY 1"
        )
    )
    worth = {
        month: (assets - debts, bank)
        for month, assets, debts, bank in warehouse.rows(
            f"""
            SELECT month_end,
                sum(CASE WHEN side = 'Assets' THEN amount ELSE 0 END),
                sum(CASE WHEN side = 'Liabilities' THEN amount ELSE 0 END),
                sum(CASE WHEN account_type = 'BANK' THEN
                    CASE WHEN side = 'Assets' THEN amount ELSE - amount END ELSE 0 END)
            FROM analytics.balance_sheet WHERE {condition} GROUP BY 1
            """
        )
    }
    control = {
        (month, system): balance
        for month, system, balance in warehouse.rows(
            "SELECT month_end, system_account, balance FROM analytics.trial_balance"
            f" WHERE {condition} AND system_account IN ('DEBTORS', 'CREDITORS')"
        )
    }
    for day in books.months[company]:
        report = books.reports[company].report("executive_summary", date=day)
        theirs = {label: amount_of(texts[0]) for label, texts, _ in lines(report)}
        month = day.isoformat()
        income = earned.get((month, "Income"), ZERO)
        direct = earned.get((month, "Less Cost of Sales"), ZERO)
        ours = {
            "Income": income,
            "Direct costs": direct,
            "Gross profit (loss)": income - direct,
            "Other Income": earned.get((month, "Plus Other Income"), ZERO),
            "Expenses": earned.get((month, "Less Operating Expenses"), ZERO),
            "Profit (loss)": profit[month],
            "Net assets": worth[month][0],
            "Closing bank balance": worth[month][1],
            "Debtors": control[month, "DEBTORS"],
            "Creditors": -control[month, "CREDITORS"],
        }
        assert ours == {label: theirs[label] for label in ours}, day


@both_companies
def test_documents_explain_all_but_stock_and_opening_balances(postgres, books, company):
    tenants = books.tenants
    causes = postgres.rows(
        f"""
        SELECT DISTINCT split_part(likely_cause, ':', 1) FROM analytics.reconciliation
        WHERE _tenant_id = '{tenants[company]}' AND likely_cause IS NOT NULL ORDER BY 1
        """
    )
    expected = [("Cost of tracked stock",), ("Opening balance",)] if company == "demo" else []
    assert causes == expected


def test_what_was_taken_for_the_ledger_is_said(duckdb, books):
    tenants = books.tenants
    rows = duckdb.rows("SELECT DISTINCT _tenant_id, basis, made_from FROM analytics.general_ledger")
    expected = [
        (tenants["generated"], "accrual", "journals"),
        (tenants["generated"], "cash", "journals"),
        (tenants["demo"], "accrual", "documents"),
        (tenants["demo"], "accrual", "residual"),
        (tenants["demo"], "cash", "journals"),
    ]
    assert sorted(rows) == sorted(expected)


def test_receivables_and_payables_at_a_past_day_are_the_control_accounts(warehouse, books):
    for side, system, sign in (("receivables", "DEBTORS", 1), ("payables", "CREDITORS", -1)):
        aged = warehouse.rows(
            f"SELECT _tenant_id, sum(total) FROM analytics.aged_{side}_at(DATE '2026-03-15')"
            " GROUP BY 1 ORDER BY 1"
        )
        ledger = warehouse.rows(
            f"""
            SELECT _tenant_id, {sign} * sum(net_amount) FROM analytics.general_ledger
            WHERE system_account = '{system}' AND basis = 'accrual'
                AND entry_date <= DATE '2026-03-15'
            GROUP BY 1 ORDER BY 1
            """
        )
        assert len(aged) == len(books.tenants)
        assert aged == ledger


def test_tax_by_period_is_the_tax_account(warehouse, books):
    periods = warehouse.rows(
        "SELECT _tenant_id, month, sum(tax_amount) FROM analytics.tax_by_period"
        " WHERE basis = 'accrual' GROUP BY 1, 2 HAVING sum(tax_amount) <> 0 ORDER BY 1, 2"
    )
    account = warehouse.rows(
        "SELECT _tenant_id, month, -movement FROM analytics.trial_balance"
        " WHERE system_account = 'GST' AND basis = 'accrual' AND movement <> 0 ORDER BY 1, 2"
    )
    assert len(account) > len(books.tenants) * 10
    assert periods == account


def test_each_organisation_can_have_fivetran_tables_of_its_own(warehouse, books):
    tenants = books.tenants
    counts = [
        warehouse.rows(f"SELECT count(DISTINCT _tenant_id) FROM {schema}.invoice")
        for schema in ("analytics_fivetran", "generated_alone")
    ]
    assert counts == [[(len(tenants),)], [(1,)]]
    assert warehouse.rows("SELECT DISTINCT source_relation FROM generated_alone.account") == [
        ("generated_alone",)
    ]
