"""Projects, Assets, Files and Payroll over HTTP: pages, answers, refusals, scopes, regions."""

import pytest
import requests
from sandbox_caller import calling

PROJECTS = "projects.xro/2.0"
ASSETS = "assets.xro/1.0"
FILES = "files.xro/1.0"
PAYROLL_1 = "payroll.xro/1.0"
PAYROLL_2 = "payroll.xro/2.0"


class OtherApis:
    def __init__(self, caller):
        self.caller = caller

    def send(self, method, path, **options):
        url = f"{self.caller.xero.origin}/{path}"
        return requests.request(method, url, headers=self.caller.headers, timeout=30, **options)

    def get(self, path, **params):
        answer = self.send("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def apis():
    with calling("empty") as caller:
        yield OtherApis(caller)


@pytest.fixture(scope="module")
def australia():
    with calling("empty:AU") as caller:
        yield OtherApis(caller)


@pytest.fixture(scope="module")
def many(apis):
    for number in range(520):
        sent = {"name": f"Project {number}"}
        assert apis.send("POST", f"{PROJECTS}/Projects", json=sent).status_code == 201
    for number in range(120):
        sent = {"assetName": f"Asset {number}", "assetNumber": f"FA-{number}"}
        assert apis.send("POST", f"{ASSETS}/Assets", json=sent).status_code == 200
    return apis


def test_pages_have_the_sizes_of_their_api(many):
    for parameters, size, count in (({}, 50, 11), ({"pageSize": 9999}, 500, 2)):
        page = many.get(f"{PROJECTS}/Projects", **parameters)
        assert len(page["items"]) == page["pagination"]["pageSize"] == size
        assert (page["pagination"]["pageCount"], page["pagination"]["itemCount"]) == (count, 520)
    assert len(many.get(f"{PROJECTS}/Projects", page=2, pageSize=500)["items"]) == 20
    for parameters, size in (({}, 10), ({"pageSize": 9999}, 100)):
        assert len(many.get(f"{ASSETS}/Assets", status="DRAFT", **parameters)["items"]) == size


def test_a_put_of_projects_has_no_body_and_time_needs_a_duration(apis):
    made = apis.send("POST", f"{PROJECTS}/Projects", json={"name": "One"}).json()
    path = f"{PROJECTS}/projects/{made['projectId']}"
    renamed = apis.send("PUT", path, json={"name": "Two", "estimateAmount": 120.5})
    assert (renamed.status_code, renamed.content) == (204, b"")
    shown = apis.get(path)
    assert (shown["name"], shown["estimate"]) == ("Two", {"currency": "NZD", "value": 120.5})
    assert apis.send("PUT", path, json={"estimateAmount": 1}).status_code == 400
    assert apis.send("PATCH", path, json={"name": "Three"}).status_code == 400
    entry = {"userId": "u", "taskId": "t", "dateUtc": "2026-05-01T00:00:00Z", "duration": 60_000}
    refused = apis.send("POST", f"{path}/Time", json=entry)
    assert refused.status_code == 400
    assert list(refused.json()["modelState"]) == ["duration"]
    assert apis.send("GET", f"{PROJECTS}/Projects/nobody/Tasks").status_code == 404
    assert apis.send("DELETE", path).status_code == 405


def test_each_api_refuses_in_its_own_form(apis, australia):
    project = apis.send("POST", f"{PROJECTS}/Projects", json={})
    assert project.json()["modelState"] == {"name": ["is required"]}
    asset = apis.send("GET", f"{ASSETS}/Assets", params={"status": "SOLD"})
    (error,) = asset.json()["fieldValidationErrors"]
    assert (asset.status_code, error["fieldName"]) == (400, "status")
    file = apis.send("POST", f"{FILES}/Files", files={"body": ("a.boo", b"x")})
    (error,) = file.json()
    assert "boo is not a valid File extension" in error["detail"]
    slips = apis.send("GET", f"{PAYROLL_2}/PaySlips")
    assert slips.json()["problem"]["invalidFields"][0]["name"] == "PayRunID"
    employee = australia.send("POST", f"{PAYROLL_1}/Employees", json=[{"FirstName": "Ana"}])
    assert (employee.status_code, employee.json()["Type"]) == (400, "ValidationException")


def test_payroll_is_that_of_the_organisations_country(apis, australia):
    assert apis.send("GET", f"{PAYROLL_1}/Employees").status_code == 405
    assert apis.send("GET", f"{PAYROLL_2}/Superannuations").status_code == 200
    assert australia.send("GET", f"{PAYROLL_1}/Employees").status_code == 200
    assert australia.send("GET", f"{PAYROLL_2}/Employees").status_code == 405
    assert australia.send("GET", f"{PAYROLL_2}/Nothing").status_code == 404
    assert apis.send("GET", f"{PAYROLL_2}/Benefits").status_code == 405
    assert australia.send("GET", f"{PAYROLL_2}/Timesheets").status_code == 200


def test_the_second_list_of_leave_applications_fails_with_a_time(australia):
    sent = {
        "EmployeeID": "e",
        "LeaveTypeID": "l",
        "StartDate": "/Date(1777852800000+0000)/",
        "EndDate": "/Date(1777852800000+0000)/",
    }
    made = australia.send("POST", f"{PAYROLL_1}/LeaveApplications", json=[sent]).json()
    (leave,) = made["LeaveApplications"]
    assert leave["StartDate"] == "/Date(1777852800000+0000)/"
    path = f"{PAYROLL_1}/LeaveApplications/v2"
    assert australia.get(path)["LeaveApplications"] == [leave]
    assert "pagination" not in australia.get(path)
    url = f"{australia.caller.xero.origin}/{path}"
    headers = {**australia.caller.headers, "If-Modified-Since": "2026-01-01T00:00:00"}
    assert requests.get(url, headers=headers, timeout=10).status_code == 500


def test_a_scope_is_needed_for_each_api(apis):
    xero = apis.caller.xero
    headers = xero.headers("sandbox-web", ["projects.read"])

    def status(method, path, **options):
        url = f"{xero.origin}/{path}"
        return requests.request(method, url, headers=headers, timeout=10, **options).status_code

    assert status("GET", f"{PROJECTS}/Projects") == 200
    assert status("POST", f"{PROJECTS}/Projects", json={"name": "x"}) == 401
    assert status("GET", f"{ASSETS}/AssetTypes") == 401
    assert status("GET", f"{FILES}/Folders") == 401
    assert status("GET", f"{PAYROLL_2}/Employees") == 401


def test_calls_to_all_apis_count_together(apis):
    left = [
        int(apis.send("GET", path).headers["X-DayLimit-Remaining"])
        for path in (f"{PROJECTS}/Projects", f"{FILES}/Folders", "api.xro/2.0/Contacts")
    ]
    assert left == [left[0], left[0] - 1, left[0] - 2]
