"""The records that a record of Payroll may name instead of their ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from xero_client.entities.entity import Entity
from xero_client.entities.field_types import Shape, part, shape, texts, write_only
from xero_client.entities.write_spec import NamedRecord

PARTS: Mapping[str, Shape] = MappingProxyType(
    {
        "NamedEmployee": shape(texts("employeeID", "email")),
        "NamedLeaveType": shape(texts("leaveTypeID", "name")),
        "NamedEarningsRate": shape(texts("earningsRateID", "name")),
        "NamedCalendar": shape(texts("payrollCalendarID", "name")),
        "NamedAuEmployee": shape(texts("EmployeeID", "Email")),
        "NamedAuLeaveType": shape(texts("LeaveTypeID", "Name")),
        "NamedAuCalendar": shape(texts("PayrollCalendarID", "Name")),
    }
)

# The fields with the id of another record: the end of its stream, and the shape that names it. The
# second field of the shape is the one that people know the record by.
_REFERRING: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "employeeID": ("employees", "NamedEmployee"),
        "leaveTypeID": ("leave_types", "NamedLeaveType"),
        "earningsRateID": ("earnings_rates", "NamedEarningsRate"),
        "payrollCalendarID": ("pay_run_calendars", "NamedCalendar"),
        "EmployeeID": ("employees", "NamedAuEmployee"),
        "LeaveTypeID": ("leave_types", "NamedAuLeaveType"),
        "PayrollCalendarID": ("payroll_calendars", "NamedAuCalendar"),
    }
)


def with_named_records(row: Entity) -> Entity:
    """The row of a stream of Payroll, with the records that a record may name.

    Args:
        row: The row. If it is written, it gets a part for each record that it may name.
    """
    if row.writing is None:
        return row
    payroll, region, own = row.stream.split("_", 2)
    refers, named = {}, []
    for name in row.fields:
        stream, kind = _REFERRING.get(name, ("", ""))
        if stream and stream != own:
            _, known_by = PARTS[kind]
            refers[name] = NamedRecord(f"{payroll}_{region}_{stream}", (known_by,))
            named.append(part(name[:-2], kind))
    return replace(
        row,
        writing=replace(row.writing, refers=MappingProxyType(refers)),
        fields=shape(tuple(row.fields.values()), write_only(*named)),
    )
