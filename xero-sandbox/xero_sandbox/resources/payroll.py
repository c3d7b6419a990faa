"""The resources of Payroll in Australia, New Zealand and the United Kingdom: rows of facts.

(xero-facts.md: Payroll)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from xero_sandbox.resources.model import READ, Api, Resource, Shape, Style

_GET_POST = frozenset({"GET", "POST"})
_EDITABLE = frozenset({"GET", "POST", "PUT", "DELETE"})
_LINES = frozenset({"POST", "PUT", "DELETE"})
_TIMESHEET_ACTIONS: Mapping[str, tuple[str, str]] = {
    "Approve": ("status", "Approved"),
    "RevertToDraft": ("status", "Draft"),
}


def _au(  # The fields of a row that differ.
    path: str,
    id_field: str,
    scope: str,
    methods: frozenset[str] = _GET_POST,
    key: str = "",
    required: tuple[str, ...] = (),
    omits: str = "",
    actions: Mapping[str, tuple[str, str]] | None = None,
) -> Resource:
    return Resource(
        path,
        id_field,
        f"payroll.{scope}",
        key=key or path,
        methods=methods,
        required=required,
        list_omits=frozenset(omits.split()),
        actions=actions or {},
    )


PAYROLL_AU = Api(
    "payroll_au",
    "/payroll.xro/1.0/",
    Style.PAYROLL_1,
    (
        _au(
            "Employees",
            "EmployeeID",
            "employees",
            required=("FirstName", "LastName", "DateOfBirth"),
            omits="HomeAddress BankAccounts PayTemplate TaxDeclaration OpeningBalances "
            "LeaveBalances SuperMemberships",
        ),
        _au(
            "LeaveApplications",
            "LeaveApplicationID",
            "employees",
            required=("EmployeeID", "LeaveTypeID", "StartDate", "EndDate"),
            actions={
                "approve": ("LeavePeriods.LeavePeriodStatus", "SCHEDULED"),
                "reject": ("LeavePeriods.LeavePeriodStatus", "REJECTED"),
            },
        ),
        Resource(
            "PayItems",
            "",
            "payroll.settings",
            key="PayItems",
            shape=Shape.OBJECT,
            methods=_GET_POST,
            defaults={
                name: []
                for name in ("EarningsRates", "DeductionTypes", "LeaveTypes", "ReimbursementTypes")
            },
        ),
        _au(
            "PayrollCalendars",
            "PayrollCalendarID",
            "settings",
            required=("Name", "CalendarType", "StartDate", "PaymentDate"),
        ),
        Resource(
            "LeaveApplications/v2",
            "LeaveApplicationID",
            "payroll.employees",
            key="LeaveApplications",
            store="LeaveApplications",
        ),
        Resource(
            "PayRuns",
            "PayRunID",
            "payroll.payruns",
            key="PayRuns",
            methods=_GET_POST,
            required=("PayrollCalendarID",),
            nested={"Payslips": "Payslip"},
            defaults={"PayRunStatus": "DRAFT"},
        ),
        Resource(
            "Payslip",
            "PayslipID",
            "payroll.payslip",
            key="Payslip",
            methods=_GET_POST,
            parent_field="PayRunID",
            hides=frozenset({"PayRunID"}),
        ),
        Resource(
            "Settings",
            "",
            "payroll.settings",
            key="Settings",
            shape=Shape.OBJECT,
            defaults={"Accounts": [], "DaysInPayrollYear": 365},
        ),
        _au("Superfunds", "SuperFundID", "settings", key="SuperFunds", required=("Type",)),
        _au(
            "Timesheets",
            "TimesheetID",
            "timesheets",
            required=("EmployeeID", "StartDate", "EndDate"),
        ),
    ),
    country="AU",
)

_TIMESHEETS = (
    Resource(
        "Timesheets",
        "timesheetID",
        "payroll.timesheets",
        key="timesheets",
        singular="timesheet",
        methods=frozenset({"GET", "POST", "DELETE"}),
        required=("payrollCalendarID", "employeeID", "startDate", "endDate"),
        is_dated=True,
        equals={"status": "status"},
        since={"startDate": "startDate"},
        until={"endDate": "endDate"},
        nested={"timesheetLines": "Timesheets/{TimesheetID}/Lines"},
        actions=_TIMESHEET_ACTIONS,
        defaults={"status": "Draft", "totalHours": 0},
    ),
    Resource(
        "Timesheets/{TimesheetID}/Lines",
        "timesheetLineID",
        "payroll.timesheets",
        singular="timesheetLine",
        methods=_LINES,
        required=("date", "earningsRateID", "numberOfUnits"),
        parent_field="timesheetID",
    ),
)
PAYROLL_AU_2 = Api("payroll_au_2", "/payroll.xro/2.0/", Style.PAYROLL_2, _TIMESHEETS, country="AU")


def _setting(
    path: str,
    key: str,
    singular: str,
    id_field: str,
    methods: frozenset[str] = _GET_POST,
    required: tuple[str, ...] = (),
) -> Resource:
    return Resource(
        path,
        id_field,
        "payroll.settings",
        key=key,
        singular=singular,
        methods=methods,
        required=required,
        is_dated=path in ("LeaveTypes", "PayRunCalendars"),
    )


def _of_employee(
    path: str,
    key: str,
    id_field: str = "",
    methods: frozenset[str] = READ,
    shape: Shape = Shape.ARRAY,
    singular: str = "",
    required: tuple[str, ...] = (),
) -> Resource:
    return Resource(
        f"Employees/{{EmployeeID}}/{path}",
        id_field,
        "payroll.employees",
        key=key,
        singular=singular or key,
        shape=shape,
        methods=methods,
        parent_field="employeeID",
        required=required,
        is_dated=path == "Leave",
    )


_SHARED = (
    Resource(
        "Employees",
        "employeeID",
        "payroll.employees",
        key="employees",
        singular="employee",
        methods=frozenset({"GET", "POST", "PUT"}),
        required=("firstName", "lastName", "dateOfBirth"),
        is_dated=True,
    ),
    _setting("Deductions", "deductions", "deduction", "deductionId", required=("deductionName",)),
    _setting(
        "EarningsRates",
        "earningsRates",
        "earningsRate",
        "earningsRateID",
        required=("name", "earningsType", "rateType", "typeOfUnits"),
    ),
    _setting("LeaveTypes", "leaveTypes", "leaveType", "leaveTypeID", required=("name",)),
    _setting(
        "Reimbursements", "reimbursements", "reimbursement", "reimbursementID", required=("name",)
    ),
    _setting(
        "PayRunCalendars",
        "payRunCalendars",
        "payRunCalendar",
        "payrollCalendarID",
        required=("name", "calendarType", "periodStartDate", "paymentDate"),
    ),
    *_TIMESHEETS,
    Resource(
        "Settings",
        "",
        "payroll.settings",
        key="settings",
        shape=Shape.OBJECT,
        defaults={"accounts": []},
    ),
    Resource(
        "Settings/TrackingCategories",
        "",
        "payroll.settings",
        key="trackingCategories",
        shape=Shape.OBJECT,
        defaults={"employeeGroupsTrackingCategoryID": None, "timesheetTrackingCategoryID": None},
    ),
    _of_employee("Tax", "employeeTax", shape=Shape.OBJECT, methods=_GET_POST),
    _of_employee(
        "Leave",
        "leave",
        "leaveID",
        _EDITABLE,
        required=("leaveTypeID", "description", "startDate", "endDate"),
    ),
    _of_employee("LeaveBalances", "leaveBalances", "leaveTypeID"),
    _of_employee("LeavePeriods", "periods", "periodStartDate"),
    _of_employee(
        "LeaveTypes",
        "leaveTypes",
        "leaveTypeID",
        _GET_POST,
        singular="leaveType",
        required=("leaveTypeID",),
    ),
    _of_employee("PaymentMethods", "paymentMethod", shape=Shape.OBJECT, methods=_GET_POST),
    Resource(
        "Employees/{EmployeeID}/PayTemplates",
        "",
        "payroll.employees",
        key="payTemplate",
        shape=Shape.OBJECT,
        parent_field="employeeID",
        nested={"earningTemplates": "Employees/{EmployeeID}/PayTemplates/Earnings"},
    ),
    Resource(
        "Employees/{EmployeeID}/PayTemplates/Earnings",
        "payTemplateEarningID",
        "payroll.employees",
        singular="earningTemplate",
        methods=_LINES,
        required=("earningsRateID",),
        parent_field="employeeID",
        hides=frozenset({"employeeID"}),
    ),
    Resource(
        "Employees/{EmployeeID}/SalaryAndWages",
        "salaryAndWagesID",
        "payroll.employees",
        key="salaryAndWages",
        singular="salaryAndWages",
        methods=_EDITABLE,
        required=("earningsRateID", "numberOfUnitsPerWeek", "effectiveFrom"),
        parent_field="employeeID",
    ),
)


def _pay_runs(methods: frozenset[str], slips: str) -> Resource:
    return Resource(
        "PayRuns",
        "payRunID",
        "payroll.payruns",
        key="payRuns",
        singular="payRun",
        methods=methods,
        equals={"status": "payRunStatus"},
        required=("payrollCalendarID",),
        nested={"paySlips": slips},
        defaults={"payRunStatus": "Draft"},
    )


def _pay_slips(path: str, methods: frozenset[str]) -> Resource:
    return Resource(
        path,
        "paySlipID",
        "payroll.payslip",
        key="paySlips",
        singular="paySlip",
        methods=methods,
        equals={"PayRunID": "payRunID"},
        needs={"PayRunID": ()},
        parent_field="payRunID",
    )


PAYROLL_NZ = Api(
    "payroll_nz",
    "/payroll.xro/2.0/",
    Style.PAYROLL_2,
    (
        *_SHARED,
        _pay_runs(_GET_POST, "PaySlips"),
        _pay_slips("PaySlips", frozenset({"GET", "PUT"})),
        _setting("StatutoryDeductions", "statutoryDeductions", "statutoryDeduction", "id", READ),
        _setting("Superannuations", "benefits", "benefit", "id", required=("name", "category")),
        _of_employee(
            "OpeningBalances",
            "openingBalances",
            "periodEndDate",
            _GET_POST,
            required=("periodEndDate",),
        ),
        replace(
            _of_employee(
                "Working-Patterns",
                "payeeWorkingPatterns",
                "payeeWorkingPatternID",
                frozenset({"GET", "POST", "DELETE"}),
                singular="payeeWorkingPattern",
            ),
            list_omits=frozenset({"workingWeeks"}),
        ),
    ),
    country="NZ",
)
PAYROLL_UK = Api(
    "payroll_uk",
    "/payroll.xro/2.0/",
    Style.PAYROLL_2,
    (
        *_SHARED,
        _pay_runs(READ, "Payslips"),
        _pay_slips("Payslips", READ),
        _setting("Benefits", "benefits", "benefit", "id", required=("name", "category")),
        _setting("EarningsOrders", "statutoryDeductions", "statutoryDeduction", "id", READ),
        _of_employee(
            "ukopeningbalances",
            "openingBalances",
            shape=Shape.OBJECT,
            methods=frozenset({"GET", "POST", "PUT"}),
        ),
        replace(
            _of_employee("StatutoryLeaveBalance", "leaveBalance", shape=Shape.OBJECT),
            selected_by="LeaveType",
        ),
        Resource(
            "StatutoryLeaves/Sick",
            "statutoryLeaveID",
            "payroll.settings",
            singular="statutorySickLeave",
            methods=_GET_POST,
            required=("employeeID", "startDate", "endDate", "workPattern", "leaveTypeID"),
            defaults={"type": "Sick", "status": "Pending"},
        ),
        Resource(
            "StatutoryLeaves/Summary/{EmployeeID}",
            "",
            "payroll.settings",
            key="statutoryLeaves",
            shape=Shape.ARRAY,
            parent_field="employeeID",
            parent_path="Employees",
            store="StatutoryLeaves/Sick",
            list_omits=frozenset(
                {"leaveTypeID", "workPattern", "isPregnancyRelated", "sufficientNotice"}
            ),
        ),
    ),
    country="GB",
)
