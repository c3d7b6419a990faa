"""Copying an organisation with tap-xero and target-xero."""

import json
import re

import pytest
from copy_pair import assert_books_agree, assert_records_match
from small_company import line_item


def test_a_copy_agrees_in_every_record_and_report_and_a_second_run_changes_nothing(pair, backup):
    opening = pair.opening_balances()
    first = pair.copy(backup, opening_balances=opening)

    assert first.returncode == 0, first.stderr[-3000:]
    assert set(pair.statuses) <= {"created", "updated", "unchanged"}
    assert_books_agree(pair)
    assert "Not copied: users" in first.stderr

    pair.xero.reset()
    second = pair.copy(backup, opening_balances=opening)
    assert second.returncode == 0, second.stderr[-3000:]
    assert pair.writes == []
    assert set(pair.statuses) == {"unchanged"}
    assert_books_agree(pair)


def test_numbers_dates_rates_discounts_and_tracking_are_kept(copied):
    ours = {
        invoice["InvoiceNumber"]: invoice
        for invoice in copied.records("Invoices", copied.source, unitdp=4)
    }
    theirs = {invoice["InvoiceNumber"]: invoice for invoice in copied.records("Invoices", unitdp=4)}
    assert theirs.keys() == ours.keys() - {"INV-4"}
    for number in ("INV-1", "INV-2", "INV-5"):
        for field in (
            "Date",
            "DueDate",
            "Status",
            "CurrencyRate",
            "Total",
            "TotalTax",
            "AmountDue",
        ):
            assert theirs[number].get(field) == ours[number].get(field), (number, field)
    assert theirs["INV-1"]["Reference"] == "Order 17"
    first = theirs["INV-1"]["LineItems"][0]
    assert first["DiscountRate"] == 7.5
    assert first["UnitAmount"] == 33.3333
    assert [(category["Name"], category["Option"]) for category in first["Tracking"]] == [
        ("Region", "North")
    ]


def test_the_next_run_copies_only_what_has_changed_in_the_source(copied):
    draft = next(
        invoice
        for invoice in copied.records("Invoices", copied.source)
        if invoice["Status"] == "DRAFT"
    )
    changed = {"InvoiceID": draft["InvoiceID"], "LineItems": [line_item("6.50")]}
    copied.post("Invoices", {**changed, "Status": "AUTHORISED"})
    whole = {"Invoice": {"InvoiceNumber": "INV-3"}, "Account": {"Code": "090"}}
    copied.put("Payments", {**whole, "Amount": "2.00", "Date": "2026-04-20"})
    paid = next(
        payment
        for payment in copied.records("Payments", copied.source)
        if payment["Amount"] == 30 and payment["Status"] == "AUTHORISED"
    )
    copied.call("POST", f"Payments/{paid['PaymentID']}", {"Status": "DELETED"})
    copied.post("Contacts", {"ContactNumber": "C1", "Name": "Ana Maria"})

    copied.xero.reset()
    second = copied.copy(copied.tap(state=copied.state))
    assert second.returncode == 0, second.stderr[-3000:]
    written = sorted(f"{call['method']} {call['endpoint'].split('/')[0]}" for call in copied.writes)
    assert written == ["POST Contacts", "POST Invoices", "POST Payments", "PUT Payments"]
    # Without opening balances the reports differ; the records must not.
    assert_records_match(copied)


def test_an_edit_of_a_paid_invoice_is_copied_as_far_as_xero_lets_it(copied):
    [paid] = [
        invoice
        for invoice in copied.records("Invoices", copied.source, unitdp=4)
        if invoice.get("InvoiceNumber") == "INV-1"
    ]
    lines = [{**item, "Description": f"{item['Description']}!"} for item in paid["LineItems"]]
    edit = {"InvoiceID": paid["InvoiceID"], "Reference": "Order 18", "LineItems": lines}
    copied.call("POST", "Invoices", {"Invoices": [edit]}, params={"unitdp": "4"})

    copied.xero.reset()
    second = copied.copy(copied.tap(state=copied.state))

    assert second.returncode == 0, [
        result for result in copied.results if result["status"] == "rejected"
    ]
    theirs = copied.find("Invoices", copied.target, InvoiceNumber="INV-1")
    assert theirs["Reference"] == "Order 18"
    assert [item["Description"] for item in theirs["LineItems"]] == [
        item["Description"] for item in lines
    ]
    assert [call["endpoint"] for call in copied.writes] == ["Invoices"]
    assert_records_match(copied)


