"""Records that a record names by number, name or contact: paid documents, members, accounts."""

from decimal import Decimal

import pytest
from plan_runner import applied, plan_of
from target_runner import publish, records

LINE = {"Description": "Work", "Quantity": 1, "UnitAmount": 100, "AccountCode": "200"}


def document(contact, kind="ACCREC", **fields):
    own = {"Type": kind, "Contact": {"Name": contact}, "Date": "2026-10-01"}
    due = {} if "CREDIT" in kind else {"DueDate": "2026-10-31"}
    return {**own, **due, "Status": "AUTHORISED", "LineItems": [LINE], **fields}


def money(contact, kind, **fields):
    own = {"Type": kind, "Contact": {"Name": contact}, "Date": "2026-10-01"}
    return own | {"BankAccount": {"Code": "090"}, "LineItems": [LINE], **fields}


SALES = [document("Ana", InvoiceNumber=number) for number in ("S-1", "S-2", "X-1")]
BILLS = [
    document(contact, "ACCPAY", InvoiceNumber=number)
    for contact, number in (("Acme", "B-1"), ("Acme", "X-1"), ("Bolt", "B-1"))
]


@pytest.fixture
def books(tmp_path, xero):
    """Sales and bills, some of one number; credits; a bank account without a code; a group."""
    savings = {"Name": "Savings", "Type": "BANK", "BankAccountNumber": "123456"}
    rows = [
        *records("accounts", [savings]),
        *records("contacts", [{"Name": "Ana"}, {"Name": "Bo"}]),
        *records("invoices", [*SALES, *BILLS]),
        *records("credit_notes", [
            document("Ana", "ACCRECCREDIT", CreditNoteNumber="CN-1"),
            document("Acme", "ACCPAYCREDIT", CreditNoteNumber="SC-1"),
        ]),
        *records("bank_transactions", [
            money("Ana", "RECEIVE-PREPAYMENT", Reference="PP-1"),
            money("Acme", "SPEND-PREPAYMENT", Reference="PP-2"),
        ]),
        *records("contact_groups", [{"Name": "VIP"}]),
    ]  # fmt: skip
    run = publish(tmp_path, xero, rows)
    assert run.exit_code == 0, run.log
    return {
        (record["Type"], record["Contact"]["Name"], record["InvoiceNumber"]): record
        for record in xero.records("Invoices")
    }


def payment(amount="10", account=None, **fields):
    return {"Account": account or {"Code": "090"}, "Date": "2026-10-02", "Amount": amount, **fields}


def paid(xero):
    """What is paid of each invoice, by supplier or customer and number."""
    return {
        (record["Type"], record["Contact"]["Name"], record["InvoiceNumber"]): record["AmountPaid"]
        for record in xero.records("Invoices")
        if record["AmountPaid"]
    }


PAYMENTS = {
    "a sale": ({"Invoice": {"InvoiceNumber": "S-1"}}, ("ACCREC", "Ana", "S-1")),
    "a column": ({"InvoiceNumber": "s-2"}, ("ACCREC", "Ana", "S-2")),
    "by type": ({"InvoiceNumber": "X-1", "Invoice.Type": "ACCPAY"}, ("ACCPAY", "Acme", "X-1")),
    "by supplier": (
        {"Invoice.InvoiceNumber": "B-1", "Invoice.Contact.Name": "bolt"},
        ("ACCPAY", "Bolt", "B-1"),
    ),
}


@pytest.mark.parametrize("name", PAYMENTS)
def test_a_payment_finds_the_document_that_a_bookkeeper_means(tmp_path, xero, books, name):
    fields, expected = PAYMENTS[name]
    rows = records("payments", [payment(**fields)])
    dry = publish(tmp_path, xero, rows, dry_run=True)
    assert dry.statuses == {"dry_run": 1}, dry.log
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"created": 1}, run.log
    assert paid(xero) == {expected: Decimal(10)}
    body = xero.calls("Payments", "P*")[-1]["body"]
    assert books[expected]["InvoiceID"] in body
    assert "InvoiceNumber" not in body
    again = publish(tmp_path, xero, rows)
    assert again.statuses == {"unchanged": 1}


def test_payments_are_looked_up_together(tmp_path, xero, books):
    before = len(xero.calls("Invoices", "GET"))
    rows = [payment(str(amount), InvoiceNumber="S-1") for amount in range(1, 6)]
    run = publish(tmp_path, xero, records("payments", rows))
    assert run.statuses == {"created": 5}, run.log
    assert len(xero.calls("Invoices", "GET")) - before == 1
    assert len(xero.calls("Payments", "PUT")) == 1


