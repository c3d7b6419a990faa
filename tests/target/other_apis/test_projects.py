"""Publishing to Xero Projects: projects, tasks, time entries."""

import json

import pytest
from method_records import created
from plan_runner import applied, plan_of
from project_records import (
    CONTACT,
    RATE,
    ROOT,
    SOME_ID,
    TASKS,
    TIME,
    other_log,
    project,
    stored,
    task,
    time_entry,
    writes,
)
from target_runner import publish, records

from tap_runner import read
from target_xero.delivery import sender

pytestmark = pytest.mark.usefixtures("no_waiting")


def test_a_project_its_task_and_time_are_created(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project(estimate_amount="1500.50"))
    task_id = created(tmp_path, xero, "project_tasks", task(project_id))
    created(tmp_path, xero, "project_time_entries", time_entry(project_id, taskId=task_id))
    [entry] = stored(xero, TIME)
    assert (entry["dateUtc"], entry["duration"]) == ("2026-05-01T00:00:00Z", 90)
    assert [each["rate"] for each in stored(xero, TASKS)] == [RATE]
    assert [each["estimate"]["value"] for each in stored(xero)] == [1500.5]
    assert writes(xero) == [
        ("POST", "Projects"),
        ("POST", f"Projects/{project_id}/Tasks"),
        ("POST", f"Projects/{project_id}/Time"),
    ]


@pytest.mark.parametrize(
    ("written", "stored_as", "settings"),
    [
        ("2026-05-01 10:30:00", "2026-05-01T10:30:00Z", {}),
        ("2026-05-01T10:30", "2026-05-01T10:30:00Z", {}),
        ("2026-05-01 10:30:00.5 UTC", "2026-05-01T10:30:00.500000Z", {}),
        ("2026-05-01 23:30:00-05", "2026-05-02T04:30:00Z", {}),
        ("/Date(1777631400000+0000)/", "2026-05-01T10:30:00Z", {}),
        ("01/05/2026 10:30", "2026-05-01T10:30:00Z", {"date_format": "%d/%m/%Y %H:%M"}),
    ],
)
def test_the_time_of_day_is_kept(tmp_path, xero, written, stored_as, settings):
    project_id = created(tmp_path, xero, "projects", project())
    task_id = created(tmp_path, xero, "project_tasks", task(project_id))
    entry = time_entry(project_id, taskId=task_id, dateUtc=written)
    created(tmp_path, xero, "project_time_entries", entry, **settings)
    assert [each["dateUtc"] for each in stored(xero, TIME)] == [stored_as]


@pytest.mark.parametrize("written", ["2026-05-01 10:30 Pacific/Auckland", "2026-05-01 10:30 PM"])
def test_a_time_that_cannot_be_read_is_refused(tmp_path, xero, written):
    project_id = created(tmp_path, xero, "projects", project())
    entry = time_entry(project_id, dateUtc=written)
    run = publish(tmp_path, xero, records("project_time_entries", [entry]))
    assert f"dateUtc: '{written}' is not a time; write it like" in run.errors("invalid")[0]


def test_a_record_that_came_before_is_not_sent_again(tmp_path, xero):
    rows = records("projects", [project("A"), project("B")])
    assert publish(tmp_path, xero, rows).statuses == {"created": 2}
    assert publish(tmp_path, xero, rows).statuses == {"unchanged": 2}
    assert len(stored(xero)) == 2


def test_a_new_version_of_a_row_changes_what_was_published(tmp_path, xero):
    row = {"id": 7, **project("Fit-out")}
    settings = {"unknown_columns": "ignore"}
    first = publish(tmp_path, xero, records("projects", [row], key=["id"]), **settings)
    row["name"] = "Shop fit-out"
    second = publish(tmp_path, xero, records("projects", [row], key=["id"]), **settings)
    assert second.statuses == {"updated": 1}, second.log
    assert second.results[0]["xero_id"] == first.results[0]["xero_id"]
    assert [each["name"] for each in stored(xero)] == ["Shop fit-out"]
    assert writes(xero)[1][0] == "PUT"


