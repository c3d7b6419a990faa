"""The dbt project on DuckDB and PostgreSQL: its ledger and statements against Xero's own reports.

One database holds two organisations: the demo company, whose journals are not loaded, and a company
whose books are made of chance.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from generated_company import generated_company
from warehouse_streams import ACCRUAL_JOURNALS, Caller, as_input, messages, month_ends
from warehouses import Warehouse

from xero_sandbox.server import server

pytestmark = pytest.mark.timeout(1200)

GENERATED = "11111111-2222-4333-8444-555555555555"
MONTHS = {"demo": month_ends(date(2025, 10, 1), date(2026, 11, 30))}
MONTHS["generated"] = month_ends(date(2025, 9, 1), date(2026, 8, 31))
ZERO = Decimal(0)
GAINS = "Foreign Currency Gains and Losses"
CURRENCY_GAINS = {"Bank Revaluations", "Realised Currency Gains", "Unrealised Currency Gains"}
BASES = {"accrual": {}, "cash": {"paymentsOnly": "true"}}

both_bases = pytest.mark.parametrize("basis", BASES)
both_companies = pytest.mark.parametrize("company", MONTHS)


@pytest.fixture(scope="module")
def books():
    """A sandbox with both companies, and which tenant is which."""
    with server(companies=["demo", generated_company(GENERATED, 7, 300)]) as xero:
        yield xero, {"demo": xero.tenant_ids[0], "generated": GENERATED}


@pytest.fixture(scope="module")
def callers(books):
    xero, tenants = books
    return {name: Caller(xero, tenant_id) for name, tenant_id in tenants.items()}


@pytest.fixture(scope="module")
def read_messages(books):
    """Both organisations, read by one run of the tap, with all journals."""
    xero, tenants = books
    first = min(day for days in MONTHS.values() for day in days)
    return messages(xero, tenants.values(), first, bases=("accrual", "cash"), without=())


def loaded(warehouse: Warehouse, read_messages: Any, *, with_journals: set[str]) -> Warehouse:
    """Both organisations in one database; some do not have the tier that has journals."""
    warehouse.loader.load(
        as_input(
            line
            for line in read_messages
            if line["type"] != "RECORD"
            or line["stream"] not in ACCRUAL_JOURNALS
            or line["record"]["_tenant_id"] in with_journals
        )
    )
    warehouse.build(xero_fivetran_schemas={GENERATED: "generated_alone"})
    return warehouse


@pytest.fixture(scope="module")
def duckdb(read_messages, tmp_path_factory):
    """The demo company's ledger out of documents, the other's out of its journals."""
    warehouse = Warehouse.on_duckdb(tmp_path_factory.mktemp("duckdb"))
    return loaded(warehouse, read_messages, with_journals={GENERATED})


@pytest.fixture(scope="module")
def postgres(read_messages, tmp_path_factory, postgres_uri):
    """Both ledgers out of documents."""
    warehouse = Warehouse.on_postgres(tmp_path_factory.mktemp("postgres"), postgres_uri)
    return loaded(warehouse, read_messages, with_journals=set())


@pytest.fixture(scope="module", params=["duckdb", "postgres"])
def warehouse(request):
    return request.getfixturevalue(request.param)


def account_amounts(report):
    """Account and first value of each row of a report that is about an account."""
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    for section in report["Rows"]:
        for row in section.get("Rows", ()):
            attributes = row["Cells"][0].get("Attributes")
            if attributes and Decimal(row["Cells"][1]["Value"]):
                amounts[row["Cells"][0]["Value"]] += Decimal(row["Cells"][1]["Value"])
    return dict(amounts)


@both_bases
@both_companies
def test_the_profit_and_loss_of_each_month_is_that_of_xero(
    warehouse, books, callers, company, basis
):
    ours: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for month, account, amount in warehouse.rows(
        f"""
        SELECT month_end, account_name, amount FROM analytics.profit_and_loss
        WHERE _tenant_id = '{books[1][company]}' AND basis = '{basis}'
        """
    ):
        # Xero's report has one row for them.
        name = GAINS if account in CURRENCY_GAINS else account
        ours[month][name] = ours[month].get(name, ZERO) + amount
    for day in MONTHS[company]:
        span = {"fromDate": day.replace(day=1).isoformat(), "toDate": day.isoformat()}
        theirs = account_amounts(callers[company].report("ProfitAndLoss", **span, **BASES[basis]))
        assert theirs
        assert ours[day.isoformat()] == theirs, day


@both_bases
@both_companies
def test_the_balance_sheet_of_each_month_end_is_that_of_xero(
    warehouse, books, callers, company, basis
):
    ours: dict[str, dict[str, Decimal]] = defaultdict(dict)
    for month, account, amount in warehouse.rows(
        f"""
        SELECT month_end, account_name, amount FROM analytics.balance_sheet
        WHERE _tenant_id = '{books[1][company]}' AND basis = '{basis}'
        """
    ):
        ours[month][account] = amount
    for day in MONTHS[company]:
        report = callers[company].report("BalanceSheet", date=day.isoformat(), **BASES[basis])
        theirs = account_amounts(report)
        assert theirs
        assert ours[day.isoformat()] == theirs, day


@both_bases
@both_companies
def test_the_trial_balance_of_each_month_is_that_of_xero(warehouse, books, callers, company, basis):
    ours: dict[str, dict[str, tuple[Decimal, ...]]] = defaultdict(dict)
    for month, account, *amounts in warehouse.rows(
        f"""
        SELECT month_end, account_id, debit, credit, ytd_debit, ytd_credit
        FROM analytics.trial_balance
        WHERE _tenant_id = '{books[1][company]}' AND basis = '{basis}'
        """
    ):
        ours[month][account] = tuple(amounts)
    for day in MONTHS[company]:
        theirs = {}
        report = callers[company].report("TrialBalance", date=day.isoformat(), **BASES[basis])
        for section in report["Rows"]:
            for row in section.get("Rows", ()):
                attributes = row["Cells"][0].get("Attributes")
                if attributes:
                    values = [cell["Value"] for cell in row["Cells"][1:]]
                    theirs[attributes[0]["Value"]] = tuple(
                        Decimal(value) if value else ZERO for value in values
                    )
        assert ours[day.isoformat()] == theirs, day


@both_companies
def test_documents_explain_all_but_stock_and_opening_balances(postgres, books, company):
    _, tenants = books
    causes = postgres.rows(
        f"""
        SELECT DISTINCT split_part(likely_cause, ':', 1) FROM analytics.reconciliation
        WHERE _tenant_id = '{tenants[company]}' AND likely_cause IS NOT NULL ORDER BY 1
        """
    )
    expected = [("Cost of tracked stock",), ("Opening balance",)] if company == "demo" else []
    assert causes == expected


def test_what_was_taken_for_the_ledger_is_said(duckdb, books):
    _, tenants = books
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
        assert len(aged) == len(books[1])
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
    assert len(account) > len(books[1]) * 10
    assert periods == account


def test_each_organisation_can_have_fivetran_tables_of_its_own(warehouse, books):
    _, tenants = books
    counts = [
        warehouse.rows(f"SELECT count(DISTINCT _tenant_id) FROM {schema}.invoice")
        for schema in ("analytics_fivetran", "generated_alone")
    ]
    assert counts == [[(len(tenants),)], [(1,)]]
    assert warehouse.rows("SELECT DISTINCT source_relation FROM generated_alone.account") == [
        ("generated_alone",)
    ]
