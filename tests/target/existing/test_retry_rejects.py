"""The setting `retry_rejects`: what was not published is kept, and tried first in the next run."""

import pytest
from sandbox_caller import Caller
from sqlalchemy import create_engine, text
from target_runner import publish, record, records, schema, state

from target_xero.delivery import sender
from target_xero.retry.tables import SCHEMA

WRONG = "9999"
NOTHING = [schema("invoices")]


def line(account=WRONG, **fields):
    return {"Description": "Tea", "Quantity": 1, "UnitAmount": 5, "AccountCode": account, **fields}


def sale(number, account=WRONG, **fields):
    return {
        "Type": "ACCREC",
        "InvoiceNumber": number,
        "Contact": {"Name": "Ann"},
        "Date": "2026-10-01",
        "LineItems": [line(account)],
        **fields,
    }


def run_with(folder, xero, messages, **settings):
    return publish(folder, xero, messages, retry_rejects=True, **settings)


def add_account(xero, code=WRONG):
    caller = Caller(xero)
    account = {"Code": code, "Name": f"Account {code}", "Type": "REVENUE"}
    assert caller.send("PUT", "Accounts", json=account).ok
    caller.close()


def kept(folder):
    engine = create_engine(f"sqlite:///{folder / 'xero.db'}")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM kept_rejects")).all()
    engine.dispose()
    return rows


def test_a_reject_is_published_by_the_next_run_if_its_cause_is_gone(tmp_path, xero):
    first = run_with(tmp_path, xero, records("invoices", [sale("1"), sale("2", "200")]))
    add_account(xero)
    second = run_with(tmp_path, xero, [*NOTHING, state({"at": 2})])
    third = run_with(tmp_path, xero, NOTHING)

    assert first.statuses == {"created": 1, "rejected": 1}
    assert second.exit_code == 0, second.log
    assert second.statuses == {"created": 1}
    assert second.states == [{"at": 2}]
    assert third.statuses == {}
    assert kept(tmp_path) == []


def test_without_the_setting_nothing_comes_back(tmp_path, xero):
    publish(tmp_path, xero, records("invoices", [sale("1")]))
    add_account(xero)

    assert run_with(tmp_path, xero, NOTHING).statuses == {}


def test_it_is_tried_in_each_run_until_it_is_published(tmp_path, xero):
    runs = [run_with(tmp_path, xero, records("invoices", [sale("1")]))]
    runs += [run_with(tmp_path, xero, NOTHING) for _ in range(2)]

    assert [run.exit_code for run in runs] == [1, 1, 1]
    assert [run.statuses for run in runs] == [{"rejected": 1}] * 3
    assert all(len(run.rejects) == 2 for run in runs)
    assert len(kept(tmp_path)) == 1


def test_it_is_tried_before_what_comes(tmp_path, xero):
    run_with(tmp_path, xero, records("invoices", [sale("1")]))
    add_account(xero)

    run = run_with(tmp_path, xero, records("invoices", [sale("2", "200")]))

    assert [line["key"]["InvoiceNumber"] for line in run.results] == ["1", "2"]


@pytest.mark.parametrize("wrong", ["rejected by Xero", "invalid", "invalid document"])
def test_newer_content_of_the_same_number_replaces_it(tmp_path, xero, wrong):
    old = sale("1") if wrong == "rejected by Xero" else sale("1", "200", Date="soon")
    settings = {}
    if wrong == "invalid document":
        settings = {"streams": {"invoices": {"group_by": "InvoiceNumber"}}}
    run_with(tmp_path, xero, records("invoices", [old]), **settings)

    run = run_with(tmp_path, xero, records("invoices", [sale("1", "200")]), **settings)
    last = run_with(tmp_path, xero, NOTHING, **settings)

    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1}
    assert "replaced by newer content" in run.log
    assert last.statuses == {}


def test_newer_content_changes_what_the_retry_has_made(tmp_path, xero):
    run_with(tmp_path, xero, records("invoices", [sale("1")]))
    add_account(xero)

    run = run_with(tmp_path, xero, records("invoices", [sale("1", "200", Reference="new")]))

    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1, "updated": 1}
    assert [invoice["Reference"] for invoice in xero.records("Invoices")] == ["new"]


