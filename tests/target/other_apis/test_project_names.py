"""Records of Projects that name others instead of their ids."""

import pytest
from method_records import created
from plan_runner import applied, plan_of
from project_records import ROOT, TASKS, TIME, project, stored, task, writes
from target_runner import publish, records

from target_xero.delivery import sender


def put_users(xero):
    users = [("u1", "Ana Hill", "ana@example.com"), ("u2", "Bo Hill", "bo@example.com")]
    xero.organisation().resources["projects/ProjectsUsers"] = {
        user_id: {"userId": user_id, "name": name, "email": email} for user_id, name, email in users
    }


class TestNames:
    @pytest.fixture(autouse=True)
    def _projects(self, tmp_path, xero):
        put_users(xero)
        self.project_id = created(tmp_path, xero, "projects", project())
        self.task_id = created(tmp_path, xero, "project_tasks", task(self.project_id))
        xero.reset()

    def entry(self, **fields):
        own = {"ProjectName": "fit-out", "Task.Name": "Paint", "user_email": "bo@example.com"}
        return {**own, "dateUtc": "2026-05-01", "duration": 90, **fields}

    def publish(self, tmp_path, xero, *rows, stream="project_time_entries", **settings):
        return publish(tmp_path, xero, records(stream, list(rows)), **settings)

    def test_time_names_its_project_task_and_user(self, tmp_path, xero):
        by_name = self.entry(user_email=None, UserName="Ana Hill")
        rows = [self.entry(), self.entry(duration=30), by_name]
        run = self.publish(tmp_path, xero, *rows)
        assert run.statuses == {"created": 3}, run.log
        entries = sorted(stored(xero, TIME), key=lambda each: (each["userId"], each["duration"]))
        assert [(each["userId"], each["duration"]) for each in entries] == [
            ("u1", 90),
            ("u2", 30),
            ("u2", 90),
        ]
        assert {(each["projectId"], each["taskId"]) for each in entries} == {
            (self.project_id, self.task_id)
        }
        assert entries[0].keys().isdisjoint({"project", "task", "user"})
        again = self.publish(tmp_path, xero, *rows)
        assert again.statuses == {"unchanged": 3}, again.log

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"ProjectName": "Barn"}, "project: Xero has no projects with name Barn"),
            ({"Task.Name": "Wire"}, "task: Xero has no project_tasks with name Wire"),
            ({"user_email": "no@x.com"}, "user: Xero has no project_users with email no@x.com"),
            ({"ProjectName": None}, "project_time_entries needs the projectId"),
        ],
    )
    def test_a_name_that_xero_does_not_have_is_invalid(self, tmp_path, xero, fields, said):
        run = self.publish(tmp_path, xero, self.entry(**fields), self.entry())
        assert run.statuses == {"invalid": 1, "created": 1}, run.log
        assert said in run.errors("invalid")[0]

    def test_a_name_of_several_projects_is_invalid_and_lists_them(self, tmp_path, xero):
        twin = created(tmp_path, xero, "projects", project(estimateAmount=1))
        run = self.publish(tmp_path, xero, self.entry())
        assert run.statuses == {"invalid": 1}, run.log
        [error] = run.errors("invalid")
        assert "Xero has 2 projects with name fit-out" in error
        assert twin in error
        assert "give the projectId" in error

    def test_a_change_and_a_removal_name_their_project_too(self, tmp_path, xero):
        first = self.publish(tmp_path, xero, self.entry(description="Walls"))
        entry_id = first.results[0]["xero_id"]
        change = {"ProjectName": "Fit-out", "timeEntryId": entry_id, "duration": 45}
        run = self.publish(tmp_path, xero, change)
        assert run.statuses == {"updated": 1}, run.log
        [kept] = stored(xero, TIME)
        assert (kept["duration"], kept["description"]) == (45, "Walls")
        removed = {"Project.Name": "Fit-out", "timeEntryId": entry_id}
        run = self.publish(tmp_path, xero, removed, method="DELETE")
        assert run.statuses == {"removed": 1}, run.log
        assert stored(xero, TIME) == []

    def test_a_task_names_its_project_and_a_project_its_contact(self, tmp_path, xero):
        contact_id = xero.add("Contacts", {"Name": "Acme", "ContactStatus": "ACTIVE"})
        row = {"name": "Barn", "ContactName": "acme"}
        project_id = created(tmp_path, xero, "projects", row)
        assert stored(xero)[-1]["contactId"] == contact_id
        fields = {name: value for name, value in task("").items() if name != "projectId"}
        created(tmp_path, xero, "project_tasks", {**fields, "Project": {"Name": "Barn"}})
        assert stored(xero, TASKS)[-1]["projectId"] == project_id

    def test_a_dry_run_knows_the_projects_of_its_own_input(self, tmp_path, xero):
        rows = [
            *records("projects", [project("Barn")]),
            *records("project_tasks", [{**task(None), "ProjectName": "Barn"}]),
            *records("project_time_entries", [self.entry(ProjectName="Mill")]),
        ]
        run = publish(tmp_path, xero, rows, dry_run=True)
        assert run.statuses == {"dry_run": 2, "invalid": 1}, run.log
        assert writes(xero) == []

    @pytest.mark.parametrize("was_saved", [True, False])
    def test_a_lost_creation_with_names_is_looked_up(self, tmp_path, xero, monkeypatch, was_saved):
        monkeypatch.setattr(sender, "MAX_TRIES", 2)
        time = f"{ROOT}Projects/*/Time"
        xero.fault("reset", time, method="POST", after_work=was_saved, times=None)
        xero.fault("reset", time, method="GET", times=None)
        first = self.publish(tmp_path, xero, self.entry())
        assert first.statuses == {"unknown": 1}, first.log
        xero.reset()
        xero.clock.advance(400)  # Xero forgets the key.
        second = self.publish(tmp_path, xero, self.entry())
        assert second.statuses == {"created": 1}, second.log
        assert len(stored(xero, TIME)) == 1
        assert len(writes(xero)) == (0 if was_saved else 1)

    def test_a_plan_with_names_is_applied_once(self, tmp_path, xero):
        planned = plan_of(tmp_path, xero, records("project_time_entries", [self.entry()]))
        assert planned.actions == ["create"], planned.log
        run = applied(tmp_path, xero, planned.path)
        assert run.statuses == ["created"], run.log
        assert [each["taskId"] for each in stored(xero, TIME)] == [self.task_id]
