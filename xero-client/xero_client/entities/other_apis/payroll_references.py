"""The records that a record of Payroll may name instead of their ids."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from xero_client.entities.other_apis.payroll_fields import referring_fields
from xero_client.entities.write_spec import NamedRecord, WriteSpec


def with_named_records(stream: str, writing: WriteSpec | None) -> WriteSpec | None:
    """How a stream of Payroll is written, with the records that it may name.

    An employee is known by the e-mail address, other records by their name.
    """
    if writing is None:
        return None
    refers = {}
    for name, named in referring_fields(stream).items():
        known_by = "email" if named.endswith("_employees") else "name"
        if name[0].isupper():  # Australia
            known_by = known_by.capitalize()
        refers[name] = NamedRecord(named, (known_by,))
    return replace(writing, refers=MappingProxyType(refers))
