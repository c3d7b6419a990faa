"""``target-xero plan``: what would happen, what is booked, what it costs; nothing is sent."""

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from plan_runner import applied, plan_of
from target_runner import config_in, lines_of, publish, record, records, schema


def invoice(number, *amounts, **fields):
    lines = [
        {"Description": f"Work {n}", "Quantity": 1, "UnitAmount": amount, "AccountCode": "200"}
        for n, amount in enumerate(amounts or (100,), 1)
    ]
    own = {"Type": "ACCREC", "InvoiceNumber": number, "Contact": {"Name": "Ana"}}
    dates = {"Date": "2026-10-01", "DueDate": "2026-10-31", "Status": "AUTHORISED"}
    return {**own, **dates, "LineItems": lines, **fields}


@pytest.fixture
def by_hand(tmp_path, xero):
    """Makes records in Xero that the publish log of the test does not know."""
    folder = tmp_path / "by hand"
    folder.mkdir()

    def make(stream, *rows):
        run = publish(folder, xero, records(stream, rows))
        assert run.exit_code == 0, run.log
        xero.clock.advance(400)
        return [result["xero_id"] for result in run.results]

    return make


def test_a_plan_sends_nothing_and_says_what_would_happen(tmp_path, xero, by_hand):
    by_hand("contacts", {"Name": "Ana", "EmailAddress": "old@example.com"}, {"Name": "Same"})
    rows = [
        *records(
            "contacts", [{"Name": "Ana", "EmailAddress": "new@example.com"}, {"Name": "Same"}]
        ),
        *records("invoices", [invoice("S-1", 100, 50), {"Type": "ACCREC", "Nonsense": 1}]),
    ]
    before = len(xero.calls())
    planned = plan_of(tmp_path, xero, rows)
    new = xero.calls()[before:]
    assert {call["method"] for call in new if call["endpoint"] != "connect/token"} == {"GET"}
    assert planned.exit_code == 3, planned.log
    assert sorted(planned.actions) == ["create", "refuse", "skip", "update"]
    [update] = planned.documents("update")
    [change] = update["changes"]
    assert (change["old"], change["new"]) == ("old@example.com", "new@example.com")
    [skipped] = planned.documents("skip")
    assert skipped["why"] == "Xero has all of it already"
    [refused] = planned.documents("refuse")
    assert "Nonsense" in refused["why"]
    [created] = planned.documents("create")
    assert (created["kind"], created["name"], created["contact"]) == ("Sales invoice", "S-1", "Ana")
    assert created["total"] == 172.5
    assert [(f["field"], f["value"]) for f in created["fields"]][:2] == [
        ("InvoiceNumber", "S-1"),
        ("Contact.Name", "Ana"),
    ]
    assert not (tmp_path / "results.jsonl").exists()
    assert planned.output.splitlines()[-2].startswith("2 records would be sent")
    assert xero.records("Invoices") == []


def test_old_values_are_written_as_people_write_them(tmp_path, xero, by_hand):
    by_hand("invoices", invoice("S-1", 1000))
    changed = invoice("S-1", 999, Contact={"Name": "Di"}, DueDate="2026-12-24")
    planned = plan_of(tmp_path, xero, records("invoices", [changed]), overwrite="any")
    [update] = planned.documents("update")
    assert {each["field"]: (each["old"], each["new"]) for each in update["changes"]} == {
        "Contact": ({"Name": "Ana"}, {"Name": "Di"}),
        "DueDate": ("2026-10-31", "2026-12-24"),
        "LineItems[1].UnitAmount": (1000, 999),
    }
    page = planned.path.with_suffix(".html").read_text()
    for shown in ("<del>Ana</del>", "<del>2026-10-31</del>", "<del>1,000</del>"):
        assert shown in page
    assert "/Date(" not in page


def trial_balance(xero):
    """The balance of each account by code, summed from the sandbox's journals."""
    sums = {}
    for journal in xero.records("Journals"):
        for line in journal["JournalLines"]:
            key = line["AccountCode"]
            sums[key] = sums.get(key, Decimal(0)) + line["NetAmount"]
    return {code: amount for code, amount in sums.items() if amount}


def movement(before, after):
    found = {code: after.get(code, 0) - before.get(code, 0) for code in {*before, *after}}
    return {code: amount for code, amount in found.items() if amount}


