"""Publishing to Payroll of Australia, New Zealand and the United Kingdom."""

import json

import pytest
from method_records import created
from project_records import other_log
from target_runner import publish, records

from target_xero.delivery import sender

pytestmark = pytest.mark.usefixtures("no_waiting")

AU_ROOT = "payroll.xro/1.0/"
ROOT = "payroll.xro/2.0/"
SOME_ID = "11111111-2222-4333-8444-555555555555"
AUSTRALIA = pytest.mark.sandbox(companies=["empty:AU"])
KINGDOM = pytest.mark.sandbox(companies=["empty:GB"])


def stored(xero, resource):
    return list(xero.organisation().resources.get(resource, {}).values())


def writes(xero):
    calls = [call for call in xero.calls("payroll.xro/*") if call["method"] != "GET"]
    return [(call["method"], call["endpoint"].split("/", 2)[2]) for call in calls]


def employee(**fields):
    own = {"firstName": "Ana", "lastName": "Hill", "dateOfBirth": "1990-02-03", "title": "Ms"}
    address = {"addressLine1": "1 Road", "city": "Leeds", "postCode": "6011"}
    return {**own, "address": address, **fields}


def au_employee():
    return {"FirstName": "Ana", "LastName": "Hill", "DateOfBirth": "1990-02-03"}


@AUSTRALIA
class TestAustralia:
    def test_the_body_is_a_bare_list_with_dates_as_xero_writes_them(self, tmp_path, xero):
        row = {"first_name": "Ana", "last_name": "Hill", "date_of_birth": "03/02/1990"}
        settings = {"date_format": "%d/%m/%Y"}
        employee_id = created(tmp_path, xero, "payroll_au_employees", row, **settings)
        [employee] = stored(xero, "payroll_au/Employees")
        assert employee["DateOfBirth"] == "/Date(634003200000+0000)/"
        change = {"EmployeeID": employee_id, "JobTitle": "Baker"}
        run = publish(tmp_path, xero, records("payroll_au_employees", [change]))
        assert run.statuses == {"updated": 1}, run.log
        [employee] = stored(xero, "payroll_au/Employees")
        assert (employee["JobTitle"], employee["FirstName"]) == ("Baker", "Ana")
        assert writes(xero) == [("POST", "Employees")] * 2

    def test_timesheets_and_leave(self, tmp_path, xero):
        days = {"EmployeeID": SOME_ID, "StartDate": "2026-05-04", "EndDate": "2026-05-10"}
        line = {"EarningsRateID": SOME_ID, "NumberOfUnits": [8, 7.5]}
        created(tmp_path, xero, "payroll_au_timesheets", {**days, "TimesheetLines": [line]})
        [sheet] = stored(xero, "payroll_au/Timesheets")
        assert [float(number) for number in sheet["TimesheetLines"][0]["NumberOfUnits"]] == [8, 7.5]
        leave = {**days, "LeaveTypeID": SOME_ID, "Title": "Holiday"}
        created(tmp_path, xero, "payroll_au_leave_applications", leave)
        assert writes(xero) == [("POST", "Timesheets"), ("POST", "LeaveApplications")]

    def test_a_refusal_of_one_record_leaves_the_others_alone(self, tmp_path, xero):
        rows = [{"FirstName": "Bo"}, au_employee()]
        run = publish(tmp_path, xero, records("payroll_au_employees", rows))
        assert run.statuses == {"rejected": 1, "created": 1}, run.log
        assert "LastName: is required" in run.errors("rejected")[0]

    @pytest.mark.parametrize("was_saved", [True, False])
    def test_a_lost_creation_is_found_in_the_list(self, tmp_path, xero, monkeypatch, was_saved):
        monkeypatch.setattr(sender, "MAX_TRIES", 2)
        xero.fault("reset", f"{AU_ROOT}*", method="POST", after_work=was_saved, times=None)
        xero.fault("reset", f"{AU_ROOT}*", method="GET", times=None)
        messages = records("payroll_au_employees", [au_employee()])
        assert publish(tmp_path, xero, messages).exit_code == 1
        xero.reset()
        xero.clock.advance(400)
        run = publish(tmp_path, xero, messages)
        assert run.statuses == {"created": 1}, run.log
        assert len(stored(xero, "payroll_au/Employees")) == 1

    def test_payroll_of_another_country_says_what_is_needed(self, tmp_path, xero):
        rows = records("payroll_nz_employees", [employee()])
        run = publish(tmp_path, xero, rows)
        assert run.statuses == {"rejected": 1}, run.log
        assert "for organisations in New Zealand" in run.errors("rejected")[0]