def test_newer_content_that_is_rejected_is_kept_instead(tmp_path, xero):
    run_with(tmp_path, xero, records("invoices", [sale("1", Reference="old")]))
    run_with(tmp_path, xero, records("invoices", [sale("1", Reference="new")]))
    add_account(xero)

    run = run_with(tmp_path, xero, NOTHING)

    assert run.statuses == {"created": 1}
    assert [invoice["Reference"] for invoice in xero.records("Invoices")] == ["new"]


def test_a_bill_is_known_by_its_supplier_and_number(tmp_path, xero):
    bills = [sale("1", Type="ACCPAY"), sale("1", Type="ACCPAY", Contact={"Name": "Bob"})]
    run_with(tmp_path, xero, records("invoices", bills))

    corrected = sale("1", "200", Type="ACCPAY", Contact={"Name": "Bob"})
    run = run_with(tmp_path, xero, records("invoices", [corrected]))

    assert run.statuses == {"rejected": 1, "created": 1}
    assert [bill["Contact"]["Name"] for bill in xero.records("Invoices")] == ["Bob"]


def spend(account=WRONG):
    return {"Type": "SPEND", "Contact": {"Name": "Cafe"}, "BankAccount": {"Code": "090"},
            "Date": "2026-10-01", "LineItems": [line(account)]}  # fmt: skip


def test_equal_records_without_a_key_come_back_as_often_as_they_came(tmp_path, xero):
    run_with(tmp_path, xero, records("bank_transactions", [spend(), spend()]))
    add_account(xero)

    run = run_with(tmp_path, xero, [schema("bank_transactions")])

    assert run.statuses == {"created": 2}, run.log


def test_a_source_that_sends_everything_again_makes_no_second_one(tmp_path, xero):
    messages = records("bank_transactions", [spend(), spend()])
    run_with(tmp_path, xero, messages)
    failing = run_with(tmp_path, xero, messages)
    add_account(xero)

    run = run_with(tmp_path, xero, messages)

    assert failing.statuses == {"rejected": 2}
    assert run.exit_code == 0, run.log
    assert len(xero.records("BankTransactions")) == 2
    assert kept(tmp_path) == []


def test_contents_that_contradict_each_other_are_not_tried(tmp_path, xero):
    rows = [sale("1", "200"), sale("1", "200", Reference="other")]
    first = run_with(tmp_path, xero, records("invoices", rows))
    second = run_with(tmp_path, xero, NOTHING)
    third = run_with(tmp_path, xero, records("invoices", [sale("1", "200", Reference="right")]))

    assert first.statuses == second.statuses == {"invalid": 2}
    assert second.errors("invalid") == first.errors("invalid")
    assert third.exit_code == 0, third.log
    assert [invoice["Reference"] for invoice in xero.records("Invoices")] == ["right"]


@pytest.mark.usefixtures("prompt")
def test_an_unknown_outcome_is_looked_up_and_not_sent_again(tmp_path, xero, monkeypatch):
    monkeypatch.setattr(sender, "MAX_TRIES", 2)
    xero.fault("status", "Invoices", method="P*", status=500, body="", after_work=True, times=None)
    xero.fault("status", "Invoices", method="GET", status=500, body="", times=None)
    first = run_with(tmp_path, xero, records("invoices", [sale("1", "200")]))
    xero.reset()

    run = run_with(tmp_path, xero, NOTHING)

    assert first.statuses == {"unknown": 1}, first.log
    assert run.exit_code == 0, run.log
    assert len(xero.records("Invoices")) == 1


def test_a_dry_run_tries_and_keeps_nothing(tmp_path, xero):
    run_with(tmp_path, xero, records("invoices", [sale("1", Date="soon")]))
    before = kept(tmp_path)

    run = run_with(tmp_path, xero, records("invoices", [sale("2", Date="soon")]), dry_run=True)

    assert run.statuses == {"invalid": 2}
    assert kept(tmp_path) == before


@pytest.mark.sandbox(companies=["empty", "empty"])
def test_a_reject_comes_back_to_its_own_organisation_only(tmp_path, xero):
    first, second = xero.tenant_ids
    token = xero.grant("sandbox-web")["access_token"]

    def run(messages, tenant):
        return run_with(tmp_path, xero, messages, access_token=token, tenant_id=tenant)

    run(records("invoices", [sale("1", Date="soon")]), first)

    assert run(NOTHING, second).statuses == {}
    assert run(NOTHING, first).statuses == {"invalid": 1}