def planned_movement(planned):
    found = {
        row["code"]: Decimal(str(row["debit"])) - Decimal(str(row["credit"]))
        for row in planned.content["accounts"]
    }
    return {code: amount for code, amount in found.items() if amount}


DATED = {"Contact": {"Name": "Ana"}, "Date": "2026-10-02"}
# Three of it must be rounded.
ODD = {"Description": "x", "Quantity": 3, "UnitAmount": "33.335", "AccountCode": "400"}
BILL = {**DATED, "InvoiceNumber": "B-1", "DueDate": "2026-10-30", "Status": "AUTHORISED"}
BANK = {**DATED, "BankAccount": {"Code": "BNK"}}
DOCUMENTS = {
    "bill": ("bills", {**BILL, "LineItems": [ODD]}),
    "inclusive bill": ("bills", {**BILL, "LineAmountTypes": "Inclusive", "LineItems": [ODD]}),
    "discount": (
        "invoices",
        invoice("S-9", LineItems=[{**ODD, "AccountCode": "200", "DiscountRate": "12.5"}]),
    ),
    "credit note": (
        "credit_notes",
        {
            **DATED,
            "Type": "ACCRECCREDIT",
            "CreditNoteNumber": "C-1",
            "Status": "AUTHORISED",
            "LineItems": [{**ODD, "AccountCode": "200"}],
        },
    ),
    "foreign": ("invoices", invoice("S-8", "99.99", CurrencyCode="USD", CurrencyRate="0.6123")),
    "spend": ("bank_transactions", {**BANK, "Type": "SPEND", "LineItems": [ODD]}),
    "overpayment": (
        "bank_transactions",
        {
            **BANK,
            "Type": "RECEIVE-OVERPAYMENT",
            "LineItems": [{"Description": "Too much", "Quantity": 1, "UnitAmount": "12.34"}],
        },
    ),
    "supplier credit note": (
        "credit_notes",
        {
            **DATED,
            "Type": "ACCPAYCREDIT",
            "CreditNoteNumber": "C-2",
            "Status": "AUTHORISED",
            "LineItems": [ODD],
        },
    ),
    "prepayment": ("bank_transactions", {**BANK, "Type": "SPEND-PREPAYMENT", "LineItems": [ODD]}),
    "transfer": (
        "bank_transfers",
        {
            "FromBankAccount": {"Code": "BNK"},
            "ToBankAccount": {"Code": "SAV"},
            "Amount": "12.34",
            "Date": "2026-10-02",
        },
    ),
    "several lines": (
        "invoices",
        invoice("S-7", "0.07", "0.07", "0.07", "33.33", CurrencyCode="USD", CurrencyRate="0.7"),
    ),
    "own tax": (
        "bills",
        {**BILL, "LineItems": [{**ODD, "TaxAmount": "14.99"}, {**ODD, "TaxType": "NONE"}]},
    ),
    "journal": (
        "manual_journals",
        {
            "Narration": "Accrual",
            "Date": "2026-10-31",
            "Status": "POSTED",
            "LineAmountTypes": "Exclusive",
            "JournalLines": [
                {"LineAmount": "10.01", "AccountCode": "400", "TaxType": "INPUT2"},
                {"LineAmount": "-10.01", "AccountCode": "404", "TaxType": "INPUT2"},
            ],
        },
    ),
}


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_the_effect_on_accounts_is_what_xero_books_to_the_cent(tmp_path, xero, by_hand, kind):
    by_hand("contacts", {"Name": "Ana"})
    by_hand("currencies", {"Code": "USD"})
    bank = {"Type": "BANK", "BankAccountNumber": "12-3456-7890123-00"}
    by_hand(
        "accounts", {"Code": "BNK", "Name": "Bank", **bank}, {"Code": "SAV", "Name": "B", **bank}
    )
    stream, row = DOCUMENTS[kind]
    before = trial_balance(xero)
    planned = plan_of(tmp_path, xero, records(stream, [row]))
    assert planned.exit_code == 0, planned.log
    assert trial_balance(xero) == before
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    assert run.statuses == ["created"]
    booked = movement(before, trial_balance(xero))
    assert booked
    assert planned_movement(planned) == booked
    assert sum(booked.values()) == 0