@pytest.mark.parametrize("region", ["nz", pytest.param("uk", marks=KINGDOM)])
class TestNewZealandAndTheUnitedKingdom:
    def test_an_employee_with_leave_wages_and_time(self, tmp_path, xero, region):
        def make(stream, row):
            return created(tmp_path, xero, f"payroll_{region}_{stream}", row)

        employee_id = make("employees", employee())
        own = {"employeeID": employee_id}
        make("employee_leave_types", {**own, "leaveTypeID": SOME_ID})
        leave = {"leaveTypeID": SOME_ID, "description": "Rest", "startDate": "2026-05-04"}
        leave_id = make("employee_leave", {**own, **leave, "endDate": "2026-05-05"})
        wage = {"earningsRateID": SOME_ID, "numberOfUnitsPerWeek": 40, "annualSalary": 60000}
        make("employee_salary_and_wages", {**own, **wage, "effectiveFrom": "2026-05-04"})
        template = {**own, "earningsRateID": SOME_ID, "ratePerUnit": "20.5"}
        template_id = make("employee_earnings_templates", template)
        make("employee_payment_methods", {**own, "paymentMethod": "Cheque"})
        sheet = {"payrollCalendarID": SOME_ID, "startDate": "2026-05-04", "endDate": "2026-05-10"}
        sheet_id = make("timesheets", {**own, **sheet})
        line = {"date": "2026-05-04", "earningsRateID": SOME_ID, "numberOfUnits": 7.5}
        line_id = make("timesheet_lines", {"timesheetID": sheet_id, **line})

        changes = [
            ("employees", {**own, "lastName": "Hall"}),
            ("employee_leave", {**own, "leaveID": leave_id, "description": "Travel"}),
            ("employee_earnings_templates", {**own, "payTemplateEarningID": template_id,
                                             "ratePerUnit": 21}),
            ("timesheet_lines", {"timesheetID": sheet_id, "timesheetLineID": line_id,
                                 "numberOfUnits": 8}),
        ]  # fmt: skip
        messages = [
            message
            for stream, row in changes
            for message in records(f"payroll_{region}_{stream}", [row])
        ]
        run = publish(tmp_path, xero, messages)
        assert run.statuses == {"updated": 4}, run.log
        [kept] = stored(xero, f"payroll_{region}/Employees/{{EmployeeID}}/Leave")
        assert (kept["description"], kept["leaveTypeID"]) == ("Travel", SOME_ID)
        [kept] = stored(xero, f"payroll_{region}/Employees")
        assert (kept["firstName"], kept["lastName"]) == ("Ana", "Hall")
        removals = [
            *records(f"payroll_{region}_employee_leave", [{**own, "leaveID": leave_id}]),
            *records(
                f"payroll_{region}_timesheet_lines",
                [{"timesheetID": sheet_id, "timesheetLineID": line_id}],
            ),
            *records(f"payroll_{region}_timesheets", [{"timesheetID": sheet_id}]),
        ]
        run = publish(tmp_path, xero, removals, method="DELETE")
        assert run.statuses == {"removed": 3}, run.log
        assert stored(xero, f"payroll_{region}/Timesheets") == []


PROBLEM = {
    "type": "about:blank",
    "title": "BadRequest",
    "status": 400,
    "detail": "Validation error occurred.",
    "invalidFields": [{"name": "firstName", "reason": "The first name is too long."}],
}


def envelope(**content):
    return json.dumps({"id": SOME_ID, "httpStatusCode": "OK", "pagination": None, **content})


@pytest.mark.parametrize(
    ("problem", "status", "said"),
    [
        (PROBLEM, "rejected", "firstName: The first name is too long."),
        ({"title": "InternalServerError", "status": 500, "detail": None}, "unknown", "Internal"),
    ],
)
def test_a_problem_inside_a_200_is_not_a_success(tmp_path, xero, problem, status, said):
    body = envelope(problem=problem, employee=None)
    options = {"status": 200, "content_type": "application/json", "body": body, "times": None}
    xero.fault("status", f"{ROOT}Employees", method="POST", **options)
    run = publish(tmp_path, xero, records("payroll_nz_employees", [employee()]))
    assert run.statuses == {status: 1}, run.log
    assert said in run.errors(status)[0]


