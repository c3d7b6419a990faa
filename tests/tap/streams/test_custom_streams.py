"""The setting ``custom_streams``: any other GET of Xero's APIs, as a stream."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime, timezone

import pytest
from other_records import put_projects

from tap_runner import TAP, read, settings_for
from xero_sandbox.server import server

ACTIONS = {"path": "/Organisation/Actions", "records": "Actions", "key_properties": ["Name"]}
OFFSET = {"paging": "offset", "key_properties": ["JournalID"]}
PROJECTS = {
    "path": "/projects.xro/2.0/Projects",
    "records": "items",
    "key_properties": ["projectId"],
    "scope": "projects.read",
}
INVOICES = {
    "path": "Invoices",
    "records": "Invoices",
    "key_properties": ["InvoiceID"],
    "paging": "page",
    "replication_key": "UpdatedDateUTC",
    "scope": "accounting.invoices.read",
}
LINKED = {"path": "/LinkedTransactions", "records": "LinkedTransactions"}
WIDGET = {"type": "object", "properties": {"Name": {"type": "string"}}}


def entry(name, schema=None, keys=(), replication_key=None):
    """An entry of a catalog that selects a stream."""
    metadata = {"breadcrumb": [], "metadata": {"selected": True}}
    return {
        "tap_stream_id": name,
        "stream": name,
        "schema": schema or {"type": "object", "properties": {}},
        "key_properties": ["_tenant_id", *keys],
        "replication_key": replication_key,
        "metadata": [metadata],
    }


def read_custom(xero, custom, state=None, **settings):
    """Reads custom streams only, with a catalog that selects them."""
    entries = [
        entry(name, None, each.get("key_properties") or (), each.get("replication_key"))
        for name, each in custom.items()
    ]
    return read(xero, catalog={"streams": entries}, state=state, custom_streams=custom, **settings)


def add_invoices(xero, *days):
    for day in days:
        updated = datetime(2026, 3, day, tzinfo=timezone.utc)
        xero.add("Invoices", {"Type": "ACCREC", "Status": "DRAFT", "UpdatedDateUTC": updated})


def test_a_path_that_the_table_does_not_know_becomes_a_stream(xero):
    run = read(xero, custom_streams={"org_actions": ACTIONS})
    assert run.exit_code == 0, run.log
    records = run.records("org_actions")
    assert {"CreateApprovedInvoice", "CreateContact"} <= {each["Name"] for each in records}
    assert records[0]["_tenant_id"] == xero.tenant_id
    [schema] = [
        message
        for message in run.messages
        if message["type"] == "SCHEMA" and message["stream"] == "org_actions"
    ]
    assert schema["key_properties"] == ["_tenant_id", "Name"]
    assert schema["schema"]["properties"]["Name"] == {"type": ["string"]}
    assert schema["schema"]["properties"]["Status"] == {"type": ["string", "null"]}
    assert "'custom_streams.org_actions' has no schema: it is inferred from" in run.log


def test_discovery_infers_the_schema_and_a_run_with_its_catalog_takes_no_call_for_it(
    xero, tmp_path
):
    config = tmp_path / "config.json"
    config.write_text(json.dumps(settings_for(xero, custom_streams={"actions": ACTIONS})))
    command = [str(TAP), "--config", str(config), "--discover"]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    entries = {each["tap_stream_id"]: each for each in json.loads(done.stdout)["streams"]}
    xero.reset()

    selected = {"breadcrumb": [], "metadata": {"selected": True}}
    chosen = {**entries["actions"], "metadata": [selected]}
    run = read(xero, catalog={"streams": [chosen]}, custom_streams={"actions": ACTIONS})

    assert run.records("actions")[0]["Status"]
    assert len(xero.calls("Organisation/Actions")) == 1
    assert "is inferred" not in run.log


def test_a_path_of_another_api_is_read_page_by_page(xero):
    ids = put_projects(xero, 7)
    stream = {**PROJECTS, "paging": "page", "page_size": 3}
    run = read_custom(xero, {"work": {**stream, "schema": {
        "properties": {"projectId": {"type": "string"}, "name": {"type": "string"}}
    }}})  # fmt: skip
    assert run.exit_code == 0, run.log
    assert run.ids("work", "projectId") == ids
    asked = [call["query"] for call in xero.log if "projects.xro" in call["endpoint"]]
    assert {query["pageSize"] for query in asked} == {"3"}
    assert {query["page"] for query in asked} == {"1", "2", "3"}


def test_a_list_without_paging_is_one_call(xero):
    put_projects(xero, 3)
    schema = {"properties": {"projectId": {"type": "string"}}}
    run = read_custom(xero, {"work": {**PROJECTS, "schema": schema}})
    assert len(run.records("work")) == 3
    [call] = [call for call in xero.log if "projects.xro" in call["endpoint"]]
    assert call["query"] == {}


def test_a_page_of_a_list_that_should_come_whole_is_an_error_that_names_the_setting(xero):
    put_projects(xero, 51)
    run = read_custom(
        xero,
        {"work": {**PROJECTS, "schema": {"properties": {"projectId": {"type": "string"}}}}},
    )
    assert run.exit_code == 1
    assert "Xero sent page 1 of 2" in run.last_line
    assert "set 'custom_streams.work.paging' to page" in run.last_line


def test_records_are_read_by_offset_until_an_empty_page(xero):
    for offset, names in (("0", ["a", "b"]), ("2", ["c"]), ("3", [])):
        body = json.dumps([{"Name": name} for name in names])
        xero.fault(
            "status",
            "Widgets",
            status=200,
            body=body,
            content_type="application/json",
            query={"start": offset, "limit": "2"},
            times=None,
        )
    widgets = {
        "path": "/Widgets",
        "paging": "offset",
        "page_parameter": "start",
        "page_size_parameter": "limit",
        "page_size": 2,
        "key_properties": ["Name"],
        "schema": WIDGET,
    }
    run = read_custom(xero, {"widgets": widgets})
    assert run.exit_code == 0, run.log
    assert run.ids("widgets", "Name") == ["a", "b", "c"]


def test_a_server_that_ignores_the_offset_is_an_error_instead_of_an_endless_loop(xero):
    body = json.dumps([{"Name": "a"}, {"Name": "b"}])
    content = {"status": 200, "body": body, "content_type": "application/json", "times": None}
    xero.fault("status", "Widgets", **content)
    widgets = {"path": "/Widgets", "paging": "offset", "key_properties": ["Name"]}
    run = read_custom(xero, {"widgets": {**widgets, "schema": WIDGET}})
    assert run.exit_code == 1
    assert "does not page by 'offset'" in run.last_line
    assert "set 'custom_streams.widgets.paging' to none" in run.last_line


def test_equal_records_without_a_key_all_come(xero):
    for page, names in (("1", ["a", "a"]), ("2", ["b", "a"]), ("3", [])):
        body = json.dumps([{"Name": name} for name in names])
        content = {"status": 200, "body": body, "content_type": "application/json"}
        xero.fault("status", "Widgets", query={"page": page}, times=None, **content)
    run = read_custom(xero, {"widgets": {"path": "/Widgets", "paging": "page", "schema": WIDGET}})
    assert run.exit_code == 0, run.log
    assert run.ids("widgets", "Name") == ["a", "a", "b", "a"]


def test_modified_since_reads_only_changes_and_keeps_a_bookmark(xero):
    schema = {"properties": {"InvoiceID": {"type": "string"}, "UpdatedDateUTC": {"type": "string"}}}
    stream = {**INVOICES, "modified_since": True, "schema": schema}
    add_invoices(xero, 1, 2)
    first = read_custom(xero, {"sales": stream})
    assert len(first.records("sales")) == 2
    assert first.partition("sales")["replication_key_value"] == "2026-03-02T00:00:00.000Z"
    add_invoices(xero, 5)
    xero.reset()
    second = read_custom(xero, {"sales": stream}, state=first.state)
    assert [each["UpdatedDateUTC"] for each in second.records("sales")][-1] == (
        "2026-03-05T00:00:00.000Z"
    )
    assert xero.calls("Invoices")[0]["headers"]["if-modified-since"] == "2026-03-01T23:59:59"


def test_a_template_has_the_bookmark_of_a_replication_key(xero):
    schema = {"properties": {"InvoiceID": {"type": "string"}, "UpdatedDateUTC": {"type": "string"}}}
    where = "UpdatedDateUTC>={{ (start or '2020-01-01') | xero_date }}"
    stream = {**INVOICES, "params": {"where": where, "unitdp": 4}, "schema": schema}
    add_invoices(xero, 1, 2)
    first = read_custom(xero, {"sales": stream})
    xero.reset()
    read_custom(xero, {"sales": stream}, state=first.state)
    call = xero.calls("Invoices")[0]
    assert call["query"]["where"] == "UpdatedDateUTC>=DateTime(2026, 03, 02)"
    assert call["query"]["unitdp"] == "4"
    assert "if-modified-since" not in call["headers"]


def test_several_organisations_have_records_and_bookmarks_of_their_own():
    schema = {"properties": {"InvoiceID": {"type": "string"}, "UpdatedDateUTC": {"type": "string"}}}
    stream = {**INVOICES, "modified_since": True, "schema": schema}
    with server(companies=["empty", "empty"]) as xero:
        for day, tenant_id in enumerate(xero.tenant_ids, 1):
            updated = datetime(2026, 3, day, tzinfo=timezone.utc)
            xero.add("Invoices", {"Type": "ACCREC", "UpdatedDateUTC": updated}, tenant_id)
        token = xero.grant("sandbox-web", tenant_ids=xero.tenant_ids)["access_token"]
        run = read_custom(xero, {"sales": stream}, access_token=token, tenant_ids=xero.tenant_ids)
        assert sorted(run.ids("sales", "_tenant_id")) == sorted(xero.tenant_ids)
        organisations = run.state["bookmarks"]["sales"]["organisations"].values()
        bookmarks = [each["replication_key_value"] for each in organisations]
    assert sorted(bookmarks) == ["2026-03-01T00:00:00.000Z", "2026-03-02T00:00:00.000Z"]


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/api.xro/2.0/Contacts",
        "//evil.example/Contacts",
        "http://127.0.0.1.evil.example/x",
        "https://user@evil.example/",
    ],
)
def test_a_path_to_another_host_is_refused_before_any_call(xero, path):
    run = read_custom(xero, {"evil": {"path": path, "schema": WIDGET}})
    assert run.exit_code == 1
    assert "'custom_streams.evil.path'" in run.last_line
    assert "another host" in run.last_line
    assert not xero.log


@pytest.mark.parametrize(
    ("name", "settings", "said"),
    [
        ("contacts", {"path": "/Invoices"}, "has the name of a stream of the tap"),
        ("invoices", {"path": "/Invoices"}, "has the name of a stream of the tap"),
        ("journals_cash", {"path": "/CashJournals"}, "has the name of a stream of the tap"),
        ("a b", {"path": "/Invoices"}, "letters, digits and underscores"),
        ("x", {"path": "/Invoices?page=1"}, "'custom_streams.x.params'"),
        ("x", {"path": "/../secret"}, "is not a path"),
        ("x", {"path": "/X", "modified_since": True}, "set 'custom_streams.x.replication_key'"),
        (
            "x",
            {"path": "/X", "replication_key": "At"},
            "'custom_streams.x.modified_since' is false",
        ),
        ("x", {"path": "/X", "paging": "pages"}, "paging"),
        ("x", LINKED, "set 'custom_streams.x.paging' to page"),
        ("x", {"path": "/payroll.xro/2.0/PayRuns", "records": "payRuns"}, "in pages"),
        ("x", {"paging": "page"}, "path"),
        ("x", {"path": "/X", "recordz": "X"}, "did you mean 'records'"),
        ("x", {"path": "/X", "key_properties": ["A", "A"]}, "names a field twice"),
        ("x", {"path": "/X", "schema": {"properties": {"A": {}}}}, "schema.A"),
        ("x", {"path": "/X", "schema": {"properties": {"A": {"type": "array"}}}}, "schema.A[]"),
        ("x", {"path": "/X", "key_properties": ["Id"], "schema": WIDGET}, "no property 'Id'"),
    ],
)
def test_a_wrong_setting_is_named_before_any_call(xero, name, settings, said):
    run = read(xero, ["accounts"], custom_streams={name: settings})
    assert run.exit_code == 1
    assert said in run.last_line
    assert not xero.log


def test_one_page_of_a_list_may_be_asked_for_by_a_parameter(xero):
    run = read_custom(xero, {"x": {**LINKED, "params": {"page": "1"}}})
    assert run.exit_code == 0, run.log
    assert [call["query"] for call in xero.calls("LinkedTransactions")] == [{"page": "1"}]


def test_options_under_streams_belong_under_custom_streams(xero):
    run = read_custom(
        xero, {"work": {**PROJECTS, "schema": WIDGET, "key_properties": []}}, streams={"work": {}}
    )
    assert run.exit_code == 1
    assert "under 'custom_streams.work'" in run.last_line


def test_a_key_that_the_response_lacks_is_named_with_the_nearest(xero):
    stream = {**ACTIONS, "records": "Action", "schema": WIDGET}
    run = read_custom(xero, {"actions": stream})
    assert run.exit_code == 1
    assert "'custom_streams.actions.records'" in run.last_line
    assert "did you mean 'Actions'" in run.last_line


def test_an_envelope_without_the_key_of_its_records_names_the_setting(xero):
    put_projects(xero, 1)
    run = read_custom(xero, {"work": {"path": PROJECTS["path"], "schema": WIDGET}})
    assert run.exit_code == 1
    assert "set 'custom_streams.work.records'" in run.last_line
    assert "['items']" in run.last_line


def test_a_stream_that_is_refused_while_its_schema_is_inferred_keeps_no_other_from_being_read(
    xero,
):
    xero.fault("forbidden", "Organisation/Actions", times=None)
    settings = {"custom_streams": {"actions": ACTIONS}}
    run = read(xero, **settings)
    assert run.exit_code == 1
    assert "actions of" in run.last_line
    assert run.records("accounts")
    assert read(xero, unavailable_streams="skip", **settings).exit_code == 0


def test_a_schema_of_ones_own_decides_the_types(xero):
    body = '[{"Id": 7, "Price": "1.10", "Day": "/Date(1767225600000+0000)/", "More": 1}]'
    content = {"status": 200, "body": body, "content_type": "application/json"}
    xero.fault("status", "Widgets", times=None, **content)
    properties = {
        "Id": {"type": "string"},
        "Price": {"type": ["number", "null"]},
        "Day": {"type": "string", "format": "date"},
    }
    stream = {"path": "/Widgets", "key_properties": ["Id"], "schema": {"properties": properties}}
    run = read_custom(xero, {"widgets": stream})
    [record] = run.records("widgets")
    assert (record["Id"], record["Price"], record["Day"]) == ("7", 1.10, "2026-01-01")
    assert "More" not in record
    assert "Field 'More' of widgets is not in the schema" in run.log


def test_an_inferred_schema_keeps_numbers_exact_and_nested_parts(xero):
    body = (
        '[{"Id": "a", "Rate": 0.123456789012345678, "Count": 3, "At": "/Date(1767225600000)/", '
        '"Open": true, "Part": {"Name": "x"}, "Lines": [{"Amount": 1.10}], "Tags": ["t"]}, '
        '{"Id": "b", "Rate": null, "Other": "y"}]'
    )
    content = {"status": 200, "body": body, "content_type": "application/json"}
    xero.fault("status", "Widgets", times=None, **content)
    run = read(xero, custom_streams={"widgets": {"path": "/Widgets", "key_properties": ["Id"]}})
    assert run.exit_code == 0, run.log
    [first, second] = run.records("widgets")
    assert first["At"] == "2026-01-01T00:00:00.000Z"
    assert first["Part"] == {"Name": "x"}
    assert first["Lines"] == [{"Amount": 1.10}]
    assert first["Tags"] == ["t"]
    assert second["Other"] == "y"
    [schema] = [
        message["schema"]["properties"]
        for message in run.messages
        if message["type"] == "SCHEMA" and message["stream"] == "widgets"
    ]
    assert schema["Count"] == schema["Rate"] == {"type": ["number", "null"]}
    assert schema["Open"] == {"type": ["boolean", "null"]}


def test_the_path_of_another_api_says_the_scope_of_a_custom_connection(xero):
    ids = put_projects(xero, 2)
    without = {name: value for name, value in PROJECTS.items() if name != "scope"}
    run = read(xero, custom_streams={"work": without})
    assert run.exit_code == 0, run.log
    assert run.ids("work", "projectId") == ids


@pytest.mark.sandbox(companies=["demo"])
@pytest.mark.parametrize("path", ["/Journals", "journals"])
def test_the_path_of_accounting_says_the_scope_of_a_custom_connection(xero, path):
    run = read(xero, custom_streams={"all": {"path": path, "records": "Journals", **OFFSET}})
    assert run.exit_code == 0, run.log
    assert run.records("all")


@pytest.mark.parametrize("name", ["actions", "Xero-Actions"])
def test_an_included_stream_that_the_catalog_lacks_has_all_of_its_fields(xero, name):
    run = read(xero, catalog={"streams": []}, custom_streams={name: ACTIONS}, include=[name])
    assert run.exit_code == 0, run.log
    assert run.records(name)[0].keys() >= {"Name", "Status"}
    assert "is not in the schema" not in run.log


@pytest.mark.parametrize(
    ("setting", "value"), [("key_properties", ["Nme"]), ("replication_key", "Nme")]
)
def test_a_key_that_no_record_has_is_named(xero, setting, value):
    stream = {**ACTIONS, setting: value, "modified_since": setting == "replication_key"}
    run = read(xero, custom_streams={"actions": stream}, include=["actions"])
    assert run.exit_code == 1
    assert f"'custom_streams.actions.{setting}' names 'Nme'" in run.last_line
    assert "did you mean 'Name'?" in run.last_line
    assert run.records("actions") == []


# The example of the setting, as the design has it.
EXAMPLE = {"organisation_actions": {
    "path": "/Organisation/Actions", "records": "Actions", "key_properties": ["Name"],
    "params": {}, "paging": "none", "page_parameter": "page", "page_size_parameter": "pageSize",
    "page_size": 100, "modified_since": False, "replication_key": None,
    "scope": "accounting.settings.read", "schema": None}}  # fmt: skip


def test_a_stream_with_the_name_and_path_of_a_built_in_one_takes_its_place(xero):
    run = read(xero, custom_streams=EXAMPLE)
    assert run.exit_code == 0, run.log
    names = run.ids("organisation_actions", "Name")
    assert len(names) == len(set(names)) > 1
    assert "_read_at" in run.records("organisation_actions")[0]
    assert "'custom_streams.organisation_actions' has no schema: it is inferred" in run.log
    assert run.records("accounts")


@pytest.mark.parametrize("include", [[], ["organisation_actions"]])
def test_a_stream_that_takes_the_place_of_another_is_once_in_the_catalog(xero, tmp_path, include):
    config = tmp_path / "config.json"
    settings = settings_for(xero, custom_streams=EXAMPLE, include=include)
    config.write_text(json.dumps(settings))
    command = [str(TAP), "--config", str(config)]
    done = subprocess.run([*command, "--discover"], capture_output=True, check=True, timeout=60)
    streams = json.loads(done.stdout)["streams"]
    names = [each["tap_stream_id"] for each in streams]
    assert len(names) == len(set(names))
    own = streams[names.index("organisation_actions")]
    assert own["schema"]["properties"].keys() >= {"_tenant_id", "Name", "Status"}
    about = subprocess.run([*command, "--about"], capture_output=True, check=True, timeout=60)
    assert b"custom_streams" in about.stdout

    xero.reset()
    own["metadata"] = [{"breadcrumb": [], "metadata": {"selected": True}}]
    run = read(xero, catalog={"streams": [own]}, custom_streams=EXAMPLE, include=include)
    assert run.exit_code == 0, run.log
    assert run.records("organisation_actions")
    assert len(xero.calls("Organisation/Actions")) == 1


def test_the_schema_is_inferred_from_the_page_that_is_read_first(xero):
    add_invoices(xero, 1, 2, 3)
    stream = {**INVOICES, "params": {"order": "UpdatedDateUTC DESC"}, "page_size": 2}
    del stream["replication_key"]
    run = read(xero, custom_streams={"sales": stream}, include=["sales"], catalog={"streams": []})
    assert run.exit_code == 0, run.log
    queries = [call["query"] for call in xero.calls("Invoices")]
    assert queries[0] == queries[1]
    assert queries[0]["order"] == "UpdatedDateUTC DESC"


@pytest.mark.parametrize("value", ["7", '"7"', '"soon"', "1.5", "true"])
@pytest.mark.parametrize("schema", [None, {"properties": {"At": {"type": "string"}}}])
def test_a_replication_key_that_is_not_a_date_is_refused(xero, schema, value):
    content = {"status": 200, "body": f'[{{"At": null}}, {{"At": {value}}}]'}
    xero.fault("status", "Widgets", times=None, content_type="application/json", **content)
    stream = {"path": "/Widgets", "modified_since": True, "replication_key": "At", "schema": schema}
    run = read_custom(xero, {"widgets": stream}) if schema else read(
        xero, custom_streams={"widgets": stream}
    )  # fmt: skip
    assert run.exit_code == 1
    assert "'custom_streams.widgets.replication_key' names 'At'" in run.last_line
    assert f"value {json.loads(value)!r} is not a date" in run.last_line
    assert "remove 'replication_key'" in run.last_line
    assert run.records("widgets") == []


@pytest.mark.parametrize(("second", "code"), [('{"Id": null, "No": 2}', 0), ('{"More": 1}', 1)])
def test_a_record_without_any_of_its_keys_is_refused(xero, second, code):
    body = f'[{{"Id": "a", "No": 1}}, {second}]'
    content = {"status": 200, "body": body, "content_type": "application/json"}
    xero.fault("status", "Widgets", times=None, **content)
    stream = {"path": "/Widgets", "key_properties": ["Id", "No"]}
    run = read(xero, custom_streams={"widgets": stream})
    assert run.exit_code == code
    assert len(run.records("widgets")) == (0 if code else 2)
    if code:
        assert "key_properties' names 'Id', 'No', which 1 of 2 records" in run.last_line