def test_the_effect_of_a_change_is_the_new_booking_less_the_old_one(tmp_path, xero):
    publish(tmp_path, xero, records("invoices", [invoice("S-1", 100, 50)]))
    before = trial_balance(xero)
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1", 100)]))
    [document] = planned.documents("update")
    assert (document["total_before"], document["total"]) == (172.5, 115)
    run = applied(tmp_path, xero, planned.path)
    assert run.statuses == ["updated"], run.log
    assert planned_movement(planned) == movement(before, trial_balance(xero))


def test_a_change_that_moves_no_amount_has_no_effect_on_accounts(tmp_path, xero):
    publish(tmp_path, xero, records("invoices", [invoice("S-1", 100, 50)]))
    rows = records("invoices", [invoice("S-1", 100, 50, Reference="new")])
    planned = plan_of(tmp_path, xero, rows)
    assert planned.actions == ["update"]
    assert planned.content["accounts"] == []


def test_the_effect_of_a_removal_takes_the_document_out_of_the_books(tmp_path, xero, by_hand):
    [own_id] = by_hand("invoices", invoice("S-1", 100))
    before = trial_balance(xero)
    rows = records("invoices", [{"InvoiceID": own_id}])
    planned = plan_of(tmp_path, xero, rows, method="DELETE")
    [document] = planned.documents()
    assert (document["action"], document["name"], document["total"]) == ("remove", "S-1", 115)
    assert applied(tmp_path, xero, planned.path).statuses == ["removed"]
    assert planned_movement(planned) == movement(before, trial_balance(xero))


def test_drafts_are_not_booked(tmp_path, xero):
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1", Status="DRAFT")]))
    assert planned.content["accounts"] == []
    assert [total["total"] for total in planned.content["totals"]] == [115]
    assert "Nothing is booked" in planned.page


def test_a_batch_of_payments_is_booked_against_the_bank(tmp_path, xero, by_hand):
    by_hand("accounts", {"Code": "BNK", "Name": "Bank", "Type": "BANK",
                         "BankAccountNumber": "12-3456-7890123-00"})  # fmt: skip
    ids = by_hand("bills", *({**BILL, "InvoiceNumber": f"B-{n}", "LineItems": [ODD]} for n in "12"))
    paid = [{"Invoice": {"InvoiceID": own_id}, "Amount": "20.00"} for own_id in ids]
    batch = {"Account": {"Code": "BNK"}, "Date": "2026-10-09", "Payments": paid}
    before = trial_balance(xero)
    planned = plan_of(tmp_path, xero, records("batch_payments", [batch]))
    assert planned.account("BNK") == (0, 40)
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    assert planned_movement(planned) == movement(before, trial_balance(xero))


def test_the_cost_of_stock_that_is_sold_is_named_and_not_included(tmp_path, xero, by_hand):
    details = {"UnitPrice": 5, "AccountCode": "200"}
    cost = {"UnitPrice": 2, "COGSAccountCode": "310"}
    by_hand("accounts", {"Code": "630", "Name": "Stock", "Type": "INVENTORY"})
    item = {"Code": "T", "Name": "Tea", "InventoryAssetAccountCode": "630"}
    by_hand("items", {**item, "SalesDetails": details, "PurchaseDetails": cost})
    row = invoice("S-1", LineItems=[{"ItemCode": "T", "Quantity": 1}])
    planned = plan_of(tmp_path, xero, records("invoices", [row]))
    [note] = planned.content["notes"]
    assert "cost of goods sold" in note
    assert note in planned.page


def test_payments_are_booked_against_the_bank(tmp_path, xero, by_hand):
    by_hand("accounts", {"Code": "BNK", "Name": "Bank", "Type": "BANK",
                         "BankAccountNumber": "12-3456-7890123-00"})  # fmt: skip
    by_hand("invoices", invoice("S-1", 100))
    payment = {"Invoice": {"InvoiceNumber": "S-1"}, "Account": {"Code": "BNK"}, "Amount": "40.00"}
    before = trial_balance(xero)
    rows = records("payments", [payment | {"Date": "2026-10-09"}])
    planned = plan_of(tmp_path, xero, rows)
    assert planned.account("BNK") == (40, 0)
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    assert planned_movement(planned) == movement(before, trial_balance(xero))


