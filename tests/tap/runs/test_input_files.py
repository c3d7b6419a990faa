"""Catalogs and states of any content end in a message or are read, never in a traceback."""

from __future__ import annotations

import json
import subprocess
from copy import deepcopy

import pytest
from contacts import add_contacts
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tap_runner import TAP, catalog_of, read, settings_for
from xero_sandbox.server import server

JUNK = [None, True, 5, -1.5, "", "x", [], [None], ["x"], {}, {"x": None}, [[]], [{}], [5]]
STATE = {
    "bookmarks": {
        "contacts": {
            "replication_key": "UpdatedDateUTC",
            "replication_key_value": "2026-01-01T00:00:00Z",
            "partitions": [
                {
                    "context": {"_tenant_id": "?"},
                    "replication_key": "UpdatedDateUTC",
                    "replication_key_value": "2026-01-01T00:00:00Z",
                    "full_read_at": "2026-01-01T00:00:00Z",
                    "progress_markers": {"Note": "x"},
                    "reading": {
                        "since": "2026-01-01T00:00:00Z",
                        "page": 1,
                        "began": "2026-01-01T00:00:00Z",
                        "newest": "2026-01-01T00:00:00Z",
                        "request": "?",
                    },
                }
            ],
        }
    }
}


def places(content, path=()):
    """The path of every part of a JSON value."""
    yield path
    parts = content.items() if isinstance(content, dict) else ()
    if isinstance(content, list):
        parts = list(enumerate(content))[:4]
    for name, part in parts:
        yield from places(part, (*path, name))


def with_junk(content, path, junk):
    """A copy of the content, with junk at a place."""
    if not path:
        return junk
    copy = deepcopy(content)
    part = copy
    for name in path[:-1]:
        part = part[name]
    part[path[-1]] = deepcopy(junk)
    return copy


@pytest.fixture(scope="module")
def small():
    with server() as running:
        add_contacts(running, 3)
        yield running


def small_catalog():
    catalog = catalog_of(["contacts"])
    catalog["streams"] = [s for s in catalog["streams"] if s["tap_stream_id"] == "contacts"]
    [stream] = catalog["streams"]
    kept = {"ContactID", "Name", "Phones", "UpdatedDateUTC", "_tenant_id"}
    properties = stream["schema"]["properties"]
    stream["schema"]["properties"] = {name: properties[name] for name in kept}
    stream["metadata"] = stream["metadata"][:3]
    return catalog


CATALOG = small_catalog()
DESELECTED = {"breadcrumb": ["properties", "EmailAdress"], "metadata": {"selected": False}}


def ended_with_a_message(run):
    last = run.last_line
    return run.exit_code in (0, 1) and "Traceback" not in run.log and bool(last)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(places(CATALOG))), st.sampled_from(JUNK))
def test_a_catalog_with_anything_anywhere_ends_in_no_traceback(small, path, junk):
    assert ended_with_a_message(read(small, catalog=with_junk(CATALOG, path, junk) or {}))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(list(places(STATE))), st.sampled_from(JUNK))
def test_a_state_with_anything_anywhere_ends_in_no_traceback(small, path, junk):
    state = deepcopy(STATE)
    state["bookmarks"]["contacts"]["partitions"][0]["context"]["_tenant_id"] = small.tenant_id
    streams = {"contacts": {"full_refresh_every": "1d"}}
    run = read(small, ["contacts"], state=with_junk(state, path, junk), streams=streams)
    assert ended_with_a_message(run)


