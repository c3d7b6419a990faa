"""Reports agree with each other, with the documents and with the journals."""

from datetime import date
from decimal import Decimal

import pytest

from xero_sandbox.companies.presets import demo_company, empty_company
from xero_sandbox.model.report_layout import ReportLayout
from xero_sandbox.reports import ReportError, report

TODAY = date(2026, 11, 20)


def table(made):
    """Every row's first cell and the others, of all sections."""
    return {
        row["Cells"][0]["Value"]: [cell["Value"] for cell in row["Cells"][1:]]
        for section in made["Rows"][1:]
        for row in section["Rows"]
    }


def ask(company, name, **query):
    return report(company, name, query, TODAY)


def money(text):
    return Decimal(text or 0)


@pytest.mark.parametrize("basis", ["false", "true"])
def test_debits_equal_credits(bakery, basis):
    rows = table(ask(bakery, "TrialBalance", paymentsOnly=basis))
    debit, credit, year_debit, year_credit = map(money, rows.pop("Total"))
    assert debit == credit == sum(money(cells[0]) for cells in rows.values())
    assert year_debit == year_credit == sum(money(cells[2]) for cells in rows.values())
    assert year_debit > 100000


@pytest.mark.parametrize("basis", ["false", "true"])
@pytest.mark.parametrize("timeframe", ["MONTH", "QUARTER", "YEAR"])
def test_net_assets_equal_equity_in_every_column(bakery, basis, timeframe):
    made = ask(bakery, "BalanceSheet", paymentsOnly=basis, periods="2", timeframe=timeframe)
    rows = table(made)
    assert rows["Net Assets"] == rows["Total Equity"]
    assert len(rows["Net Assets"]) == 3


def test_this_years_profit_is_the_balance_sheets_current_year_earnings(bakery):
    profit = table(ask(bakery, "ProfitAndLoss", fromDate="2026-04-01", toDate="2026-11-30"))
    sheet = table(ask(bakery, "BalanceSheet", date="2026-11-30"))
    assert profit["Net Profit"] == sheet["Current Year Earnings"][:1]


def test_last_years_profit_is_in_retained_earnings(bakery):
    profit = table(ask(bakery, "ProfitAndLoss", fromDate="2025-04-01", toDate="2026-03-31"))
    before = table(ask(bakery, "BalanceSheet", date="2025-03-31"))["Retained Earnings"][0]
    after = table(ask(bakery, "BalanceSheet", date="2026-04-30"))["Retained Earnings"][0]
    assert money(after) - money(before) == money(profit["Net Profit"][0])


def test_comparison_periods_are_the_same_report_of_earlier_months(bakery):
    made = table(
        ask(bakery, "ProfitAndLoss", periods="2", fromDate="2026-10-01", toDate="2026-10-31")
    )
    september = table(ask(bakery, "ProfitAndLoss", fromDate="2026-09-01", toDate="2026-09-30"))
    assert made["Net Profit"][1] == september["Net Profit"][0]


def titles(made):
    return [cell["Value"] for cell in made["Rows"][0]["Cells"][1:]]


def test_months_of_31_days_lose_their_end_after_a_month_of_30_days(bakery):
    span = {"fromDate": "2026-09-01", "toDate": "2026-09-30"}
    made = ask(bakery, "ProfitAndLoss", periods="2", **span)
    assert titles(made) == ["30 Sep 26", "30 Aug 26", "30 Jul 26"]


def test_months_end_right_after_a_month_of_31_days(bakery):
    span = {"fromDate": "2026-10-01", "toDate": "2026-10-31"}
    made = ask(bakery, "ProfitAndLoss", periods="2", **span)
    assert titles(made) == ["31 Oct 26", "30 Sep 26", "31 Aug 26"]


def test_a_balance_sheet_is_of_the_months_end_and_of_a_year_earlier(bakery):
    made = ask(bakery, "BalanceSheet", date="2026-10-16")
    assert titles(made) == ["31 Oct 2026", "31 Oct 2025"]
    assert made["ReportTitles"][2] == "As at 31 October 2026"


