"""Both programs refuse settings, variables and streams that do not exist, and invalid values."""

import json

import pytest
from click.testing import CliRunner
from copy_pair import completed_process
from target_runner import config_in, lines_of, publish, record, schema

from tap_runner import catalog_of, own_logging, read, settings_for
from tap_xero.tap import TapXero
from target_xero.target import TargetXero

pytestmark = pytest.mark.fast

MESSAGES = [schema("contacts", "Name"), record("contacts", Name="Ana")]
PROGRAMS = {"TAP_XERO_": TapXero, "TARGET_XERO_": TargetXero}


def ran(prefix, *arguments, **environ):
    """Runs a program's command in this process."""
    given = lines_of(MESSAGES) if prefix == "TARGET_XERO_" else b""
    with own_logging() as log:
        result = CliRunner().invoke(PROGRAMS[prefix].cli, arguments, input=given, env=environ)
    return completed_process(result, log.getvalue())


def own_config(prefix, folder, xero):
    return config_in(folder, xero) if prefix == "TARGET_XERO_" else settings_for(xero)


def refused(done, xero, *texts):
    """The last line names what does not exist, and no call was made."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    last = done.stderr.strip().splitlines()[-1]
    for text in texts:
        assert text in last
    assert xero.log == []


@pytest.mark.parametrize(
    ("prefix", "settings", "texts"),
    [
        ("TARGET_XERO_", {"dryrun": True}, ["dryrun: did you mean 'dry_run'?"]),
        ("TARGET_XERO_", {"Method": "PUT"}, ["Method: did you mean 'method'?"]),
        ("TARGET_XERO_", {"zebra": 1}, ["zebra"]),
        ("TARGET_XERO_", {"load_method": "upsert"}, ["load_method"]),
        (
            "TARGET_XERO_",
            {"streams": {"invoices": {"groupby": "Number"}}},
            ["streams.invoices.groupby: did you mean 'group_by'?"],
        ),
        ("TAP_XERO_", {"startdate": "2026-01-01"}, ["startdate: did you mean 'start_date'?"]),
        (
            "TAP_XERO_",
            {"streams": {"invoices": {"parms": {}, "id": []}}},
            ["streams.invoices.parms: did you mean 'params'?", "streams.invoices.id"],
        ),
    ],
)
def test_a_setting_that_does_not_exist_is_refused_at_every_depth(
    tmp_path, xero, prefix, settings, texts
):
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    first.write_text(json.dumps(own_config(prefix, tmp_path, xero)))
    second.write_text(json.dumps(settings))
    done = ran(prefix, "--config", str(first), "--config", str(second))
    refused(done, xero, "second.json has a setting that does not exist", *texts)


@pytest.mark.parametrize(
    ("prefix", "settings", "texts"),
    [
        ("TAP_XERO_", {"streams": {"invoices": {"page_size": 0}}}, ["invoices", "page_size", "0"]),
        ("TAP_XERO_", {"streams": {"bills": 1}}, ["bills", "1"]),
        (
            "TAP_XERO_",
            {"custom_streams": {"actions": {"path": "/A", "paging": "all"}}},
            ["actions", "paging", "['none', 'page', 'offset']"],
        ),
        ("TAP_XERO_", {"custom_streams": {"actions": {}}}, ["actions", "path"]),
        ("TAP_XERO_", {"reports": {"from": "January"}}, ["reports", "from", "January"]),
        ("TAP_XERO_", {"reports": {"basis": ["cash", "tax"]}}, ["reports", "basis", "tax"]),
        (
            "TARGET_XERO_",
            {"streams": {"bills": {"method": "GET"}}},
            ["bills", "method", "['POST', 'PUT', 'DELETE', 'PATCH'"],
        ),
        ("TARGET_XERO_", {"streams": {"bills": {"mirror": "some"}}}, ["bills", "mirror", "some"]),
        ("TARGET_XERO_", {"streams": {"bills": {"group_by": [1]}}}, ["bills", "group_by", "1"]),
    ],
)
def test_an_invalid_value_is_refused_at_every_depth(tmp_path, xero, prefix, settings, texts):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(own_config(prefix, tmp_path, xero) | settings))
    refused(ran(prefix, "--config", str(path)), xero, *texts)


@pytest.mark.parametrize("prefix", PROGRAMS)
def test_the_settings_of_singer_sdk_and_free_objects_are_known(tmp_path, xero, prefix):
    settings = {
        "stream_maps": {"contacts": {"Name": "Name", "__else__": None}},
        "stream_map_config": {"anything": 1},
        "faker_config": {"seed": 1, "locale": "en"},
        "flattening_enabled": False,
    }
    path = tmp_path / "config.json"
    path.write_text(json.dumps(own_config(prefix, tmp_path, xero) | settings))
    more = [] if prefix == "TARGET_XERO_" else ["--discover"]
    done = ran(prefix, "--config", str(path), *more)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("prefix", "variable", "nearest"),
    [
        ("TARGET_XERO_", "TARGET_XERO_DRYRUN", "TARGET_XERO_DRY_RUN"),
        ("TARGET_XERO_", "TARGET_XERO_CLIENTID", "TARGET_XERO_CLIENT_ID"),
        ("TAP_XERO_", "TAP_XERO_STARTDATE", "TAP_XERO_START_DATE"),
        ("TAP_XERO_", "TAP_XERO_TENNANT_ID", "TAP_XERO_TENANT_ID"),
    ],
)
def test_a_variable_that_is_a_misspelled_setting_is_refused(
    tmp_path, xero, prefix, variable, nearest
):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(own_config(prefix, tmp_path, xero)))
    done = ran(prefix, "--config", str(path), "--config", "ENV", **{variable: "1"})
    refused(done, xero, f"{variable}: did you mean {nearest}?")


def test_a_misspelled_setting_inside_a_variable_is_refused(tmp_path, xero):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_in(tmp_path, xero)))
    streams = '{"contacts": {"methd": "DELETE"}}'
    done = ran("TARGET_XERO_", "--config", str(path), "--config", "ENV",
               TARGET_XERO_STREAMS=streams)  # fmt: skip
    refused(done, xero, "streams.contacts.methd: did you mean 'method'?")


def test_variables_of_other_programs_are_left_alone(tmp_path, xero):
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config_in(tmp_path, xero)))
    others = {
        "TARGET_XERO_COPY_CLIENT_SECRET": "of the plugin target-xero-copy",
        "TARGET_XERO__LOAD_SCHEMA": "meltano",
        "TARGET_XERO_DRYRUN": "",
    }
    done = ran("TARGET_XERO_", "--config", str(path), "--config", "ENV", **others)
    assert done.returncode == 0, done.stderr
    assert len(xero.records("Contacts")) == 1


@pytest.mark.parametrize("configured", ["invoice", "Invoices", "invoces"])
def test_a_stream_whose_settings_are_under_a_misspelled_name_is_refused(tmp_path, xero, configured):
    messages = [schema("invoices"), record("invoices", InvoiceNumber="A")]
    run = publish(tmp_path, xero, messages, streams={configured: {"method": "DELETE"}})
    assert run.exit_code == 1
    assert f"names {configured!r}, but the stream is called 'invoices'" in run.last_line
    assert [call for call in xero.log if call.method != "GET"] == []


@pytest.mark.parametrize(
    ("stream", "configured"),
    [
        ("contacts", {"contact_groups": {}}),  # another entity
        ("contacts", {"contact": {}, "contacts": {}}),
        ("contacts", {"cont*": {}, "contact": {}}),
        ("contacts", {"orders": {"entity": "Contacts"}}),
    ],
)
def test_settings_of_other_streams_do_not_matter(tmp_path, xero, stream, configured):
    messages = [schema(stream), record(stream, Name="Ana")]
    run = publish(tmp_path, xero, messages, streams=configured)
    assert run.exit_code == 0, run.log


def test_a_stream_that_came_keeps_its_settings_for_itself(tmp_path, xero):
    messages = [
        schema("people_1"), record("people_1", Name="Ana"),
        schema("people_2"), record("people_2", Name="Bo"),
    ]  # fmt: skip
    streams = {"people_1": {"entity": "Contacts"}}
    run = publish(tmp_path, xero, messages, streams=streams)
    assert "names 'people_1'" not in run.log


def test_the_tap_names_the_nearest_stream(xero):
    run = read(xero, streams={"invoice": {"page_size": 10}})
    assert run.exit_code == 1
    assert "'invoice', which is not a stream: did you mean 'invoices'?" in run.last_line


def test_a_catalog_that_selects_a_stream_that_does_not_exist_is_refused(xero):
    catalog = catalog_of(["contacts"])
    entry = next(each for each in catalog["streams"] if each["tap_stream_id"] == "contacts")
    entry["tap_stream_id"] = entry["stream"] = "contact"
    run = read(xero, catalog=catalog)
    assert run.exit_code == 1
    assert "selects 'contact', which is not a stream: did you mean 'contacts'?" in run.last_line
    assert run.messages == []


def test_a_stream_that_does_not_exist_and_is_not_selected_is_left_alone(xero):
    catalog = catalog_of(["contacts"])
    catalog["streams"].append({"tap_stream_id": "receipts", "stream": "receipts", "schema": {},
                               "metadata": []})  # fmt: skip
    assert read(xero, catalog=catalog).exit_code == 0
