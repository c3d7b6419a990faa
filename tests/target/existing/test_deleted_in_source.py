"""Records that their source has marked as deleted: rejected, skipped or removed."""

import pytest
from subject_records import lines_in_xero, sale_row, spend
from target_runner import publish, records, schema

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
    removed = {"Reference": "R-1", "_sdc_deleted_at": "2026-10-02"}
    unknown = {"Reference": "R-2", "_sdc_deleted_at": "2026-10-02"}
    messages = records("bank_transactions", [removed, unknown], key)
    run = publish(tmp_path, xero, messages, on_deleted="remove")
    assert run.statuses == {"removed": 1, "invalid": 1}, run.log
    assert "has not published a record with this key" in run.errors("invalid")[0]
    assert [found["Status"] for found in xero.records("BankTransactions")] == ["DELETED"]
    again = publish(
        tmp_path, xero, records("bank_transactions", [removed], key), on_deleted="remove"
    )
    assert again.statuses == {"unchanged": 1}, again.log
    back = publish(tmp_path, xero, records("bank_transactions", [row], key))
    assert back.statuses == {"created": 1}, back.log


def test_a_document_of_which_some_rows_are_deleted_is_invalid(tmp_path, xero):
    removed = sale_row("M-6", "b", _sdc_deleted_at="2026-10-02")
    messages = [schema("invoices"), sale_row("M-6", "a"), removed]
    streams = {"invoices": {"group_by": "InvoiceNumber"}}
    run = publish(tmp_path, xero, messages, streams=streams, on_deleted="remove")
    assert run.statuses == {"invalid": 1}
    assert "1 of the 2 rows" in run.errors("invalid")[0]
    kept = publish(tmp_path, xero, messages, streams=streams, on_deleted="skip")
    assert kept.statuses == {"created": 1}, kept.log
    assert lines_in_xero(xero) == {"M-6": ["a"]}


# A number or name that another record has by now

MARK = {"_sdc_deleted_at": "2026-10-02"}


def from_table(folder, xero, stream, *rows):
    """Publishes rows with the key ``id``, as a tap reads them from a table."""
    settings = {"on_deleted": "remove", "unknown_columns": "ignore"}
    return publish(folder, xero, records(stream, rows, key=["id"]), **settings).statuses


def document(xero, **fields):
    line = {"Description": "x", "UnitAmount": "1", "AccountCode": "200"}
    return {"InvoiceNumber": "S-1", "Contact": {"Name": "Ana"}, "LineItems": [line], **fields}


@pytest.mark.parametrize("stream", ["sales_invoices", "items"])
def test_a_row_that_was_deleted_does_not_remove_another_one_of_its_number_or_name(
    tmp_path, xero, stream
):
    row = {
        "sales_invoices": document(xero),
        "items": {"Code": "A", "Name": "Apple"},
    }[stream]
    change = {"Reference": "again"} if stream == "sales_invoices" else {}
    old, new = {**row, "id": 5}, {**row, **change, "id": 6}
    assert from_table(tmp_path, xero, stream, old) == {"created": 1}
    assert from_table(tmp_path, xero, stream, old | MARK) == {"removed": 1}
    from_table(tmp_path, xero, stream, old | MARK, new)
    for _ in range(2):
        assert from_table(tmp_path, xero, stream, old | MARK, new) == {"unchanged": 2}
    # Its own deletion removes it.
    assert from_table(tmp_path, xero, stream, new | MARK) == {"removed": 1}


@pytest.mark.parametrize("is_last", [True, False])
def test_a_row_with_the_same_content_keeps_the_record(tmp_path, xero, is_last):
    old, new = {"Name": "Q", "id": 1}, {"Name": "Q", "id": 2}
    assert from_table(tmp_path, xero, "contacts", old) == {"created": 1}
    if is_last:
        assert from_table(tmp_path, xero, "contacts", new) == {"unchanged": 1}
        assert from_table(tmp_path, xero, "contacts", old | MARK) == {"unchanged": 1}
    else:
        assert from_table(tmp_path, xero, "contacts", new, old | MARK) == {"unchanged": 2}
    assert status_of(xero, "contacts", new, "ContactStatus") == ["ACTIVE"]
    assert from_table(tmp_path, xero, "contacts", new | MARK) == {"removed": 1}


