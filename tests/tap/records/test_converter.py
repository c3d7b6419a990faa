"""The compiled converter against a slow and obvious one, and its rules one by one."""

from copy import deepcopy
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_strategies import masks_of, records_of
from reference_converter import ReferenceConverter
from singer_sdk.singerlib import SelectionMask

from tap_xero.records.converter import compile_converter
from tap_xero.records.schemas import schema_of
from tap_xero.records.schemas.types import (
    BOOLEAN,
    DATE,
    INSTANT,
    INTEGER,
    NUMBER,
    STRING,
    list_of,
    object_of,
)

pytestmark = pytest.mark.fast

LEAVES = {
    "Name": STRING,
    "Total": NUMBER,
    "Count": INTEGER,
    "Paid": BOOLEAN,
    "Date": DATE,
    "UpdatedDateUTC": INSTANT,
}
SCHEMA = {
    "type": "object",
    "properties": {
        **LEAVES,
        "Contact": object_of(
            {**LEAVES, "Group": object_of(LEAVES), "Lines": list_of(object_of(LEAVES))}
        ),
        "Lines": list_of(
            object_of({**LEAVES, "Item": object_of(LEAVES), "Lines": list_of(object_of(LEAVES))})
        ),
        "Codes": {"type": ["array", "null"], "items": STRING},
    },
}


class Converted:
    """What came out of a converter for a list of records: the records and the reports."""

    def __init__(self, records, schema=SCHEMA, mask=None, *, keep_unknown=True):
        self.unknown, self.mistyped = [], []
        convert = compile_converter(
            schema,
            (SelectionMask() if mask is None else mask).__getitem__,
            keep_unknown=keep_unknown,
            unknown=self.unknown.append,
            mistyped=lambda path, value: self.mistyped.append((path, value)),
        )
        self.records = [convert(deepcopy(record)) for record in records]


@settings(max_examples=500, deadline=None)
@given(records=st.lists(records_of(SCHEMA), max_size=3), mask=masks_of(SCHEMA))
def test_the_compiled_converter_agrees_with_the_obvious_one(records, mask):
    expected, actual = ReferenceConverter(records, mask, SCHEMA), Converted(records, mask=mask)
    # repr, because 1 == True == Decimal(1)
    assert repr(actual.records) == repr(expected.records)
    assert sorted(actual.unknown) == sorted(expected.unknown)
    assert sorted(map(repr, actual.mistyped)) == sorted(map(repr, expected.mistyped.items()))


def converted(name, value, schema=SCHEMA):
    (record,) = Converted([{name: value}], schema).records
    return record[name]


def test_a_record_is_converted_in_place():
    record = {"Date": "/Date(1401062400000+0000)/"}
    convert = compile_converter(
        SCHEMA, lambda _: True, keep_unknown=False, unknown=print, mistyped=print
    )
    assert convert(record) is record
    assert record == {"Date": "2014-05-26"}


@pytest.mark.parametrize("name", [*SCHEMA["properties"], "Colour"])
def test_null_stays_null_and_is_not_reported(name):
    result = Converted([{name: None}])
    assert result.records == [{name: None}]
    assert (result.unknown, result.mistyped) == ([], [])


@pytest.mark.parametrize("quoted", ["1000", "-0.0001", "9999999999.9999", "1E+2"])
def test_a_quoted_number_becomes_an_exact_decimal(quoted):
    assert repr(converted("Total", quoted)) == repr(Decimal(quoted))


@pytest.mark.parametrize("number", [7, Decimal("7.10")])
def test_a_number_in_a_text_property_becomes_its_digits(number):
    assert converted("Name", number) == str(number)


@pytest.mark.parametrize("number", ["20", Decimal("20.00"), 20])
def test_a_whole_number_however_written_becomes_an_integer(number):
    assert repr(converted("Count", number)) == "20"