def test_voided_documents_are_copied_if_copy_voided_is_set(pair, backup):
    assert pair.copy(backup, copy_voided=True).returncode == 0

    voided = [invoice for invoice in pair.records("Invoices") if invoice["Status"] == "VOIDED"]
    assert [invoice["InvoiceNumber"] for invoice in voided] == ["INV-4"]


def test_kills_and_faults_do_not_change_the_copy(pair, backup):
    opening = pair.opening_balances()
    xero = pair.xero
    xero.fault("reset", "Invoices", method="PUT", nth=1, after_work=True)
    xero.fault("unavailable", "Contacts", method="PUT", nth=1)
    xero.fault("truncated", "Payments", method="PUT", nth=2)
    xero.fault("reset", "BankTransactions", method="PUT", nth=1, after_work=True)
    xero.fault("reset", "BankTransfers", method="PUT", nth=1, after_work=True)
    for entity in ("Items", "Invoices", "BatchPayments"):
        pair.kill_during(backup, entity, opening_balances=opening)

    last = pair.copy(backup, opening_balances=opening)
    assert last.returncode == 0, last.stderr[-3000:]
    assert_books_agree(pair)


def test_an_organisation_is_never_copied_into_itself(pair, backup):
    pair.xero.reset()
    ended = pair.copy(backup, tenant_id=pair.source)

    assert ended.returncode == 1
    assert "Source and target are the same organisation" in ended.stderr.splitlines()[-1]
    assert pair.writes == []


def test_an_organisation_with_documents_is_written_to_only_with_yes(pair, backup):
    of_its_own = {"Type": "ACCREC", "Contact": {"Name": "Bo"}, "LineItems": [line_item("1")]}
    pair.put("Invoices", {**of_its_own, "InvoiceNumber": "OWN-1"}, pair.target)
    pair.xero.reset()

    refused = pair.copy(backup)
    assert refused.returncode == 1
    assert "has documents already" in refused.stderr.splitlines()[-1]
    assert "yes: true" in refused.stderr.splitlines()[-1]
    assert pair.writes == []

    allowed = pair.copy(backup, yes=True)
    assert allowed.returncode == 0, allowed.stderr[-3000:]
    numbers = {invoice["InvoiceNumber"] for invoice in pair.records("Invoices")}
    assert {"OWN-1", "INV-1"} <= numbers
    # The id map is not empty now, so the next run does not need yes.
    assert pair.copy(backup).returncode == 0


def test_yes_can_be_set_on_the_command_line(pair, backup):
    of_its_own = {"Type": "ACCREC", "Contact": {"Name": "Bo"}, "LineItems": [line_item("1")]}
    pair.put("Invoices", {**of_its_own, "InvoiceNumber": "OWN-1"}, pair.target)

    process = pair.start(backup, options=["--yes"])
    _, log = process.communicate(timeout=120)
    assert process.returncode == 0, log.decode()[-2000:]


def test_a_sales_invoice_with_a_number_that_the_target_has_is_not_created_again(pair, backup):
    theirs = {"Type": "ACCREC", "Contact": {"Name": "Ana"}, "LineItems": [line_item("1")]}
    pair.put("Invoices", {**theirs, "InvoiceNumber": "INV-3", "Status": "DRAFT"}, pair.target)

    assert pair.copy(backup, yes=True).returncode == 0
    numbers = [invoice["InvoiceNumber"] for invoice in pair.records("Invoices")]
    assert numbers.count("INV-3") == 1


