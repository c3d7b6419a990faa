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
