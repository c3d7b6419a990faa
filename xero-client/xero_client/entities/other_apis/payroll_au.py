"""Payroll in Australia (xero-facts.md: Payroll gates, Payroll AU 1.0)."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from xero_client.entities.entity import Entity, LoadLayer
from xero_client.entities.other_apis.fields.payroll_au import FIELDS
from xero_client.entities.other_apis.payroll_references import with_named_records
from xero_client.entities.read_spec import Paging, ParentSpec, ReadSpec
from xero_client.entities.write_spec import Body, Route, WriteSpec

_NEEDS = (
    "It is for organisations in Australia with payroll, and the user who consented must be a "
    "payroll administrator"
)
_PERSON = (
    "Title FirstName MiddleNames LastName DateOfBirth Gender Email Phone Mobile TwitterUserName "
    "HomeAddress BankAccounts TaxDeclaration SuperMemberships PayTemplate OpeningBalances "
    "LeaveBalances"
)


def _paged(*, changes: bool) -> ReadSpec:
    """A list in pages of 100, without a count of them."""
    return ReadSpec(
        Paging.PAGE_ONLY,
        "UpdatedDateUTC" if changes else None,
        modified_since=changes,
        full_table=not changes,
        selected_by_default=False,
        fixed_page_size=100,
    )


def _row(
    stream: str,
    path: str,
    id_field: str | None,
    scope: str,
    *,
    records: tuple[str, ...] = (),
    reading: ReadSpec | None = None,
    parent: ParentSpec | None = None,
    personal: str = "",
) -> Entity:
    return Entity(
        path.partition("/")[0],
        f"payroll_au_{stream}",
        id_field,
        (f"payroll.{scope}",),
        reading or _paged(changes=True),
        fields=FIELDS[stream],
        path=f"/payroll.xro/1.0/{path}",
        records=records or (path,),
        parent=parent,
        needs=_NEEDS,
        personal=frozenset(personal.split()),
    )


def _pay_item(stream: str, key: str, id_field: str) -> Entity:
    # Not documented: whether If-Modified-Since applies to each list of the object.
    return _row(
        stream,
        "PayItems",
        id_field,
        "settings",
        records=("PayItems", key),
        reading=_paged(changes=False),
    )


def _writing(
    key: str,
    id_field: str,
    found_by: str,
    *,
    single: tuple[str, ...] | None = None,
    path: str = "",
) -> WriteSpec:
    """POST creates, or updates the record of the id in it; the body is a bare list.

    Not documented: how many records a call may have, and what becomes of the others if one is
    refused. So each call has one.
    """
    return WriteSpec(
        frozenset({Route.POST}),
        body=Body.ARRAY,
        match_fields=(id_field,),
        batch_limit=1,
        answer=(key,),
        single=single,
        path=path,
        found_by=tuple(found_by.split()),
    )


_WHOLE = ReadSpec(full_table=True, where=False, selected_by_default=False)
_ROWS = (
    replace(
        _row(
            "employees",
            "Employees",
            "EmployeeID",
            "employees",
            personal=_PERSON,
        ),
        writing=_writing(
            "Employees",
            "EmployeeID",
            "FirstName LastName DateOfBirth",
        ),
        load_layer=LoadLayer.API_RECORDS,
    ),
    # Lists leave out addresses, bank accounts, tax, leave balances and the pay template. Not
    # documented: what of these moves the employee's UpdatedDateUTC. So all employees are read.
    _row(
        "employee_details",
        "Employees/{EmployeeID}",
        "EmployeeID",
        "employees",
        records=("Employees",),
        reading=_WHOLE,
        parent=ParentSpec("payroll_au_employees", MappingProxyType({"EmployeeID": "EmployeeID"})),
        personal=_PERSON,
    ),
    # Version 2 also has requested and rejected ones. It answers 500 to If-Modified-Since.
    replace(
        _row(
            "leave_applications",
            "LeaveApplications/v2",
            "LeaveApplicationID",
            "employees",
            records=("LeaveApplications",),
            reading=_paged(changes=False),
            personal="Title Description",
        ),
        writing=_writing(
            "LeaveApplications",
            "LeaveApplicationID",
            "EmployeeID LeaveTypeID StartDate EndDate",
            path="/payroll.xro/1.0/LeaveApplications",
        ),
        load_layer=LoadLayer.API_PARTS,
    ),
    _pay_item("earnings_rates", "EarningsRates", "EarningsRateID"),
    _pay_item("deduction_types", "DeductionTypes", "DeductionTypeID"),
    _pay_item("leave_types", "LeaveTypes", "LeaveTypeID"),
    _pay_item("reimbursement_types", "ReimbursementTypes", "ReimbursementTypeID"),
    replace(
        _row(
            "payroll_calendars",
            "PayrollCalendars",
            "PayrollCalendarID",
            "settings",
        ),
        writing=_writing("PayrollCalendars", "PayrollCalendarID", "Name CalendarType"),
    ),
    _row("pay_runs", "PayRuns", "PayRunID", "payruns"),
    # Not documented: whether a change of a payslip moves its pay run. So each run asks every pay
    # run for its payslips, and reads those that changed.
    _row(
        "payslips",
        "Payslip/{PayslipID}",
        "PayslipID",
        "payslip",
        records=("Payslip",),
        reading=ReadSpec(replication_key="UpdatedDateUTC", where=False, selected_by_default=False),
        parent=ParentSpec(
            "payroll_au_pay_runs",
            MappingProxyType({"PayRunID": "PayRunID"}),
            members="Payslips",
            changed_field="UpdatedDateUTC",
        ),
        personal=(
            "FirstName LastName Wages Deductions Tax Super Reimbursements NetPay EarningsLines "
            "LeaveEarningsLines TimesheetEarningsLines DeductionLines LeaveAccrualLines "
            "ReimbursementLines SuperannuationLines TaxLines"
        ),
    ),
    _row("settings", "Settings", None, "settings", reading=_WHOLE),
    _row("superfunds", "Superfunds", "SuperFundID", "settings", records=("SuperFunds",)),
    replace(
        _row(
            "timesheets",
            "Timesheets",
            "TimesheetID",
            "timesheets",
        ),
        writing=_writing(
            "Timesheets",
            "TimesheetID",
            "EmployeeID StartDate EndDate",
            single=("Timesheet",),
        ),
        load_layer=LoadLayer.API_PARTS,
    ),
)
PAYROLL_AU = tuple(with_named_records(row) for row in _ROWS)