def test_a_reference_to_a_record_that_was_not_copied_is_invalid_and_named(pair, backup):
    lines = backup.read_bytes().splitlines(keepends=True)
    without = pair.folder / "without.jsonl"
    is_ana = re.compile(rb'"stream":"contacts","record":.*"Name":"Ana"').search
    without.write_bytes(b"".join(message for message in lines if not is_ana(message)))

    ended = pair.copy(without)
    assert ended.returncode == 1
    invalid = [result for result in pair.results if result["status"] == "invalid"]
    assert any("Contact.ContactID" in result["errors"][0] for result in invalid)
    assert any("copy it first" in result["errors"][0] for result in invalid)
    # The complete backup publishes the rejected records too.
    pair.copy(backup)
    assert_records_match(pair)


def test_a_dry_run_sends_nothing_and_resolves_every_reference(pair, backup):
    pair.xero.reset()
    ended = pair.copy(backup, dry_run=True)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert pair.writes == []
    assert set(pair.statuses) == {"dry_run", "unchanged"}
    assert pair.statuses["dry_run"] > 30


def test_records_of_other_taps_are_rejected(pair, backup):
    other = pair.folder / "other.jsonl"
    messages = [
        {
            "type": "SCHEMA",
            "stream": "contacts",
            "schema": {"properties": {"Name": {"type": "string"}}},
        },
        {"type": "RECORD", "stream": "contacts", "record": {"Name": "Bo"}},
    ]
    other.write_text("".join(f"{json.dumps(message)}\n" for message in messages))
    ended = pair.copy(other)

    assert ended.returncode == 1
    assert "use references: keep" in ended.stderr.splitlines()[-1]
    assert pair.records("Contacts") == []


def test_records_of_two_organisations_are_not_mixed(pair, backup):
    with backup.open("a") as lines:
        record = {"_tenant_id": "someone-else", "ContactID": "1", "Name": "Bo"}
        message = {"type": "RECORD", "stream": "contacts", "record": record}
        lines.write(json.dumps({**message, "record": {**record, "_tenant_name": "B"}}) + "\n")
    ended = pair.copy(backup)

    assert ended.returncode == 1
    assert "copy one at a time" in ended.stderr.splitlines()[-1]
    assert pair.records("Contacts") == []


def test_state_is_written_only_after_everything_is_copied(pair, backup, prompt):
    pair.xero.fault("unavailable", "Contacts", method="PUT", times=None)
    failed = pair.copy(backup)
    assert failed.returncode == 1
    assert failed.stdout == ""


@pytest.mark.parametrize("after_work", [True, False])
@pytest.mark.parametrize("entity", ["Payments", "BankTransactions"])
def test_records_without_a_number_are_found_by_content_after_a_lost_response(
    pair, backup, entity, after_work
):
    # Xero keeps errors under the Idempotency-Key too: repeating does not help
    # (xero-facts.md: Idempotency).
    pair.xero.fault("server_error", entity, method="PUT", nth=1, after_work=after_work)
    ended = pair.copy(backup)

    assert ended.returncode == 0, ended.stderr[-3000:]
    assert pair.statuses["unknown"] == 0
    assert_records_match(pair)


def test_records_that_were_not_copied_are_found_by_natural_key(pair, backup):
    theirs = pair.put("Contacts", {"Name": "Ana"}, pair.target)
    wanted = (b'"stream":"manual_journals"', b'"stream":"quotes"', b'"stream":"currencies"')
    lines = backup.read_bytes().splitlines(keepends=True)
    some = pair.folder / "some.jsonl"
    some.write_bytes(
        b"".join(message for message in lines if any(name in message for name in wanted))
    )

    ended = pair.copy(some)
    assert ended.returncode == 0, ended.stderr[-3000:]
    quotes = pair.records("Quotes")
    assert len(quotes) == 2
    assert {quote["Contact"]["ContactID"] for quote in quotes} == {theirs["ContactID"]}


def test_the_state_database_may_be_postgresql(pair, backup, fresh_postgres_uri):
    ended = pair.copy(backup, store_uri=fresh_postgres_uri)
    assert ended.returncode == 0, ended.stderr[-3000:]

    pair.xero.reset()
    again = pair.copy(backup, store_uri=fresh_postgres_uri)
    assert again.returncode == 0, again.stderr[-3000:]
    assert pair.writes == []
