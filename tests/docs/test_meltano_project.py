"""The Meltano project: the generated plugin definitions, environments, jobs and schedules."""

import json
import runpy
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from loaders import tool

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent
GENERATED = ["tap-xero", "target-xero"]


def content_of(path):
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


PROJECT = content_of("meltano.yml")
INCLUDED = [
    content_of(path) for pattern in PROJECT["include_paths"] for path in sorted(ROOT.glob(pattern))
]
PLUGINS = {
    plugin["name"]: plugin
    for file in [PROJECT, *INCLUDED]
    for plugins in file["plugins"].values()
    for plugin in plugins
}


def output_of(name, *arguments):
    command = [BIN / name, *arguments]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


@cache
def about(name):
    return output_of(name, "--about", "--format", "json")


def test_the_definitions_are_what_make_plugins_writes():
    files = runpy.run_path(str(ROOT / "plugins/generate.py"))["files"]()

    assert {path: content_of(path) for path in files} == {
        path: yaml.safe_load(text) for path, text in files.items()
    }, "run `make plugins`"


@pytest.mark.parametrize("name", GENERATED)
def test_meltano_has_exactly_the_settings_of_the_plugin(name):
    schemas = about(name)["settings"]["properties"]
    settings = PLUGINS[name]["settings"]

    assert [setting["name"] for setting in settings] == list(schemas)
    for setting in settings:
        schema = schemas[setting["name"]]
        assert setting.get("value") == schema.get("default")
        assert setting.get("sensitive", False) == schema.get("secret", False)
        values = [option["value"] for option in setting.get("options", [])]
        assert values == [value for value in schema.get("enum", []) if value is not None]


def test_secrets_are_sensitive():
    sensitive = [entry["name"] for entry in PLUGINS["tap-xero"]["settings"] if "sensitive" in entry]

    assert sensitive == ["client_secret", "refresh_token", "access_token", "store_uri"]


@pytest.mark.parametrize("name", GENERATED)
def test_meltano_has_exactly_the_capabilities_of_the_plugin(name):
    assert sorted(PLUGINS[name]["capabilities"]) == sorted(about(name)["capabilities"])


def test_the_target_offers_no_setting_that_it_ignores():
    ignored = {"add_record_metadata", "batch_size_rows", "load_method"}

    assert not ignored & set(about("target-xero")["settings"]["properties"])


def test_meltano_selects_the_default_streams_by_name_and_excludes_none():
    selected = [
        stream["tap_stream_id"]
        for stream in output_of("tap-xero", "--discover")["streams"]
        for entry in stream["metadata"]
        if not entry["breadcrumb"] and entry["metadata"]["selected-by-default"]
    ]

    assert PLUGINS["tap-xero"]["select"] == [
        *(f"{stream}.*" for stream in selected),
        "*_attachments.*",
        "*_history.*",
    ]


@pytest.mark.parametrize("environment", PROJECT["environments"], ids=lambda each: each["name"])
def test_environments_set_only_settings_that_there_are(environment):
    configured = environment["config"]["plugins"]
    for plugin in [each for plugins in configured.values() for each in plugins]:
        known = {setting["name"] for setting in PLUGINS[plugin["name"]]["settings"]}
        assert set(plugin["config"]) <= known, plugin["name"]


def test_jobs_and_schedules_name_what_there_is():
    for job in PROJECT["jobs"]:
        for task in job["tasks"]:
            assert set(task.split()) <= set(PLUGINS)
    jobs = {job["name"] for job in PROJECT["jobs"]}
    assert {schedule["job"] for schedule in PROJECT["schedules"]} <= jobs


def test_no_address_of_xero_gets_into_the_environment_of_the_sandbox():
    [dev] = [each for each in PROJECT["environments"] if each["name"] == "dev"]

    assert "xero.com" not in json.dumps(dev)


@pytest.mark.parametrize("name", GENERATED)
def test_another_project_adds_the_plugin_from_its_definition(name, tmp_path):
    meltano = tool("meltano", "meltano")
    project_id = "project_id: 00000000-0000-4000-8000-000000000000\n"
    (tmp_path / "meltano.yml").write_text(project_id + "send_anonymous_usage_stats: false\n")

    reference = ROOT / "plugins/from-ref" / f"{name}.yml"
    command = [meltano, "add", name, "--from-ref", reference, "--no-install"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)

    project = yaml.safe_load((tmp_path / "meltano.yml").read_text("utf-8"))
    [[plugin]] = project["plugins"].values()
    assert plugin["executable"] == name
    assert plugin["commands"]["login"]["executable"] == "xero"
    assert [setting["name"] for setting in plugin["settings"]][:3] == [
        "base_uri",
        "authorize_uri",
        "token_uri",
    ]
