"""What the end of a run says: counts, rejects by name with their reasons, and what to do next."""

import json

import pytest
from target_runner import lines_in, lines_of, publish, record, records, schema

EMPTY = {"Name": "", "EmailAddress": None, "_sdc_line_number": 3}


def bill(number, line, **fields):
    return record(
        "invoices", Type="ACCPAY", InvoiceNumber=number, Contact={"Name": "Ana"},
        Date="2026-10-01", DueDate="2026-10-31", LineItems=[{"Description": "x"}],
        _sdc_source_file="/data/bills/invoices.csv", _sdc_source_lineno=line, **fields,
    )  # fmt: skip


def test_each_reject_has_the_name_that_people_use_its_line_and_its_reason(tmp_path, xero):
    messages = [schema("invoices"), bill("M-3", 6), bill("M-4", 7, CurrencyRate="much")]
    run = publish(tmp_path, xero, messages)
    [reason] = run.errors("invalid")
    assert f"bill M-4, line 7 of invoices.csv: {reason}" in run.log
    assert "1 of 2 records were not published" in run.last_line
    assert run.last_line.endswith(f"target-xero --config CONFIG < {run.rejects_path}")


@pytest.mark.parametrize(
    ("stream", "fields", "settings", "name"),
    [
        ("invoices", {"InvoiceNumber": "N-1", "type": "accpay"}, {}, "bill N-1"),
        ("invoices", {"InvoiceNumber": "N-1", "Type": "ACCREC"}, {}, "sales invoice N-1"),
        ("invoices", {"InvoiceNumber": "N-1"}, {}, "invoice N-1"),
        ("bills", {"InvoiceNumber": "N-1"}, {}, "bill N-1"),
        ("invoices", {"InvoiceNumber": "N-1"}, {"payload": {"Type": "ACCPAY"}}, "bill N-1"),
        (
            "invoices",
            {"InvoiceNumber": "N-1", "Art": "ACCPAY"},
            {"columns": {"Art": "Type"}},
            "bill N-1",
        ),
        ("bill_credit_notes", {"CreditNoteNumber": "N-1"}, {}, "supplier credit note N-1"),
        ("sales_credit_notes", {"CreditNoteNumber": "N-1"}, {}, "credit note N-1"),
        ("bank_transactions", {"Type": "SPEND", "Reference": "N-1"}, {}, "money spent N-1"),
        ("repeating_invoices", {"Type": "ACCPAY", "Reference": "N-1"}, {}, "repeating bill N-1"),
        ("purchase_orders", {"PurchaseOrderNumber": "N-1"}, {}, "purchase order N-1"),
        ("invoices_history", {"InvoiceNumber": "N-1"}, {}, "note of invoice N-1"),
        ("contacts_history", {"Contact": {"Name": "Ana"}}, {}, "note of contact Ana"),
        (
            "credit_notes_allocations",
            {"CreditNoteNumber": "C-1", "InvoiceNumber": "S-1"},
            {},
            "allocation of credit note C-1",
        ),
        (
            "contact_groups_contacts",
            {"ContactGroupName": "VIP", "ContactName": "Ana"},
            {},
            "contact of contact group VIP, Ana",
        ),
        (
            "tracking_categories_options",
            {"TrackingCategoryName": "Region", "Name": "North"},
            {},
            "option of tracking category Region, North",
        ),
        ("contacts_attachments", {"FileName": "a.txt"}, {}, "attachment of contact a.txt"),
    ],
)
def test_a_reject_has_the_kind_that_people_use(tmp_path, xero, stream, fields, settings, name):
    rows = [{**fields, "Mood": "x", "_sdc_source_lineno": 7}]
    run = publish(tmp_path, xero, records(stream, rows), streams={stream: settings})
    assert run.statuses == {"invalid": 1}
    assert f"\n{name}, line 7: " in run.log


@pytest.mark.parametrize(("kind", "name"), [("bill", "bill"), ("Sales invoice", "sales invoice")])
def test_a_row_of_a_template_is_called_by_its_word_for_the_type(tmp_path, xero, kind, name):
    row = {
        "*ContactName": "Ana",
        "*InvoiceNumber": "N-1",
        "*InvoiceDate": "soon",
        "*DueDate": "2026-10-31",
        "Type": kind,
    }
    run = publish(tmp_path, xero, records("invoices", [row]))
    assert run.statuses == {"invalid": 1}
    assert f"{name} N-1: " in run.log


def test_the_rejects_file_has_the_reasons_and_is_valid_input(tmp_path, xero):
    strict = schema("contacts", Name={"type": "string"}, Mood={})
    strict["schema"]["additionalProperties"] = False
    run = publish(tmp_path, xero, [strict, record("contacts", Name="Ana", Mood="x")])
    assert run.reasons == run.errors("invalid")
    again = publish(tmp_path, xero, run.rejects_path.read_bytes())
    assert again.errors("invalid") == run.errors("invalid")
    assert again.rejects == run.rejects
    corrected = lines_in(run.rejects_path)
    del corrected[1]["record"]["Mood"]
    assert publish(tmp_path, xero, lines_of(corrected)).statuses == {"created": 1}


def test_only_the_first_rejects_are_named_and_the_others_counted(tmp_path, xero):
    rows = [{"Name": f"C{n}", "Mood": "x"} for n in range(25)]
    run = publish(tmp_path, xero, records("contacts", rows))
    assert run.log.count("contact C") == 20
    assert "and 5 more" in run.log


def test_empty_rows_are_skipped_and_counted(tmp_path, xero):
    run = publish(tmp_path, xero, records("contacts", [{"Name": "Ana"}, EMPTY, EMPTY]))
    assert run.exit_code == 0, run.log
    assert run.statuses == {"created": 1}
    assert "contacts: 2 empty records, left out" in run.log


def test_an_input_without_any_schema_ends_with_a_warning(tmp_path, xero):
    run = publish(tmp_path, xero, b"")
    assert run.exit_code == 0
    assert "no SCHEMA" in run.last_line


def test_an_input_in_utf_16_says_so(tmp_path, xero):
    text = "".join(map(json.dumps, records("contacts", [{"Name": "Ana"}])))
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        run = publish(tmp_path, xero, text.encode(encoding))
        assert run.exit_code == 1
        assert "UTF-16" in run.last_line


def test_the_log_has_no_lines_that_say_nothing(tmp_path, xero):
    run = publish(tmp_path, xero, [*records("contacts", [{"Name": "Ana"}]), schema("invoices")])
    assert "METRIC" not in run.log
    assert "Skipping parse" not in run.log
    assert len(run.log.splitlines()) <= 6