def test_a_document_whose_rate_xero_chooses_is_shown_in_its_own_currency(tmp_path, xero, by_hand):
    by_hand("currencies", {"Code": "USD"})
    planned = plan_of(
        tmp_path, xero, records("invoices", [invoice("S-1", CurrencyCode="USD"), invoice("S-2")])
    )
    assert {row["currency"] for row in planned.content["accounts"]} == {"NZD", "USD"}
    [note] = planned.content["notes"]
    assert "USD" in note


def test_totals_are_by_kind_currency_and_month(tmp_path, xero):
    rows = [invoice("S-1", 100), invoice("S-2", 10), invoice("S-3", 1, Date="2026-11-01")]
    planned = plan_of(tmp_path, xero, records("invoices", rows))
    found = [(t["kind"], t["month"], t["documents"], t["total"]) for t in planned.content["totals"]]
    assert found == [
        ("Sales invoice", "2026-10", 2, 126.5),
        ("Sales invoice", "2026-11", 1, 1.15),
    ]


def test_tax_is_by_rate(tmp_path, xero):
    free = {"Description": "Abroad", "Quantity": 1, "UnitAmount": 7, "AccountCode": "200",
            "TaxType": "ZERORATED"}  # fmt: skip
    rows = [invoice("S-1", 100), invoice("S-2", LineItems=[free])]
    planned = plan_of(tmp_path, xero, records("invoices", rows))
    found = {row["tax_type"]: (row["net"], row["tax"]) for row in planned.content["taxes"]}
    assert found == {"OUTPUT2": (100, 15), "ZERORATED": (7, 0)}


def test_defaults_come_from_the_item_and_the_contact(tmp_path, xero, by_hand):
    sales = {"UnitPrice": "12.50", "AccountCode": "200", "TaxType": "OUTPUT2"}
    by_hand("items", {"Code": "TEA", "Name": "Tea", "SalesDetails": sales})
    by_hand("contacts", {"Name": "Abroad", "AccountsReceivableTaxType": "ZERORATED"})
    lines = [{"ItemCode": "TEA", "Quantity": 2}, {"Description": "x", "Quantity": 1,
             "UnitAmount": 5, "AccountCode": "200"}]  # fmt: skip
    row = invoice("S-1", LineItems=lines, Contact={"Name": "Abroad"})
    before = trial_balance(xero)
    planned = plan_of(tmp_path, xero, records("invoices", [row]))
    assert planned.documents()[0]["total"] == 33.75
    assert applied(tmp_path, xero, planned.path).exit_code == 0
    assert planned_movement(planned) == movement(before, trial_balance(xero))


def test_the_number_of_calls_is_what_apply_makes(tmp_path, xero, by_hand):
    by_hand("contacts", *({"Name": f"C {n}"} for n in range(60)))
    contacts = [{"Name": f"C {n}", "EmailAddress": "a@example.com"} for n in range(120)]
    rows = [*records("contacts", contacts),
            *records("invoices", [invoice(f"S-{n}") for n in range(70)])]  # fmt: skip
    planned = plan_of(tmp_path, xero, rows)
    calls = planned.content["calls"]
    before = len(xero.calls())
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    made = [call for call in xero.calls()[before:] if "connect" not in call["endpoint"]]
    reads = [call for call in made if call["method"] == "GET"]
    assert (len(reads), len(made) - len(reads)) == (calls["look_ups"], calls["writes"])
    assert calls["writes"] == 6
    assert calls["minutes"] == 1


def test_children_of_a_document_that_the_plan_creates_are_sent_after_it(tmp_path, xero):
    note = {"InvoiceNumber": "S-1", "Details": "Checked"}
    rows = [*records("invoices", [invoice("S-1")]), *records("invoices_history", [note])]
    planned = plan_of(tmp_path, xero, rows)
    assert planned.exit_code == 0, planned.log
    run = applied(tmp_path, xero, planned.path)
    assert run.statuses == ["created", "created"], run.log


