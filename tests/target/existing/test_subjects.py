"""What a record is: its subject, and its content, whatever its form."""

from collections import Counter

import pytest
from subject_records import BILLS, CSV_KEY, KEYS_OF_FILES, as_csv, bill, journal, spend
from target_runner import config_in, publish, records, run_with


@pytest.mark.parametrize("key", KEYS_OF_FILES, ids=lambda key: key[1])
def test_rows_that_move_in_a_file_are_the_same_rows(tmp_path, xero, key):
    rows = [journal("one"), journal("two"), journal("two")]
    publish(tmp_path, xero, as_csv("manual_journals", rows, key))
    moved = as_csv("manual_journals", [journal("new"), *reversed(rows)], key, "folder/other.csv")
    run = publish(tmp_path, xero, moved)
    assert run.statuses == {"created": 1, "unchanged": 3}, run.log
    narrations = Counter(found["Narration"] for found in xero.records("ManualJournals"))
    assert narrations == {"one": 1, "two": 2, "new": 1}


def test_a_key_that_only_counts_rows_changes_no_document_of_another_row(tmp_path, xero):
    def numbered(*numbers):
        rows = [bill(number) | {"_id": n} for n, number in enumerate(numbers, 1)]
        return records("bills", rows, ["_id"])

    publish(tmp_path, xero, numbered("B-1", "B-2"), streams=BILLS)
    for dry_run, status in ((True, "dry_run"), (False, "unchanged")):
        run = publish(tmp_path, xero, numbered("B-0", "B-1", "B-2"), streams=BILLS,
                      dry_run=dry_run)  # fmt: skip
        assert run.statuses == {"invalid": 1, status: 2}, run.log
        [problem] = run.errors("invalid")
        assert "with the number of another record, record 2 of stream bills" in problem
    found = {invoice["InvoiceNumber"] for invoice in xero.records("Invoices")}
    assert found == {"B-1", "B-2"}
    # Without another record of this number, the document gets a new number.
    run = publish(tmp_path, xero, numbered("B-01", "B-2"), streams=BILLS)
    assert run.statuses == {"updated": 1, "unchanged": 1}, run.log
    found = {invoice["InvoiceNumber"] for invoice in xero.records("Invoices")}
    assert found == {"B-01", "B-2"}


def test_next_months_file_of_the_same_name_overwrites_nothing(tmp_path, xero):
    for date in ("2026-10-01", "2026-11-01"):
        rows = [spend(xero, amount, date) for amount in (4, 5)]
        run = publish(tmp_path, xero, as_csv("bank_transactions", rows))
        assert run.statuses == {"created": 2}, run.log
    assert len(xero.records("BankTransactions")) == 4


def test_an_id_beside_the_place_in_a_file_tells_equal_rows_apart(tmp_path, xero):
    key = ("_sdc_line_number", "id")
    for ids, expected in (((1, 2), {"created": 2}), ((2, 3), {"unchanged": 1, "created": 1})):
        rows = [spend(xero, 4, Reference=None) | {"id": n, "_sdc_line_number": 2} for n in ids]
        streams = {"bank_transactions": {"payload": {}}}
        run = publish(tmp_path, xero, records("bank_transactions", rows, key), streams=streams)
        assert run.statuses == expected, run.log


def test_a_key_beside_a_mark_of_the_log_identifies_the_record(tmp_path, xero):
    key = ("Reference", "_sdc_lsn")
    for lsn, amount, status in ((1, 4, "created"), (2, 5, "updated")):
        row = spend(xero, amount, Reference="R-1") | {"_sdc_lsn": lsn}
        run = publish(tmp_path, xero, records("bank_transactions", [row], key))
        assert run.statuses == {status: 1}, run.log
    [found] = xero.records("BankTransactions")
    assert found["Total"] == 5


def test_group_by_identifies_a_document_whatever_the_key_of_its_rows(tmp_path, xero):
    streams = {"manual_journals": {"group_by": "Narration"}}

    def rows(amount, line):
        pairs = ((line + n, sign * amount) for n, sign in enumerate((1, -1)))
        return [
            {"Narration": "N-1", "Date": "2026-10-31", "LineAmount": own, "AccountCode": "429"}
            | {"_sdc_path": "in.csv", "_sdc_line_number": at}
            for at, own in pairs
        ]

    for amount, line, status in ((10, 2, "created"), (10, 5, "unchanged"), (11, 2, "updated")):
        messages = records("manual_journals", rows(amount, line), CSV_KEY)
        run = publish(tmp_path, xero, messages, streams=streams)
        assert run.statuses == {status: 1}, run.log
    assert len(xero.records("ManualJournals")) == 1


@pytest.mark.parametrize("key", [(), CSV_KEY])
def test_a_bill_with_other_content_is_the_same_bill(tmp_path, xero, key):
    for line, amount, status in ((2, 10, "created"), (3, 11, "updated")):
        row = bill("B-1", amount=amount, _sdc_path="in.csv", _sdc_line_number=line)
        run = publish(tmp_path, xero, records("bills", [row], key), streams=BILLS)
        assert run.statuses == {status: 1}, run.log
    [found] = xero.records("Invoices")
    assert found["SubTotal"] == 11