def test_current_year_earnings_have_an_account_id_that_no_account_has(bakery):
    [row] = [
        row
        for section in ask(bakery, "BalanceSheet")["Rows"][1:]
        for row in section["Rows"]
        if row["Cells"][0]["Value"] == "Current Year Earnings"
    ]
    [attribute] = row["Cells"][0]["Attributes"]
    assert attribute["Value"] == "abababab-abab-abab-abab-abababababab"
    assert attribute["Value"] not in bakery.collections["Accounts"]


def test_tracking_columns_sum_to_the_total(bakery):
    region, channel = bakery.collections["TrackingCategories"].values()
    for query in (
        {"trackingCategoryID": region["TrackingCategoryID"]},
        {
            "trackingCategoryID": region["TrackingCategoryID"],
            "trackingCategoryID2": channel["TrackingCategoryID"],
        },
    ):
        made = ask(bakery, "ProfitAndLoss", fromDate="2026-08-01", toDate="2026-10-31", **query)
        *parts, total = map(money, table(made)["Total Income"])
        assert sum(parts) == total
        assert sum(1 for part in parts if part) > 2


def test_one_option_filters_the_profit(bakery):
    region = next(iter(bakery.collections["TrackingCategories"].values()))
    north = region["Options"][0]["TrackingOptionID"]
    span = {"fromDate": "2026-08-01", "toDate": "2026-10-31"}
    category = {"trackingCategoryID": region["TrackingCategoryID"]}
    column = table(ask(bakery, "ProfitAndLoss", **span, **category))["Total Income"][0]
    alone = table(ask(bakery, "ProfitAndLoss", **span, trackingOptionID=north))["Total Income"]
    assert alone == [column]


def test_cash_basis_counts_what_was_paid_and_has_no_receivables(bakery):
    accrual = table(ask(bakery, "BalanceSheet"))
    cash = table(ask(bakery, "BalanceSheet", paymentsOnly="true"))
    assert money(accrual["Accounts Receivable"][0]) > 1000
    # What is left there are overpayments, which are not income.
    assert money(cash.get("Accounts Receivable", ["0"])[0]) <= 0
    assert accrual["Total Bank"] == cash["Total Bank"]


def test_bank_summary_opens_moves_and_closes(bakery):
    rows = table(ask(bakery, "BankSummary", fromDate="2026-10-01", toDate="2026-10-31"))
    sheet = table(ask(bakery, "BalanceSheet", date="2026-10-31"))
    assert rows["Total"][3] == sheet["Total Bank"][0]
    for opening, received, spent, closing in rows.values():
        assert money(opening) + money(received) - money(spent) == money(closing)


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("AgedReceivablesByContact", "AccountsReceivable"),
        ("AgedPayablesByContact", "AccountsPayable"),
    ],
)
def test_aged_reports_close_with_the_contacts_balance(bakery, name, side):
    checked = 0
    for contact in bakery.collections["Contacts"].values():
        made = ask(bakery, name, contactId=contact["ContactID"])
        closing = sum(
            money(row["Cells"][-1]["Value"])
            for section in made["Rows"][1:]
            for row in section["Rows"]
            if row["Cells"][0]["Value"] == "Closing Balance"
        )
        assert closing == contact["Balances"][side]["Outstanding"], contact["Name"]
        checked += closing != 0
    assert checked > 5


def test_an_aged_report_shows_how_things_stood_on_an_earlier_day(bakery):
    payments = [
        record
        for record in bakery.collections["Payments"].values()
        if record["PaymentType"] == "ACCRECPAYMENT" and record["Status"] == "AUTHORISED"
    ]
    payment = payments[50]
    invoice = bakery.collections["Invoices"][payment["Invoice"]["InvoiceID"]]
    contact_id = invoice["Contact"]["ContactID"]
    query = {"contactId": contact_id, "date": invoice["Date"].isoformat()}
    cells = [
        row["Cells"]
        for section in ask(bakery, "AgedReceivablesByContact", **query)["Rows"][1:]
        for row in section["Rows"]
    ]
    (row,) = [record for record in cells if record[1]["Value"] == invoice["InvoiceNumber"]]
    assert row[5]["Value"] == "0.00"
    assert {"Id": "invoiceID", "Value": invoice["InvoiceID"]} in row[0]["Attributes"]