@pytest.mark.parametrize("named", [True, False], ids=["by name", "by id"])
def test_what_a_document_names_may_come_in_the_same_plan(tmp_path, xero, by_hand, named):
    line = {
        "ItemCode": "Shelf",
        "Quantity": 2,
        "AccountCode": "Harbour sales",
        "UnitAmount": 10,
        "Tracking": [{"Name": "Region", "Option": "North"}],
    }
    option = {"TrackingCategory.Name": "Region", "Name": "North"}
    rows = []
    if not named:
        [own_id] = by_hand("tracking_categories", {"Name": "Region"})
        option = {"TrackingCategoryID": own_id, "Name": "North"}
    rows += [
        *(records("tracking_categories", [{"Name": "Region"}]) if named else []),
        *records("tracking_categories_options", [option]),
        *records("items", [{"Code": "SHELF", "Name": "Shelf"}]),
        *records("accounts", [{"Code": "299", "Name": "Harbour sales", "Type": "REVENUE"}]),
        *records("invoices", [invoice("S-1", LineItems=[line])]),
    ]
    planned = plan_of(tmp_path, xero, rows)
    assert planned.exit_code == 0, planned.log
    before = trial_balance(xero)
    run = applied(tmp_path, xero, planned.path)
    assert run.exit_code == 0, run.log
    assert planned_movement(planned) == movement(before, trial_balance(xero))
    [made] = xero.records("Invoices")
    assert made["LineItems"][0]["Tracking"][0]["Option"] == "North"


def test_the_input_may_come_from_standard_input(tmp_path, xero):
    (tmp_path / "config.json").write_text(json.dumps(config_in(tmp_path, xero)))
    command = [Path(sys.executable).parent / "target-xero", "plan", "--config", "config.json"]
    rows = lines_of(records("contacts", [{"Name": "Ana"}]))
    run = subprocess.run(command, input=rows, cwd=tmp_path, capture_output=True, check=True)
    assert b"1 record would be sent" in run.stdout
    assert {path.name for path in tmp_path.iterdir()} >= {"xero-plan.json", "xero-plan.html"}
    assert (tmp_path / "xero-plan.json").stat().st_mode & 0o077 == 0


def test_a_copy_cannot_be_planned(tmp_path, xero):
    planned = plan_of(tmp_path, xero, [], references="translate")
    assert planned.exit_code == 1
    assert "copy" in planned.log
    assert planned.content == {}


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [("tenant_id", "{{ Company }}", "one organisation"), ("mirror", True, "not in the input")],
)
def test_a_stream_setting_that_a_plan_cannot_show_is_refused(tmp_path, xero, setting, value, why):
    rows = records("contacts", [{"Name": "Ana", "Company": "Demo"}])
    planned = plan_of(tmp_path, xero, rows, streams={"contacts": {setting: value}})
    assert planned.exit_code == 1
    assert f"streams.contacts.{setting}" in planned.log
    assert why in planned.log
    assert planned.content == {}


def test_rejects_of_earlier_runs_are_not_in_a_plan(tmp_path, xero):
    bad = records("contacts", [{"Name": "x", "EmailAddress": "not an address"}])
    assert publish(tmp_path, xero, bad, retry_rejects=True).statuses == {"rejected": 1}
    good = records("contacts", [{"Name": "Ana"}])
    planned = plan_of(tmp_path, xero, good, retry_rejects=True)
    assert planned.actions == ["create"]


def test_state_is_not_passed_on(tmp_path, xero):
    rows = [*records("contacts", [{"Name": "Ana"}]), {"type": "STATE", "value": {"a": 1}}]
    planned = plan_of(tmp_path, xero, rows)
    assert '"a"' not in planned.output


def test_rows_that_are_empty_or_deleted_in_the_source_are_skipped_with_the_reason(tmp_path, xero):
    rows = [
        schema("contacts"),
        record("contacts", Name=""),
        record("contacts", Name="Ana", _sdc_deleted_at="2026-10-01T00:00:00Z"),
    ]
    planned = plan_of(tmp_path, xero, rows, on_deleted="skip")
    whys = [document["why"] for document in planned.documents("skip")]
    assert len(whys) == 2
    assert "empty" in whys[0]
    assert "deleted" in whys[1]


def test_without_the_scope_for_settings_the_plan_says_that_it_cannot_compute(tmp_path, xero):
    scopes = "accounting.invoices accounting.contacts"
    planned = plan_of(tmp_path, xero, records("invoices", [invoice("S-1")]), scopes=scopes)
    assert planned.exit_code == 0, planned.log
    [note] = planned.content["notes"]
    assert "accounting.settings" in note
    assert planned.documents()[0]["total"] is None
