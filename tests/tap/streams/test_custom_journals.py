"""A custom stream of the journals, which Xero lists by ``offset``: a JournalNumber, with gaps."""

from __future__ import annotations

import pytest
from journals import add_journals

from tap_runner import read

JOURNALS = {
    "path": "/Journals",
    "records": "Journals",
    "key_properties": ["JournalID"],
    "paging": "offset",
    "scope": "accounting.journals.read",
}


def read_journals(xero, **custom):
    return read(xero, custom_streams={"ledger": {**JOURNALS, **custom}}, include=["ledger"],
                catalog={"streams": []})  # fmt: skip


def numbers_of(run):
    assert run.exit_code == 0, run.log
    return [record["JournalNumber"] for record in run.records("ledger")]


@pytest.mark.parametrize("keys", [["JournalID"], []])
@pytest.mark.parametrize("path", ["/Journals", "journals/", "/api.xro/2.0/Journals"])
def test_journals_with_gaps_come_once_each_and_none_is_lost(xero, path, keys):
    numbers = [*range(1, 131), *range(500, 905, 2), 2_000, *range(9_000, 9_150)]
    add_journals(xero, numbers)
    assert numbers_of(read_journals(xero, path=path, key_properties=keys)) == numbers


def test_the_first_page_alone_is_asked_for_the_schema_and_every_run_reads_all(xero):
    add_journals(xero, [*range(3, 120), 400])
    custom = {"ledger": JOURNALS}
    first = read(xero, custom_streams=custom, include=["ledger"], catalog={"streams": []})
    offsets = [call["query"]["offset"] for call in xero.calls("Journals")]
    assert offsets == ["0", "0", "102", "400"]
    again = read(xero, custom_streams=custom, include=["ledger"], catalog={"streams": []},
                 state=first.state)  # fmt: skip
    assert numbers_of(again) == numbers_of(first) == [*range(3, 120), 400]


@pytest.mark.sandbox(companies=["demo"])
@pytest.mark.parametrize(
    ("params", "stream"), [({}, "journals"), ({"paymentsOnly": "true"}, "journals_cash")]
)
def test_the_journals_are_those_of_the_stream_of_the_tap(xero, params, stream):
    own = [record["JournalNumber"] for record in read(xero, [stream]).records(stream)]
    assert len(own) > 100
    assert numbers_of(read_journals(xero, params=params)) == own


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"paging": "none"}, "set 'custom_streams.ledger.paging' to offset, or select"),
        ({"paging": "page"}, "set 'custom_streams.ledger.paging' to offset, or select"),
        ({"records": None}, "set 'custom_streams.ledger.records' to Journals"),
        ({"records": "Ledger"}, "set 'custom_streams.ledger.records' to Journals"),
        ({"page_parameter": "start"}, "set 'custom_streams.ledger.page_parameter' to offset"),
        ({"replication_key": "CreatedDateUTC", "modified_since": True}, "'journals' instead"),
        ({"replication_key": "JournalNumber"}, "'journals' instead"),
        ({"params": {"page": "1"}, "paging": "none"}, "to offset, or select"),
    ],
)
def test_a_setting_that_cannot_read_journals_is_refused_before_any_call(xero, settings, said):
    run = read(xero, ["accounts"], custom_streams={"ledger": {**JOURNALS, **settings}})
    assert run.exit_code == 1
    assert said in run.last_line
    assert not xero.log


@pytest.mark.parametrize("paging", ["none", "offset"])
def test_one_page_of_journals_may_be_asked_for_by_its_offset(xero, paging):
    add_journals(xero, range(1, 10))
    run = read_journals(xero, paging=paging, params={"offset": 5})
    assert numbers_of(run) == [6, 7, 8, 9]
    assert {call["query"]["offset"] for call in xero.calls("Journals")} == {"5"}
