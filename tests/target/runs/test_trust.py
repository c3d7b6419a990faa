"""What a record may not do: choose its path, be a template, name any file; and who reads files."""

import os
import stat

import pytest
from target_runner import publish, record, records, schema

FREE = {"contacts": {"envelope_paths": True}}


def sent_endpoints(xero):
    return {
        call["endpoint"] for call in xero.log if call["method"] in ("POST", "PUT", "DELETE")
    } - {"connect/token"}


# Paths of envelopes


def test_a_row_that_has_a_column_path_does_not_choose_where_it_goes(tmp_path, xero):
    rows = [{"path": "/Setup", "payload": {"Name": "Ana"}}, {"payload": {"Name": "Bo"}}]
    run = publish(tmp_path, xero, records("contacts", rows))
    assert run.statuses == {"invalid": 1, "created": 1}
    assert "'envelope_paths'" in run.errors("invalid")[0]
    assert sent_endpoints(xero) == {"Contacts"}


def test_the_path_of_an_envelope_is_not_a_template(tmp_path, xero):
    path = "/Setup/{{ 7 * 7 }}{Name}"
    rows = [{"path": path, "payload": {"Name": "Ana"}}]
    run = publish(tmp_path, xero, records("contacts", rows), streams=FREE)
    [text] = run.errors("invalid")
    assert path in text
    assert sent_endpoints(xero) == set()


def test_nothing_in_a_record_is_a_template(tmp_path, xero):
    name = "{{ 7 * 7 }} {Name}"
    streams = {"contacts": {"payload": {"ContactNumber": "{{ record.Nr }}"}}}
    rows = [{"Name": name, "Nr": "{{ 'a' * 9 }}"}]
    publish(tmp_path, xero, records("contacts", rows), streams=streams)
    [contact] = xero.records("Contacts")
    assert (contact["Name"], contact["ContactNumber"]) == (name, "{{ 'a' * 9 }}")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/api.xro/2.0/Contacts",
        "/Invoices/../Contacts",
        "/Invoices/%2e%2E/Contacts",
        "/Invoices/..%2FContacts",
        "/Invoices/%252e%252e/Contacts",
        "/Contacts?x=1",
        "/\\evil.example/Contacts",
        "/Contacts/a b",
        "/Contacts/a\n",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path, xero, path):
    rows = [{"path": path, "payload": {"Name": "Ana"}}]
    run = publish(tmp_path, xero, records("contacts", rows), streams=FREE)
    assert run.statuses == {"invalid": 1}
    assert sent_endpoints(xero) == set()


# Paths of settings

EVIL = [
    "../Contacts?x=",
    "..",
    "..%2fContacts",
    "%252e%252e",
    "a/../../Contacts",
    "..\\Contacts",
    "1b2c3d4e-1111-4222-8333-0123456789ab/../../Contacts",
]


@pytest.mark.parametrize(
    "path",
    ["/Setup/{Name}/x", "/Setup/{{ record.Name }}/x", "/Setup/{{ record.Name | urlencode }}"],
)
def test_a_value_in_a_path_never_leads_out_of_it(tmp_path, xero, path):
    rows = [{"Name": value} for value in EVIL]
    run = publish(tmp_path, xero, records("new", rows), streams={"new": {"path": path}})
    assert run.statuses == {"invalid": len(EVIL)}, run.log
    assert sent_endpoints(xero) == set()


@pytest.mark.parametrize("path", ["/Setup/{Name}", "/Setup/{{ record.Name }}"])
def test_a_value_in_a_path_is_one_segment(tmp_path, xero, path):
    rows = [{"Name": "a b/c?d=e#f"}]
    run = publish(tmp_path, xero, records("new", rows), streams={"new": {"path": path}})
    assert run.statuses == {"rejected": 1}, run.log
    [call] = [call for call in xero.log if call["endpoint"].startswith("Setup")]
    assert (call["endpoint"], call["query"]) == ("Setup/a b/c?d=e#f", {})


def test_an_id_in_a_path_is_a_guid(tmp_path, xero):
    streams = {"to_send": {"path": "/Invoices/{InvoiceID}/Email"}}
    rows = [{"InvoiceID": "Contacts"}, {"InvoiceID": "1b2c3d4e-1111-4222-8333-0123456789ab"}]
    run = publish(tmp_path, xero, records("to_send", rows), streams=streams)
    assert run.statuses == {"invalid": 1, "rejected": 1}, run.log
    assert "'Contacts' is not an id of Xero" in run.errors("invalid")[0]


# Streams


@pytest.mark.parametrize("name", ["contact", "Contacts", "TaxRate", "tracking_category", "bill"])
def test_names_of_entities_count_in_any_case_and_number(tmp_path, xero, name):
    run = publish(tmp_path, xero, records(name, [{"Name": "Ana"}]), on_reject="skip")
    assert run.exit_code == 0, run.log
    assert not run.results[0]["entity"].islower()


@pytest.mark.parametrize("streams", [{}, {"public-contacts": {"method": "PUT"}}])
def test_a_stream_that_is_no_entity_is_refused_before_anything_is_sent(tmp_path, xero, streams):
    messages = records("public-contacts", [{"Name": "Ana"}])
    run = publish(tmp_path, xero, messages, streams=streams)
    assert run.exit_code == 1
    assert "Stream 'public-contacts'" in run.last_line
    assert "contacts" in run.last_line
    assert "'entity'" in run.last_line
    assert sent_endpoints(xero) == set()


# Files


def scan(tmp_path, xero, file_path, files):
    streams = {"scans": {"entity": "Contacts/Attachments"} | ({"files": files} if files else {})}
    own_id = "11111111-1111-1111-1111-111111111111"
    row = {"ContactID": own_id, "FilePath": str(file_path)}
    run = publish(tmp_path, xero, [schema("scans"), record("scans", **row)], streams=streams)
    assert sent_endpoints(xero) == set()
    [text] = run.errors("invalid")
    return text


def test_no_file_is_read_without_the_setting_files(tmp_path, xero, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.txt").write_text("x")
    assert "set it" in scan(tmp_path, xero, "own.txt", None)


def test_hidden_files_links_out_and_devices_are_not_read(tmp_path, xero):
    files = tmp_path / "files"
    (files / ".git").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("s")
    for hidden in (".env", ".git/config"):
        (files / hidden).write_text("s")
        assert "hidden" in scan(tmp_path, xero, hidden, str(files))
    (files / "innocent.txt").symlink_to(files / ".env")
    assert "hidden" in scan(tmp_path, xero, "innocent.txt", str(files))
    (files / "out.txt").symlink_to(tmp_path / "secret.txt")
    assert "not below" in scan(tmp_path, xero, "out.txt", str(files))
    os.mkfifo(files / "pipe")
    assert "a device" in scan(tmp_path, xero, "pipe", str(files))
    (files / "folder").mkdir()
    assert "a folder" in scan(tmp_path, xero, "folder", str(files))
    (files / "loop").symlink_to(files / "loop")
    assert "cannot be read" in scan(tmp_path, xero, "loop", str(files))


def test_only_the_owner_may_read_results_and_rejects(tmp_path, xero):
    before = os.umask(0)
    try:
        run = publish(tmp_path, xero, records("contacts", [{"EmailAddress": "x"}]))
    finally:
        os.umask(before)
    for path in (tmp_path / "results.jsonl", run.rejects_path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
