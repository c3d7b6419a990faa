"""Payroll of Australia, New Zealand and the United Kingdom, as streams of the tap."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timezone

import pytest
from other_records import put
from other_streams import asked, endpoints, instant, of_country

from tap_runner import read


def put_au(xero, resource, *records, key):
    dated = [{"UpdatedDateUTC": instant(1), **record} for record in records]
    put(xero, f"payroll_au/{resource}", *dated, key=key)


@of_country("AU")
def test_employees_in_australia_are_read_by_change_and_in_full_only_one_by_one(xero):
    person = {"FirstName": "Ana", "DateOfBirth": datetime(1980, 2, 3, tzinfo=timezone.utc)}
    home = {"HomeAddress": {"City": "Perth"}}
    put_au(xero, "Employees", {"EmployeeID": "e1", **person, **home}, key="EmployeeID")
    first = read(xero, ["payroll_au_employees", "payroll_au_employee_details"])
    assert first.exit_code == 0, first.log
    [listed] = first.records("payroll_au_employees")
    [whole] = first.records("payroll_au_employee_details")
    assert (listed["DateOfBirth"], "HomeAddress" in listed) == ("1980-02-03", False)
    assert whole["HomeAddress"]["City"] == "Perth"
    second = {"EmployeeID": "e2", "FirstName": "Bo", "UpdatedDateUTC": instant(9)}
    put_au(xero, "Employees", second, key="EmployeeID")
    xero.reset()
    later = read(xero, ["payroll_au_employees"], state=first.state)
    assert "e2" in later.ids("payroll_au_employees", "EmployeeID")
    [call] = [call for call in xero.log if "Employees" in call["endpoint"]]
    assert call["headers"]["if-modified-since"] == "2026-02-28T23:59:59"
    assert call["query"] == {"page": "1"}


@of_country("AU")
def test_a_full_page_of_a_list_without_a_count_is_followed_by_another(xero):
    runs = [{"PayRunID": f"{number:03}"} for number in range(100)]
    put_au(xero, "PayRuns", *runs, key="PayRunID")
    run = read(xero, ["payroll_au_pay_runs"])
    assert len(set(run.ids("payroll_au_pay_runs", "PayRunID"))) == 100
    assert [query["page"] for query in asked(xero, "PayRuns")][:2] == ["1", "2"]


@of_country("AU")
def test_the_four_lists_of_pay_items_are_four_streams(xero):
    items = {
        "EarningsRates": [{"EarningsRateID": "r", "Name": "Ordinary", "CurrentRecord": False}],
        "DeductionTypes": [{"DeductionTypeID": "d"}],
        "LeaveTypes": [{"LeaveTypeID": "l"}],
        "ReimbursementTypes": [],
    }
    xero.organisation().resources["payroll_au/PayItems"] = {"": items}
    names = ("earnings_rates", "deduction_types", "leave_types", "reimbursement_types")
    run = read(xero, [f"payroll_au_{name}" for name in names])
    assert run.exit_code == 0, run.log
    [rate] = run.records("payroll_au_earnings_rates")
    assert (rate["EarningsRateID"], rate["CurrentRecord"]) == ("r", False)
    assert run.ids("payroll_au_deduction_types", "DeductionTypeID") == ["d"]
    assert run.ids("payroll_au_leave_types", "LeaveTypeID") == ["l"]
    assert run.records("payroll_au_reimbursement_types") == []


def put_slips(xero, run_id, *ids, day=1):
    slips = [
        {"PayslipID": each, "PayRunID": run_id, "NetPay": 872.1, "UpdatedDateUTC": instant(day)}
        for each in ids
    ]
    put(xero, "payroll_au/Payslip", *slips, key="PayslipID")


@of_country("AU")
def test_payslips_hang_on_pay_runs_and_only_changed_ones_are_read_again(xero):
    put_au(xero, "PayRuns", {"PayRunID": "r1"}, {"PayRunID": "r2"}, key="PayRunID")
    put_slips(xero, "r1", "s1", "s2")
    put_slips(xero, "r2", "s3")
    first = read(xero, ["payroll_au_payslips"])
    assert first.exit_code == 0, first.log
    assert [(each["PayRunID"], each["PayslipID"]) for each in first.records("payroll_au_payslips")]
    assert first.ids("payroll_au_payslips", "PayslipID") == ["s1", "s2", "s3"]
    xero.reset()
    # The pay run itself did not change.
    slips = xero.organisation().resources["payroll_au/Payslip"]
    slips["s2"]["UpdatedDateUTC"] = datetime(2030, 1, 1, tzinfo=timezone.utc)
    second = read(xero, ["payroll_au_payslips"], state=first.state)
    assert second.ids("payroll_au_payslips", "PayslipID") == ["s2"]
    assert endpoints(xero, "Payslip") == ["payroll.xro/1.0/Payslip/s2"]
    assert "asked for 2 payroll_au_pay_runs" in second.log
    again = read(xero, ["payroll_au_payslips"], state=first.state, streams={
        "payroll_au_payslips": {"full_refresh_every": "1h"}
    })  # fmt: skip
    assert len(again.records("payroll_au_payslips")) == 3


@of_country("AU")
def test_all_other_lists_of_payroll_in_australia(xero):
    put_au(xero, "LeaveApplications", {"LeaveApplicationID": "l"}, key="LeaveApplicationID")
    put_au(xero, "PayrollCalendars", {"PayrollCalendarID": "c"}, key="PayrollCalendarID")
    put_au(xero, "Superfunds", {"SuperFundID": "f"}, key="SuperFundID")
    lines = [{"NumberOfUnits": [7.5, 0, 8.25]}]
    put_au(xero, "Timesheets", {"TimesheetID": "t", "TimesheetLines": lines}, key="TimesheetID")
    names = ("leave_applications", "payroll_calendars", "superfunds", "timesheets", "settings")
    run = read(xero, [f"payroll_au_{name}" for name in names], start_date="2026-01-01")
    assert run.exit_code == 0, run.log
    assert [len(run.records(f"payroll_au_{name}")) for name in names] == [1, 1, 1, 1, 1]
    [sheet] = run.records("payroll_au_timesheets")
    assert sheet["TimesheetLines"][0]["NumberOfUnits"] == [7.5, 0, 8.25]
    # Version 2 fails with a time.
    [call] = [call for call in xero.log if "LeaveApplications" in call["endpoint"]]
    assert call["endpoint"].endswith("/v2")
    assert "if-modified-since" not in call["headers"]


def put_people(xero, api):
    people = [{"employeeID": each, "firstName": each.upper()} for each in ("a", "b")]
    put(xero, f"{api}/Employees", *people, key="employeeID")
    place = f"{api}/Employees/{{EmployeeID}}"
    balances = {"_at": "a/t", "leaveTypeID": "t", "balance": 12.345678901}
    put(xero, f"{place}/LeaveBalances", balances, key="leaveTypeID")
    put(xero, f"{place}/Tax", {"_at": "b", "taxCode": "M"}, key="taxCode")
    templates = [{"payTemplateEarningID": "e", "ratePerUnit": 30}]
    put(xero, f"{place}/PayTemplates", {"_at": "b", "earningTemplates": templates}, key="_")


@of_country("NZ")
def test_what_belongs_to_employees_is_asked_for_each_of_them(xero):
    put_people(xero, "payroll_nz")
    names = ("taxes", "leave_balances", "earnings_templates", "working_patterns")
    run = read(xero, [f"payroll_nz_employee_{name}" for name in names])
    assert run.exit_code == 0, run.log
    [balance] = run.records("payroll_nz_employee_leave_balances")
    assert (balance["employeeID"], balance["leaveTypeID"]) == ("a", "t")
    assert str(balance["balance"]) == "12.345678901"
    [tax] = run.records("payroll_nz_employee_taxes")
    assert (tax["employeeID"], tax["taxCode"]) == ("b", "M")
    [template] = run.records("payroll_nz_employee_earnings_templates")
    assert (template["payTemplateEarningID"], template["employeeID"]) == ("e", "b")
    assert "1 of the payroll_nz_employees that were asked have none" in run.log


@pytest.mark.parametrize(
    ("xero", "region", "path"),
    [
        pytest.param(None, "nz", "PaySlips", marks=of_country("NZ")),
        pytest.param(None, "uk", "Payslips", marks=of_country("GB")),
    ],
    indirect=["xero"],
)
def test_payslips_and_timesheet_lines_of_payroll_2(xero, region, path):
    api = f"payroll_{region}"
    put(xero, f"{api}/PayRuns", {"payRunID": "r1"}, {"payRunID": "r2"}, key="payRunID")
    slips = [{"paySlipID": each, "payRunID": "r2", "totalPay": 1.10} for each in ("s1", "s2")]
    put(xero, f"{api}/{path}", *slips, key="paySlipID")
    put(xero, f"{api}/Timesheets", {"timesheetID": "t"}, key="timesheetID")
    line = {"_at": "t/l", "timesheetLineID": "l", "timesheetID": "t", "numberOfUnits": 7.5}
    put(xero, f"{api}/Timesheets/{{TimesheetID}}/Lines", line, key="timesheetLineID")
    streams = [f"{api}_pay_slips", f"{api}_timesheet_lines", f"{api}_settings"]
    run = read(xero, streams)
    assert run.exit_code == 0, run.log
    assert run.ids(f"{api}_pay_slips", "paySlipID") == ["s1", "s2"]
    # The calls overlap, so that either can arrive first.
    assert sorted(query["PayRunID"] for query in asked(xero, path)) == ["r1", "r2"]
    [line] = run.records(f"{api}_timesheet_lines")
    assert (line["timesheetID"], line["timesheetLineID"]) == ("t", "l")
    assert len(run.records(f"{api}_settings")) == 1


@of_country("NZ")
def test_the_weeks_of_a_working_pattern_are_asked_for_pattern_by_pattern(xero):
    put_people(xero, "payroll_nz")
    week = {"monday": 7.25, "tuesday": 8}
    pattern = {"_at": "b/p", "payeeWorkingPatternID": "p", "workingWeeks": [week]}
    place = "payroll_nz/Employees/{EmployeeID}/Working-Patterns"
    put(xero, place, pattern, key="payeeWorkingPatternID")
    run = read(xero, [f"payroll_nz_employee_working_{name}" for name in ("patterns", "weeks")])
    assert run.exit_code == 0, run.log
    [listed] = run.records("payroll_nz_employee_working_patterns")
    [whole] = run.records("payroll_nz_employee_working_weeks")
    assert "workingWeeks" not in listed
    assert (whole["employeeID"], whole["workingWeeks"]) == ("b", [week])
    assert "payroll_nz_employee_working_weeks: 1 records, 4 calls" in run.log


def put_sick_leave(xero, employee_id, leave_id, kind="Sick"):
    leave = {
        "statutoryLeaveID": leave_id,
        "employeeID": employee_id,
        "type": kind,
        "startDate": "2026-03-02",
        "workPattern": ["Monday", "Friday"],
        "entitlementWeeksRemaining": 27.6,
    }
    put(xero, "payroll_uk/StatutoryLeaves/Sick", leave, key="statutoryLeaveID")


@of_country("GB")
def test_sick_leaves_are_asked_for_one_by_one_and_other_statutory_leaves_are_not(xero):
    put_people(xero, "payroll_uk")
    put_sick_leave(xero, "a", "s1")
    put_sick_leave(xero, "b", "s2")
    put_sick_leave(xero, "b", "m", kind="Maternity")
    names = ("statutory_leaves", "sick_leaves")
    run = read(xero, [f"payroll_uk_employee_{name}" for name in names])
    assert run.exit_code == 0, run.log
    assert sorted(run.ids("payroll_uk_employee_statutory_leaves", "statutoryLeaveID")) == [
        "m",
        "s1",
        "s2",
    ]
    leaves = run.records("payroll_uk_employee_sick_leaves")
    assert [(each["employeeID"], each["statutoryLeaveID"]) for each in leaves] == [
        ("a", "s1"),
        ("b", "s2"),
    ]
    assert leaves[0]["workPattern"] == ["Monday", "Friday"]
    assert leaves[0]["entitlementWeeksRemaining"] == 27.6
    assert sorted(endpoints(xero, "Sick/")) == [
        "payroll.xro/2.0/StatutoryLeaves/Sick/s1",
        "payroll.xro/2.0/StatutoryLeaves/Sick/s2",
    ]
    # One for the employees, one for each of them, one for each sick leave.
    assert "payroll_uk_employee_sick_leaves: 2 records, 5 calls" in run.log
    assert "asked for 2 payroll_uk_employees" in run.log


@of_country("GB")
def test_statutory_leave_balances_are_asked_for_by_kind_of_leave(xero):
    put_people(xero, "payroll_uk")
    for kind in ("Sick", "Paternity"):
        balance = {"_at": f"a/{kind.lower()}", "leaveType": kind, "balanceRemaining": 0.5}
        put(xero, "payroll_uk/Employees/{EmployeeID}/StatutoryLeaveBalance", balance, key="_")
    stream = "payroll_uk_employee_statutory_leave_balances"
    run = read(xero, [stream])
    assert run.exit_code == 0, run.log
    assert [
        (each["employeeID"], each["leaveType"], each["balanceRemaining"])
        for each in run.records(stream)
    ] == [("a", "Sick", 0.5), ("a", "Paternity", 0.5)]
    assert "1 of the payroll_uk_employees that were asked have none" in run.log
    kinds = [query["LeaveType"] for query in asked(xero, "StatutoryLeaveBalance")]
    assert len(kinds) == 14
    assert len(set(kinds)) == 7
    xero.reset()
    run = read(xero, [stream], streams={stream: {"params": {"LeaveType": "Sick"}}})
    assert run.ids(stream, "leaveType") == ["Sick"]
    assert len(asked(xero, "StatutoryLeaveBalance")) == 2


OF_OTHERS = ["payroll_nz_employees", "payroll_nz_employee_leave", "payroll_nz_timesheet_lines"]


@of_country("GB")
def test_payroll_of_another_country_under_the_same_path_is_unavailable(xero):
    put(xero, "payroll_uk/Employees", {"employeeID": "a"}, key="employeeID")
    run = read(xero, ["accounts", *OF_OTHERS, "payroll_uk_employees"])
    assert run.exit_code == 1
    assert "3 stream(s) could not be read, all others were read" in run.last_line
    assert "the organisation is in GB. It is for organisations in New Zealand" in run.last_line
    assert "deselect such streams, or set unavailable_streams to skip" in run.last_line
    assert run.ids("payroll_uk_employees", "employeeID") == ["a"]
    assert {m["stream"] for m in run.messages if m["type"] == "RECORD"} == {
        "accounts",
        "payroll_uk_employees",
    }
    assert len(xero.calls("Organisation")) == 1
    run = read(xero, OF_OTHERS, unavailable_streams="skip")
    assert run.exit_code == 0
    assert "Skipping payroll_nz_employee_leave" in run.log
    assert "ACTIVATE_VERSION" not in {each["type"] for each in run.messages}


@of_country("GB")
def test_a_country_that_cannot_be_read_keeps_no_payroll_from_being_read(xero, monkeypatch):
    put(xero, "payroll_uk/Employees", {"employeeID": "a"}, key="employeeID")
    scopes = frozenset({"payroll.employees", "payroll.employees.read"})
    app = replace(xero.apps["sandbox-custom"], assigned_scopes=scopes)
    monkeypatch.setitem(xero.apps, "sandbox-custom", app)
    run = read(xero, ["payroll_uk_employees"])
    assert run.exit_code == 0, run.log
    assert run.ids("payroll_uk_employees", "employeeID") == ["a"]
    assert "The country of" in run.log


@of_country("NZ")
def test_streams_of_one_country_only_take_no_call_for_the_country(xero):
    read(xero, ["accounts"])
    assert xero.calls("Organisation") == []


@pytest.mark.parametrize("stream", ["payroll_au_employees", "payroll_uk_benefits"])
def test_payroll_of_another_country_is_unavailable_in_words(xero, stream):
    run = read(xero, ["accounts", stream])
    assert run.exit_code == 1
    assert "with payroll, and the user who consented must be a payroll administrator" in (
        run.last_line
    )
    assert run.records("accounts")
    assert read(xero, [stream], unavailable_streams="skip").exit_code == 0
