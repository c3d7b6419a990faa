"""Columns and fields that Xero does not have, and columns that the settings map."""

from decimal import Decimal

import pytest
from target_runner import publish, record, schema

LINE = {"Description": "Bread", "UnitAmount": "10.00", "AccountCode": "200"}
INVOICE = {"Type": "ACCREC", "InvoiceNumber": "A-1", "Contact": {"Name": "Ana"},
           "Date": "2026-10-01", "LineItems": [LINE]}  # fmt: skip


def invoice(**fields):
    return [schema("invoices"), record("invoices", **INVOICE | fields)]


UNKNOWN = [
    ({"Mood": "good"}, "'Mood' is not a field of Xero's Invoices"),
    ({"InvoiceNumbr": "A-1"}, ("'InvoiceNumbr' is not a field of Xero's Invoices; the nearest "
     "field is 'InvoiceNumber'")),
    ({"UnitPrice": 3}, ("'UnitPrice' is not a field of Xero's Invoices; the nearest field is "
     "'LineItems.UnitAmount'")),
    ({"Contact": {"Name": "Ana", "Email": "a@example.com"}}, ("'Contact.Email' is not a field of "
     "Xero's Invoices; the nearest field is 'Contact.EmailAddress'")),
    ({"Contact.Email": "a@example.com"}, "'Contact.Email' is not a field"),
    ({"contact__email": "a@example.com"}, "'Contact.email' is not a field"),
    ({"LineItems": [LINE, LINE | {"Discount": 5}]}, ("'LineItems[].Discount' is not a field of "
     "Xero's Invoices; the nearest field is 'LineItems[].DiscountRate'")),
    ({"LineItems": '[{"Description": "x", "Price": 1}]'}, "'LineItems[].Price' is not a field"),
    ({"LineItems": [LINE | {"Tracking": [{"Category": "Region", "Option": "North"}]}]},
     "'LineItems[].Tracking[].Category' is not a field"),
]  # fmt: skip


@pytest.mark.parametrize("column", ["Nonsense", "Memo", "Customer", "Price"])
def test_a_field_that_is_like_no_other_is_refused_without_a_guess(tmp_path, xero, column):
    run = publish(tmp_path, xero, invoice(**{column: "x"}))
    [error] = run.errors("invalid")
    assert error.startswith(f"{column!r} is not a field of Xero's Invoices")
    assert "nearest" not in error


@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(("fields", "problem"), UNKNOWN)
def test_a_field_that_fits_nowhere_is_refused_with_the_nearest(
    tmp_path, xero, fields, problem, dry_run
):
    run = publish(tmp_path, xero, invoice(**fields), dry_run=dry_run)
    assert run.exit_code == 1
    assert run.statuses == {"invalid": 1}
    [error] = run.errors("invalid")
    assert error.startswith(problem)
    assert "set 'unknown_columns' to 'ignore'" in error
    assert xero.records("Invoices") == []


def test_ignored_fields_are_left_out_and_listed(tmp_path, xero):
    fields = {"Mood": "good", "Contact": {"Name": "Ana", "Email": "x"},
              "LineItems": [LINE | {"Discount": 5}, LINE | {"Discount": 5}]}  # fmt: skip
    run = publish(tmp_path, xero, invoice(**fields), unknown_columns="ignore")
    assert run.exit_code == 0, run.log
    [result] = run.results
    named = {warning.split(" is not a field")[0] for warning in result["warnings"]}
    assert named == {"'Mood'", "'Contact.Email'", "'LineItems[].Discount'"}
    assert len(result["warnings"]) == 3
    [call] = xero.calls("Invoices", "P*")
    assert "Mood" not in call["body"]
    assert "Discount" not in call["body"]
    again = publish(tmp_path, xero, invoice(**fields), unknown_columns="ignore")
    assert [result["status"] for result in again.results] == ["unchanged"]
    assert len(again.results[0]["warnings"]) == 3