def test_a_change_keeps_what_the_record_does_not_say(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    entry_id = created(
        tmp_path, xero, "project_time_entries", time_entry(project_id, description="Walls")
    )
    change = {"projectId": project_id, "timeEntryId": entry_id, "duration": 45}
    run = publish(tmp_path, xero, records("project_time_entries", [change]))
    assert run.statuses == {"updated": 1}, run.log
    assert run.results[0]["http_status"] == 204
    [entry] = stored(xero, TIME)
    assert (entry["duration"], entry["description"]) == (45, "Walls")


def test_what_xero_has_already_is_not_sent(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project(deadlineUtc="2026-12-01"))
    same = {"projectId": project_id, "name": "Fit-out", "deadlineUtc": "2026-12-01T00:00:00.000Z"}
    run = publish(tmp_path, xero, records("projects", [same]))
    assert run.statuses == {"unchanged": 1}, run.log
    assert len(writes(xero)) == 1


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        ({"status": "CLOSED"}, ["PATCH"]),
        ({"status": "CLOSED", "name": "Done"}, ["PUT", "PATCH"]),
        ({"name": "Done"}, ["PUT"]),
        ({"status": "INPROGRESS", "name": "Done"}, ["PUT"]),
    ],
)
def test_the_status_of_a_project_has_a_call_of_its_own(tmp_path, xero, change, sent):
    project_id = created(tmp_path, xero, "projects", project())
    run = publish(tmp_path, xero, records("projects", [{"projectId": project_id, **change}]))
    assert run.statuses == {"updated": 1}, run.log
    assert [method for method, _ in writes(xero)[1:]] == sent
    [after] = stored(xero)
    assert {name: after[name] for name in change} == change
    assert after["contactId"] == CONTACT