def test_the_executive_summary_agrees_with_the_other_reports(bakery):
    summary = table(ask(bakery, "ExecutiveSummary", date="2026-10-15"))
    profit = table(ask(bakery, "ProfitAndLoss", fromDate="2026-10-01", toDate="2026-10-31"))
    sheet = table(ask(bakery, "BalanceSheet", date="2026-10-31"))
    assert summary["Profit (loss)"][0] == profit["Net Profit"][0]
    assert summary["Net assets"][0] == sheet["Net Assets"][0]
    assert summary["Debtors"][0] == sheet["Accounts Receivable"][0]


def test_the_budget_summary_adds_months_to_quarters(bakery):
    months = table(ask(bakery, "BudgetSummary", date="2026-04-01", periods="3"))["Net Profit"]
    quarter = table(ask(bakery, "BudgetSummary", date="2026-04-01", periods="1", timeframe="3"))
    assert sum(map(money, months)) == money(quarter["Net Profit"][0]) > 0


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("AgedReceivablesByContact", {}),
        ("AgedPayablesByContact", {"contactId": "nobody"}),
        ("BalanceSheet", {"periods": "12"}),
        ("BalanceSheet", {"date": "yesterday"}),
        ("BudgetSummary", {"timeframe": "2"}),
        ("ProfitAndLoss", {"timeframe": "WEEK"}),
        ("ProfitAndLoss", {"fromDate": "2026-05-01", "toDate": "2026-04-01"}),
        ("ProfitAndLoss", {"trackingCategoryID": "none"}),
    ],
)
def test_reports_refuse_what_they_cannot_show(bakery, name, query):
    with pytest.raises(ReportError) as refused:
        ask(bakery, name, **query)
    assert refused.value.status == 400
    assert refused.value.message


def test_too_many_tracking_columns_are_refused():
    company = empty_company("66666666-6666-4666-8666-666666666666")
    for number in (1, 2):
        options = [
            {"TrackingOptionID": f"{number}-{n}", "Name": str(n), "Status": "ACTIVE"}
            for n in range(40)
        ]
        category = {"TrackingCategoryID": str(number), "Name": str(number), "Options": options}
        company.collections["TrackingCategories"][str(number)] = category
    with pytest.raises(ReportError, match="1000"):
        ask(company, "ProfitAndLoss", trackingCategoryID="1", trackingCategoryID2="2")


def test_there_is_no_bank_statement_report_any_more(bakery):
    with pytest.raises(ReportError) as refused:
        ask(bakery, "BankStatement")
    assert refused.value.status == 404


def test_every_cell_is_a_string_and_no_zero_is_negative(bakery):
    for name in ("TrialBalance", "BalanceSheet", "ProfitAndLoss", "ExecutiveSummary"):
        for section in ask(bakery, name)["Rows"]:
            for row in [section, *section.get("Rows", [])]:
                values = [cell["Value"] for cell in row.get("Cells", [])]
                assert all(isinstance(value, str) for value in values)
                assert "-0.00" not in values


def rows_with(made, account_id):
    return [
        [cell["Value"] for cell in row["Cells"]]
        for section in made["Rows"][1:]
        for row in section["Rows"]
        if row["Cells"][0].get("Attributes", [{}])[0].get("Value") == account_id
    ]


def test_the_profit_shows_all_currency_gains_in_one_row_and_the_trial_balance_each(bakery):
    accounts = {
        account["AccountID"]
        for account in bakery.collections["Accounts"].values()
        if str(account.get("SystemAccount")).endswith("CURRENCYGAIN")
    }
    year = {"fromDate": "2026-04-01", "toDate": "2026-11-30"}
    profit = ask(bakery, "ProfitAndLoss", **year)
    trial = ask(bakery, "TrialBalance", date="2026-11-30")
    [[label, amount]] = rows_with(profit, "FXGROUPID")
    moved = [row for account_id in accounts for row in rows_with(trial, account_id)]

    assert label == "Foreign Currency Gains and Losses"
    assert not [row for account_id in accounts for row in rows_with(profit, account_id)]
    assert money(amount) == sum(money(row[3]) - money(row[4]) for row in moved)
    assert money(amount)


