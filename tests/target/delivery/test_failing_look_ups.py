"""Look-ups that Xero answers with a server error each time: all records are read and compared."""

import pytest
from target_runner import publish, record, records, schema

pytestmark = pytest.mark.usefixtures("prompt")
BY_ADDRESS = {"contacts": {"match": ["EmailAddress"]}}
FAILS = {"status": 500, "body": "<html>Server Error</html>", "times": None}


def people(*names):
    return records("contacts", [{"Name": n, "EmailAddress": f"{n}@example.com"} for n in names])


def names(xero):
    return sorted(contact["Name"] for contact in xero.records("Contacts"))


@pytest.mark.parametrize("status", [500, 502])
def test_a_value_that_fails_each_look_up_is_found_by_comparing(tmp_path, xero, status):
    fault = {**FAILS, "status": status}
    xero.fault("status", "Contacts", method="GET", containing="bad@example.com", **fault)
    found = people("ann", "bob", "bad", "cat", "dan")

    run = publish(tmp_path, xero, found, streams=BY_ADDRESS)

    assert run.statuses == {"created": 5}, run.log
    assert names(xero) == ["ann", "bad", "bob", "cat", "dan"]
    changed = records("contacts", [
        {"Name": name, "FirstName": "A", "EmailAddress": f"{name}@example.com"}
        for name in ("ann", "bad")
    ])  # fmt: skip
    run = publish(tmp_path, xero, changed, streams=BY_ADDRESS)
    assert run.statuses == {"updated": 2}, run.log


@pytest.mark.parametrize("status", [500, 502])
def test_names_that_exist_are_found_though_one_fails_its_look_up(tmp_path, xero, status):
    publish(tmp_path, xero, people("ann", "bad", "cat"))
    fault = {**FAILS, "status": status}
    xero.fault("status", "Contacts", method="GET", containing="bad", **fault)
    # Another state database: Xero refuses the names, and each is looked up.
    rows = [{"Name": name, "FirstName": "A"} for name in ("ann", "bad", "cat")]
    run = publish(tmp_path, xero, records("contacts", rows),
                  store_uri=f"sqlite:///{tmp_path / 'other.db'}")  # fmt: skip

    assert run.statuses == {"updated": 3}, run.log


def test_if_all_look_ups_of_a_stream_fail_the_other_streams_go_on(tmp_path, xero):
    xero.fault("status", "Contacts", method="GET", **FAILS)
    messages = [*people(*(f"p{n}" for n in range(30))), *records("items", [{"Code": "A"}])]

    run = publish(tmp_path, xero, messages, streams=BY_ADDRESS)

    assert run.exit_code == 1
    assert run.statuses == {"rejected": 30, "created": 1}
    # Not one for each record: after a few it is clear that the fault is not in the records.
    assert len(xero.calls("Contacts", "GET")) < 200


def test_names_that_cannot_be_looked_up_refuse_their_records_only(tmp_path, xero):
    xero.fault("status", "TaxRates", method="GET", **FAILS)
    named = {"AccountsReceivableTaxType": "15% GST on Income"}
    rows = [{"Name": "Ann"}, {"Name": "Bob", **named}, {"Name": "Cat", **named}, {"Name": "Dan"}]

    run = publish(tmp_path, xero, records("contacts", rows))

    assert run.statuses == {"created": 2, "invalid": 2}, run.log
    assert "cannot be looked up" in run.errors("invalid")[0]
    assert names(xero) == ["Ann", "Dan"]


def test_removals_whose_look_up_fails_are_found_by_comparing(tmp_path, xero):
    xero.fault("status", "Contacts", method="GET", containing="bad", **FAILS)
    publish(tmp_path, xero, people("bad", "good"))
    rows = [record("contacts", Name="bad"), record("contacts", Name="good")]

    run = publish(tmp_path, xero, [schema("contacts"), *rows], method="DELETE")

    assert run.statuses == {"removed": 2}, run.log


def test_parents_whose_look_up_fails_are_found_by_comparing(tmp_path, xero):
    publish(tmp_path, xero, people("bad", "good"))
    xero.fault("status", "Contacts", method="GET", containing="bad", **FAILS)
    notes = [{"Contact.Name": name, "Details": "Hello"} for name in ("bad", "good")]

    run = publish(tmp_path, xero, records("contacts_history", notes))

    assert run.statuses == {"created": 2}, run.log


def test_an_api_that_is_unavailable_still_ends_the_run(tmp_path, xero):
    xero.fault("status", "Contacts", method="GET", **{**FAILS, "status": 503})

    run = publish(tmp_path, xero, people("ann", "bob"), streams=BY_ADDRESS)

    assert run.exit_code == 1
    assert run.statuses == {}
    assert "503" in run.last_line
