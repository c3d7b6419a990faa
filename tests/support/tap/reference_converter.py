"""Converts Xero's records to Singer's, slowly and simply, to compare the real converter with."""

import re
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from decimal import Decimal

# Private, but singer-sdk defines the meaning of a selection nowhere else.
from singer_sdk.helpers._catalog import pop_deselected_record_properties


def kind_of(schema):
    return schema["type"] if isinstance(schema["type"], str) else schema["type"][0]


class ReferenceConverter:
    """What the converter must return for a list of records: the records and the reports."""

    def __init__(self, records, mask, schema):
        self.unknown, self.mistyped = {}, {}
        self.records = []
        for record in deepcopy(records):
            pop_deselected_record_properties(record, schema, mask)
            self.records.append(self.convert(record, schema, ""))

    def convert(self, value, schema, path):
        if value is None:
            return None
        kind = kind_of(schema)
        if kind == "object" and isinstance(value, dict):
            return {
                name: self.member(name, member, schema["properties"], f"{path}.{name}".lstrip("."))
                for name, member in value.items()
            }
        if kind == "array" and isinstance(value, list):
            return [self.convert(member, schema["items"], f"{path}[]") for member in value]
        try:
            return READ[schema.get("format", kind)](value)
        except (KeyError, ValueError):
            self.mistyped.setdefault(path, value)
            return value

    def member(self, name, value, properties, path):
        if name in properties:
            return self.convert(value, properties[name], path)
        if value is not None:
            self.unknown.setdefault(path)
        return value


def read_string(value):
    if isinstance(value, str):
        return value
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return str(value)
    raise ValueError(value)


def read_number(value):
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE]-?[0-9]+)?", value):
        return Decimal(value)
    raise ValueError(value)


def read_integer(value):
    number = Decimal(read_number(value))
    if number != number.to_integral_value():
        raise ValueError(value)
    return int(number)


def read_boolean(value):
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise ValueError(value)


def read_moment(value):
    if not isinstance(value, str):
        raise ValueError(value)  # noqa: TRY004  # all invalid values raise the same error
    if xero := re.fullmatch(r"/Date\((-?\d+)(?:[+-]\d{4})?\)/", value):
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=int(xero[1]))
    iso = re.fullmatch(r"(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d)?(?:\.(\d+))?Z?", value)
    if not iso:
        raise ValueError(value)
    fraction = (iso[3] or "").ljust(6, "0")[:6]
    return datetime.fromisoformat(f"{iso[1]}{iso[2] or 'T00:00:00'}.{fraction}+00:00")


def read_day(value):
    return f"{read_moment(value).date()}"


def read_instant(value):
    return read_moment(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")


READ = {
    "string": read_string,
    "number": read_number,
    "integer": read_integer,
    "boolean": read_boolean,
    "date": read_day,
    "date-time": read_instant,
}