def test_a_layout_of_the_organisations_own_is_what_reports_have_unless_standard_is_asked_for():
    company = demo_company("99999999-9999-4999-8999-999999999998")
    query = {"fromDate": "2026-10-01", "toDate": "2026-10-31"}
    standard = ask(company, "ProfitAndLoss", **query)
    costs = frozenset(
        account["AccountID"]
        for account in company.collections["Accounts"].values()
        if account["Type"] == "EXPENSE"
    )
    company.report_layout = ReportLayout({"Income": "Earned"}, {"Costs": costs})
    own = ask(company, "ProfitAndLoss", **query)

    assert ask(company, "ProfitAndLoss", standardLayout="true", **query) == standard
    titles_of_sections = [section.get("Title") for section in own["Rows"]]
    assert "Earned" in titles_of_sections
    assert "Income" not in titles_of_sections
    hidden = [row for account_id in costs for row in rows_with(standard, account_id)]
    assert len(hidden) > 1
    assert money(table(own)["Costs"][0]) == sum(money(row[1]) for row in hidden)
    assert not [row for account_id in costs for row in rows_with(own, account_id)]
    assert table(own)["Net Profit"] == table(standard)["Net Profit"]


def test_an_archived_option_has_no_column_but_its_money_is_in_the_total():
    company = demo_company("99999999-9999-4999-8999-999999999997")
    categories = company.collections["TrackingCategories"]
    category_id, category = next(iter(categories.items()))
    query = {
        "fromDate": "2026-04-01",
        "toDate": "2026-11-30",
        "trackingCategoryID": category_id,
    }
    before = ask(company, "ProfitAndLoss", **query)
    [archived, *kept] = category["Options"]
    categories[category_id] = {**category, "Options": [{**archived, "Status": "ARCHIVED"}, *kept]}
    after = ask(company, "ProfitAndLoss", **query)

    assert titles(before)[0] == archived["Name"]
    assert titles(after) == titles(before)[1:]
    assert table(after)["Net Profit"] == table(before)["Net Profit"][1:]


def test_columns_of_two_categories_are_titled_with_a_comma(bakery):
    first, second = bakery.collections["TrackingCategories"].values()
    made = ask(
        bakery,
        "ProfitAndLoss",
        trackingCategoryID=first["TrackingCategoryID"],
        trackingCategoryID2=second["TrackingCategoryID"],
    )
    assert titles(made)[0] == f"{first['Options'][0]['Name']}, {second['Options'][0]['Name']}"


@pytest.mark.parametrize("basis", ["false", "true"])
def test_a_report_shows_what_changed_since_the_one_before(basis):
    company = demo_company("99999999-9999-4999-8999-999999999997")
    before = table(ask(company, "TrialBalance", paymentsOnly=basis))
    payment = next(
        record
        for record in company.collections["Payments"].values()
        if record["PaymentType"] == "ACCRECPAYMENT" and record["Status"] == "AUTHORISED"
    )
    journals = company.collections["Journals"]
    for journal in list(journals.values()):
        if journal["SourceID"] == payment["PaymentID"]:
            del journals[journal["JournalID"]]
    after = table(ask(company, "TrialBalance", paymentsOnly=basis))
    invoices = company.collections["Invoices"]
    for invoice_id, invoice in list(invoices.items()):
        lines = [
            {**line, "AccountID": payment["Account"]["AccountID"]} for line in invoice["LineItems"]
        ]
        invoices[invoice_id] = {**invoice, "LineItems": lines}
    later = table(ask(company, "TrialBalance", paymentsOnly=basis))

    assert before != after
    # On cash basis, what was paid counts on the accounts of the invoices' lines.
    assert (later == after) == (basis == "false")