@pytest.mark.parametrize(("quoted", "truth"), [("true", True), ("false", False)])
def test_a_quoted_truth_becomes_a_boolean(quoted, truth):
    assert converted("Paid", quoted) is truth


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Date", "2019-08"),
        ("UpdatedDateUTC", "soon"),
        ("Date", 1401062400000),
        ("Total", "1,000.00"),
        ("Total", True),
        ("Count", Decimal("1.5")),
        ("Name", True),
        ("Paid", "yes"),
        ("Paid", 1),
        ("Contact", []),
        ("Lines", {}),
    ],
)
def test_what_cannot_be_read_as_its_type_is_kept_and_reported(name, value):
    result = Converted([{name: value}])
    assert repr(result.records) == repr([{name: value}])
    assert result.mistyped == [(name, value)]


def test_an_unknown_property_is_kept_and_reported_once_wherever_it_is():
    record = {"Colour": "red", "Contact": {"Shape": 1}, "Lines": [{"Colour": 1}, {"Colour": 2}]}
    result = Converted([record, record])
    assert result.records == [record, record]
    assert result.unknown == ["Contact.Shape", "Lines[].Colour", "Colour"]


def test_unknown_properties_are_dropped_at_every_depth_and_reported_once():
    record = {
        "Name": "n",
        "Colour": {"deep": [1]},
        "Contact": {"Name": "c", "Shape": 1, "Group": {"Count": 1, "Size": 2}},
        "Lines": [{"Colour": 1, "Item": {"Total": 1, "Weight": 3}}, {"Colour": 2}],
    }
    result = Converted([record, record], keep_unknown=False)
    known = {
        "Name": "n",
        "Contact": {"Name": "c", "Group": {"Count": 1}},
        "Lines": [{"Item": {"Total": 1}}, {}],
    }
    assert result.records == [known, known]
    assert sorted(result.unknown) == [
        "Colour",
        "Contact.Group.Size",
        "Contact.Shape",
        "Lines[].Colour",
        "Lines[].Item.Weight",
    ]


def test_an_unfit_value_is_reported_once_a_path():
    result = Converted([{"Lines": [{"Date": "soon"}, {"Date": "later"}]}, {"Date": "soon"}])
    assert result.mistyped == [("Lines[].Date", "soon"), ("Date", "soon")]


def test_a_deselected_property_is_dropped_unread():
    mask = SelectionMask(
        {("properties", "Date"): False, ("properties", "Contact", "properties", "Total"): False}
    )
    result = Converted([{"Date": "soon", "Contact": {"Total": "x", "Name": "n"}}], mask=mask)
    assert result.records == [{"Contact": {"Name": "n"}}]
    assert result.mistyped == []


def test_an_unknown_property_that_is_deselected_is_dropped_unreported():
    mask = SelectionMask({("properties", "Colour"): False})
    result = Converted([{"Colour": "red"}, {"Colour": None}], mask=mask)
    assert result.records == [{}, {}]
    assert result.unknown == []


def test_an_invoice_as_xero_sends_it_is_converted_down_to_its_lines():
    invoice = {
        "InvoiceID": "5ceffde5",
        "Date": "/Date(1551916800000+0000)/",
        "DateString": "2019-03-07T00:00:00",
        "Contact": {"Name": "Acme", "UpdatedDateUTC": "/Date(1551981658323+0000)/"},
        "LineItems": [{"UnitAmount": "10.5000", "Quantity": 2, "AccountCode": 200}],
        "Payments": [{"Date": "/Date(1552435200000+0000)/", "Amount": Decimal("40.25")}],
        "InvoiceWord": "x",
    }
    result = Converted([invoice], schema_of("invoices"))
    assert result.records == [
        {
            "InvoiceID": "5ceffde5",
            "Date": "2019-03-07",
            "DateString": "2019-03-07T00:00:00",
            "Contact": {"Name": "Acme", "UpdatedDateUTC": "2019-03-07T18:00:58.323Z"},
            "LineItems": [{"UnitAmount": Decimal("10.5000"), "Quantity": 2, "AccountCode": "200"}],
            "Payments": [{"Date": "2019-03-13", "Amount": Decimal("40.25")}],
            "InvoiceWord": "x",
        }
    ]
    assert result.unknown == ["InvoiceWord"]
