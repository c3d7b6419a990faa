"""Payroll in New Zealand and the United Kingdom (xero-facts.md: Payroll gates, Payroll NZ and UK).

The two APIs have one form and differ in some lists. Nothing tells when a record changed, so every
run reads all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from xero_client.entities.entity import Entity, LoadLayer
from xero_client.entities.field_types import Shape
from xero_client.entities.other_apis.fields import payroll_both, payroll_nz, payroll_uk
from xero_client.entities.other_apis.payroll_references import with_named_records
from xero_client.entities.read_spec import Paging, ParentSpec, ReadSpec
from xero_client.entities.write_spec import NOT_SINGLE, Body, Removal, Route, WriteSpec

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
        through: The end of the stream whose records are asked for instead of the parent.
        only: Values by field that such records have.
        walks: The parameters of several requests that together give all records of a parent.
        personal: Fields with personal data.
        writing: How it is written; None if it can only be read.
        layer: Its place in the load order; None for that after its parent.
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
    through: str = ""
    only: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    walks: tuple[Mapping[str, str], ...] = ()
    personal: str = ""
    writing: WriteSpec | None = None
    layer: LoadLayer | None = None

    def entity(self, region: str, code: str, country: str, fields: Shape) -> Entity:
        """The row."""
        prefix = f"payroll_{region}_"
        parent_id = {"employees": "employeeID", "pay_runs": "payRunID"}.get(
            self.parent, "timesheetID"
        )
        parent = ParentSpec(
            prefix + self.parent,
            MappingProxyType({parent_id: parent_id}),
            params=MappingProxyType(self.params),
            through=prefix + self.through if self.through else "",
            only=self.only,
            # Not documented: what Xero answers for a kind that an employee cannot have.
            none_if_refused=bool(self.walks),
        )
        keys = (parent_id, *self.own_keys.split()) if self.id_field is None else ()
        row = Entity(
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
                walks=self.walks,
            ),
            self.writing,
            fields=fields,
            path=f"/payroll.xro/2.0/{self.path}",
            records=tuple(self.records.split(".")),
            keys=keys if self.parent else (),
            parent=parent if self.parent else None,
            needs=(
                f"It is for organisations in {country} with payroll, and the user who consented "
                "must be a payroll administrator"
            ),
            only_country=code,
            personal=frozenset(self.personal.split()),
            load_layer=self.layer,
        )
        return with_named_records(row)


_REMOVAL = Removal("status", default_status=None, uses_delete=True)


def _writing(
    answer: str,
    found_by: str = "",
    *,
    id_field: str = "",
    methods: str = "POST",
    single: tuple[str, ...] | None = None,
    path_id: str = "",
    created_field: str = "",
) -> WriteSpec:
    """One record a call: POST creates, PUT changes, DELETE removes, as far as Xero has them.

    Not documented: whether a PUT clears what it leaves out. So it leaves nothing out.

    Args:
        answer: The key of the record in the response.
        found_by: The fields by which a new record is found whose response was lost.
        id_field: The field of the record's id; empty if an employee has one record, or if the
            caller gives the id.
        methods: POST, PUT and DELETE, as far as Xero has them.
        single: The key of a record that is read by its id.
        path_id: The field of an id that the caller gives.
        created_field: The field that says when Xero made a record.
    """
    routes = {
        "POST": Route.POST,
        "PUT": Route.PUT_ID,
        "DELETE": Route.DELETE_ID,
    }
    is_one = not id_field and not path_id
    return WriteSpec(
        frozenset(routes[method] for method in methods.split()),
        body=Body.RECORD,
        match_fields=(path_id or id_field,) if not is_one else (),
        update_route=Route.PUT_ID if "PUT" in methods else None,
        replaces="PUT" in methods,
        updates="PUT" in methods or is_one,
        caller_assigns_id=bool(path_id),
        batch_limit=1,
        removal=_REMOVAL if "DELETE" in methods else None,
        answer=(answer,),
        single=single,
        no_content=frozenset({"DELETE"}),
        path_id=path_id,
        found_by=tuple(found_by.split()),
        created_field=created_field,
    )


def _settings(
    stream: str, path: str, id_field: str, records: str = "", writing: WriteSpec | None = None
) -> _List:
    records = records or path[0].lower() + path[1:]
    return _List(stream, path, records, id_field, "settings", is_paged=True, writing=writing)


def _new_setting(stream: str, path: str, id_field: str, found_by: str) -> _List:
    """A setting that Xero can create, but not change or remove."""
    key = path[0].lower() + path[1:-1]
    writing = _writing(key, found_by, id_field=id_field)
    return _settings(stream, path, id_field, writing=writing)


def _of_employee(
    stream: str,
    path: str,
    records: str,
    id_field: str | None = None,
    own_keys: str = "",
    *,
    is_paged: bool = False,
    personal: str = "",
    writing: WriteSpec | None = None,
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
        writing=writing,
    )


_BOTH = (
    _new_setting("deductions", "Deductions", "deductionId", "deductionName"),
    _new_setting("earnings_rates", "EarningsRates", "earningsRateID", "name"),
    _new_setting("leave_types", "LeaveTypes", "leaveTypeID", "name"),
    _new_setting("reimbursements", "Reimbursements", "reimbursementID", "name"),
    _new_setting("pay_run_calendars", "PayRunCalendars", "payrollCalendarID", "name"),
    _List("pay_runs", "PayRuns", "payRuns", "payRunID", "payruns", is_paged=True),
    _List(
        "timesheets",
        "Timesheets",
        "timesheets",
        "timesheetID",
        "timesheets",
        is_paged=True,
        writing=_writing(
            "timesheet",
            "employeeID payrollCalendarID startDate",
            id_field="timesheetID",
            methods="POST DELETE",
        ),
        layer=LoadLayer.API_PARTS,
    ),
    _List(
        "timesheet_lines",
        "Timesheets/{timesheetID}",
        "timesheet.timesheetLines",
        "timesheetLineID",
        "timesheets",
        "timesheets",
        writing=replace(
            _writing(
                "timesheetLine",
                "date earningsRateID numberOfUnits",
                id_field="timesheetLineID",
                methods="POST PUT DELETE",
                single=NOT_SINGLE,
            ),
            path="/payroll.xro/2.0/Timesheets/{timesheetID}/Lines",
        ),
    ),
    _List("settings", "Settings", "settings", None, "settings"),
    _List(
        "tracking_categories", "Settings/TrackingCategories", "trackingCategories", None, "settings"
    ),
    _of_employee(
        "leave",
        "Leave",
        "leave",
        "leaveID",
        writing=_writing(
            "leave",
            "leaveTypeID startDate endDate",
            id_field="leaveID",
            methods="POST PUT DELETE",
            single=NOT_SINGLE,
        ),
    ),
    _of_employee("leave_balances", "LeaveBalances", "leaveBalances", own_keys="leaveTypeID"),
    _of_employee("leave_periods", "LeavePeriods", "periods", own_keys="periodStartDate"),
    _of_employee(
        "leave_types",
        "LeaveTypes",
        "leaveTypes",
        own_keys="leaveTypeID",
        writing=_writing("leaveType", path_id="leaveTypeID", single=NOT_SINGLE),
    ),
    _of_employee(
        "payment_methods",
        "PaymentMethods",
        "paymentMethod",
        personal="bankAccounts",
        writing=_writing("paymentMethod", "paymentMethod"),
    ),
    _of_employee(
        "earnings_templates",
        "PayTemplates",
        "payTemplate.earningTemplates",
        "payTemplateEarningID",
        personal="ratePerUnit fixedAmount",
        writing=replace(
            _writing(
                "earningTemplate",
                "earningsRateID ratePerUnit numberOfUnits fixedAmount",
                id_field="payTemplateEarningID",
                methods="POST PUT DELETE",
                single=NOT_SINGLE,
            ),
            path="/payroll.xro/2.0/Employees/{employeeID}/PayTemplates/Earnings",
        ),
    ),
    _of_employee(
        "salary_and_wages",
        "SalaryAndWages",
        "salaryAndWages",
        "salaryAndWagesID",
        is_paged=True,
        personal="annualSalary ratePerUnit",
        writing=_writing(
            "salaryAndWages",
            "earningsRateID effectiveFrom",
            id_field="salaryAndWagesID",
            methods="POST PUT DELETE",
            single=NOT_SINGLE,
        ),
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
        writing=_writing(
            "employee",
            "firstName lastName dateOfBirth",
            id_field="employeeID",
            methods="POST PUT",
            created_field="createdDateUTC",
        ),
        layer=LoadLayer.API_RECORDS,
    )


def _taxes(personal: str, writing: WriteSpec | None = None) -> _List:
    return _of_employee(
        "taxes", "Tax", "employeeTax", personal=f"taxCode {personal}", writing=writing
    )


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
    _taxes("irdNumber", _writing("employeeTax", "taxCode")),
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
    # The list has no weeks.
    replace(
        _of_employee(
            "working_weeks",
            "Working-Patterns/{payeeWorkingPatternID}",
            "payeeWorkingPattern",
            "payeeWorkingPatternID",
        ),
        through="employee_working_patterns",
    ),
)
_STATUTORY_LEAVE = (
    "Sick",
    "Adoption",
    "Maternity",
    "Paternity",
    "Sharedparental",
    "Bereavement",
    "NeonatalCare",
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
    # Only sick leave can be read whole.
    _List(
        "employee_sick_leaves",
        "StatutoryLeaves/Sick/{statutoryLeaveID}",
        "statutorySickLeave",
        "statutoryLeaveID",
        "settings",
        "employees",
        through="employee_statutory_leaves",
        only=MappingProxyType({"type": frozenset({"Sick"})}),
        writing=replace(
            _writing(
                "statutorySickLeave",
                "employeeID startDate endDate",
                id_field="statutoryLeaveID",
                single=NOT_SINGLE,
            ),
            path="/payroll.xro/2.0/StatutoryLeaves/Sick",
            sends_parent=True,
        ),
    ),
    replace(
        _of_employee(
            "statutory_leave_balances",
            "StatutoryLeaveBalance",
            "leaveBalance",
            own_keys="leaveType",
        ),
        walks=tuple(MappingProxyType({"LeaveType": kind}) for kind in _STATUTORY_LEAVE),
    ),
)


def _rows(
    lists: Iterable[_List], region: str, code: str, country: str, own_fields: Mapping[str, Shape]
) -> tuple[Entity, ...]:
    fields = {**payroll_both.FIELDS, **own_fields}
    return tuple(each.entity(region, code, country, fields[each.stream]) for each in lists)


PAYROLL_NZ = _rows((*_BOTH, *_NZ), "nz", "NZ", "New Zealand", payroll_nz.FIELDS)
PAYROLL_UK = _rows((*_BOTH, *_UK), "uk", "GB", "the United Kingdom", payroll_uk.FIELDS)