def test_a_problem_inside_a_200_counts_in_generic_mode_too(tmp_path, xero):
    body = envelope(problem=PROBLEM)
    options = {"status": 200, "content_type": "application/json", "body": body, "times": None}
    xero.fault("status", f"{ROOT}Deductions", method="POST", **options)
    streams = {"x": {"path": "/payroll.xro/2.0/Deductions"}}
    run = publish(tmp_path, xero, records("x", [{"deductionName": "Union"}]), streams=streams)
    assert run.statuses == {"rejected": 1}, run.log


def test_a_refusal_of_version_2_names_its_fields(tmp_path, xero):
    row = employee()
    del row["firstName"]
    run = publish(tmp_path, xero, records("payroll_nz_employees", [row]))
    assert "firstName: is required" in run.errors("rejected")[0]


@KINGDOM
class TestSickLeave:
    def leave(self, tmp_path, xero, **fields):
        employee_id = created(tmp_path, xero, "payroll_uk_employees", employee())
        own = {"employee_id": employee_id, "leaveTypeID": SOME_ID, "workPattern": ["Monday"]}
        days = {"startDate": "2026-03-02", "endDate": "2026-03-06"}
        flags = {"isPregnancyRelated": False, "sufficientNotice": "true"}
        return {**own, **days, **flags, **fields}

    def test_sick_leave_goes_to_its_own_path_with_the_employee_in_it(self, tmp_path, xero):
        row = self.leave(tmp_path, xero)
        created(tmp_path, xero, "payroll_uk_employee_sick_leaves", row)
        [leave] = stored(xero, "payroll_uk/StatutoryLeaves/Sick")
        assert (leave["employeeID"], leave["workPattern"]) == (row["employee_id"], ["Monday"])
        assert leave["sufficientNotice"] is True
        assert writes(xero)[-1] == ("POST", "StatutoryLeaves/Sick")
        again = publish(tmp_path, xero, records("payroll_uk_employee_sick_leaves", [row]))
        assert again.statuses == {"unchanged": 1}, again.log

    def test_a_lost_creation_is_never_made_twice(self, tmp_path, xero):
        row = self.leave(tmp_path, xero)
        xero.fault("server_error", "payroll.xro/2.0/StatutoryLeaves/Sick", after_work=True)
        run = publish(tmp_path, xero, records("payroll_uk_employee_sick_leaves", [row]))
        assert len(stored(xero, "payroll_uk/StatutoryLeaves/Sick")) == 1, run.log
        assert run.statuses in ({"created": 1}, {"unknown": 1}), run.log


@pytest.mark.parametrize(
    ("xero", "api", "root"),
    [
        pytest.param(None, "payroll_nz", ROOT, id="NZ"),
        pytest.param(None, "payroll_uk", ROOT, marks=KINGDOM, id="GB"),
        pytest.param(None, "payroll_au_2", ROOT, marks=AUSTRALIA, id="AU"),
    ],
    indirect=["xero"],
)
def test_a_timesheet_is_approved_by_its_path(tmp_path, xero, api, root):
    sheet = {"timesheetID": SOME_ID, "status": "Draft"}
    xero.organisation().resources[f"{api}/Timesheets"] = {SOME_ID: sheet}
    settings = {"approvals": {"path": f"/{root}Timesheets/{{timesheetID}}/Approve"}}
    rows = [{"timesheetID": SOME_ID}]
    run = publish(tmp_path, xero, records("approvals", rows), streams=settings)
    assert run.exit_code == 0, run.log
    assert stored(xero, f"{api}/Timesheets")[0]["status"] == "Approved"
    assert writes(xero) == [("POST", f"Timesheets/{SOME_ID}/Approve")]
    again = publish(tmp_path, xero, records("approvals", rows), streams=settings)
    assert again.statuses == {"unchanged": 1}, again.log
    unknown = [{"timesheetID": SOME_ID.replace("1", "9")}]
    run = publish(tmp_path, xero, records("approvals", unknown), streams=settings)
    assert (run.exit_code, run.statuses) == (1, {"rejected": 1}), run.log