@pytest.mark.sandbox(companies=["empty", "empty"])
def test_a_reject_that_names_its_organisation_comes_back_to_it(tmp_path, xero):
    """The settings choose none of the two organisations, so that only the record can."""
    second = xero.tenant_ids[1]
    token = xero.grant("sandbox-web")["access_token"]
    settings = {
        "access_token": token,
        "tenant_id": None,
        "streams": {"invoices": {"tenant_id": "{{ record.org }}"}},
    }
    first = run_with(tmp_path, xero, records("invoices", [sale("1", org=second)]), **settings)
    assert first.statuses == {"rejected": 1}, first.log
    caller = Caller(xero)
    account = {"Code": WRONG, "Name": "Late", "Type": "REVENUE"}
    to_second = {"Authorization": f"Bearer {token}", "xero-tenant-id": second}
    assert caller.send("PUT", "Accounts", json=account, headers=to_second).ok
    caller.close()

    run = run_with(tmp_path, xero, NOTHING, **settings)

    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1}
    assert [each["InvoiceNumber"] for each in xero.records("Invoices", second)] == ["1"]
    assert xero.records("Invoices", xero.tenant_ids[0]) == []
    assert kept(tmp_path) == []


def test_documents_that_contradict_each_other_come_back_with_all_their_rows(tmp_path, xero):
    def row(number, text):
        fields = {"Type": "ACCREC", "InvoiceNumber": number, "Contact.Name": "Ann"}
        return fields | {"Date": "2026-10-01", "Description": text, "AccountCode": "200"}

    streams = {"invoices": {"group_by": "InvoiceNumber"}}
    rows = [row("1", "a"), row("1", "b"), row("2", "c"), row("1", "d")]
    first = run_with(tmp_path, xero, records("invoices", rows), streams=streams)
    second = run_with(tmp_path, xero, NOTHING, streams=streams)

    assert first.statuses == {"invalid": 2, "created": 1}, first.log
    assert second.statuses == {"invalid": 2}, second.log
    again = [m["record"]["Description"] for m in second.rejects if m["type"] == "RECORD"]
    assert sorted(again) == ["a", "b", "d"]
    assert second.errors("invalid") == first.errors("invalid")
    assert len(xero.records("Invoices")) == 1


def test_a_payment_waits_for_its_invoice(tmp_path, xero):
    payment = {"InvoiceNumber": "7", "Account": {"Code": "090"}, "Date": "2026-10-02", "Amount": 1}
    first = run_with(tmp_path, xero, records("payments", [payment]))
    assert first.statuses == {"invalid": 1}, first.log

    approved = sale("7", "200", Status="AUTHORISED", DueDate="2026-10-09")
    run = run_with(tmp_path, xero, [schema("payments"), *records("invoices", [approved])])

    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 2}
    assert [each["AmountPaid"] for each in xero.records("Invoices")] == [1]
    assert kept(tmp_path) == []


def test_only_streams_that_come_are_tried(tmp_path, xero):
    run_with(tmp_path, xero, records("invoices", [sale("1")]))

    assert run_with(tmp_path, xero, [schema("contacts")]).statuses == {}


def test_the_table_has_a_version_of_its_own(tmp_path, xero):
    run_with(tmp_path, xero, NOTHING)

    engine = create_engine(f"sqlite:///{tmp_path / 'xero.db'}")
    with engine.connect() as connection:
        version = connection.execute(text("SELECT version_num FROM kept_rejects_version")).scalar()
    engine.dispose()

    assert version == SCHEMA.version


def test_several_machines_share_the_rejects_in_postgresql(tmp_path, xero, fresh_postgres_uri):
    first = run_with(tmp_path, xero, records("invoices", [sale("1")]), store_uri=fresh_postgres_uri)
    add_account(xero)
    runs = [run_with(tmp_path, xero, NOTHING, store_uri=fresh_postgres_uri) for _ in range(2)]

    assert first.statuses == {"rejected": 1}
    assert [run.statuses for run in runs] == [{"created": 1}, {}]


def test_a_copy_refuses_the_setting(tmp_path, xero):
    run = run_with(tmp_path, xero, [record("x")], references="translate")

    assert run.exit_code == 1
    assert "'retry_rejects' does not go with 'references'" in run.last_line
