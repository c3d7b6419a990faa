"""The bookmark of the journals: a number that may be wrong in a state that was edited."""

from __future__ import annotations

import pytest
from numbered_journals import add_journals

from tap_runner import read


def state_at(xero, number, stream="journals"):
    bookmark = {"replication_key": "JournalNumber", "replication_key_value": number}
    return {"bookmarks": {stream: {"organisations": {xero.tenant_id: bookmark}}}}


def numbers(run, stream="journals"):
    return [record["JournalNumber"] for record in run.records(stream)]


def warnings_of(run):
    return [line for line in run.log.splitlines() if "Xero has no journal" in line]


@pytest.mark.parametrize("stream", ["journals", "journals_cash"])
def test_a_number_that_is_too_high_is_warned_of_with_its_stream_and_organisation(xero, stream):
    add_journals(xero, range(1, 151))
    run = read(xero, [stream], state=state_at(xero, 999, stream))
    assert run.exit_code == 0, run.log
    assert numbers(run, stream) == []
    [warning] = warnings_of(run)
    assert f"The state's bookmark of {stream} of {xero.organisation().name}" in warning
    assert " is 999, " in warning
    assert "remove the bookmark from the state" in warning
    assert run.partition(stream)["replication_key_value"] == 999
    assert len(warnings_of(read(xero, [stream], state=run.state))) == 1


def test_a_number_of_an_earlier_tap_that_is_too_high_is_warned_of(xero):
    add_journals(xero, [1, 2])
    state = {"bookmarks": {"journals": {"JournalNumber": 3}}}
    assert len(warnings_of(read(xero, ["journals"], state=state))) == 1


def test_the_number_of_the_last_journal_is_right_and_its_journal_does_not_come_again(xero):
    add_journals(xero, [1, 2, 150])
    run = read(xero, ["journals"], state=state_at(xero, 150))
    assert numbers(run) == []
    assert warnings_of(run) == []


def test_a_number_in_a_gap_between_journals_is_right(xero):
    add_journals(xero, [1, 2, 150])
    run = read(xero, ["journals"], state=state_at(xero, 100))
    assert numbers(run) == [150]
    assert warnings_of(run) == []


def test_a_number_that_xero_has_sent_is_not_asked_for_again(xero):
    add_journals(xero, [1, 2])
    first = read(xero, ["journals"])
    xero.reset()
    second = read(xero, ["journals"], state=first.state)
    assert [call["query"]["offset"] for call in xero.calls("Journals")] == ["2"]
    assert second.partition("journals") == first.partition("journals")


def test_a_number_of_an_earlier_version_is_asked_for_once(xero):
    add_journals(xero, [1, 2])
    first = read(xero, ["journals"], state=state_at(xero, 2))
    assert warnings_of(first) == []
    xero.reset()
    read(xero, ["journals"], state=first.state)
    assert len(xero.calls("Journals")) == 1


def test_an_organisation_without_journals_is_not_warned_of(xero):
    run = read(xero, ["journals"])
    assert warnings_of(run) == []
    assert warnings_of(read(xero, ["journals"], state=run.state)) == []


@pytest.mark.parametrize("number", [-5, "ten"])
def test_what_is_not_the_number_of_a_journal_is_an_error(xero, number):
    run = read(xero, ["journals"], state=state_at(xero, number))
    assert run.exit_code == 1
    assert f"the state's bookmark of journals is {number!r}" in run.last_line
    assert xero.calls("Journals") == []
