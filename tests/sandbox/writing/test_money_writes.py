"""Payments, credits, bank transactions and journals change documents and the ledger.

(xero-facts.md: Writing by entity)
"""

import itertools
from datetime import date

import pytest
from sandbox_caller import calling

NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def caller():
    with calling() as record:
        record.send("PUT", "Currencies", json={"Code": "USD"})
        bank = {"Code": "091", "Name": "Savings", "Type": "BANK", "BankAccountNumber": "1"}
        record.send("PUT", "Accounts", json=bank)
        yield record


@pytest.fixture
def name():
    return f"Contact {next(NUMBERS)}"


def send(caller, method, path, element, status=200):
    answer = caller.send(method, path, json=element)
    assert answer.status_code == status, answer.text
    if status != 200:
        return [record["Message"] for record in answer.json()["Elements"][0]["ValidationErrors"]]
    parts = path.split("/")
    return answer.json()[parts[2] if len(parts) > 2 else parts[0]][0]


def document(caller, name, entity="Invoices", kind="ACCREC", amount=100, **fields):
    account = "200" if kind.startswith("ACCREC") else "429"
    line = {"Description": "x", "UnitAmount": amount, "AccountCode": account}
    element = {"Type": kind, "Contact": {"Name": name}, "LineItems": [line], **fields}
    return send(caller, "PUT", entity, {"Status": "AUTHORISED", **element})


def read(caller, entity, record_id):
    return caller.get(f"{entity}/{record_id}")[entity][0]


def balance(caller, code):
    """What the ledger has on an account, summed over all journals."""
    total, offset = 0, 0
    while journals := caller.get("Journals", offset=offset)["Journals"]:
        offset = journals[-1]["JournalNumber"]
        total += sum(
            line["NetAmount"]
            for journal in journals
            for line in journal["JournalLines"]
            if line["AccountCode"] == code
        )
    return round(total, 2)


def pay(caller, invoice, amount, status=200, **fields):
    element = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": "090"},
        "Amount": amount,
        "Date": "2026-10-31",
        **fields,
    }
    return send(caller, "PUT", "Payments", element, status=status)


def test_part_payments_add_up_until_the_invoice_is_paid(caller, name):
    invoice = document(caller, name)
    pay(caller, invoice, 15)
    part = read(caller, "Invoices", invoice["InvoiceID"])
    assert (part["AmountPaid"], part["AmountDue"], part["Status"]) == (15, 100, "AUTHORISED")
    payment = pay(caller, invoice, 100)
    assert (payment["PaymentType"], payment["Status"]) == ("ACCRECPAYMENT", "AUTHORISED")
    paid = read(caller, "Invoices", invoice["InvoiceID"])
    assert (paid["AmountDue"], paid["Status"]) == (0, "PAID")
    assert paid["FullyPaidOnDate"] == payment["Date"]
    assert [record["Amount"] for record in paid["Payments"]] == [15, 100]


def test_a_deleted_payment_leaves_the_invoice_due_again(caller, name):
    invoice = document(caller, name)
    before = balance(caller, "090")
    payment = pay(caller, invoice, 115)
    assert balance(caller, "090") == before + 115
    path = f"Payments/{payment['PaymentID']}"
    assert send(caller, "POST", path, {"Status": "DELETED"})["Status"] == "DELETED"
    due = read(caller, "Invoices", invoice["InvoiceID"])
    assert (due["Status"], due["AmountDue"], due["Payments"]) == ("AUTHORISED", 115, [])
    assert "FullyPaidOnDate" not in due
    assert balance(caller, "090") == before
    assert send(caller, "POST", path, {"Status": "DELETED"}, status=400)


def test_payments_are_never_changed(caller, name):
    payment = pay(caller, document(caller, name), 5)
    path = f"Payments/{payment['PaymentID']}"
    assert send(caller, "POST", path, {"Amount": 6}, status=400)


@pytest.mark.parametrize(
    "fields",
    [
        {"Amount": 115.01},
        {"Amount": 0},
        {"Amount": 1.005},
        {"Account": {"Code": "200"}},
        {"Account": {"Code": "none"}},
        {"Invoice": {"InvoiceID": "5e5e5e5e-1111-4222-8333-444444444444"}},
    ],
)
def test_payments_that_do_not_fit_are_refused(caller, name, fields):
    pay(caller, document(caller, name), 10, status=400, **fields)


def test_drafts_cannot_be_paid(caller, name):
    draft = document(caller, name, Status="DRAFT")
    assert pay(caller, draft, 5, status=400) == [
        "Payments can only be made against AUTHORISED documents."
    ]