def test_a_closed_project_is_opened_before_it_is_changed(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    stored(xero)[0]["status"] = "CLOSED"
    change = {"projectId": project_id, "name": "Again", "status": "INPROGRESS"}
    run = publish(tmp_path, xero, records("projects", [change]))
    assert run.statuses == {"updated": 1}, run.log
    assert [method for method, _ in writes(xero)[1:]] == ["PATCH", "PUT"]


def test_a_new_project_cannot_be_closed_and_says_so(tmp_path, xero):
    run = publish(tmp_path, xero, records("projects", [project(status="CLOSED")]))
    assert run.statuses == {"created": 1}, run.log
    assert "method DELETE" in run.results[0]["warnings"][0]
    assert [each["status"] for each in stored(xero)] == ["INPROGRESS"]


def test_removal_closes_a_project_and_deletes_tasks_and_time(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    task_id = created(tmp_path, xero, "project_tasks", task(project_id))
    entry_id = created(tmp_path, xero, "project_time_entries", time_entry(project_id))
    parent = {"projectId": project_id}
    rows = [
        *records("projects", [parent]),
        *records("project_tasks", [{**parent, "taskId": task_id}]),
        *records("project_time_entries", [{**parent, "timeEntryId": entry_id}]),
    ]
    run = publish(tmp_path, xero, rows, method="DELETE")
    assert run.statuses == {"removed": 3}, run.log
    assert stored(xero, TASKS) == stored(xero, TIME) == []
    assert [each["status"] for each in stored(xero)] == ["CLOSED"]
    # What refers to a project leaves before it.
    assert [method for method, _ in writes(xero)[3:]] == ["DELETE", "DELETE", "PATCH"]


def test_a_second_removal_is_unchanged_or_says_what_is_missing(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    rows = records("projects", [{"projectId": project_id}])
    assert publish(tmp_path, xero, rows, method="DELETE").statuses == {"removed": 1}
    stored_before = writes(xero)
    other = publish(tmp_path, xero, rows, method="DELETE", **other_log(tmp_path))
    assert other.statuses == {"unchanged": 1}, other.log
    assert writes(xero) == stored_before
    missing = {"projectId": project_id, "taskId": SOME_ID}
    run = publish(tmp_path, xero, records("project_tasks", [missing]), method="DELETE")
    assert "Xero has no taskId" in run.errors("rejected")[0]


def test_a_task_without_its_project_is_invalid(tmp_path, xero):
    row = task(SOME_ID)
    del row["projectId"]
    run = publish(tmp_path, xero, records("project_tasks", [row, task("nobody")]))
    assert run.statuses == {"invalid": 2}
    assert "project_tasks needs the projectId" in run.errors("invalid")[0]
    assert "is not an id of Xero" in run.errors("invalid")[1]
    assert writes(xero) == []


def test_a_task_of_a_project_that_is_not_there_is_rejected_alone(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    rows = records("project_tasks", [task(SOME_ID), task(project_id)])
    run = publish(tmp_path, xero, rows)
    assert run.statuses == {"rejected": 1, "created": 1}, run.log
    assert run.rejects[1]["record"]["projectId"] == SOME_ID


def test_a_refusal_names_the_field_and_the_record_can_be_fed_back(tmp_path, xero):
    run = publish(tmp_path, xero, records("projects", [{"contactId": CONTACT}]))
    assert run.statuses == {"rejected": 1}
    assert "name: is required" in run.errors("rejected")[0]
    assert "name: is required" in run.log
    assert run.rejects[1]["record"] == {"contactId": CONTACT}


def test_unknown_columns_are_refused_with_the_nearest_field(tmp_path, xero):
    run = publish(tmp_path, xero, records("projects", [project(deadline="2026-12-01")]))
    assert "'deadline' is not a field" in run.errors("invalid")[0]
    assert "deadlineUtc" in run.errors("invalid")[0]


def test_records_that_only_can_be_read_are_refused(tmp_path, xero):
    run = publish(tmp_path, xero, records("project_users", [{"name": "Ana"}]))
    assert "project_users can only be read: if Xero has a path" in run.errors("invalid")[0]


def test_put_creates_only(tmp_path, xero):
    created(tmp_path, xero, "projects", project("A"), method="PUT")
    row = {"projectId": SOME_ID, "name": "B"}
    run = publish(tmp_path, xero, records("projects", [row]), method="PUT")
    assert "PUT creates only" in run.errors("invalid")[0]


def test_a_lost_response_is_repeated_under_the_same_key(tmp_path, xero):
    xero.fault("reset", f"{ROOT}Projects", method="POST", after_work=True)
    run = publish(tmp_path, xero, records("projects", [project()]))
    assert run.statuses == {"created": 1}, run.log
    assert len(stored(xero)) == 1


def lost(tmp_path, xero, monkeypatch, endpoint, messages, *, after_work):
    """Publishes once, with no response to any try."""
    monkeypatch.setattr(sender, "MAX_TRIES", 2)
    xero.fault("reset", endpoint, method="P*", after_work=after_work, times=None)
    xero.fault("reset", f"{ROOT}*", method="GET", times=None)
    run = publish(tmp_path, xero, messages)
    xero.reset()
    # Xero forgets the key.
    xero.clock.advance(400)
    return run


@pytest.mark.parametrize("was_saved", [True, False])
def test_a_creation_whose_response_was_lost_is_looked_up(tmp_path, xero, monkeypatch, was_saved):
    messages = records("projects", [project(estimateAmount=12.5)])
    first = lost(tmp_path, xero, monkeypatch, f"{ROOT}Projects", messages, after_work=was_saved)
    assert first.statuses == {"unknown": 1}, first.log
    second = publish(tmp_path, xero, messages)
    assert second.statuses == {"created": 1}, second.log
    assert len(stored(xero)) == 1
    assert len(writes(xero)) == (0 if was_saved else 1)


def test_a_lost_creation_that_looks_different_in_xero_stays_unknown(tmp_path, xero, monkeypatch):
    messages = records("projects", [project(estimateAmount=12.5)])
    lost(tmp_path, xero, monkeypatch, f"{ROOT}Projects", messages, after_work=True)
    stored(xero)[0]["estimate"]["value"] = 13
    run = publish(tmp_path, xero, messages)
    assert run.statuses == {"unknown": 1}, run.log
    assert "compare the two" in run.errors("unknown")[0]
    assert len(stored(xero)) == 1


def test_time_that_was_entered_before_is_not_the_one_that_was_sent(tmp_path, xero, monkeypatch):
    project_id = created(tmp_path, xero, "projects", project())
    created(tmp_path, xero, "project_time_entries", time_entry(project_id))
    # Xero would answer the same request under the same key as the first time.
    xero.clock.advance(400)
    messages = records("project_time_entries", [time_entry(project_id)])
    monkeypatch.setattr(sender, "MAX_TRIES", 2)
    xero.fault("reset", f"{ROOT}*", times=None)
    first = publish(tmp_path, xero, messages, **other_log(tmp_path))
    assert first.statuses == {"unknown": 1}, first.log
    xero.reset()
    xero.clock.advance(400)
    second = publish(tmp_path, xero, messages, **other_log(tmp_path))
    assert second.statuses == {"created": 1}, second.log
    assert len(stored(xero, TIME)) == 2


def test_a_change_whose_response_was_lost_still_keeps_what_it_does_not_say(
    tmp_path, xero, monkeypatch
):
    project_id = created(tmp_path, xero, "projects", project())
    entry_id = created(
        tmp_path, xero, "project_time_entries", time_entry(project_id, description="Walls")
    )
    change = {"projectId": project_id, "timeEntryId": entry_id, "duration": 45}
    messages = records("project_time_entries", [change])
    monkeypatch.setattr(sender, "MAX_TRIES", 2)
    xero.fault("reset", f"{ROOT}Projects/*/Time/*", method="PUT", times=None)
    first = publish(tmp_path, xero, messages)
    assert first.exit_code == 1, first.log
    xero.reset()
    xero.clock.advance(400)
    second = publish(tmp_path, xero, messages)
    assert second.statuses == {"updated": 1}, second.log
    [entry] = stored(xero, TIME)
    assert (entry["duration"], entry["description"]) == (45, "Walls")


def test_an_empty_answer_to_a_creation_says_nothing(tmp_path, xero):
    xero.fault("status", f"{ROOT}Projects", status=201, body="", method="POST", times=None)
    run = publish(tmp_path, xero, records("projects", [project()]))
    assert run.statuses == {"unknown": 1}, run.log


def test_without_projects_the_stream_ends_and_says_what_is_needed(tmp_path, xero):
    body = json.dumps({"Title": "Forbidden", "Detail": "AuthenticationUnsuccessful"})
    options = {"status": 403, "body": body, "content_type": "application/json", "times": None}
    xero.fault("status", f"{ROOT}*", **options)
    rows = records("projects", [project(f"P {number}") for number in range(12)])
    run = publish(tmp_path, xero, [*rows, *records("contacts", [{"Name": "Ana"}])])
    assert run.statuses == {"rejected": 12, "created": 1}, run.log
    assert "must be switched on" in run.errors("rejected")[0]
    # Those in flight, of 12.
    assert len(xero.calls(f"{ROOT}*")) <= 5


def test_a_dry_run_says_what_would_happen_and_sends_nothing(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    rows = [
        project("New"),
        {"projectId": project_id, "name": "Renamed"},
        {"projectId": SOME_ID, "name": "Nobody"},
    ]
    run = publish(tmp_path, xero, records("projects", rows), dry_run=True)
    would = [(each["status"], each.get("would")) for each in run.results]
    assert would[:2] == [("dry_run", "create"), ("dry_run", "update")]
    assert run.results[1]["changes"] == {"name": {"old": "Fit-out", "new": "Renamed"}}
    assert "Xero has no projectId" in run.errors("rejected")[0]
    assert len(writes(xero)) == 1


def test_match_finds_a_project_by_name(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    settings = {"streams": {"projects": {"match": ["name"]}}, **other_log(tmp_path)}
    row = project(deadlineUtc="2026-12-01")
    run = publish(tmp_path, xero, records("projects", [row]), **settings)
    assert run.statuses == {"updated": 1}, run.log
    assert run.results[0]["xero_id"] == project_id
    never = {**settings, "overwrite": "never"}
    row["deadlineUtc"] = "2027-12-01"
    run = publish(tmp_path, xero, records("projects", [row]), **never)
    assert "'overwrite' is never" in run.errors("invalid")[0]


def test_a_record_that_its_source_deleted_is_removed_if_so_set(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    task_id = created(tmp_path, xero, "project_tasks", task(project_id))
    row = {**task(project_id), "taskId": task_id, "_sdc_deleted_at": "2026-05-01T00:00:00Z"}
    run = publish(tmp_path, xero, records("project_tasks", [row]), on_deleted="remove")
    assert run.statuses == {"removed": 1}, run.log
    assert stored(xero, TASKS) == []


@pytest.mark.sandbox(companies=["demo"])
def test_what_the_tap_reads_is_unchanged(tmp_path, xero):
    streams = ["projects", "project_tasks", "project_time_entries"]
    messages = read(xero, streams).messages
    run = publish(tmp_path, xero, messages)
    assert set(run.statuses) == {"unchanged"}, run.log
    assert not any(result["warnings"] for result in run.results)


def test_mirror_closes_projects_but_not_what_needs_a_parent(tmp_path, xero):
    settings = {"streams": {"project_tasks": {"mirror": True}}}
    run = publish(tmp_path, xero, records("project_tasks", [task(SOME_ID)]), **settings)
    assert run.exit_code
    assert "the ids of the parents" in run.log


def test_a_plan_of_projects_and_time_is_applied_once(tmp_path, xero):
    project_id = created(tmp_path, xero, "projects", project())
    messages = [
        *records("projects", [{"projectId": project_id, "name": "Renamed"}, project("New")]),
        *records("project_time_entries", [time_entry(project_id, description="Walls")]),
    ]
    planned = plan_of(tmp_path, xero, messages)
    assert planned.actions == ["update", "create", "create"], planned.log
    assert len(writes(xero)) == 1
    run = applied(tmp_path, xero, planned.path)
    assert sorted(run.statuses) == ["created", "created", "updated"], run.log
    assert [(each["name"], each["contactId"]) for each in stored(xero)] == [
        ("Renamed", CONTACT),
        ("New", CONTACT),
    ]
    assert [each["description"] for each in stored(xero, TIME)] == ["Walls"]


# --- names instead of ids ------------------------------------------------------------------------
