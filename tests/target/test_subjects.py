"""What a record is: its subject, its content, and two contents of one subject in a run."""

from collections import Counter

import pytest
from target_runner import config_in, publish, record, records, run_with, schema

BILLS = {"bills": {"entity": "Invoices"}}
CSV_KEY = ("_sdc_path", "_sdc_line_number")
KEYS_OF_FILES = [
    ("_sdc_path", "_sdc_line_number"),
    ("_sdc_source_file", "_sdc_source_lineno"),
    ("_smart_source_file", "_smart_source_lineno"),
    ("_file", "_line"),
    ("__sdc_spreadsheet_id", "__sdc_row"),
    ("file_name", "line_number"),
    ("Sheet Name", "rowNumber"),
]


def bill(number, supplier="Ana", amount=10, **fields):
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": amount, "AccountCode": "429"}
    number = {"InvoiceNumber": number} if number else {}
    return {
        "Type": "ACCPAY",
        "Contact": {"Name": supplier},
        "Date": "2026-10-01",
        "DueDate": "2026-10-31",
        "LineItems": [line],
        **number,
        **fields,
    }


def journal(narration, amount=10):
    lines = [{"LineAmount": sign * amount, "AccountCode": "429"} for sign in (1, -1)]
    return {"Narration": narration, "Date": "2026-10-31", "JournalLines": lines}


def spend(xero, amount, date="2026-10-01", **fields):
    bank = next(a for a in xero.records("Accounts") if a.get("Type") == "BANK")
    line = {"Description": "Coffee", "Quantity": 1, "UnitAmount": amount, "AccountCode": "429"}
    return {
        "Type": "SPEND",
        "Contact": {"Name": "Cafe"},
        "BankAccount": {"AccountID": bank["AccountID"]},
        "Date": date,
        "LineItems": [line],
        **fields,
    }


def sale_row(number, line, **fields):
    own = {"InvoiceNumber": number, "Type": "ACCREC", "ContactName": "Ana", "AccountCode": "200"}
    return record("invoices", **own, Description=line, Quantity=1, UnitAmount=10, **fields)


def lines_in_xero(xero):
    return {
        invoice["InvoiceNumber"]: [line["Description"] for line in invoice["LineItems"]]
        for invoice in xero.records("Invoices")
    }


def as_csv(stream, rows, key=CSV_KEY, file="in.csv"):
    """The rows as a CSV tap sends them: each with its file and its line as the key."""
    places = ({key[0]: file, key[1]: n} for n, _ in enumerate(rows, start=2))
    return records(stream, [row | place for row, place in zip(rows, places, strict=True)], key)


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


# Two contents of one subject in a run


def test_unsorted_rows_of_a_document_are_invalid_and_nothing_of_it_is_sent(tmp_path, xero):
    rows = [sale_row("M-6", "a"), sale_row("M-6b", "b"), sale_row("M-6", "c")]
    streams = {"invoices": {"group_by": ["InvoiceNumber"]}}
    run = publish(tmp_path, xero, [schema("invoices"), *rows], streams=streams)
    assert run.exit_code == 1
    assert run.statuses == {"invalid": 2, "created": 1}
    first, second = run.errors("invalid")
    assert "rows at record 3 of stream invoices too" in first
    assert "rows at record 1 of stream invoices too" in second
    assert "Sort the rows" in first
    assert lines_in_xero(xero) == {"M-6b": ["b"]}
    assert len([message for message in run.rejects if message["type"] == "RECORD"]) == 2


@pytest.mark.parametrize("between", ["schema", "stream"])
@pytest.mark.parametrize("line", ["c", "a"])
def test_rows_of_a_document_that_another_message_parts_lose_no_line(tmp_path, xero, between, line):
    other = {
        "schema": [schema("invoices")],
        "stream": records("contacts", [{"Name": "Bo"}]),
    }
    messages = [
        schema("invoices"),
        sale_row("M-6", "a"),
        *other[between],
        sale_row("M-6", line),
    ]
    streams = {"invoices": {"group_by": ["InvoiceNumber"]}, "contacts": {}}
    run = publish(tmp_path, xero, messages, streams=streams)
    whole = lines_in_xero(xero).get("M-6") == ["a", line]
    assert whole or (run.exit_code == 1 and "invalid" in run.statuses), run.log


