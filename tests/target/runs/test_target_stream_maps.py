"""The setting stream_maps of the target: exact numbers, values of any type, no misspelled names."""

from decimal import Decimal

import pytest
from target_runner import publish, record, schema

CHARGES = schema("charges", "id", "text", key=["id"], amount={"type": "integer"}, rate={})
STREAMS = {"charges": {"entity": "Invoices"}}
BILL = {
    "id": "id",
    "Type": "'ACCPAY'",
    "InvoiceNumber": "str(id)",
    "Contact__Name": "'Mill'",
    "Date": "datetime.date(2026, 3, 1)",
    "LineAmountTypes": "'NoTax'",
    "LineItems__0__Description": "'x'",
    "LineItems__0__AccountCode": "'429'",
    "__else__": None,
}


def charge(**fields):
    return record("charges", **{"id": "c1", "amount": 1001, "rate": 1.1, "text": "A", **fields})


def mapped(tmp_path, xero, expressions, *charges, **settings):
    return publish(
        tmp_path,
        xero,
        [CHARGES, *(charges or [charge()])],
        stream_maps={"charges": {**BILL, **expressions}},
        streams=STREAMS,
        **settings,
    )


@pytest.mark.parametrize(
    ("expression", "amount"),
    [
        ("amount / 100", "10.01"),
        ("rate * 1.15", "1.265"),
        ("3 * 1.15", "3.45"),
        ("0.1 + 0.2", "0.3"),
        ("float(rate) * 3", "3.3"),
        ("amount - 0.1", "1000.9"),
    ],
)
def test_what_an_expression_computes_is_exact_and_of_any_type(tmp_path, xero, expression, amount):
    run = mapped(tmp_path, xero, {"LineItems__0__UnitAmount": expression})
    assert run.statuses == {"created": 1}, run.results
    [bill] = xero.records("Invoices")
    assert bill["LineItems"][0]["UnitAmount"] == Decimal(amount)
    assert str(bill["Date"])[:10] == "2026-03-01"


def test_a_column_that_is_computed_from_itself_may_get_another_type(tmp_path, xero):
    expressions = {"amount": "amount / 100"}
    settings = {"columns": {"amount": "LineItems.0.UnitAmount"}, "entity": "Invoices"}
    run = publish(
        tmp_path,
        xero,
        [CHARGES, charge()],
        stream_maps={"charges": {**BILL, **expressions}},
        streams={"charges": settings},
    )
    assert run.statuses == {"created": 1}, run.results
    assert xero.records("Invoices")[0]["Total"] == Decimal("10.01")


@pytest.mark.parametrize("condition", ["rate == 0.1", "rate >= 0.1", "0.1 <= rate", "rate < 0.15"])
def test_a_filter_compares_exactly(tmp_path, xero, condition):
    expressions = {"__filter__": condition, "LineItems__0__UnitAmount": "rate"}
    assert mapped(tmp_path, xero, expressions, charge(rate=0.1)).statuses == {"created": 1}


@pytest.mark.parametrize("condition", [
    "rate % 0.3 > 0.09", "rate // 0.05 >= 1", "rate ** 0.5 > 0.3", "(float(rate) * 4) ** 0.5 > 0.6",
    "rate in [0.1, 0.2]", "rate not in [0.3]", "text in ['A']", "'A' in text",
])  # fmt: skip
def test_a_filter_may_use_all_operators(tmp_path, xero, condition):
    expressions = {"__filter__": condition, "LineItems__0__UnitAmount": "rate"}
    assert mapped(tmp_path, xero, expressions, charge(rate=0.1)).statuses == {"created": 1}


@pytest.mark.parametrize("condition", ["rate > 99.99", "rate != 99.99"])
def test_a_filter_leaves_out_what_is_equal_to_its_bound(tmp_path, xero, condition):
    expressions = {"__filter__": condition, "LineItems__0__UnitAmount": "rate"}
    assert mapped(tmp_path, xero, expressions, charge(rate=99.99)).results == []


@pytest.mark.parametrize(
    ("stream_maps", "hint"),
    [
        ({"charges": {"__filtr__": "text"}}, "'__filtr__', which is not an option of stream maps"),
        ({"charges": {"x": ""}}, "has an empty text for 'x'"),
        ({"charge": {"__filter__": "False"}}, "names 'charge', but the stream is called 'charges'"),
        ({"x": {"__source__": "charge"}}, "names 'charge', but the stream is called 'charges'"),
        (
            {"charges": {"Text": None}},
            "hides 'Text', which is not a field of the stream: did you",
        ),
        ({"charges": {"Text": "__NULL__"}}, "did you mean 'text'?"),
    ],
)
def test_a_misspelled_name_is_refused(tmp_path, xero, stream_maps, hint):
    run = publish(tmp_path, xero, [CHARGES, charge()], stream_maps=stream_maps, streams=STREAMS)
    assert run.exit_code == 1
    assert "Setting 'stream_maps" in run.last_line
    assert hint in run.last_line
    assert "Traceback" not in run.log
    assert xero.calls("Invoices") == []


def test_a_field_to_hide_that_the_source_may_have_dropped_is_warned_of(tmp_path, xero):
    messages = [schema("contacts", "Name", "phone2"), record("contacts", Name="Ana", phone2="1")]
    maps = {"contacts": {"phone1": None}}
    run = publish(tmp_path, xero, messages, stream_maps=maps, unknown_columns="ignore")
    assert run.statuses == {"created": 1}, run.log
    assert "hides 'phone1', which is not a field of the stream: did you mean 'phone2'?" in run.log


@pytest.mark.parametrize(
    "stream_maps",
    [
        {"contact*": {"EmailAdress": None}},
        {"contacts": {"Nickname": None}, "invoices": {"__filter__": "False"}},
        {"contacts": {}, "contact": {"__filter__": "False"}},
        {"everybody": {"__source__": "contacts", "__filter__": "False"}},
    ],
)
def test_what_may_be_meant_for_other_streams_is_taken(tmp_path, xero, stream_maps):
    messages = [schema("contacts", "Name", "EmailAddress"), record("contacts", Name="Ana")]
    streams = {"everybody": {"entity": "Contacts"}}
    run = publish(tmp_path, xero, messages, stream_maps=stream_maps, streams=streams)
    assert run.statuses == {"created": 1}, run.log