NOT_FOUND = {
    "missing": ({"InvoiceNumber": "none"}, "Xero has no Invoices with InvoiceNumber none"),
    "two kinds": ({"InvoiceNumber": "X-1"}, "Xero has 2 Invoices with InvoiceNumber X-1 ("),
    "two suppliers": ({"InvoiceNumber": "B-1"}, "ACCPAY of Bolt"),
    "other supplier": (
        {"InvoiceNumber": "X-1", "Invoice.Contact.Name": "Bolt"},
        "no Invoices with InvoiceNumber X-1, Contact.Name Bolt",
    ),
    "account": (
        {"InvoiceNumber": "S-1", "account": {"Name": "Saving"}},
        "Account: Xero has no account named 'Saving'; the nearest is 'Savings'",
    ),
}


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize("name", NOT_FOUND)
def test_what_is_missing_or_ambiguous_makes_a_payment_invalid(tmp_path, xero, books, name, dry_run):
    fields, problem = NOT_FOUND[name]
    rows = records("payments", [payment(**fields), payment("11", InvoiceNumber="S-2")])
    run = publish(tmp_path, xero, rows, dry_run=dry_run)
    assert run.statuses == {"invalid": 1, "dry_run" if dry_run else "created": 1}, run.log
    assert problem in run.errors("invalid")[0]
    assert sum(paid(xero).values()) == (0 if dry_run else 11)


def test_a_voided_document_is_named_as_such(tmp_path, xero, books):
    void = [{"InvoiceNumber": "S-2", "Type": "ACCREC"}]
    assert publish(tmp_path, xero, records("invoices", void), method="DELETE").exit_code == 0
    run = publish(tmp_path, xero, records("payments", [payment(InvoiceNumber="S-2")]))
    assert "Invoices with InvoiceNumber S-2 only as VOIDED" in run.errors("invalid")[0]


ACCOUNTS = {
    "payments": ("Account", {"InvoiceNumber": "S-1", "Amount": 5}),
    "bank_transactions": ("BankAccount", {"Type": "SPEND", "Contact": {"Name": "Bo"},
                          "LineItems": [LINE]}),
    "bank_transfers": ("ToBankAccount", {"FromBankAccount": {"Code": "090"}, "Amount": 5}),
    "batch_payments": ("Account", {"Payments": [{"Invoice": {"InvoiceNumber": "S-1"},
                       "Amount": 5}]}),
}  # fmt: skip


@pytest.mark.parametrize("column", ["{}.Name", "{}Name", "{}.Code"])
@pytest.mark.parametrize("stream", ACCOUNTS)
def test_a_bank_account_is_found_by_its_name(tmp_path, xero, books, stream, column):
    field, fields = ACCOUNTS[stream]
    row = {**fields, "Date": "2026-10-02", column.format(field): "savings"}
    run = publish(tmp_path, xero, records(stream, [row]))
    assert run.statuses == {"created": 1}, run.log
    [account] = [a for a in xero.records("Accounts") if a["Name"] == "Savings"]
    assert run.results[0]["response"][field]["AccountID"] == account["AccountID"]


def test_the_payments_of_a_batch_payment_find_their_bills(tmp_path, xero, books):
    named = [("B-1", "Acme"), ("B-1", "Bolt")]
    rows = [
        {"Invoice": {"InvoiceNumber": number, "Contact": {"Name": supplier}}, "Amount": 30}
        for number, supplier in named
    ]
    batch = {"Account": {"Name": "Savings"}, "Date": "2026-10-02", "Payments": rows}
    run = publish(tmp_path, xero, records("batch_payments", [batch]))
    assert run.statuses == {"created": 1}, run.log
    assert paid(xero) == {("ACCPAY", supplier, number): 30 for number, supplier in named}
    ambiguous = {**batch, "Payments": [{"Invoice": {"InvoiceNumber": "B-1"}, "Amount": 1}]}
    run = publish(tmp_path, xero, records("batch_payments", [ambiguous]))
    assert "Payments[0].Invoice: Xero has 2 Invoices" in run.errors("invalid")[0]