def test_rows_of_one_number_without_group_by_are_invalid(tmp_path, xero):
    rows = [sale_row("M-6", "a"), sale_row("M-6", "b"), sale_row("M-7", "c"), sale_row("M-6", "d")]
    run = publish(tmp_path, xero, [schema("invoices"), *rows])
    assert run.statuses == {"invalid": 3, "created": 1}, run.log
    assert "'group_by'" in run.errors("invalid")[0]
    assert lines_in_xero(xero) == {"M-7": ["c"]}


@pytest.mark.parametrize("key", [(), ("Line",), ("_sdc_line_number",)])
def test_equal_rows_of_one_number_without_group_by_lose_no_line(tmp_path, xero, key):
    rows = [sale_row("M-6", "a", **dict.fromkeys(key, n)) for n in (1, 2)]
    streams = {"invoices": {"payload": {"Line": None}}}
    run = publish(tmp_path, xero, [schema("invoices", key=key), *rows], streams=streams)
    assert run.exit_code == 1
    assert run.statuses == {"invalid": 2}, run.log
    assert "'group_by'" in run.errors("invalid")[0]


def test_a_row_that_comes_twice_under_its_key_is_one_record(tmp_path, xero):
    row = sale_row("M-6", "a", Reference="R-1")
    run = publish(tmp_path, xero, [schema("invoices", key=["Reference"]), row, row])
    assert run.statuses == {"created": 1, "unchanged": 1}, run.log


def test_the_second_content_of_a_document_that_was_sent_names_the_first(tmp_path, xero):
    many = [sale_row(f"S-{n}", "a") for n in range(250)]
    conflicting = sale_row("S-0", "b", _sdc_source_file="in.csv", _sdc_source_lineno=9)
    run = publish(tmp_path, xero, [schema("invoices"), *many, conflicting])
    assert run.statuses == {"created": 250, "invalid": 1}
    [error] = run.errors("invalid")
    assert error.startswith("record 1 of stream invoices is another record of")
    assert "stays as it is" in error
    assert lines_in_xero(xero)["S-0"] == ["a"]
    again = publish(tmp_path, xero, [schema("invoices"), *many, conflicting])
    assert again.statuses == {"unchanged": 250, "invalid": 1}


def test_a_dry_run_finds_second_contents_too(tmp_path, xero):
    rows = [sale_row("M-6", "a"), sale_row("M-6", "b"), sale_row("M-7", "c")]
    run = publish(tmp_path, xero, [schema("invoices"), *rows], dry_run=True)
    assert run.statuses == {"invalid": 2, "dry_run": 1}


@pytest.mark.parametrize("key", [(), ("_id",)])
def test_a_contact_that_comes_twice_settles_in_one_run(tmp_path, xero, key):
    rows = [{"Name": f"Contact {n % 28}", "_id": n} for n in range(30)]
    first = publish(tmp_path, xero, records("contacts", rows, key))
    assert first.statuses == {"created": 28, "unchanged": 2}, first.log
    calls = len(xero.calls("Contacts", "P*"))
    second = publish(tmp_path, xero, records("contacts", rows, key))
    assert second.statuses == {"unchanged": 30}, second.log
    assert len(xero.calls("Contacts", "P*")) == calls


def test_two_contents_of_one_contact_are_invalid_in_every_run(tmp_path, xero):
    rows = [{"Name": "Ana", "FirstName": "A"}, {"Name": "ana", "FirstName": "B"}, {"Name": "Bo"}]
    for expected in ({"invalid": 2, "created": 1}, {"invalid": 2, "unchanged": 1}):
        run = publish(tmp_path, xero, records("contacts", rows))
        assert run.statuses == expected, run.log


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


# Records that their source has deleted


DELETED = {
    "_sdc_deleted_at": "2026-10-02T00:00:00Z",
    "_sdc_lsn_deleted_at": 12,
    "_ab_cdc_deleted_at": "2026-10-02",
    "_fivetran_deleted": True,
    "__deleted": "true",
    "_SDC_DELETED_AT": "2026-10-02",
    "__sdc_deleted_at": "2026-10-02",
    "_PEERDB_IS_DELETED": 1,
    "_change_type": "delete",
    "__op": "d",
    "is_deleted": "Yes",
    "deletedAt": "2026-10-02",
}


