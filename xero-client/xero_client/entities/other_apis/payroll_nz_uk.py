"""Payroll in New Zealand and the United Kingdom (xero-facts.md: Payroll gates, Payroll NZ and UK).

The two APIs have one form and differ in some lists. Nothing tells when a record changed, so every
run reads all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from types import MappingProxyType

from xero_client.entities.entity import Entity, Paging, ParentSpec, ReadSpec

_PERSON = "title firstName lastName dateOfBirth gender email phoneNumber address"
_PAY = (
    "firstName lastName totalEarnings grossEarnings totalPay totalEmployerTaxes "
    "totalEmployeeTaxes totalDeductions totalReimbursements paymentLines earningsLines "
    "leaveEarningsLines timesheetEarningsLines deductionLines reimbursementLines "
    "leaveAccrualLines employeeTaxLines employerTaxLines"
)


@dataclass(frozen=True)
class _List:
    """One list, or one object, of both countries or of one.

    Attributes:
        stream: The end of the stream's name.
        path: The path; names in braces are fields of the parent.
        records: The keys that lead to the records, with dots between them.
        id_field: The field that identifies a record.
        scope: The end of the scope's name.
        parent: The end of the parent's stream; empty for none.
        own_keys: The fields that identify a record within its parent, if the id does not.
        is_paged: Whether it has pages of 100 records.
        params: Request parameters that are a field of the parent.
        personal: Fields with personal data.
    """

    stream: str
    path: str
    records: str
    id_field: str | None
    scope: str
    parent: str = ""
    own_keys: str = ""
    is_paged: bool = False
    params: dict[str, str] = field(default_factory=dict)
    personal: str = ""

    def entity(self, region: str, country: str) -> Entity:
        """The row."""
        prefix = f"payroll_{region}_"
        parent_id = {"employees": "employeeID", "pay_runs": "payRunID"}.get(
            self.parent, "timesheetID"
        )
        parent = ParentSpec(
            prefix + self.parent,
            MappingProxyType({parent_id: parent_id}),
            params=MappingProxyType(self.params),
        )
        keys = (parent_id, *self.own_keys.split()) if self.id_field is None else ()
        return Entity(
            self.path.rpartition("/")[2],
            prefix + self.stream,
            self.id_field,
            (f"payroll.{self.scope}",),
            ReadSpec(
                Paging.PAGE_ONLY if self.is_paged else Paging.NONE,
                full_table=True,
                where=False,
                selected_by_default=False,
                fixed_page_size=100 if self.is_paged else None,
            ),
            path=f"/payroll.xro/2.0/{self.path}",
            records=tuple(self.records.split(".")),
            keys=keys if self.parent else (),
            parent=parent if self.parent else None,
            needs=(
                f"It is for organisations in {country} with payroll, and the user who consented "
                "must be a payroll administrator"
            ),
            personal=frozenset(self.personal.split()),
        )


def _settings(stream: str, path: str, id_field: str, records: str = "") -> _List:
    records = records or path[0].lower() + path[1:]
    return _List(stream, path, records, id_field, "settings", is_paged=True)


def _of_employee(
    stream: str,
    path: str,
    records: str,
    id_field: str | None = None,
    own_keys: str = "",
    *,
    is_paged: bool = False,
    personal: str = "",
) -> _List:
    return _List(
        f"employee_{stream}",
        f"Employees/{{employeeID}}/{path}",
        records,
        id_field,
        "employees",
        "employees",
        own_keys,
        is_paged,
        personal=personal,
    )


_BOTH = (
    _settings("deductions", "Deductions", "deductionId"),
    _settings("earnings_rates", "EarningsRates", "earningsRateID"),
    _settings("leave_types", "LeaveTypes", "leaveTypeID"),
    _settings("reimbursements", "Reimbursements", "reimbursementID"),
    _settings("pay_run_calendars", "PayRunCalendars", "payrollCalendarID"),
    _List("pay_runs", "PayRuns", "payRuns", "payRunID", "payruns", is_paged=True),
    _List("timesheets", "Timesheets", "timesheets", "timesheetID", "timesheets", is_paged=True),
    _List(
        "timesheet_lines",
        "Timesheets/{timesheetID}",
        "timesheet.timesheetLines",
        "timesheetLineID",
        "timesheets",
        "timesheets",
    ),
    _List("settings", "Settings", "settings", None, "settings"),
    _List(
        "tracking_categories", "Settings/TrackingCategories", "trackingCategories", None, "settings"
    ),
    _of_employee("leave", "Leave", "leave", "leaveID"),
    _of_employee("leave_balances", "LeaveBalances", "leaveBalances", own_keys="leaveTypeID"),
    _of_employee("leave_periods", "LeavePeriods", "periods", own_keys="periodStartDate"),
    _of_employee("leave_types", "LeaveTypes", "leaveTypes", own_keys="leaveTypeID"),
    _of_employee("payment_methods", "PaymentMethods", "paymentMethod", personal="bankAccounts"),
    _of_employee(
        "earnings_templates",
        "PayTemplates",
        "payTemplate.earningTemplates",
        "payTemplateEarningID",
        personal="ratePerUnit fixedAmount",
    ),
    _of_employee(
        "salary_and_wages",
        "SalaryAndWages",
        "salaryAndWages",
        "salaryAndWagesID",
        is_paged=True,
        personal="annualSalary ratePerUnit",
    ),
)


def _employees(personal: str) -> _List:
    return _List(
        "employees",
        "Employees",
        "employees",
        "employeeID",
        "employees",
        is_paged=True,
        personal=f"{_PERSON} {personal}",
    )


def _taxes(personal: str) -> _List:
    return _of_employee("taxes", "Tax", "employeeTax", personal=f"taxCode {personal}")


def _pay_slips(path: str, personal: str) -> _List:
    return _List(
        "pay_slips",
        path,
        "paySlips",
        "paySlipID",
        "payslip",
        "pay_runs",
        is_paged=True,
        params={"PayRunID": "payRunID"},
        personal=f"{_PAY} {personal}",
    )


_NZ = (
    _employees("jobTitle"),
    _taxes("irdNumber"),
    _settings("statutory_deductions", "StatutoryDeductions", "id"),
    _settings("superannuations", "Superannuations", "id", "benefits"),
    _pay_slips(
        "PaySlips",
        "totalSuperannuation totalStatutoryDeductions superannuationLines "
        "statutoryDeductionLines taxSettings grossEarningsHistory",
    ),
    _of_employee(
        "opening_balances", "OpeningBalances", "openingBalances", own_keys="periodEndDate"
    ),
    _of_employee(
        "working_patterns", "Working-Patterns", "payeeWorkingPatterns", "payeeWorkingPatternID"
    ),
)
_UK = (
    _employees("nationalInsuranceNumber niCategory niCategories contracts"),
    _taxes("previousTaxablePay previousTaxPaid studentLoanDeduction"),
    _settings("benefits", "Benefits", "id"),
    _settings("earnings_orders", "EarningsOrders", "id", "statutoryDeductions"),
    _pay_slips("Payslips", "totalCourtOrders totalBenefits benefitLines courtOrderLines"),
    _of_employee("opening_balances", "ukopeningbalances", "openingBalances"),
    _List(
        "employee_statutory_leaves",
        "StatutoryLeaves/Summary/{employeeID}",
        "statutoryLeaves",
        "statutoryLeaveID",
        "settings",
        "employees",
    ),
)


def _rows(lists: Iterable[_List], region: str, country: str) -> tuple[Entity, ...]:
    return tuple(each.entity(region, country) for each in lists)


PAYROLL_NZ = _rows((*_BOTH, *_NZ), "nz", "New Zealand")
PAYROLL_UK = _rows((*_BOTH, *_UK), "uk", "the United Kingdom")
