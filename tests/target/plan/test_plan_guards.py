"""Guards for runs that nobody watches: on a plan, and when it is applied."""

import pytest
from plan_runner import applied, plan_of
from planned_documents import invoice
from target_runner import publish, records

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


ROWS = records("invoices", [invoice("S-1"), invoice("S-2", 10)])


@pytest.mark.parametrize("total", ["126.50", "126.5", "NZD=126.50"])
def test_the_expected_total_is_met(tmp_path, xero, total):
    planned = plan_of(tmp_path, xero, ROWS, "--expect-total", total)
    assert planned.exit_code == 0, planned.log
    [guard] = planned.content["guards"]
    assert guard["problems"] == []
    assert "holds" in planned.page


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--expect-total", "126.51"], "NZD 126.50"),
        (["--expect-total", "EUR=126.50"], "NZD 126.50, and NZD 0.00 was expected"),
        (["--max-amount", "100"], "Sales invoice S-1 of Ana is NZD 115.00"),
        (["--max-amount", "NZD=114.99", "--max-amount", "1"], "S-1"),
    ],
)
def test_a_guard_that_does_not_hold_ends_with_4_and_the_plan_cannot_be_applied(
    tmp_path, xero, options, words
):
    planned = plan_of(tmp_path, xero, ROWS, *options)
    assert planned.exit_code == 4
    assert words in planned.log
    assert "does not hold" in planned.page
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 4
    assert words in run.log
    assert xero.records("Invoices") == []


def test_a_limit_by_currency_wins_over_the_general_one(tmp_path, xero):
    planned = plan_of(tmp_path, xero, ROWS, "--max-amount", "1", "--max-amount", "NZD=115")
    assert planned.exit_code == 0, planned.log


def test_an_amount_without_currency_is_not_enough_for_several_currencies(tmp_path, xero):
    publish(tmp_path, xero, records("currencies", [{"Code": "USD"}]))
    rows = records("invoices", [invoice("S-1"), invoice("S-2", CurrencyCode="USD")])
    planned = plan_of(tmp_path, xero, rows, "--expect-total", "230")
    assert planned.exit_code == 4
    assert "several currencies: NZD 115.00, USD 115.00" in planned.log
    both = ("--expect-total", "NZD=115", "--expect-total", "USD=115")
    assert plan_of(tmp_path, xero, rows, *both).exit_code == 0


def test_nothing_that_exists_is_changed_with_no_overwrite(tmp_path, xero):
    publish(tmp_path, xero, records("invoices", [invoice("S-1")]))
    rows = records("invoices", [invoice("S-1", Reference="new"), invoice("S-2")])
    planned = plan_of(tmp_path, xero, rows, "--no-overwrite")
    assert planned.exit_code == 4
    assert "Sales invoice S-1 of Ana exists in Xero and would be changed" in planned.log
    assert (
        plan_of(tmp_path, xero, records("invoices", [invoice("S-2")]), "--no-overwrite").exit_code
        == 0
    )


@pytest.mark.parametrize(
    "options", [["--expect-total", "1"], ["--max-amount", "1"], ["--no-overwrite"]]
)
def test_apply_has_guards_of_its_own(tmp_path, xero, options):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    rows = [*records("contacts", [{"Name": "Ana", "EmailAddress": "a@example.com"}]), *ROWS]
    planned = plan_of(tmp_path, xero, rows)
    assert planned.exit_code == 0, planned.log
    run = applied(tmp_path, xero, planned.path, *options)
    assert run.exit_code == 4
    assert options[0] in run.log
    assert xero.records("Invoices") == []
    assert applied(tmp_path, xero, planned.path, "--expect-total", "126.50").exit_code == 0


@pytest.mark.parametrize("guard", ["--expect-total", "--max-amount"])
def test_a_guard_does_not_hold_if_the_amounts_are_not_known(tmp_path, xero, guard):
    scopes = "accounting.invoices accounting.contacts"
    planned = plan_of(tmp_path, xero, ROWS, guard, "1000", scopes=scopes)
    assert planned.exit_code == 4
    assert "not known" in planned.log


def test_the_amount_of_a_request_to_a_path_is_not_known(tmp_path, xero):
    streams = {"setup": {"path": "/Setup"}}
    rows = records("setup", [{"ConversionDate": {"Month": 1, "Year": 2026}}])
    planned = plan_of(tmp_path, xero, rows, "--max-amount", "1", streams=streams)
    assert planned.exit_code == 4
    assert "not known" in planned.log


@pytest.mark.parametrize("amount", ["1,5", "ten", "EURO=1", "NaN", ""])
def test_an_amount_that_is_not_one_is_refused(tmp_path, xero, amount):
    planned = plan_of(tmp_path, xero, ROWS, "--expect-total", amount)
    assert planned.exit_code == 2
    assert "1234.50" in planned.output
