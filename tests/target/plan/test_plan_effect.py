"""What a plan says of accounts, tax, totals and calls."""

import pytest
from plan_runner import applied, plan_of
from planned_documents import invoice, movement, planned_movement, trial_balance
from target_runner import publish, records

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