def test_empty_cells_of_an_unknown_column_say_nothing(tmp_path, xero):
    run = publish(tmp_path, xero, invoice(Mood="", Shade=None, _sdc_batched_at="now"))
    assert run.statuses == {"created": 1}, run.log


def test_fields_that_xero_computes_are_known(tmp_path, xero):
    run = publish(tmp_path, xero, invoice(Total="10.00", AmountDue="1", HasAttachments=False))
    assert run.statuses == {"created": 1}, run.log
    assert run.results[0]["warnings"] == []


def test_records_that_tap_xero_read_are_always_taken(tmp_path, xero):
    run = publish(tmp_path, xero, invoice(_tenant_id="t", NewAtXero=1))
    assert run.statuses == {"created": 1}, run.log
    assert "'NewAtXero'" in run.results[0]["warnings"][0]


def test_the_key_of_a_table_is_not_unknown(tmp_path, xero):
    messages = [schema("invoices", key=["row_id"]), record("invoices", row_id=7, **INVOICE)]
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"created": 1}, run.log
    [call] = xero.calls("Invoices", "P*")
    assert "row_id" not in call["body"]


def test_columns_that_templates_read_are_not_unknown(tmp_path, xero):
    streams = {
        "invoices": {
            "payload": {"Reference": "{{ record.order_no }}/{{ record['shop'] }}"},
            "query": {"unused": "{{ record.mark }}"},
        }
    }
    run = publish(tmp_path, xero, invoice(order_no=7, shop="N", mark="x"), streams=streams)
    assert run.statuses == {"created": 1}, run.log
    [saved] = xero.records("Invoices")
    assert saved["Reference"] == "7/N"


def test_a_payload_setting_with_an_unknown_field_is_refused(tmp_path, xero):
    streams = {"invoices": {"payload": {"Referense": "x"}}}
    run = publish(tmp_path, xero, invoice(), streams=streams)
    assert "the nearest field is 'Reference'" in run.errors("invalid")[0]


def test_an_unknown_column_of_rows_refuses_the_document_once(tmp_path, xero):
    rows = [{**INVOICE, "LineItems": None, "Description": text, "UnitAmount": 1,
             "AccountCode": "200", "Shade": text} for text in ("a", "b", "c")]  # fmt: skip
    messages = [schema("invoices"), *(record("invoices", **row) for row in rows)]
    streams = {"invoices": {"group_by": ["InvoiceNumber"]}}
    run = publish(tmp_path, xero, messages, streams=streams)
    assert run.statuses == {"invalid": 1}
    [error] = run.errors("invalid")
    assert error.startswith("'Shade' is not a field")
    assert len([message for message in run.rejects if message["type"] == "RECORD"]) == 3
    run = publish(tmp_path, xero, messages, streams=streams, unknown_columns="ignore")
    assert run.statuses == {"created": 1}, run.log
    [saved] = xero.records("Invoices")
    assert [line["Description"] for line in saved["LineItems"]] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("stream", "fields", "problem"),
    [
        ("invoices_history", {"Detials": "x"}, ("'Detials' is not a field of Xero's "
         "Invoices/History; the nearest field is 'Details'")),
        ("invoices_attachments", {"FileName": "a.txt", "Content": "YQ==", "Mime": "text/plain"},
         "'Mime' is not a field of Xero's Invoices/Attachments"),
    ],
)  # fmt: skip
def test_children_are_checked_as_well(tmp_path, xero, stream, fields, problem):
    invoice_id = "7c1b2f0e-0000-4000-8000-000000000001"
    messages = [schema(stream), record(stream, InvoiceID=invoice_id, **fields)]
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"invalid": 1}, run.log
    assert run.errors("invalid")[0].startswith(problem)


GERMAN = {
    "Rechnung": "InvoiceNumber",
    "Kunde": "Contact.Name",
    "Art": "Type",
    "Datum": "Date",
    "Text": "LineItems.Description",
    "Preis": "LineItems.UnitAmount",
    "Konto": "LineItems.AccountCode",
}