def test_posting_payments_looks_at_the_first_only(caller, name):
    invoice = document(caller, name)
    record = {
        "Invoice": {"InvoiceID": invoice["InvoiceID"]},
        "Account": {"Code": "090"},
        "Amount": 1,
    }
    answer = caller.send("POST", "Payments", json={"Payments": [record, record, record]})
    assert len(answer.json()["Payments"]) == 1
    assert read(caller, "Invoices", invoice["InvoiceID"])["AmountPaid"] == 1
    answer = caller.send("PUT", "Payments", json={"Payments": [record, record, record]})
    assert len(answer.json()["Payments"]) == 3


def test_a_paid_invoice_keeps_its_amounts_but_not_its_words(caller, name):
    invoice = document(caller, name)
    pay(caller, invoice, 115)
    line = {"LineItemID": invoice["LineItems"][0]["LineItemID"]}
    change = {"InvoiceID": invoice["InvoiceID"], "Reference": "new"}
    words = {**change, "LineItems": [{**line, "Description": "new", "AccountCode": "260"}]}
    changed = send(caller, "POST", "Invoices", words)
    assert (changed["Status"], changed["Reference"]) == ("PAID", "new")
    assert changed["LineItems"][0]["AccountCode"] == "260"
    amounts = {**change, "LineItems": [{**line, "UnitAmount": 200}]}
    assert send(caller, "POST", "Invoices", amounts, status=400)
    assert send(caller, "POST", "Invoices", {**change, "Date": "2026-01-01"}, status=400)
    assert send(caller, "POST", "Invoices", {**change, "Status": "VOIDED"}, status=400)


def test_a_due_date_on_a_part_paid_invoice_moves_without_the_update_time(name):
    with calling() as caller:
        invoice = document(caller, name)
        pay(caller, invoice, 5)
        before = read(caller, "Invoices", invoice["InvoiceID"])["UpdatedDateUTC"]
        caller.xero.clock.advance(60)
        change = {"InvoiceID": invoice["InvoiceID"], "DueDate": "2027-01-31"}
        silent = send(caller, "POST", "Invoices", change)
        assert (silent["DueDateString"][:10], silent["UpdatedDateUTC"]) == ("2027-01-31", before)
        loud = send(caller, "POST", "Invoices", {**change, "Reference": "told"})
        assert loud["UpdatedDateUTC"] != before


def test_a_batch_payment_pays_all_and_is_deleted_as_one(caller, name):
    bills = [document(caller, name, kind="ACCPAY") for _ in range(3)]
    payments = [{"Invoice": {"InvoiceID": bill["InvoiceID"]}, "Amount": 115} for bill in bills]
    element = {"Account": {"Code": "090"}, "Date": "2026-10-31", "Payments": payments}
    batch = send(caller, "PUT", "BatchPayments", element)
    assert (batch["Type"], batch["TotalAmount"], len(batch["Payments"])) == ("PAYBATCH", 345, 3)
    assert {read(caller, "Invoices", bill["InvoiceID"])["Status"] for bill in bills} == {"PAID"}
    part = f"Payments/{batch['Payments'][0]['PaymentID']}"
    assert send(caller, "POST", part, {"Status": "DELETED"}, status=400)
    path = f"BatchPayments/{batch['BatchPaymentID']}"
    assert send(caller, "POST", path, {"Status": "DELETED"})["Status"] == "DELETED"
    assert {read(caller, "Invoices", bill["InvoiceID"])["AmountDue"] for bill in bills} == {115}


def test_a_batch_of_bills_and_sales_is_refused_and_pays_nothing(caller, name):
    both = [document(caller, name, kind=kind) for kind in ("ACCREC", "ACCPAY")]
    payments = [{"Invoice": {"InvoiceID": record["InvoiceID"]}, "Amount": 1} for record in both]
    element = {"Account": {"Code": "090"}, "Payments": payments}
    assert send(caller, "PUT", "BatchPayments", element, status=400)
    assert read(caller, "Invoices", both[0]["InvoiceID"])["AmountPaid"] == 0


