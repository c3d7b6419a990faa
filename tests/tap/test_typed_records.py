"""Pages decoded straight into the form of their schema, against a slow and obvious conversion."""

import json
import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_strategies import fitting_records_of, masks_of, records_of
from reference_converter import ReferenceConverter, kind_of
from singer_sdk.singerlib import SelectionMask
from test_converter import SCHEMA

from tap_xero.records.converter import compile_converter
from tap_xero.records.typed_records import PageDecoder, TypedRecord
from xero_client.http.wire import encode

pytestmark = pytest.mark.fast

DATE = "/Date(1401062400000+0000)/"
ALL = SelectionMask()


class Decoded:
    """What came out of a body: the records as they are written, and how they were decoded."""

    def __init__(self, body, mask=ALL, *, decoder=None, keep_unknown=False):
        self.unknown, self.mistyped = [], []
        properties = SCHEMA["properties"]
        self.decoder = decoder or PageDecoder("Records", properties, mask.__getitem__)
        content = self.decoder.decode(body)
        assert content is not None
        convert = compile_converter(
            SCHEMA,
            mask.__getitem__,
            keep_unknown=keep_unknown,
            unknown=self._learn,
            mistyped=lambda path, _value: self.mistyped.append(path),
        )
        self.are_typed = [isinstance(record, TypedRecord) for record in content.records]
        self.records = read(
            encode(
                [
                    record if is_typed else convert(record)
                    for record, is_typed in zip(content.records, self.are_typed, strict=True)
                ]
            )
        )

    def _learn(self, path):
        self.unknown.append(path)
        self.decoder.drop(path)


def number(text):
    """A number by its value and its decimal places; zero has no sign."""
    value = Decimal(text)
    return f"{value if value else abs(value)}"


def read(text):
    """Decoded JSON, in which numbers are told apart by their digits, and halves of pairs are none."""
    whole = re.sub(r"\\u[dD][89abAB]..\\u[dD][c-fC-F]..", lambda found: json.loads(f'"{found[0]}"'), text.decode())
    del whole
    found = json.loads(text, parse_float=number, parse_int=number)
    return json.loads(re.sub(r"\\ud[89a-f]..", r"\\ufffd", json.dumps(found), flags=re.IGNORECASE))