def german(number, text, price, **fields):
    return record("rechnungen", Rechnung=number, Kunde="Ana", Art="ACCREC", Datum="31.10.2026",
                  Text=text, Preis=price, Konto="200", **fields)  # fmt: skip


@pytest.mark.parametrize("group_by", ["Rechnung", "InvoiceNumber"])
def test_columns_under_foreign_names_are_mapped_also_in_rows(tmp_path, xero, group_by):
    rows = [german("R-1", "Brot", "2.50"), german("R-1", "Salz", "1.25"),
            german("R-2", "Mehl", "3")]  # fmt: skip
    streams = {
        "rechnungen": {
            "entity": "Invoices", "columns": GERMAN, "group_by": group_by,
            "date_format": "%d.%m.%Y",
        }
    }  # fmt: skip
    run = publish(tmp_path, xero, [schema("rechnungen"), *rows], streams=streams)
    assert run.statuses == {"created": 2}, run.log
    saved = {each["InvoiceNumber"]: each for each in xero.records("Invoices")}
    lines = [(line["Description"], line["UnitAmount"]) for line in saved["R-1"]["LineItems"]]
    assert lines == [("Brot", Decimal("2.5")), ("Salz", Decimal("1.25"))]
    assert saved["R-1"]["Contact"]["Name"] == "Ana"
    assert str(saved["R-1"]["Date"]).startswith("2026-10-31")


def test_the_setting_wins_over_the_name_of_a_column(tmp_path, xero):
    streams = {"contacts": {"columns": {"Name": "AccountNumber", "Firma": "Name"}}}
    messages = [schema("contacts"), record("contacts", Name="K-7", Firma="Ana")]
    run = publish(tmp_path, xero, messages, streams=streams)
    assert run.statuses == {"created": 1}, run.log
    [contact] = xero.records("Contacts")
    assert (contact["Name"], contact["AccountNumber"]) == ("Ana", "K-7")


@pytest.mark.parametrize(
    ("field", "nearest"),
    [
        ("Contact.Nmae", "Contact.Name"),
        ("LineItems.UnitPrice", "LineItems.UnitAmount"),
        ("Referense", "Reference"),
        # Xero computes it.
        ("RoundingAmount", "LineItems.UnitAmount"),
    ],
)
def test_a_column_that_goes_to_no_field_is_refused_at_the_start(tmp_path, xero, field, nearest):
    streams = {"orders": {"entity": "Invoices", "columns": {"Kunde": field}}}
    run = publish(tmp_path, xero, [schema("orders"), record("orders", Kunde="x")], streams=streams)
    assert run.exit_code == 1
    assert f"goes to {field!r}, which does not exist: did you mean {nearest!r}?" in run.last_line
    assert xero.log == []


@pytest.mark.parametrize("date_format", ["dd/mm/yyyy", "%d/%m", "%Y"])
def test_a_date_format_that_is_not_one_is_refused_at_the_start(tmp_path, xero, date_format):
    run = publish(tmp_path, xero, invoice(), date_format=date_format)
    assert run.exit_code == 1
    assert "'date_format'" in run.last_line
    assert xero.log == []


def test_an_empty_text_clears_a_text_and_a_null_any_field(tmp_path, xero):
    contact = {"Name": "Ana", "FirstName": "A", "EmailAddress": "a@example.com"}
    first = publish(tmp_path, xero, [schema("contacts"), record("contacts", **contact)])
    assert first.statuses == {"created": 1}
    cleared = record("contacts", Name="Ana", FirstName="", EmailAddress=None)
    run = publish(tmp_path, xero, [schema("contacts"), cleared], write_nulls=True)
    assert run.exit_code == 0, run.log
    [saved] = xero.records("Contacts")
    assert (saved["FirstName"], saved["EmailAddress"]) == ("", "")
    body = xero.calls("Contacts", "POST")[-1]["body"]
    assert '"FirstName":""' in body
    assert '"EmailAddress":null' in body