@pytest.mark.parametrize("column", DELETED)
def test_a_record_that_its_source_has_deleted_is_not_published(tmp_path, xero, column):
    rows = [{"Name": "Ana", column: DELETED[column]}, {"Name": "Bo", column: None}]
    run = publish(tmp_path, xero, records("contacts", rows))
    assert run.statuses == {"invalid": 1, "created": 1}, run.log
    assert "marked it as deleted" in run.errors("invalid")[0]
    assert [contact["Name"] for contact in xero.records("Contacts")] == ["Bo"]


@pytest.mark.parametrize("mark", [
    {"__op": "u"}, {"_change_type": "insert"}, {"_is_deleted": "N"}, {"__deleted": "false"},
    {"is_deleted": False}, {"deleted_at": None}, {"_sdc_deleted_at": " "}, {"_sdc_loop": "d"},
])  # fmt: skip
def test_a_record_that_its_source_has_not_deleted_is_published(tmp_path, xero, mark):
    run = publish(tmp_path, xero, records("contacts", [{"Name": "Ana"} | mark]))
    assert run.statuses == {"created": 1}, run.log


def test_a_column_that_the_settings_map_is_not_a_mark(tmp_path, xero):
    columns = {"contacts": {"columns": {"deleted": "FirstName"}}}
    run = publish(tmp_path, xero, records("contacts", [{"Name": "Ana", "deleted": "yes"}]),
                  streams=columns)  # fmt: skip
    assert run.statuses == {"created": 1}, run.log
    assert xero.records("Contacts")[0]["FirstName"] == "yes"


def test_deleted_records_can_be_skipped(tmp_path, xero):
    rows = [{"Name": "Ana", "_sdc_deleted_at": "2026-10-02"}, {"Name": "Bo"}]
    state = {"type": "STATE", "value": 1}
    messages = [*records("contacts", rows), state]
    run = publish(tmp_path, xero, messages, streams={"contacts": {"on_deleted": "skip"}})
    assert run.exit_code == 0
    assert run.statuses == {"created": 1}
    assert run.states == [1]
    assert "contacts: 1 record that is deleted in the source, left out" in run.log


def test_deleted_records_can_be_removed_by_the_id_in_the_log(tmp_path, xero):
    row = spend(xero, 4, Reference="R-1")
    key = ("Reference",)
    publish(tmp_path, xero, records("bank_transactions", [row], key))
    gone = {"Reference": "R-1", "_sdc_deleted_at": "2026-10-02"}
    unknown = {"Reference": "R-2", "_sdc_deleted_at": "2026-10-02"}
    messages = records("bank_transactions", [gone, unknown], key)
    run = publish(tmp_path, xero, messages, on_deleted="remove")
    assert run.statuses == {"removed": 1, "invalid": 1}, run.log
    assert "has not published a record with this key" in run.errors("invalid")[0]
    assert [found["Status"] for found in xero.records("BankTransactions")] == ["DELETED"]
    again = publish(tmp_path, xero, records("bank_transactions", [gone], key), on_deleted="remove")
    assert again.statuses == {"unchanged": 1}, again.log
    back = publish(tmp_path, xero, records("bank_transactions", [row], key))
    assert back.statuses == {"created": 1}, back.log


def test_a_document_of_which_some_rows_are_deleted_is_invalid(tmp_path, xero):
    gone = sale_row("M-6", "b", _sdc_deleted_at="2026-10-02")
    messages = [schema("invoices"), sale_row("M-6", "a"), gone]
    streams = {"invoices": {"group_by": "InvoiceNumber"}}
    run = publish(tmp_path, xero, messages, streams=streams, on_deleted="remove")
    assert run.statuses == {"invalid": 1}
    assert "1 of the 2 rows" in run.errors("invalid")[0]
    kept = publish(tmp_path, xero, messages, streams=streams, on_deleted="skip")
    assert kept.statuses == {"created": 1}, kept.log
    assert lines_in_xero(xero) == {"M-6": ["a"]}


def test_rejected_rows_keep_their_number_when_they_are_fed_back(tmp_path, xero):
    rows = as_csv("manual_journals", [journal("one"), journal("one")])
    xero.fault("forbidden", "ManualJournals", method="POST", times=None)
    first = publish(tmp_path, xero, rows)
    assert first.statuses == {"rejected": 2}, first.log
    xero.reset()
    second = run_with(config_in(tmp_path, xero), tmp_path, first.rejects_path.read_bytes())
    assert second.statuses == {"created": 2}, second.log
    assert publish(tmp_path, xero, rows).statuses == {"unchanged": 2}
