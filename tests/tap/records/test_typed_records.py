"""Pages decoded straight into the form of their schema, against a slow and obvious conversion."""

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from json_texts import texts_of
from record_strategies import fitting_records_of, masks_of, records_of
from reference_converter import ReferenceConverter, kind_of
from singer_sdk.singerlib import SelectionMask
from test_converter import SCHEMA

from tap_xero.records.converter import compile_converter
from tap_xero.records.typed_records import PageDecoder, TypedRecord
from xero_client.http.wire import encode

pytestmark = pytest.mark.fast


class Decoded:
    """What came out of a body: the records as they are written, and the reports."""

    def __init__(self, body, mask=None, *, decoder=None, keep_unknown=False):
        selected = (SelectionMask() if mask is None else mask).__getitem__
        self.unknown, self.mistyped = [], []
        self.decoder = decoder or PageDecoder("Records", SCHEMA["properties"], selected)
        convert = compile_converter(
            SCHEMA,
            selected,
            keep_unknown=keep_unknown,
            unknown=self.unknown.append,
            mistyped=lambda path, _value: self.mistyped.append(path),
        )
        content = self.decoder.decode(body)
        self.envelope = content.envelope
        self.are_typed = [isinstance(record, TypedRecord) for record in content.records]
        self.records = read(
            encode(
                [
                    record if isinstance(record, TypedRecord) else convert(record)
                    for record in content.records
                ]
            )
        )


def read(text):
    """Decoded JSON with numbers as texts, so that 1, 1.0 and true differ."""
    return json.loads(text, parse_float=number, parse_int=number)


def number(text):
    value = Decimal(text)
    return f"number {value or abs(value)}"  # zero has no sign


def expected_of(body, mask, *, keep_unknown):
    """The records and reports of a body, converted slowly."""
    found = json.loads(body, parse_float=Decimal)["Records"]
    reference = ReferenceConverter(without_halves(found), mask, SCHEMA)
    records = reference.records
    if not keep_unknown:
        records = [known(record, SCHEMA) for record in records]
    return read(encode(records)), reference


def without_halves(value):
    if isinstance(value, dict):
        return {without_halves(name): without_halves(member) for name, member in value.items()}
    if isinstance(value, list):
        return [without_halves(member) for member in value]
    return re.sub("[\ud800-\udfff]", "\ufffd", value) if isinstance(value, str) else value


def known(value, schema):
    """A value without what its schema does not know."""
    kind = kind_of(schema)
    if kind == "object" and isinstance(value, dict):
        properties = schema["properties"]
        return {
            name: known(member, properties[name])
            for name, member in value.items()
            if name in properties
        }
    if kind == "array" and isinstance(value, list):
        return [known(member, schema["items"]) for member in value]
    return value


def body_of(*records):
    return b'{"Records":[%s]}' % b",".join(records)


BODIES = texts_of(st.lists(records_of(SCHEMA) | fitting_records_of(SCHEMA), max_size=3)).map(
    lambda text: f'{{"Id":"x","Records":{text}}}'.encode()
)


@settings(max_examples=200, deadline=None)
@given(body=BODIES, mask=masks_of(SCHEMA), keep_unknown=st.booleans())
def test_a_page_is_decoded_as_the_obvious_conversion_does_it(body, mask, keep_unknown):
    expected, reference = expected_of(body, mask, keep_unknown=keep_unknown)
    actual = Decoded(body, mask, keep_unknown=keep_unknown)
    assert actual.records == expected
    assert sorted(actual.unknown) == sorted(reference.unknown)
    assert sorted(actual.mistyped) == sorted(reference.mistyped)


@settings(max_examples=100, deadline=None)
@given(body=BODIES, mask=masks_of(SCHEMA))
def test_a_page_is_the_same_after_its_unknown_fields_were_learned(body, mask):
    first = Decoded(body, mask)
    for path in first.unknown:
        first.decoder.drop(path)
    again = Decoded(body, mask, decoder=first.decoder)
    assert again.records == first.records


