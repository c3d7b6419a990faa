"""Removals whose response was lost: what Xero shows decides, and each is finished once."""

import pytest
from method_records import made
from sqlalchemy import create_engine, text
from target_runner import publish, records

pytestmark = pytest.mark.usefixtures("no_waiting", "one_try")


def remove(tmp_path, xero, stream, *rows):
    return publish(tmp_path, xero, records(stream, rows), method="DELETE")


def writes(xero, endpoint):
    return [call for call in xero.calls(endpoint) if call["method"] != "GET"]


def of_name(xero, name):
    return {
        c["ContactID"]: c["ContactStatus"] for c in xero.records("Contacts") if c["Name"] == name
    }


def test_an_account_in_use_is_archived_also_after_lost_responses(tmp_path, xero):
    made(tmp_path, xero, "accounts", {"Code": "871", "Name": "Fees", "Type": "REVENUE"})
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "871"}
    document = {"Type": "ACCREC", "InvoiceNumber": "S-1", "Contact": {"Name": "Ana"}}
    dates = {"Date": "2026-10-01", "DueDate": "2026-10-31", "Status": "AUTHORISED"}
    made(tmp_path, xero, "invoices", {**document, **dates, "LineItems": [line]})
    xero.fault("server_error", "Accounts/*", method="DELETE")

    run = remove(tmp_path, xero, "accounts", {"Code": "871"})

    assert run.statuses == {"removed": 1}, run.log
    [account] = [a for a in xero.records("Accounts") if a.get("Code") == "871"]
    assert account["Status"] == "ARCHIVED"


def interrupted(tmp_path, xero, stream, endpoint, *rows, was_done):
    """Removes rows in a run that does not learn the outcome, and lets Xero forget the key."""
    xero.fault("reset", endpoint, method="[PD]*", after_work=was_done, times=None)
    # The first look-up, by name, finds what is to be removed. The next, by id, would tell what
    # became of it.
    nth = 2 if endpoint == "Contacts" else 1
    xero.fault("status", endpoint, method="GET", nth=nth, status=400, body="", times=None)
    run = remove(tmp_path, xero, stream, *rows)
    assert run.statuses == {"unknown": len(rows)}, run.log
    xero.reset()
    xero.clock.advance(400)


@pytest.mark.parametrize("was_done", [True, False])
def test_a_removal_by_status_is_finished_after_its_key_is_forgotten(tmp_path, xero, was_done):
    ids = made(tmp_path, xero, "contacts", {"Name": "Ana"}, {"Name": "Bo"})
    rows = [{"Name": "Ana"}, {"Name": "Bo"}]
    interrupted(tmp_path, xero, "contacts", "Contacts", *rows, was_done=was_done)

    run = remove(tmp_path, xero, "contacts", *rows)

    assert run.statuses == {"removed": 2}, run.log
    assert [of_name(xero, row["Name"]) for row in rows] == [{own: "ARCHIVED"} for own in ids]
    assert bool(writes(xero, "Contacts")) is not was_done


@pytest.mark.parametrize("was_done", [True, False])
def test_a_removal_by_the_verb_is_finished_after_its_key_is_forgotten(tmp_path, xero, was_done):
    [own_id] = made(tmp_path, xero, "items", {"Code": "A", "Name": "Apple"})
    interrupted(tmp_path, xero, "items", "Items/*", {"Code": "A"}, was_done=was_done)

    run = remove(tmp_path, xero, "items", {"Code": "A"})

    assert run.statuses == {"removed": 1}, run.log
    assert xero.records("Items") == []
    sent = [call["endpoint"] for call in writes(xero, "Items*")]
    assert sent == ([] if was_done else [f"Items/{own_id}"])


def test_a_new_record_of_the_same_name_is_not_removed_by_a_removal_of_before(tmp_path, xero):
    made(tmp_path, xero, "items", {"Code": "A", "Name": "Apple"})
    interrupted(tmp_path, xero, "items", "Items/*", {"Code": "A"}, was_done=True)
    other = publish(tmp_path, xero, records("items", [{"Code": "A", "Name": "Another apple"}]))
    assert other.statuses == {"created": 1}, other.log

    run = remove(tmp_path, xero, "items", {"Code": "A"})

    assert run.statuses == {"removed": 1}, run.log
    assert [item["Name"] for item in xero.records("Items")] == ["Another apple"]


def test_a_request_that_the_log_has_lost_is_looked_up(tmp_path, xero):
    line = {"Description": "Work", "Quantity": 1, "UnitAmount": 10, "AccountCode": "200"}
    sale = {"Type": "ACCREC", "InvoiceNumber": "S-1", "Contact": {"Name": "Ana"}}
    dates = {"Date": "2026-10-01", "DueDate": "2026-10-31"}
    row = {**sale, **dates, "LineItems": [line]}
    xero.fault("reset", "Invoices", after_work=True, times=None)
    assert publish(tmp_path, xero, records("invoices", [row])).statuses == {"unknown": 1}
    xero.reset()
    engine = create_engine(f"sqlite:///{tmp_path / 'xero.db'}")
    with engine.begin() as connection:
        assert connection.execute(text("DELETE FROM publish_requests")).rowcount == 1
    engine.dispose()

    run = publish(tmp_path, xero, records("invoices", [row]))

    assert run.statuses == {"created": 1}, run.log
    assert len(xero.records("Invoices")) == 1