ALLOCATIONS = {
    "credit_notes": ({"CreditNoteNumber": "CN-1"}, "S-1", ("ACCREC", "Ana", "S-1")),
    # The bill of the supplier of the credit, not the sale, and not the bill of another supplier.
    "credit_notes of a supplier": ({"CreditNoteNumber": "SC-1"}, "X-1", ("ACCPAY", "Acme", "X-1")),
    "credit_notes with a common number": (
        {"CreditNoteNumber": "SC-1"}, "B-1", ("ACCPAY", "Acme", "B-1"),
    ),
    "prepayments": ({"PrepaymentReference": "PP-1"}, "X-1", ("ACCREC", "Ana", "X-1")),
    "prepayments of a contact": ({"Contact.Name": "Acme"}, "B-1", ("ACCPAY", "Acme", "B-1")),
    # As in a payment that refunds it.
    "prepayments of the contact in a column": (
        {"Prepayment.Contact.Name": "Acme"}, "B-1", ("ACCPAY", "Acme", "B-1"),
    ),
    "prepayments of the contact in an object": (
        {"Prepayment": {"Contact": {"Name": "Acme"}}}, "B-1", ("ACCPAY", "Acme", "B-1"),
    ),
    "prepayments of both": (
        {"Prepayment": {"Contact": {"Name": "Acme"}, "Reference": "PP-2"}},
        "B-1",
        ("ACCPAY", "Acme", "B-1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOCATIONS)
def test_an_allocation_finds_its_credit_and_its_invoice(tmp_path, xero, books, name):
    credit, number, expected = ALLOCATIONS[name]
    stream = f"{name.split(' ')[0]}_allocations"
    rows = records(stream, [{**credit, "InvoiceNumber": number, "Amount": "7.50"}])
    dry = publish(tmp_path, xero, rows, dry_run=True)
    assert dry.statuses == {"dry_run": 1}, dry.log
    run = publish(tmp_path, xero, rows)
    assert run.exit_code == 0, run.log
    credited = {
        (i["Type"], i["Contact"]["Name"], i["InvoiceNumber"]): i["AmountCredited"]
        for i in xero.records("Invoices")
        if i["AmountCredited"]
    }
    assert credited == {expected: Decimal("7.5")}
    wrong = records(stream, [{**credit, "InvoiceNumber": "none", "Amount": "7.50"}])
    run = publish(tmp_path, xero, wrong)
    assert "Invoice: Xero has no Invoices with InvoiceNumber none" in run.errors("invalid")[0]


def test_the_refund_of_a_prepayment_finds_it_by_its_contact(tmp_path, xero, books):
    rows = [payment("4", **{"Prepayment.Contact.Name": "Ana"}),
            payment("5", **{"Prepayment.Reference": "PP-2"}),
            payment("6", CreditNoteNumber="CN-1")]  # fmt: skip
    run = publish(tmp_path, xero, records("payments", rows))
    assert run.statuses == {"created": 3}, run.log
    left = {record["Contact"]["Name"]: record["RemainingCredit"]
            for record in xero.records("Prepayments")}  # fmt: skip
    assert left == {"Ana": 96, "Acme": 95}


def test_members_of_a_group_are_found_by_their_names(tmp_path, xero, books):
    rows = [{"ContactGroupName": "VIP", "ContactName": "ana"},
            {"ContactGroup": {"Name": "VIP"}, "Contact": {"Name": "Bo"}},
            {"ContactGroupName": "VIP", "Name": "Nobody"}]  # fmt: skip
    stream = "contact_groups_contacts"
    dry = publish(tmp_path, xero, records(stream, rows), dry_run=True)
    assert dry.statuses == {"dry_run": 2, "invalid": 1}, dry.log
    run = publish(tmp_path, xero, records(stream, rows))
    assert "Xero has no Contacts with Name Nobody" in run.errors("invalid")[0]
    [group] = xero.records("ContactGroups")
    assert {member["Name"] for member in group["Contacts"]} == {"Ana", "Bo"}
    assert '"Name"' not in xero.calls("ContactGroups/*/Contacts", "PUT")[-1]["body"]
    run = publish(tmp_path, xero, records(stream, rows[:2]), method="DELETE")
    assert run.statuses == {"removed": 2}, run.log
    [group] = xero.records("ContactGroups")
    assert group["Contacts"] == []


def test_a_billable_expense_finds_its_bill_its_line_and_its_customer(tmp_path, xero, books):
    row = {"SourceTransaction.InvoiceNumber": "B-1", "SourceTransaction.Contact.Name": "Bolt",
           "ContactName": "Ana", "TargetTransaction.InvoiceNumber": "S-1"}  # fmt: skip
    run = publish(tmp_path, xero, records("linked_transactions", [row]))
    assert run.statuses == {"created": 1}, run.log
    [link] = xero.records("LinkedTransactions")
    bill = books["ACCPAY", "Bolt", "B-1"]
    assert link["SourceTransactionID"] == bill["InvoiceID"]
    assert link["SourceLineItemID"] == bill["LineItems"][0]["LineItemID"]
    assert link["TargetTransactionID"] == books["ACCREC", "Ana", "S-1"]["InvoiceID"]
    wrong = row | {"SourceLineItem.Description": "Play"}
    run = publish(tmp_path, xero, records("linked_transactions", [wrong]))
    assert "0 of 1 lines" in run.errors("invalid")[0]


def test_documents_and_what_pays_them_come_in_one_input(tmp_path, xero):
    rows = [
        *records("invoices", [document("Ana", InvoiceNumber="N-1")]),
        *records("bank_transactions", [money("Ana", "RECEIVE-PREPAYMENT", Reference="PP-9")]),
        *records("payments", [payment(InvoiceNumber="N-1")]),
        *records("prepayments_allocations",
                 [{"PrepaymentReference": "PP-9", "InvoiceNumber": "N-1", "Amount": 20}]),
        *records("contact_groups", [{"Name": "VIP"}]),
        *records("contact_groups_contacts", [{"ContactGroupName": "VIP", "ContactName": "Ana"}]),
    ]  # fmt: skip
    dry = publish(tmp_path, xero, rows, dry_run=True)
    assert dry.statuses == {"dry_run": 6}, dry.log
    run = publish(tmp_path, xero, rows[:4] + rows[4:6] + rows[6:8])
    assert run.exit_code == 0, run.log
    [invoice] = xero.records("Invoices")
    assert (invoice["AmountPaid"], invoice["AmountCredited"]) == (10, 20)


def test_a_plan_of_an_invoice_and_its_payment_is_applied(tmp_path, xero):
    rows = [
        *records("invoices", [document("Ana", InvoiceNumber="N-1")]),
        *records("payments", [payment(InvoiceNumber="N-1")]),
    ]
    made = plan_of(tmp_path, xero, rows)
    assert made.exit_code == 0, made.log
    done = applied(tmp_path, xero, made.path)
    assert done.exit_code == 0, done.log
    assert paid(xero) == {("ACCREC", "Ana", "N-1"): Decimal(10)}


def test_a_payment_whose_response_was_lost_is_not_paid_twice(tmp_path, xero, books):
    rows = records("payments", [payment(InvoiceNumber="S-1")])
    xero.fault("server_error", "Payments", method="PUT", after_work=True, times=None)
    # It is found by its content.
    assert publish(tmp_path, xero, rows).statuses == {"created": 1}
    xero.reset()
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"unchanged": 1}, run.log
    assert paid(xero) == {("ACCREC", "Ana", "S-1"): Decimal(10)}


NAMED_WHOLE = {
    "bank_transfers": ({"FromBankAccount": "Savings", "Amount": 1}, "FromBankAccount.Code"),
    "payments": ({"Invoice": "S-1", "Amount": 1}, "Invoice.InvoiceNumber"),
    "invoices": ({"Type": "ACCREC", "Contact": "Ana"}, "Contact.Name"),
}


@pytest.mark.parametrize("stream", NAMED_WHOLE)
def test_a_name_in_place_of_an_object_is_refused_with_its_column(tmp_path, xero, stream):
    row, field = NAMED_WHOLE[stream]
    run = publish(tmp_path, xero, records(stream, [row]))
    assert f"is not an object; name it in {field}" in run.errors("invalid")[0]


@pytest.mark.parametrize(
    ("fields", "advice"),
    [
        ({"PaymentTerms": 30}, "30 is not an object; give its fields, such as PaymentTerms.Bills"),
        ({"Phones": "021 555"}, """'021 555' is not a list; write it like [{"PhoneType": "…"}]"""),
    ],
)
def test_a_text_in_place_of_fields_is_refused_with_an_example(tmp_path, xero, fields, advice):
    run = publish(tmp_path, xero, records("contacts", [{"Name": "Ana"} | fields]))
    [error] = run.errors("invalid")
    assert error.endswith(advice)