@AUSTRALIA
def test_leave_is_approved_by_its_path(tmp_path, xero):
    days = {"EmployeeID": SOME_ID, "StartDate": "2026-05-04", "EndDate": "2026-05-10"}
    periods = [{"NumberOfUnits": 8, "PayPeriodStartDate": "2026-05-04"}]
    leave = {**days, "LeaveTypeID": SOME_ID, "Title": "Holiday", "LeavePeriods": periods}
    leave_id = created(tmp_path, xero, "payroll_au_leave_applications", leave)
    path = "/payroll.xro/1.0/LeaveApplications/{LeaveApplicationID}/approve"
    rows = [{"LeaveApplicationID": leave_id}]
    run = publish(tmp_path, xero, records("ok", rows), streams={"ok": {"path": path}})
    assert run.exit_code == 0, run.log
    [kept] = stored(xero, "payroll_au/LeaveApplications")
    assert kept["LeavePeriods"][0]["LeavePeriodStatus"] == "SCHEDULED"


@pytest.mark.parametrize(
    ("xero", "region"),
    [
        pytest.param(None, "nz", id="NZ"),
        pytest.param(None, "uk", marks=KINGDOM, id="GB"),
    ],
    indirect=["xero"],
)
def test_an_employee_a_calendar_and_a_rate_are_named(tmp_path, xero, region):
    calendar = {"name": "Weekly", "calendarType": "Weekly"}
    days = {"periodStartDate": "2026-05-04", "paymentDate": "2026-05-11"}
    stream = f"payroll_{region}_"
    calendar_id = created(tmp_path, xero, f"{stream}pay_run_calendars", {**calendar, **days})
    row = employee(email="ana@example.com", PayrollCalendarName="weekly")
    employee_id = created(tmp_path, xero, f"{stream}employees", row)
    assert stored(xero, f"payroll_{region}/Employees")[0]["payrollCalendarID"] == calendar_id
    leave_type = created(tmp_path, xero, f"{stream}leave_types", {"name": "Holiday"})
    leave = {"EmployeeEmail": "ana@example.com", "LeaveTypeName": "Holiday", "description": "x"}
    leave |= {"startDate": "2026-05-04", "endDate": "2026-05-05"}
    created(tmp_path, xero, f"{stream}employee_leave", leave)
    assert writes(xero)[-1] == ("POST", f"Employees/{employee_id}/Leave")
    [kept] = stored(xero, f"payroll_{region}/Employees/{{EmployeeID}}/Leave")
    assert (kept["leaveTypeID"], kept.get("employee")) == (leave_type, None)
    sheet = {"Employee.Email": "ana@example.com", "PayrollCalendar.Name": "Weekly"}
    sheet |= {"startDate": "2026-05-04", "endDate": "2026-05-10"}
    created(tmp_path, xero, f"{stream}timesheets", sheet)
    [kept] = stored(xero, f"payroll_{region}/Timesheets")
    assert (kept["employeeID"], kept["payrollCalendarID"]) == (employee_id, calendar_id)


@AUSTRALIA
def test_an_employee_in_australia_is_named_by_email(tmp_path, xero):
    row = {**au_employee(), "Email": "ana@example.com"}
    employee_id = created(tmp_path, xero, "payroll_au_employees", row)
    items = {"LeaveTypes": [{"LeaveTypeID": SOME_ID, "Name": "Holiday"}]}
    xero.organisation().resources["payroll_au/PayItems"] = {"": items}
    leave = {"EmployeeEmail": "ana@example.com", "LeaveTypeName": "holiday", "Title": "Sun"}
    days = {"StartDate": "2026-05-04", "EndDate": "2026-05-05"}
    created(tmp_path, xero, "payroll_au_leave_applications", {**leave, **days})
    [kept] = stored(xero, "payroll_au/LeaveApplications")
    assert (kept["EmployeeID"], kept["LeaveTypeID"]) == (employee_id, SOME_ID)
    assert kept.keys().isdisjoint({"Employee", "LeaveType"})


def test_a_list_is_read_once_if_only_it_has_the_records(tmp_path, xero):
    row = {"employeeID": created(tmp_path, xero, "payroll_nz_employees", employee())}
    row |= {"leaveTypeID": SOME_ID, "startDate": "2026-05-04", "endDate": "2026-05-05"}
    row |= {"description": "Spring holiday"}
    created(tmp_path, xero, "payroll_nz_employee_leave", row)
    before = len(xero.calls("payroll.xro/*"))
    run = publish(
        tmp_path,
        xero,
        records("payroll_nz_employee_leave", [{**row, "endDate": "2026-05-08"}]),
        streams={"payroll_nz_employee_leave": {"match": ["description"]}},
        **other_log(tmp_path),
    )
    assert run.statuses == {"updated": 1}, run.log
    assert [call["method"] for call in xero.calls("payroll.xro/*")[before:]] == ["GET", "PUT"]
