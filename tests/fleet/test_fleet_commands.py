"""The commands of `xero fleet` that a person uses, and mistakes in the settings."""

import json
import time

import pytest
from fleet_runner import Fleet
from sqlalchemy import create_engine, text

pytestmark = pytest.mark.timeout(400)


@pytest.mark.sandbox(companies=["empty"] * 2)
def test_a_person_pauses_moves_resumes_and_forgets_an_organisation(fleet, xero):
    fleet.settings["tiers"] = {"standard": {"hot": "1h"}, "gold": {"hot": "20m", "cold": "2h"}}
    fleet.save()
    fleet.call("sync")
    first, second = xero.tenant_ids
    name = xero.organisation(second).name

    fleet.call("pause", second, "--why", "moving to another ledger")
    fleet.call("move", first, "gold")
    paused = fleet.organisation(second)
    assert (paused["state"], paused["why"]) == ("paused", "moving to another ledger")
    assert fleet.organisation(first)["fresh_within"] == 1200
    assert fleet.call("status", "--check", code=1).lines[0] == (
        "2 organisations: 1 paused, 1 first read"
    )
    # A sync finds it connected, but a person paused it.
    fleet.call("sync")
    assert fleet.organisation(second)["state"] == "paused"
    [line] = fleet.call("plan", "--dry-run").lines
    assert "warehouse backfill: 1 organisations" in line

    fleet.call("resume", name)
    assert fleet.organisation(second)["state"] == "first read"
    forgotten = fleet.call("forget", second, "--yes")
    assert f"xero logout {second}" in forgotten.err
    assert [each["tenant_id"] for each in fleet.status()["organisations"]] == [first]
    unknown = fleet.call("pause", "nobody", code=1)
    assert "'nobody' is not an organisation of the fleet" in unknown.err
    assert "is not in the settings: standard, gold" in fleet.call("move", first, "x", code=1).err


def test_a_login_that_xero_ended_pauses_its_organisations_and_says_how_they_come_back(fleet, xero):
    fleet.call("sync")
    app = xero.apps["sandbox-web"]
    for token in list(xero.sandbox.tokens.refresh):
        xero.sandbox.tokens.revoke(app, token)

    ended = fleet.call("sync")

    assert "Xero does not accept the login without a name any more" in ended.err
    [found] = fleet.status()["organisations"]
    assert found["state"] == "paused"
    assert "not used for 60 days" in found["why"]
    assert "`xero login`" in found["action"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tier": {}}, "unknown field `tier`"),
        ({"lease": "soon"}, "'soon' is not a duration: write it as 30s, 15m, 1h or 1d"),
        ({"workers": 0}, "'workers' is 0; set it to 1 or more"),
        ({"pipelines": {}}, "'pipelines' and 'tiers' need one entry or more"),
        ({"pipelines": {"a": {"config": "tap.json"}}}, "needs either 'loader' or 'publish'"),
        ({"pipelines": {"a": {"config": "no.json", "loader": ["x"]}}}, "no.json cannot be read"),
    ],
)
def test_a_mistake_in_the_settings_is_named(fleet, change, message):
    fleet.write("fleet.json", fleet.settings | change)

    assert message in fleet.call("status", code=1).err


def test_a_month_is_forecast_from_the_runs_that_were_measured(fleet, xero):
    fleet.call("sync")
    assert "There is no forecast yet" in fleet.call("forecast").out
    # Two days of runs, of which each received a tenth of a GiB: 48 runs are 4.8 GiB.
    insert = text(
        "INSERT INTO fleet_results VALUES (:batch, 'warehouse', :tenant, 1, 'hot', :began, :ended,"
        " 30, 107374182, 5, NULL)"
    )
    now = time.time()
    engine = create_engine(fleet.store_uri)
    with engine.begin() as connection:
        for hour in range(48):
            began = now - 2 * 86_400 + hour * 3600
            values = {"batch": f"b{hour}", "tenant": xero.tenant_id, "began": began}
            connection.execute(insert, values | {"ended": began + 60})
    engine.dispose()

    lines = fleet.call("forecast").lines

    assert lines[1] == "A month: 21,888 calls, 72.96 GiB"
    assert lines[2] == ("Cost: AUD 1,445.00 without tax (tier advanced, 250 GB included)")
    fleet.settings["app_tier"] = "plus"
    fleet.save()
    assert "Cost: AUD 300.10 without tax" in fleet.call("forecast").out


def test_no_command_prints_a_secret(tmp_path, xero):
    fleet = Fleet.at(tmp_path, xero)
    secrets = [fleet.config["client_secret"], fleet.config["refresh_token"]]
    calls = [fleet.call("sync"), fleet.call("plan"), fleet.call("status", "--json", "--all")]
    batch = calls[1].lines[0]
    calls.append(fleet.call("run", batch))

    printed = json.dumps([[each.out, each.err] for each in calls])
    assert [secret for secret in secrets if secret in printed] == []