@pytest.mark.parametrize(
    ("sent", "written"),
    [
        (b'"Date":"/Date(1401062400000+0000)/"', b'"Date":"2014-05-26"'),
        (b'"Date":"\\/Date(1401062400000)\\/"', b'"Date":"2014-05-26"'),
        (b'"Date":"2014-05-26T00:00:00"', b'"Date":"2014-05-26"'),
        (b'"Date" : "/Date(-86400000)/"', b'"Date":"1969-12-31"'),
        (b'"Da\\u0074e":"/D\\u0061te(0)/"', b'"Date":"1970-01-01"'),
        (
            b'"UpdatedDateUTC":"/Date(1439434356790)/"',
            b'"UpdatedDateUTC":"2015-08-13T02:52:36.790Z"',
        ),
        (b'"UpdatedDateUTC":null', b'"UpdatedDateUTC":null'),
        (b'"Name":"/Date(1401062400000+0000)/"', b'"Name":"/Date(1401062400000+0000)/"'),
        (b'"Name":"see \\/Date(1)\\/"', b'"Name":"see /Date(1)/"'),
        (b'"Name":"\\u00e9\\ud83d\\udcb0\\n"', b'"Name":"\xc3\xa9\xf0\x9f\x92\xb0\\n"'),
        (b'"Name":"\\ud83d"', b'"Name":"\xef\xbf\xbd"'),
        (b'"Name":"a","Name":"b"', b'"Name":"b"'),
        (b'"Total":1.10', b'"Total":1.10'),
        (b'"Total":-0.0000', b'"Total":-0.0000'),
        (b'"Total":12345678901234567890.123456789012345678901234567890',) * 2,
        (b'"Total":123456789012345678901234567890',) * 2,
        (b'"Count":9007199254740993',) * 2,
        (b'"Count":123456789012345678901234567890',) * 2,
        (b'"Paid":false,"Lines":[]',) * 2,
        (b'"Lines":[null,{"Item":{"Total":0.1},"Lines":[{"Total":2.50}]}],"Codes":["a",null]',) * 2,
        (b'"Contact":{"Group":null,"Lines":null}',) * 2,
    ],
)
def test_what_fits_the_schema_is_decoded_at_once_and_keeps_each_digit(sent, written):
    decoder = PageDecoder("Records", SCHEMA["properties"], lambda _crumb: True)
    [record] = decoder.decode(body_of(b"{%s}" % sent)).records
    assert isinstance(record, TypedRecord)
    assert encode(record) == b"{%s}" % written


@pytest.mark.parametrize(
    "odd",
    [
        b'"Total":"1.10"',
        b'"Total":1e2',
        b'"Total":true',
        b'"Total":[1]',
        b'"Count":2.0',
        b'"Name":7',
        b'"Paid":"true"',
        b'"Date":"soon"',
        b'"Date":1401062400000',
        b'"Contact":{"Group":{"Total":"1"}}',
        b'"Lines":[{"Item":{"Total":""}}]',
        b'"Lines":[{"Lines":[{"Colour":null}]}]',
        b'"Colour":1',
    ],
)
def test_one_odd_record_leaves_those_beside_it_alone(odd):
    decoded = Decoded(body_of(b'{"Total":1.10}', b"{%s}" % odd, b'{"Total":2.20}'))
    assert decoded.are_typed == [True, False, True]
    expected, _ = expected_of(
        body_of(b'{"Total":1.10}', b"{%s}" % odd, b'{"Total":2.20}'),
        SelectionMask(),
        keep_unknown=False,
    )
    assert decoded.records == expected


def test_a_dropped_field_is_dropped_at_once_from_then_on():
    body = body_of(b'{"Colour":{"deep":[1]},"Lines":[{"Shape":1,"Item":{"Weight":2,"Total":3}}]}')
    first = Decoded(body)
    assert first.are_typed == [False]
    assert sorted(first.unknown) == ["Colour", "Lines[].Item.Weight", "Lines[].Shape"]
    for path in first.unknown:
        first.decoder.drop(path)
    again = Decoded(body, decoder=first.decoder)
    assert again.are_typed == [True]
    assert again.records == [{"Lines": [{"Item": {"Total": "number 3"}}]}]
    assert again.unknown == []


def test_a_server_with_ever_new_names_does_not_make_the_types_grow():
    decoder = PageDecoder("Records", SCHEMA["properties"], lambda _crumb: True)
    for count in range(1000):
        decoder.drop(f"Field{count}")
    [early, late] = decoder.decode(body_of(b'{"Field0":1}', b'{"Field999":1}')).records
    assert isinstance(early, TypedRecord)
    assert late == {"Field999": 1}


def test_the_envelope_is_decoded_beside_the_records():
    decoder = PageDecoder("Records", SCHEMA["properties"], lambda _crumb: True)
    body = b'\xef\xbb\xbf{"pagination":{"page":1},"DateTimeUTC":"/Date(1)/","Records":[],"Id":"x"}'
    assert decoder.decode(body).envelope == {"pagination": {"page": 1}, "DateTimeUTC": "/Date(1)/"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"Records":null}',
        b'{"Records":{}}',
        b'{"Records":[null]}',
        b'{"Records":["x"]}',
        b'{"Records":[{"Name":"a"}]',
        b'{"Records":[{"Name":"\xff"}]}',
        b'{"Records":[{"Total":1e99999999999999999999}]}',
        b'{"Records":[{"Colour":%s}]}' % (b"[" * 100_000 + b"]" * 100_000),
    ],
)
def test_a_response_of_another_form_is_left_to_others(body):
    decoder = PageDecoder("Records", SCHEMA["properties"], lambda _crumb: True)
    assert decoder.decode(body) is None


def test_a_typed_record_is_read_as_a_dictionary_is():
    decoder = PageDecoder("Records", SCHEMA["properties"], lambda _crumb: True)
    [record] = decoder.decode(body_of(b'{"Name":"n","Paid":null}')).records
    assert (record["Name"], record.get("Paid", 1), record.get("Total", 2)) == ("n", None, 2)
    assert dict(record) == {"Name": "n", "Paid": None}
    with pytest.raises(KeyError):
        record["Total"]
