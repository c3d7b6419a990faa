"""meltano.yml against what the plugins themselves say of their settings."""

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
PROJECT = yaml.safe_load((ROOT / "meltano.yml").read_text("utf-8"))
PLUGINS = {plugin["name"]: plugin for plugins in PROJECT["plugins"].values() for plugin in plugins}
OURS = ["tap-xero", "target-xero"]
KINDS = {"number": "decimal"}


@cache
def about(name):
    command = [BIN / name, "--about", "--format", "json"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def as_meltano_has_it(name, setting):
    """A setting of the plugin in the words of meltano.yml."""
    types = setting["type"] if isinstance(setting["type"], list) else [setting["type"]]
    # The widest comes last: integer, number.
    kind = [one for one in types if one != "null"][-1]
    kind = "options" if "enum" in setting else KINDS.get(kind, kind)
    stated = {
        "name": name,
        "kind": "date_iso8601" if name == "start_date" else kind,
        "sensitive": setting.get("secret"),
        "value": setting.get("default"),
        "options": [{"label": one, "value": one} for one in setting.get("enum", [])] or None,
        "label": setting.get("title", name),
        "description": " ".join(setting["description"].split()),
    }
    return {key: value for key, value in stated.items() if value is not None}


@pytest.mark.parametrize("name", OURS)
def test_meltano_has_exactly_the_settings_of_the_plugin(name):
    expected = [
        as_meltano_has_it(setting, schema)
        for setting, schema in about(name)["settings"]["properties"].items()
    ]
    wanted = yaml.safe_dump(expected, sort_keys=False, allow_unicode=True, width=90)

    assert PLUGINS[name]["settings"] == expected, f"in meltano.yml:\n{wanted}"


@pytest.mark.parametrize("name", OURS)
def test_meltano_has_exactly_the_capabilities_of_the_plugin(name):
    assert sorted(PLUGINS[name]["capabilities"]) == sorted(about(name)["capabilities"])


def test_meltano_leaves_out_just_the_streams_that_the_tap_leaves_out():
    command = [BIN / "tap-xero", "--discover"]
    catalog = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    left_out = sorted(
        stream["tap_stream_id"]
        for stream in catalog["streams"]
        for entry in stream["metadata"]
        if not entry["breadcrumb"] and not entry["metadata"]["selected-by-default"]
    )

    assert PLUGINS["tap-xero"]["select"] == ["*.*", *(f"!{stream}.*" for stream in left_out)]


@pytest.mark.parametrize("environment", PROJECT["environments"], ids=lambda one: one["name"])
def test_environments_set_only_settings_that_there_are(environment):
    configured = environment["config"]["plugins"]
    for plugin in [one for plugins in configured.values() for one in plugins]:
        known = {setting["name"] for setting in PLUGINS[plugin["name"]]["settings"]}
        assert set(plugin["config"]) <= known, plugin["name"]


def test_jobs_and_schedules_name_what_there_is():
    for job in PROJECT["jobs"]:
        for task in job["tasks"]:
            assert set(task.split()) <= set(PLUGINS)
    jobs = {job["name"] for job in PROJECT["jobs"]}
    assert {schedule["job"] for schedule in PROJECT["schedules"]} <= jobs


def test_no_address_of_xero_gets_into_the_environment_of_the_sandbox():
    [dev] = [one for one in PROJECT["environments"] if one["name"] == "dev"]

    assert "xero.com" not in json.dumps(dev)