def test_a_credit_note_is_allocated_and_taken_off_again(caller, name):
    invoice = document(caller, name)
    note = document(caller, name, "CreditNotes", "ACCRECCREDIT", 40)
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    element = {"Amount": 46, "Date": "2026-10-31", "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    allocation = send(caller, "PUT", path, element)
    credited = read(caller, "Invoices", invoice["InvoiceID"])
    assert (credited["AmountCredited"], credited["AmountDue"]) == (46, 69)
    assert credited["CreditNotes"][0]["AppliedAmount"] == 46
    spent = read(caller, "CreditNotes", note["CreditNoteID"])
    assert (spent["Status"], spent["RemainingCredit"], spent["AppliedAmount"]) == ("PAID", 0, 46)
    void = {"CreditNoteID": note["CreditNoteID"], "Status": "VOIDED"}
    assert send(caller, "POST", "CreditNotes", void, status=400)
    removed = caller.send("DELETE", f"{path}/{allocation['AllocationID']}").json()
    assert removed["IsDeleted"] is True
    assert read(caller, "Invoices", invoice["InvoiceID"])["AmountDue"] == 115
    assert send(caller, "POST", "CreditNotes", void)["Status"] == "VOIDED"


@pytest.mark.parametrize(("other", "amount"), [("ACCREC", 46.01), ("ACCPAY", 10), ("STRANGER", 10)])
def test_allocations_that_do_not_fit_are_refused(caller, name, other, amount):
    mate = f"{name} and another" if other == "STRANGER" else name
    invoice = document(caller, mate, kind="ACCPAY" if other == "ACCPAY" else "ACCREC")
    note = document(caller, name, "CreditNotes", "ACCRECCREDIT", 40)
    element = {"Amount": amount, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    path = f"CreditNotes/{note['CreditNoteID']}/Allocations"
    assert send(caller, "PUT", path, element, status=400)


def test_a_credit_note_is_paid_back(caller, name):
    note = document(caller, name, "CreditNotes", "ACCRECCREDIT", 40)
    reference = {"CreditNote": {"CreditNoteID": note["CreditNoteID"]}}
    element = {**reference, "Account": {"Code": "090"}, "Amount": 46}
    assert send(caller, "PUT", "Payments", element)["PaymentType"] == "ARCREDITPAYMENT"
    assert read(caller, "CreditNotes", note["CreditNoteID"])["Status"] == "PAID"


def spend(name, kind="SPEND", **line):
    item = {"Description": "x", "UnitAmount": 23, "AccountCode": "429", **line}
    return {
        "Type": kind,
        "Contact": {"Name": name},
        "BankAccount": {"Code": "090"},
        "LineItems": [item],
        "Date": "2026-10-31",
    }


def test_money_spent_includes_tax_and_is_deleted_with_its_journal(caller, name):
    before = balance(caller, "429")
    made = send(caller, "PUT", "BankTransactions", spend(name))
    assert (made["LineAmountTypes"], made["SubTotal"], made["TotalTax"]) == ("Inclusive", 20, 3)
    assert balance(caller, "429") == before + 20
    deleted = {"BankTransactionID": made["BankTransactionID"], "Status": "DELETED"}
    assert send(caller, "POST", "BankTransactions", deleted)["Status"] == "DELETED"
    assert balance(caller, "429") == before


def test_a_new_bank_transaction_cannot_be_deleted_already(caller, name):
    assert send(caller, "PUT", "BankTransactions", {**spend(name), "Status": "DELETED"}, status=400)


def test_a_prepayment_comes_from_a_bank_transaction_and_pays_an_invoice(caller, name):
    made = send(caller, "PUT", "BankTransactions", spend(name, "RECEIVE-PREPAYMENT"))
    prepayment = read(caller, "Prepayments", made["PrepaymentID"])
    assert (prepayment["RemainingCredit"], prepayment["Type"]) == (23, "RECEIVE-PREPAYMENT")
    invoice = document(caller, name)
    element = {"Amount": 23, "Invoice": {"InvoiceID": invoice["InvoiceID"]}}
    send(caller, "PUT", f"Prepayments/{made['PrepaymentID']}/Allocations", element)
    assert read(caller, "Prepayments", made["PrepaymentID"])["Status"] == "PAID"
    credited = read(caller, "Invoices", invoice["InvoiceID"])
    assert (credited["AmountDue"], len(credited["Prepayments"])) == (92, 1)
    deleted = {"BankTransactionID": made["BankTransactionID"], "Status": "DELETED"}
    assert send(caller, "POST", "BankTransactions", deleted, status=400)


def test_an_overpayment_has_one_line_on_receivables_and_is_refunded(caller, name):
    element = spend(name, "RECEIVE-OVERPAYMENT")
    made = send(caller, "PUT", "BankTransactions", element)
    assert (made["TotalTax"], made["LineItems"][0]["AccountCode"]) == (0, "610")
    refund = {
        "Overpayment": {"OverpaymentID": made["OverpaymentID"]},
        "Account": {"Code": "090"},
        "Amount": 23,
    }
    paid = send(caller, "PUT", "Payments", refund)
    assert paid["PaymentType"] == "AROVERPAYMENTPAYMENT"
    assert read(caller, "Overpayments", made["OverpaymentID"])["RemainingCredit"] == 0
    two = {**element, "LineItems": element["LineItems"] * 2}
    assert send(caller, "PUT", "BankTransactions", two, status=400)


def test_a_transfer_makes_a_transaction_on_both_sides_and_is_deleted_softly(caller):
    element = {
        "FromBankAccount": {"Code": "090"},
        "ToBankAccount": {"Code": "091"},
        "Amount": 40,
        "Date": "2026-10-31",
    }
    made = send(caller, "PUT", "BankTransfers", element)
    sides = [
        read(caller, "BankTransactions", made[f"{side}BankTransactionID"])
        for side in ("From", "To")
    ]
    assert [record["Type"] for record in sides] == ["SPEND-TRANSFER", "RECEIVE-TRANSFER"]
    assert [record["Total"] for record in sides] == [40, 40]
    transfer_id = made["BankTransferID"]
    deleted = {"BankTransferID": transfer_id, "Status": "DELETED"}
    assert send(caller, "POST", "BankTransfers", deleted)["Status"] == "DELETED"
    assert transfer_id not in caller.ids("BankTransfers", "BankTransferID")
    assert transfer_id in caller.ids("BankTransfers", "BankTransferID", includeDeleted="true")


def test_putting_transfers_looks_at_the_first_only(caller):
    element = {"FromBankAccount": {"Code": "090"}, "ToBankAccount": {"Code": "091"}, "Amount": 1}
    answer = caller.send("PUT", "BankTransfers", json={"BankTransfers": [element, element]})
    assert len(answer.json()["BankTransfers"]) == 1


def journal(*amounts, code="429", **fields):
    lines = [{"AccountCode": code, "LineAmount": amount} for amount in amounts]
    return {"Narration": "n", "JournalLines": lines, "Status": "POSTED", **fields}


def test_a_manual_journal_is_posted_and_voided(caller):
    made = send(caller, "PUT", "ManualJournals", journal(5, -5, Date="2026-10-31"))
    void = {"ManualJournalID": made["ManualJournalID"], "Status": "VOIDED"}
    assert send(caller, "POST", "ManualJournals", void)["Status"] == "VOIDED"
    assert send(caller, "POST", "ManualJournals", {**void, "Narration": "x"}, status=400)


@pytest.mark.parametrize(
    "element",
    [
        journal(5, -4),
        journal(0),
        journal(5, -5, Narration=""),
        *(journal(5, -5, code=code) for code in ("090", "610", "800", "960")),
    ],
)
def test_manual_journals_need_two_lines_that_balance_on_ordinary_accounts(caller, element):
    assert send(caller, "PUT", "ManualJournals", element, status=400)


def test_a_rate_that_moves_between_invoice_and_payment_is_a_realised_gain(caller, name):
    invoice = document(caller, name, CurrencyCode="USD", CurrencyRate=0.5, LineAmountTypes="NoTax")
    gains = balance(caller, "499")
    pay(caller, invoice, 100, CurrencyRate=0.4)
    # 100 dollars were 200.00 and are 250.00 when they come in.
    assert balance(caller, "499") == gains - 50


def test_void_adds_reversing_journals_and_changes_none(caller, name):
    invoice = document(caller, name)
    invoice_id = invoice["InvoiceID"]
    send(caller, "POST", "Invoices", {"InvoiceID": invoice_id, "Status": "VOIDED"})
    records = caller.xero.records("Journals")
    own = [record for record in records if record["SourceID"] == invoice_id]
    nets = [[line["NetAmount"] for line in record["JournalLines"]] for record in own]
    assert nets == [[115, -100, -15], [-115, 100, 15]]


def test_journal_numbers_rise_with_gaps(caller, name):
    for _ in range(40):
        document(caller, name)
    numbers = [record["JournalNumber"] for record in caller.xero.records("Journals")]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] > len(numbers)


def test_a_contacts_balances_follow_without_its_update_time(name):
    with calling() as caller:
        invoice = document(caller, name, Date="2026-01-10", DueDate="2026-01-20")
        contact_id = invoice["Contact"]["ContactID"]
        before = read(caller, "Contacts", contact_id)
        assert before["Balances"]["AccountsReceivable"] == {"Outstanding": 115, "Overdue": 115}
        assert (before["IsCustomer"], before["IsSupplier"]) == (True, False)
        caller.xero.clock.advance(60)
        pay(caller, invoice, 100)
        after = read(caller, "Contacts", contact_id)
        assert after["Balances"]["AccountsReceivable"]["Outstanding"] == 15
        assert after["UpdatedDateUTC"] == before["UpdatedDateUTC"]


def test_nothing_is_paid_in_a_locked_period(name):
    with calling() as caller:
        invoice = document(caller, name, Date="2026-11-01")
        caller.xero.organisation().end_of_year_lock_date = date(2026, 10, 31)
        (message,) = pay(caller, invoice, 1, status=400)
        assert "lock date" in message
        pay(caller, invoice, 1, Date="2026-11-01")
