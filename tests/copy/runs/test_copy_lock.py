"""Two copies to one organisation at the same time, and records that another program takes."""

import json
import re
import sqlite3
import time
from contextlib import closing

import pytest
from copy_pair import last_state


@pytest.fixture
def contacts(pair):
    """A backup of the source's contacts."""
    return pair.tap(streams=["currencies", "contact_groups", "contacts"])


def names_of(pair, tenant_id=None):
    return sorted(contact["Name"] for contact in pair.records("Contacts", tenant_id))


def start_and_wait(pair, backup, **settings):
    """Starts a copy, and waits until it sends its contacts, which takes a while."""
    pair.xero.fault("latency", "Contacts", method="POST", seconds=3, nth=1)
    pair.xero.fault("latency", "Contacts", method="PUT", seconds=3, nth=1)
    process = pair.start(backup, **settings)
    deadline = time.monotonic() + 60
    while not any(entry["method"] in ("POST", "PUT") for entry in pair.xero.calls("Contacts")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_second_copy_at_the_same_time_is_refused_and_takes_nothing(pair, contacts, kind, request):
    store = {"store_uri": request.getfixturevalue("fresh_postgres_uri")} if kind != "sqlite" else {}
    pair.xero.reset()
    first = start_and_wait(pair, contacts, **store)
    second = pair.copy(contacts, **store)
    assert second.returncode == 1
    assert second.stdout == ""
    assert "Another copy to" in second.stderr.strip().splitlines()[-1]
    out, log = first.communicate()
    assert first.returncode == 0, log.decode()[-2000:]
    assert "contacts" in json.loads(out.splitlines()[-1])["bookmarks"]
    assert names_of(pair) == names_of(pair, pair.source)
    third = pair.copy(contacts, **store)
    assert third.returncode == 0, third.stderr
    assert "created" not in pair.statuses


def test_a_killed_copy_does_not_keep_the_lock(pair, contacts):
    pair.xero.reset()
    first = start_and_wait(pair, contacts)
    first.kill()
    first.communicate()
    second = pair.copy(contacts)
    assert second.returncode == 0, second.stderr
    assert names_of(pair) == names_of(pair, pair.source)
    assert last_state(second)


def test_no_state_is_passed_on_if_records_are_missing_at_the_end(pair, contacts):
    pair.xero.reset()
    first = start_and_wait(pair, contacts)
    with closing(sqlite3.connect(pair.store_path)) as connection, connection:
        connection.execute("DELETE FROM copy_rows WHERE row = (SELECT min(row) FROM copy_rows)")
    out, log = first.communicate()
    assert first.returncode == 1
    assert out == b""
    counts = re.search(r"(\d+) records came, and (\d+) of them", log.decode().splitlines()[-1])
    assert int(counts[1]) == int(counts[2]) + 1
