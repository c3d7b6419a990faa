"""Columns under other names than Xero's, and values of other types than Xero's."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_xero.build.fields.coercion import Coercion
from target_xero.build.fields.columns import ColumnMapper, field_path
from target_xero.build.records import InvalidRecordError
from xero_client.entities.shapes import SHAPES
from xero_client.entities.table import BY_NAME
from xero_client.http import wire
from xero_client.names import normalized_name

pytestmark = pytest.mark.fast


@pytest.mark.parametrize(
    ("column", "path"),
    [
        ("InvoiceNumber", ("InvoiceNumber",)),
        ("invoice_number", ("InvoiceNumber",)),
        ("*Invoice Number", ("InvoiceNumber",)),
        ("INVOICENUMBER", ("InvoiceNumber",)),
        ("Contact.Name", ("Contact", "Name")),
        ("contact__name", ("Contact", "Name")),
        ("ContactName", ("Contact", "Name")),
        ("contact_id", ("Contact", "ContactID")),
        ("LineItems.0.UnitAmount", ("LineItems", 0, "UnitAmount")),
        ("line_items__1__unit_amount", ("LineItems", 1, "UnitAmount")),
        ("LineItems[2].Tracking[0].Option", ("LineItems", 2, "Tracking", 0, "Option")),
        ("LineItems.Description", ("LineItems", 0, "Description")),
        ("Description", ("LineItems", 0, "Description")),
        ("unit amount", ("LineItems", 0, "UnitAmount")),
        ("Reference", ("Reference",)),
        ("Mood", None),
    ],
)
def test_the_path_of_a_column_in_an_invoice(column, path):
    assert field_path(column, "Invoices") == path


def map_columns(shape, **columns):
    return ColumnMapper(shape).apply(columns)


def test_rows_become_nested_records():
    record = map_columns(
        "Invoices",
        **{"contact_name": "Ana", "LineItems.1.Quantity": 2, "LineItems.0.Quantity": 1, "_sdc": 1},
    )
    assert record == {"Contact": {"Name": "Ana"}, "LineItems": [{"Quantity": 1}, {"Quantity": 2}]}


def test_two_columns_for_one_field_must_agree():
    assert map_columns("Contacts", name="Ana", Name="Ana") == {"Name": "Ana"}
    with pytest.raises(InvalidRecordError, match="two columns are both Name"):
        map_columns("Contacts", name="Ana", Name="Bo")
    with pytest.raises(InvalidRecordError, match=r"two columns are both Contact\.Name"):
        map_columns("Invoices", **{"ContactName": "Ana", "Contact.Name": "Bo"})


def test_a_computed_field_of_the_document_does_not_make_a_line():
    columns = ColumnMapper("Invoices", BY_NAME["Invoices"].read_only)
    assert columns.apply({"repeating_invoice_id": "r"}) == {"RepeatingInvoiceID": "r"}


def test_empty_cells_do_not_make_lines():
    record = map_columns("Invoices", **{"LineItems.0.Quantity": 1, "LineItems.1.Quantity": ""})
    assert record == {"LineItems": [{"Quantity": 1}]}


def test_empty_cells_clear_fields_of_parts_but_do_not_make_lines():
    columns = ColumnMapper("Invoices", keep_empty=True)
    cells = {"Contact.EmailAddress": "", "LineItems.0.Quantity": 1,
             "LineItems.0.Description": None, "LineItems.1.Quantity": ""}  # fmt: skip
    assert columns.apply(cells) == {
        "Contact": {"EmailAddress": ""},
        "LineItems": [{"Quantity": 1, "Description": None}],
    }


@given(st.sampled_from(sorted(SHAPES)), st.data())
def test_every_field_is_found_under_any_spelling_of_its_name(shape, data):
    name = data.draw(st.sampled_from(sorted(SHAPES[shape])))
    letters = "".join(
        data.draw(st.sampled_from(["", "_", " "]))
        + data.draw(st.sampled_from([str.upper, str.lower]))(x)
        for x in name
    )
    if "__" not in letters:
        assert field_path(letters, shape) == (name,)
    assert normalized_name(letters) == normalized_name(name)


def coerced(shape, **values):
    return Coercion(shape).apply(values)


@pytest.mark.parametrize(
    ("shape", "field", "given_value", "sent"),
    [
        ("Invoices", "Date", "2026-01-31", "2026-01-31"),
        ("Invoices", "Date", "2026-01-31T23:59:59+13:00", "2026-01-31"),
        ("Invoices", "Date", "2026-01-31 00:00:00", "2026-01-31"),
        ("Invoices", "Date", "/Date(1769817600000+0000)/", "2026-01-31"),
        ("Invoices", "CurrencyRate", "1.500000", Decimal("1.500000")),
        ("Invoices", "CurrencyRate", "-.5", Decimal("-0.5")),
        ("Invoices", "SentToContact", "TRUE", True),
        ("Invoices", "SentToContact", "0", False),
        ("Invoices", "Reference", 200, "200"),
        ("Invoices", "Reference", Decimal("200.0"), "200"),
        ("Invoices", "Reference", Decimal("1.10"), "1.10"),
        ("Invoices", "LineItems", '[{"quantity": "2"}]', [{"Quantity": Decimal(2)}]),
        ("Contacts", "PaymentTerms", {"bills": {"day": "20.0"}}, {"Bills": {"Day": 20}}),
    ],
)
def test_values_are_converted_to_the_types_of_their_fields(shape, field, given_value, sent):
    assert coerced(shape, **{field: given_value}) == {field: sent}


@pytest.mark.parametrize(
    ("date_format", "given_value", "sent"),
    [
        ("%d/%m/%Y", "31/01/2026", "2026-01-31"),
        ("%d/%m/%Y", "1/2/2026", "2026-02-01"),
        ("%m/%d/%Y", "1/2/2026", "2026-01-02"),
        ("%d %b %Y", "31 Jan 2026", "2026-01-31"),
        ("%d/%m/%Y", "2026-01-31", "2026-01-31"),
        ("excel", "46053", "2026-01-31"),
        ("excel", 46053, "2026-01-31"),
        ("excel", Decimal("46053.75"), "2026-01-31"),
        ("excel", "2026-01-31", "2026-01-31"),
    ],
)
def test_dates_are_read_by_their_format(date_format, given_value, sent):
    coercion = Coercion("Invoices", date_format=date_format)
    assert coercion.apply({"Date": given_value}) == {"Date": sent}


@pytest.mark.parametrize(
    ("date_format", "value"),
    [
        ("%d/%m/%Y", "12/31/2026"),
        ("%d/%m/%Y", "31/01/2026 10:00"),
        ("%d/%m/%Y", 46053),
        ("%d/%m/%Y", "46053"),
        ("excel", "31/01/2026"),
        ("excel", 60),
        ("excel", 9999999),
        (None, "46053"),
    ],
)
def test_a_date_in_another_format_is_refused(date_format, value):
    with pytest.raises(InvalidRecordError, match=r"^Date: .* is not a date; .*'date_format'"):
        Coercion("Invoices", date_format=date_format).apply({"Date": value})


@pytest.mark.parametrize("value", ["46053", " 46053.5 ", 46053])
def test_a_date_that_is_a_serial_number_is_called_so(value):
    with pytest.raises(InvalidRecordError, match=r"'date_format' to 'excel'.* 2026-01-31$"):
        Coercion("Invoices").apply({"Date": value})


@pytest.mark.parametrize(
    "time",
    ["", " 10:00", "T10:00:00.123456789Z", " 23:59:59,5 +0000", "T10:00+05:30[Asia/Calcutta]",
     " 10:00:00 UTC", "T24:00:00Z", "T103000Z", " 1:30 PM", " 10:00:00 Pacific/Auckland",
     " 10:00:00 GMT+13", " 1:30 p.m.", " Sat", " 10:00:00 America/Port-au-Prince"],
)  # fmt: skip
def test_a_date_may_have_a_time(time):
    assert coerced("Invoices", Date=f"2026-01-31{time}") == {"Date": "2026-01-31"}


@pytest.mark.parametrize(
    "period",
    [
        " to 2026-02-28",
        " 2026-02-28",
        " - 2026-02-28",
        " 10:00 to 2026-02-01 11:00",
        " (?)",
        " to 28",
        f" 10:00{' ' * 20_000}2026-02-01",
    ],
)
def test_a_period_is_not_a_date(period):
    with pytest.raises(InvalidRecordError, match=r"is not a date; write it like 2026-01-31"):
        coerced("Invoices", Date=f"2026-01-31{period}")


@pytest.mark.parametrize("value", [1767225600, "1767225600", Decimal("1767225600.5")])
def test_seconds_since_1970_are_refused_with_the_template_that_gives_their_day(value):
    with pytest.raises(InvalidRecordError, match=r"\{\{ record.created \| date \}\}"):
        coerced("Invoices", Date=value)


@pytest.mark.parametrize("value", ["20260131", "2026", "310126", "soon", True])
def test_other_dates_are_not_called_serial_numbers(value):
    with pytest.raises(InvalidRecordError, match=r"is not a date; write it like 2026-01-31"):
        Coercion("Invoices").apply({"Date": value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Date", "31/01/2026"),
        ("Date", "2026-02-30"),
        ("Date", "/Date(99999999999999999)/"),
        ("Date", 20260131),
        ("CurrencyRate", "1,234.50"),
        ("CurrencyRate", "1 234"),
        ("CurrencyRate", "NaN"),
        ("CurrencyRate", True),
        ("CurrencyRate", "1e999999"),
        ("SentToContact", "perhaps"),
        ("Reference", {"a": 1}),
        ("LineItems", "none"),
        ("LineItems", {"Quantity": 1}),
        ("Contact", "[1]"),
        ("Contact", "Ana"),
    ],
)
def test_ambiguous_values_are_refused(field, value):
    with pytest.raises(InvalidRecordError, match=f"^{field}"):
        coerced("Invoices", **{field: value})


@given(
    st.decimals(
        allow_nan=False, allow_infinity=False, min_value=-(10**10), max_value=10**10, places=6
    )
)
def test_numbers_keep_every_digit(number):
    sent = coerced("Invoices", CurrencyRate=f"{number:f}")
    assert wire.decode(wire.encode(sent))["CurrencyRate"] == number


def test_empty_values_are_left_out_unless_nulls_are_written():
    empty = {"Reference": "", "Url": None, "Date": "", "Status": "", "Contact": {"ContactID": ""}}
    assert coerced("Invoices", **empty) == {}
    sent = Coercion("Invoices", write_nulls=True).apply(empty)
    # An empty text clears a text; it is not a date, a status or an id.
    assert sent == {
        "Reference": "",
        "Url": None,
        "Date": None,
        "Status": None,
        "Contact": {"ContactID": None},
    }


def test_a_reference_to_a_record_is_sent_as_its_id_alone():
    contact = {"ContactID": "1", "Name": "Ana", "ContactPersons": [], "IsCustomer": True}
    account = {"Code": "090", "Name": "Bank", "Class": "ASSET"}
    assert coerced("Invoices", Contact=contact) == {"Contact": {"ContactID": "1"}}
    assert coerced("Payments", Account=account) == {"Account": {"Code": "090"}}


def test_a_new_contact_inside_a_document_keeps_its_details():
    contact = {"Name": "Ana", "EmailAddress": "a@example.com", "Balances": {}}
    sent = coerced("Invoices", Contact=contact)
    assert sent == {"Contact": {"Name": "Ana", "EmailAddress": "a@example.com"}}


def test_fields_that_xero_computes_are_not_sent():
    line = {"LineItemID": "1", "Quantity": 1, "Item": {"Code": "A"}, "TaxBreakdown": []}
    stamps = {"UpdatedDateUTC": "2026-01-31T00:00:00Z", "HasAttachments": True, "Warnings": []}
    sent = Coercion("Invoices", keep_line_ids=False).apply({"LineItems": [line], **stamps})
    assert sent == {"LineItems": [{"Quantity": 1}]}
