"""`xero fleet status`: why an organisation is late, and what a person does about it."""

import time

import pytest
from fleet_runner import Fleet

pytestmark = pytest.mark.timeout(400)

DAY = 86_400


@pytest.mark.sandbox(companies=["empty"] * 2)
def test_what_is_late_says_why_and_what_to_do(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero, streams=["accounts"])
    first, second = xero.tenant_ids
    fleet.cycle()
    assert [each["why"] for each in fleet.status()["organisations"]] == ["", ""]

    # The engine has stopped.
    fleet.let_pass(DAY)
    assert reasons(fleet) == {first: "nothing is planned", second: "nothing is planned"}
    shown = fleet.call("status", "--check", code=1).out
    assert "PROBLEM: nothing is planned" in shown
    assert "check that the engine runs `xero fleet plan`" in shown

    # There is a plan, but only for one batch of one organisation.
    fleet.settings |= {"workers": 1, "batch_organisations": 1}
    fleet.save()
    [batch] = fleet.plan()
    why = reasons(fleet)
    assert sorted(why.values()) == [
        "a batch has it now",
        "as many batches as the setting 'workers' allows are in flight",
    ]
    assert fleet.status()["problem"] is None

    # Nobody takes the batch.
    fleet.let_pass(400)
    assert set(reasons(fleet).values()) == {"no worker takes the batches"}
    assert "start workers" in fleet.status()["problem"][1]

    # The other one waits for its day.
    fleet.call("run", batch)
    [late] = reasons(fleet)
    used = "UPDATE fleet_work SET day_left = 900, day_left_at = :now WHERE tenant_id = :late"
    fleet.change(used, now=time.time(), late=late)
    [found] = [each for each in fleet.status()["organisations"] if each["tenant_id"] == late]
    assert found["why"] == "reading has used its part of the calls of its day"
    assert "a tier of more time" in found["action"]


def test_an_organisation_that_fails_does_not_hide_that_the_engine_stopped(fleet, xero):
    fleet.cycle()
    xero.fault("unavailable", tenant_id=xero.tenant_id, times=None)
    fleet.call("resume", xero.tenant_id)
    [batch] = fleet.plan()
    fleet.call("run", batch)

    fleet.let_pass(DAY)

    [found] = fleet.status()["organisations"]
    assert (found["state"], found["error_class"]) == ("late", "offline")
    assert fleet.status()["problem"][0] == "nothing is planned"


def test_a_pipeline_that_the_settings_no_longer_have_is_not_shown(fleet, xero):
    fleet.cycle()
    fleet.settings["pipelines"] = {"lake": fleet.settings["pipelines"]["warehouse"]}
    fleet.save()
    fleet.cycle()
    fleet.let_pass(3000)
    fleet.change("UPDATE fleet_work SET due_at = 0, fresh_at = 1 WHERE pipeline = 'warehouse'")

    [found] = fleet.status()["organisations"]

    assert (found["pipeline"], found["state"]) == ("lake", "on time")
    fleet.call("status", "--check")


@pytest.mark.parametrize("fleet", ["sqlite", "postgres"], indirect=True)
def test_an_organisation_that_moves_to_a_faster_tier_is_due_by_its_new_time(fleet, xero):
    fleet.settings["tiers"] = {"standard": {"hot": "1d"}, "gold": {"hot": "20m"}}
    fleet.save()
    fleet.cycle()
    fleet.let_pass(1000)
    assert fleet.plan() == []

    fleet.call("move", xero.tenant_id, "gold")

    [batch] = fleet.plan()
    fleet.call("run", batch)
    assert fleet.plan() == []


def reasons(fleet):
    """Why each organisation is late, by its id."""
    return {
        each["tenant_id"]: each["why"]
        for each in fleet.status()["organisations"]
        if each["state"] == "late"
    }