def test_a_row_that_was_deleted_before_the_first_run_removes_nothing(tmp_path, xero):
    old, new = document(xero, id=5, **MARK), document(xero, id=6)
    assert from_table(tmp_path, xero, "sales_invoices", old, new) == {"invalid": 1, "created": 1}
    assert from_table(tmp_path, xero, "sales_invoices", old, new) == {"unchanged": 2}


def test_a_row_that_comes_back_and_is_deleted_again_is_removed_again(tmp_path, xero):
    row = document(xero, id=7)
    for _ in range(2):
        assert from_table(tmp_path, xero, "sales_invoices", row) == {"created": 1}
        assert from_table(tmp_path, xero, "sales_invoices", row | MARK) == {"removed": 1}
        assert from_table(tmp_path, xero, "sales_invoices", row | MARK) == {"unchanged": 1}


@pytest.mark.parametrize(("stream", "row", "status"), [
    ("contacts", {"Name": "Ana"}, "ContactStatus"),
    ("contacts", {"ContactNumber": "C-1", "Name": "Ana"}, "ContactStatus"),
    ("accounts", {"Code": "299", "Name": "Shop", "Type": "REVENUE"}, "Status"),
])  # fmt: skip
@pytest.mark.parametrize("change", [{}, {"Description": "x", "FirstName": "x"}])
def test_a_record_that_was_archived_and_comes_back_is_active_again(
    tmp_path, xero, stream, row, status, change
):
    row = row | {"id": 5}
    assert from_table(tmp_path, xero, stream, row) == {"created": 1}
    if stream == "accounts":  # one that is used cannot be deleted
        line = {"Description": "x", "UnitAmount": "1", "AccountCode": "299"}
        publish(tmp_path, xero, records("sales_invoices", [document(xero, LineItems=[line])]))
    assert from_table(tmp_path, xero, stream, row | MARK) == {"removed": 1}
    assert status_of(xero, stream, row, status) == ["ARCHIVED"]
    for outcome in ("updated", "unchanged"):
        assert from_table(tmp_path, xero, stream, row | change) == {outcome: 1}
        assert status_of(xero, stream, row, status) == ["ACTIVE"]


def test_a_contact_that_a_person_has_archived_stays_archived(tmp_path, xero):
    row = {"Name": "Ana", "id": 5}
    from_table(tmp_path, xero, "contacts", row)
    [contact] = xero.records("Contacts")
    xero.edit("Contacts", contact["ContactID"], ContactStatus="ARCHIVED")
    assert from_table(tmp_path, xero, "contacts", row | {"FirstName": "x"}) == {"updated": 1}
    assert status_of(xero, "contacts", row, "ContactStatus") == ["ARCHIVED"]


def status_of(xero, stream, row, field):
    return [each[field] for each in xero.records(stream.title()) if each["Name"] == row["Name"]]


def test_a_bill_that_is_entered_again_under_its_number_is_created(tmp_path, xero):
    old, new = document(xero, id=5), document(xero, id=6, Reference="again")
    assert from_table(tmp_path, xero, "bills", old) == {"created": 1}
    assert from_table(tmp_path, xero, "bills", old | MARK) == {"removed": 1}
    assert from_table(tmp_path, xero, "bills", old | MARK, new) == {"unchanged": 1, "created": 1}
    assert from_table(tmp_path, xero, "bills", old | MARK, new) == {"unchanged": 2}


def test_a_bill_without_a_key_is_removed_by_its_supplier_and_number(tmp_path, xero):
    publish(tmp_path, xero, records("bills", [document(xero)]))
    removed = {"InvoiceNumber": "S-1", "ContactName": "Ana", **MARK}
    unknown = {"InvoiceNumber": "S-1", "ContactName": "Bo", **MARK}
    rows = records("bills", [removed, unknown])
    run = publish(tmp_path, xero, rows, on_deleted="remove")
    assert run.statuses == {"removed": 1, "invalid": 1}, run.log
    [error] = run.errors("invalid")
    assert error.startswith("DELETE needs the InvoiceID, because InvoiceNumber finds only records")
    assert "the publish log has not published a record" in error
    again = publish(tmp_path, xero, records("bills", [removed]), on_deleted="remove")
    assert again.statuses == {"unchanged": 1}, again.log


def test_a_removal_of_a_row_that_nothing_identifies_says_what_it_needs(tmp_path, xero):
    rows = records("bank_transactions", [spend(xero, 4) | MARK])
    run = publish(tmp_path, xero, rows, on_deleted="remove")
    assert "DELETE needs BankTransactionID, and the record has none" in run.errors("invalid")[0]