def test_a_byte_order_mark_before_a_catalog_or_a_state_is_ignored(small, tmp_path):
    (tmp_path / "catalog.json").write_text(json.dumps(CATALOG), encoding="utf-8-sig")
    (tmp_path / "state.json").write_text("{}", encoding="utf-8-sig")
    (tmp_path / "config.json").write_text(json.dumps(settings_for(small)), encoding="utf-8-sig")
    options = [f"--{name}={tmp_path / name}.json" for name in ("config", "catalog", "state")]
    done = subprocess.run([TAP, *options], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(b'"RECORD"') == 3


@pytest.mark.parametrize(
    ("text", "problem"),
    [(" \n", "is empty: omit --state"), ("{}\n{}\n", "Give one value: of several lines, the last")],
)
def test_a_file_of_no_or_several_states_says_what_to_give(small, tmp_path, text, problem):
    (tmp_path / "state.json").write_text(text)
    (tmp_path / "config.json").write_text(json.dumps(settings_for(small)))
    options = [f"--{name}={tmp_path / name}.json" for name in ("config", "state")]
    done = subprocess.run([TAP, *options], capture_output=True, check=False, text=True)
    assert done.returncode == 1
    assert problem in done.stderr.strip().splitlines()[-1]


def test_progress_markers_of_another_form_are_named(small):
    state = {"bookmarks": {"contacts": {"progress_markers": [None]}}}
    run = read(small, ["contacts"], state=state)
    assert run.exit_code == 1
    assert "'progress_markers' of contacts" in run.last_line


@pytest.mark.parametrize(
    ("path", "junk", "problem"),
    [
        (("streams", 0, "schema"), None, "'schema'"),
        (("streams", 0, "metadata", 0, "breadcrumb"), 5, "'metadata'"),
        (("streams", 0, "key_properties"), "x", "'key_properties'"),
        (("streams", 0, "key_properties"), ["x"], "'key_properties' has 'x'"),
        (("streams", 0, "stream"), "x", "'stream' is not the 'tap_stream_id'"),
        (("streams", 0), {}, "'tap_stream_id'"),
        (("streams", 0, "metadata", 0, "metadata", "selected"), "false", "'selected' is 'false'"),
        (("streams", 0, "metadata"), [DESELECTED], "deselects ['properties', 'EmailAdress']"),
        (("streams", 0, "replication_method"), "full_table", "'full_table' is neither FULL_TABLE"),
        (("streams", 0, "replication_method"), "LOG_BASED", "'LOG_BASED' is neither FULL_TABLE"),
    ],
)
def test_a_malformed_catalog_says_what_is_malformed(small, path, junk, problem):
    run = read(small, catalog=with_junk(CATALOG, path, junk))
    assert run.exit_code == 1
    assert "is not a catalog" in run.last_line
    assert problem in run.last_line
    assert run.messages == []


def choosing(stream, *, in_metadata, **choice):
    """A catalog that chooses how a stream is replicated, in one of the two places."""
    catalog = catalog_of([stream])
    [entry] = [each for each in catalog["streams"] if each["tap_stream_id"] == stream]
    [root] = [each["metadata"] for each in entry["metadata"] if not each["breadcrumb"]]
    names = {
        "replication_key": "replication-key",
        "replication_method": "forced-replication-method",
    }
    for name, in_root in names.items():
        entry.pop(name, None)
        root.pop(in_root, None)
        if name in choice and in_metadata:
            root[in_root] = choice[name]
        elif name in choice:
            entry[name] = choice[name]
    return catalog


@pytest.mark.parametrize("in_metadata", [True, False])
@pytest.mark.parametrize(
    ("stream", "remedy"),
    [("contacts", "set it to 'UpdatedDateUTC'"), ("currencies", "remove it")],
)
def test_another_replication_key_is_refused(xero, stream, remedy, in_metadata):
    choice = {"replication_key": "Name", "replication_method": "INCREMENTAL"}
    run = read(xero, catalog=choosing(stream, in_metadata=in_metadata, **choice))
    assert run.exit_code == 1
    assert f"the replication key 'Name' for {stream}" in run.last_line
    assert remedy in run.last_line
    assert not xero.log


@pytest.mark.parametrize("in_metadata", [True, False])
def test_incremental_without_a_key_is_by_the_key_of_the_stream(xero, in_metadata):
    xero.add("Contacts", {"Name": "A", "ContactStatus": "ACTIVE"})
    method = {"replication_method": "INCREMENTAL"}
    run = read(xero, catalog=choosing("contacts", in_metadata=in_metadata, **method))
    assert run.partition("contacts")["replication_key"] == "UpdatedDateUTC"


def test_incremental_of_a_stream_without_a_key_is_a_full_table_with_a_warning(xero):
    method = {"replication_method": "INCREMENTAL"}
    run = read(xero, catalog=choosing("currencies", in_metadata=False, **method))
    assert run.exit_code == 0, run.log
    assert "currencies is INCREMENTAL, but it has no replication key" in run.log
    assert "ACTIVATE_VERSION" in {each["type"] for each in run.messages}


def test_a_full_table_may_have_any_replication_key_in_the_catalog(xero):
    choice = {"replication_key": "Name", "replication_method": "FULL_TABLE"}
    assert read(xero, catalog=choosing("contacts", in_metadata=True, **choice)).exit_code == 0