def test_put_makes_no_second_bill_of_a_number(tmp_path, xero):
    publish(tmp_path, xero, records("bills", [bill("B-1")]), streams=BILLS, method="PUT")
    rows = [bill("B-1", amount=11), bill("B-1", supplier="Bo")]
    run = publish(tmp_path, xero, records("bills", rows), streams=BILLS, method="PUT")
    assert run.statuses == {"invalid": 1, "created": 1}, run.log
    assert "use POST to change it" in run.errors("invalid")[0]
    assert len(xero.records("Invoices")) == 2


def test_a_bill_whose_number_is_corrected_under_its_key_stays_one_bill(tmp_path, xero):
    for number, status in (("B-1", "created"), ("B-1a", "updated"), ("B-1a", "unchanged")):
        row = bill(number, Reference="R-1")
        run = publish(tmp_path, xero, records("bills", [row], ["Reference"]), streams=BILLS)
        assert run.statuses == {status: 1}, run.log
    [found] = xero.records("Invoices")
    assert found["InvoiceNumber"] == "B-1a"


def test_a_key_and_a_number_that_lead_to_two_bills_are_invalid(tmp_path, xero):
    rows = [bill("B-1", Reference="R-1"), bill("B-2", Reference="R-2")]
    publish(tmp_path, xero, records("bills", rows, ["Reference"]), streams=BILLS)
    crossed = [bill("B-2", Reference="R-1")]
    run = publish(tmp_path, xero, records("bills", crossed, ["Reference"]), streams=BILLS)
    assert run.statuses == {"invalid": 1}, run.log
    assert "correct the key or the number" in run.errors("invalid")[0]
    assert len(xero.records("Invoices")) == 2


def test_a_payment_that_changes_under_its_key_is_not_paid_again(tmp_path, xero):
    publish(tmp_path, xero, records("bills", [bill("B-1", Status="AUTHORISED")]), streams=BILLS)
    bank = next(a for a in xero.records("Accounts") if a.get("Type") == "BANK")
    for amount, status in ((4, "created"), (5, "invalid")):
        paid = {
            "Invoice": {"InvoiceID": xero.records("Invoices")[0]["InvoiceID"]},
            "Account": {"AccountID": bank["AccountID"]},
            "Date": "2026-10-02",
            "Amount": amount,
            "Reference": "P-1",
        }
        run = publish(tmp_path, xero, records("payments", [paid], ["Reference"]))
        assert run.statuses == {status: 1}, run.log
    assert "Xero cannot change Payments" in run.errors("invalid")[0]
    assert [payment["Amount"] for payment in xero.records("Payments")] == [4]


# Content, whatever its form


@pytest.mark.parametrize(
    "change",
    [
        lambda row: dict(reversed(row.items())),
        lambda row: row | {"Narration": f" {row['Narration']} "},
        lambda row: row | {"JournalLines": [
            line | {"LineAmount": f"{line['LineAmount']}.00"} for line in row["JournalLines"]
        ]},
    ],
    ids=["order", "spaces", "decimals"],
)  # fmt: skip
def test_the_same_content_in_another_form_is_not_published_again(tmp_path, xero, change):
    publish(tmp_path, xero, records("manual_journals", [journal("one", 100)]))
    run = publish(tmp_path, xero, records("manual_journals", [change(journal("one", 100))]))
    assert run.statuses == {"unchanged": 1}, run.log


def test_settings_that_change_no_content_publish_nothing_again(tmp_path, xero):
    rows = records("manual_journals", [journal("one")])
    publish(tmp_path, xero, rows)
    for settings in ({"method": "PUT"}, {"streams": {"manual_journals": {"query": {"a": "b"}}}}):
        run = publish(tmp_path, xero, rows, **settings)
        assert run.statuses == {"unchanged": 1}, run.log


def test_a_file_that_changes_and_changes_back_is_sent_each_time(tmp_path, xero):
    publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}]))
    [contact] = xero.records("Contacts")
    settings = {"streams": {"contacts_attachments": {}}}
    for content, status in (("QQ==", "created"), ("Qg==", "updated"), ("QQ==", "updated")):
        row = {"ContactID": contact["ContactID"], "FileName": "a.txt", "Content": content}
        run = publish(tmp_path, xero, records("contacts_attachments", [row]), **settings)
        assert run.exit_code == 0, run.log
        assert "unchanged" not in run.statuses, status


def test_rejected_rows_keep_their_number_when_they_are_fed_back(tmp_path, xero):
    rows = as_csv("manual_journals", [journal("one"), journal("one")])
    xero.fault("forbidden", "ManualJournals", method="POST", times=None)
    first = publish(tmp_path, xero, rows)
    assert first.statuses == {"rejected": 2}, first.log
    xero.reset()
    second = run_with(config_in(tmp_path, xero), tmp_path, first.rejects_path.read_bytes())
    assert second.statuses == {"created": 2}, second.log
    assert publish(tmp_path, xero, rows).statuses == {"unchanged": 2}
