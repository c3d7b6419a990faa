"""Copying projects, tasks, time entries and assets to another organisation."""

import pytest
from copy_pair import Pair
from other_records import put

from xero_sandbox.server import server

USER, OTHER_USER = "5b3d1e2a-0000-4a53-9d57-0c1f7c7f2f11", "5b3d1e2a-0000-4a53-9d57-0c1f7c7f2f12"
PROJECTS = ["11111111-0000-4333-8444-55555555555" + str(number) for number in range(2)]
TASK, TIME, KIND = (f"22222222-0000-4333-8444-55555555555{number}" for number in range(3))
SETTING = {"depreciationMethod": "StraightLine", "depreciationRate": 12.5}
AMOUNT = {"currency": "NZD", "value": 99.5}
STREAMS = [
    "contacts",
    "accounts",
    "project_users",
    "projects",
    "project_tasks",
    "project_time_entries",
    "asset_types",
    "assets",
]


def asset(number, status):
    own = {"assetName": f"Oven {number}", "assetNumber": f"FA-{number}", "assetTypeId": KIND}
    ids = {"assetId": f"33333333-0000-4333-8444-55555555555{number}"}
    return {**ids, **own, "assetStatus": status, "purchaseDate": "2026-05-01T00:00:00"}


@pytest.fixture
def pair(tmp_path):
    with server(companies=["empty", "empty"]) as xero:
        pair = Pair(xero, tmp_path)
        contact = pair.put("Contacts", {"Name": "Ana"}, pair.source)["ContactID"]
        source, target = pair.source, pair.target
        person = {"name": "Bo Hill", "email": "bo@example.com"}
        users = "projects/ProjectsUsers"
        put(xero, users, {"userId": USER, **person}, key="userId", tenant_id=source)
        put(xero, users, {"userId": OTHER_USER, **person}, key="userId", tenant_id=target)
        projects = [
            {"projectId": PROJECTS[0], "name": "Fit-out", "status": "INPROGRESS"},
            {"projectId": PROJECTS[1], "name": "Oven", "status": "CLOSED", "estimate": AMOUNT},
        ]
        projects = [{**each, "contactId": contact} for each in projects]
        put(xero, "projects/Projects", *projects, key="projectId", tenant_id=source)
        at = {"projectId": PROJECTS[0], "taskId": TASK}
        task = {**at, "name": "Paint", "rate": AMOUNT, "chargeType": "TIME"}
        time = {**at, "timeEntryId": TIME, "userId": USER, "dateUtc": "2026-05-01T00:00:00Z"}
        below = "projects/Projects/{projectId}"
        task["_at"], time["_at"] = f"{PROJECTS[0]}/{TASK}", f"{PROJECTS[0]}/{TIME}"
        put(xero, f"{below}/Tasks", task, key="taskId", tenant_id=source)
        put(xero, f"{below}/Time", {**time, "duration": 90}, key="timeEntryId", tenant_id=source)
        kind = {"assetTypeId": KIND, "assetTypeName": "Ovens", "bookDepreciationSetting": SETTING}
        put(xero, "assets/AssetTypes", kind, key="assetTypeId", tenant_id=source)
        assets = [asset(1, "Registered"), asset(2, "Disposed")]
        put(xero, "assets/Assets", *assets, key="assetId", tenant_id=source)
        yield pair


def stored(pair, resource):
    return list(pair.xero.organisation(pair.target).resources.get(resource, {}).values())


def test_projects_and_assets_refer_to_records_of_the_target(pair):
    backup = pair.tap(streams=STREAMS)
    first = pair.copy(backup)
    assert first.returncode == 0, first.stderr[-3000:]
    [contact] = pair.records("Contacts")
    projects = {each["name"]: each for each in stored(pair, "projects/Projects")}
    assert {name: each["status"] for name, each in projects.items()} == {
        "Fit-out": "INPROGRESS",
        "Oven": "CLOSED",
    }
    assert {each["contactId"] for each in projects.values()} == {contact["ContactID"]}
    assert projects["Oven"]["estimate"] == AMOUNT
    [task] = stored(pair, "projects/Projects/{projectId}/Tasks")
    [time] = stored(pair, "projects/Projects/{projectId}/Time")
    assert task["projectId"] == projects["Fit-out"]["projectId"] not in PROJECTS
    assert (time["taskId"], time["userId"], time["duration"]) == (task["taskId"], OTHER_USER, 90)
    [kind] = stored(pair, "assets/AssetTypes")
    [oven] = stored(pair, "assets/Assets")
    assert (oven["assetNumber"], oven["assetTypeId"]) == ("FA-1", kind["assetTypeId"])
    assert kind["assetTypeId"] != KIND
    assert "cannot dispose of an asset" in first.stderr

    second = pair.copy(backup)
    assert second.returncode == 0, second.stderr[-3000:]
    assert set(pair.statuses) == {"unchanged"}


def test_time_of_a_user_whom_the_target_lacks_is_invalid(pair):
    pair.xero.organisation(pair.target).resources["projects/ProjectsUsers"].clear()
    run = pair.copy(pair.tap(streams=STREAMS))
    assert run.returncode == 1
    assert "is not one of the project users" in run.stderr
    assert stored(pair, "projects/Projects/{projectId}/Time") == []
