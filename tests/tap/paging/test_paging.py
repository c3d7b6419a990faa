"""How tap-xero reads lists in pages: calls, order, changes meanwhile, and faulty servers."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import timedelta
from hashlib import sha256

import pytest
from contacts import add_contacts
from journals import add_journals

from tap_runner import read
from xero_sandbox.server import server


def queries(xero, endpoint):
    return [call["query"] for call in xero.calls(endpoint)]


def test_a_paged_list_takes_as_many_calls_as_it_has_pages(xero):
    ids = add_contacts(xero, 25)
    run = read(xero, ["contacts"], page_size=10)
    assert run.exit_code == 0
    assert sorted(run.ids("contacts", "ContactID")) == sorted(ids)
    assert len(xero.calls("Contacts")) == 3


def test_a_full_last_page_is_not_followed_by_an_empty_one(xero):
    add_contacts(xero, 20)
    assert len(read(xero, ["contacts"], page_size=10).records("contacts")) == 20
    assert len(xero.calls("Contacts")) == 2


def test_pages_are_asked_for_by_id_a_thousand_at_a_time(xero):
    add_contacts(xero, 1)
    read(xero, ["contacts"])
    [query] = queries(xero, "Contacts")
    assert query == {
        "page": "1",
        "pageSize": "1000",
        "order": "ContactID",
        "includeArchived": "true",
    }


def test_a_server_that_ignores_page_size_is_read_completely(xero):
    ids = add_contacts(xero, 230)
    xero.fault("page_size_ignored", "Contacts", times=None)
    run = read(xero, ["contacts"], page_size=1000)
    assert Counter(run.ids("contacts", "ContactID")) == Counter(ids)
    assert len(xero.calls("Contacts")) == 3


def test_without_a_pagination_object_pages_are_read_until_one_is_empty(xero):
    ids = add_contacts(xero, 20)
    xero.fault("no_pagination", "Contacts", times=None)
    run = read(xero, ["contacts"], page_size=10)
    assert Counter(run.ids("contacts", "ContactID")) == Counter(ids)
    assert [query["page"] for query in queries(xero, "Contacts")] == ["1", "2", "3"]


def test_a_server_that_ignores_page_size_and_has_no_pagination_is_read_completely(xero):
    ids = add_contacts(xero, 150)
    xero.fault("no_pagination", "Contacts", times=None)
    xero.fault("page_size_ignored", "Contacts", times=None)
    run = read(xero, ["contacts"])
    assert Counter(run.ids("contacts", "ContactID")) == Counter(ids)


def test_a_page_that_repeats_earlier_records_is_an_error_not_a_loop(xero):
    add_contacts(xero, 30)
    xero.fault("page_repeated", "Contacts", times=None)
    xero.fault("no_pagination", "Contacts", times=None)
    run = read(xero, ["contacts"], page_size=10)
    assert run.exit_code == 1
    assert "contacts" in run.last_line
    assert "repeats the records of page 1" in run.last_line
    assert len(xero.calls("Contacts")) <= 7


@pytest.mark.parametrize("exception", ["QueryParseException", "HighVolumeException"])
def test_a_refused_order_is_answered_by_reading_in_the_order_of_change(xero, exception):
    ids = add_contacts(xero, 25)
    xero.fault("order_refused", "Contacts", exception=exception, times=None)
    run = read(xero, ["contacts"], page_size=10)
    assert run.exit_code == 0
    assert set(run.ids("contacts", "ContactID")) == set(ids)
    later = queries(xero, "Contacts")[1:]
    assert {(query["page"], query.get("order")) for query in later} == {("1", None)}


def test_in_the_order_of_change_an_edit_pushes_no_record_out_of_sight(xero):
    ids = add_contacts(xero, 40)
    xero.fault("order_refused", "Contacts", times=None)
    for nth, edited in ((3, ids[0]), (4, ids[5]), (5, ids[30])):
        xero.before(
            "Contacts", lambda contact_id=edited: xero.edit("Contacts", contact_id), nth=nth
        )
    run = read(xero, ["contacts"], page_size=10)
    assert set(run.ids("contacts", "ContactID")) == set(ids)


def test_more_records_changed_in_one_second_than_a_page_holds_are_all_read(xero):
    ids = add_contacts(xero, 35, apart=timedelta(0)) + add_contacts(xero, 5)
    xero.fault("order_refused", "Contacts", times=None)
    run = read(xero, ["contacts"], page_size=10)
    assert set(run.ids("contacts", "ContactID")) == set(ids)


@pytest.mark.parametrize("fault", ["order_refused", "order_ignored"])
def test_an_edit_hides_no_record_of_a_second_in_which_more_changed_than_a_page_holds(xero, fault):
    ids = add_contacts(xero, 35, apart=timedelta(milliseconds=20)) + add_contacts(xero, 5)
    xero.fault(fault, "Contacts", times=None)
    for nth, edited in ((4, ids[:3]), (5, ids[12:13])):
        xero.before(
            "Contacts",
            lambda edited=edited: [xero.edit("Contacts", contact_id) for contact_id in edited],
            nth=nth,
        )
    run = read(xero, ["contacts"], page_size=10)
    assert run.exit_code == 0, run.log
    assert set(run.ids("contacts", "ContactID")) == set(ids)


@pytest.mark.parametrize("counts", [True, False])
def test_records_that_new_ones_push_to_the_next_page_are_no_repetition(xero, counts):
    ids = sorted(add_contacts(xero, 60))
    if not counts:
        xero.fault("no_pagination", "Contacts", times=None)

    def add_in_front():
        for _ in range(10):
            first = f"00000000-0000-4000-8000-{uuid.uuid4().hex[:12]}"
            xero.add("Contacts", {"ContactID": first, "Name": "C", "ContactStatus": "ACTIVE"})

    for nth in (3, 5, 6):
        xero.before("Contacts", add_in_front, nth=nth)
    run = read(xero, ["contacts"], page_size=10, max_concurrency=1)
    assert run.exit_code == 0, run.log
    assert set(ids) <= set(run.ids("contacts", "ContactID"))


def test_one_response_of_another_form_is_asked_for_again(xero):
    ids = add_contacts(xero, 30)
    xero.fault("missing_key", "Contacts", nth=2)
    run = read(xero, ["contacts"], page_size=10)
    assert run.exit_code == 0, run.log
    assert Counter(run.ids("contacts", "ContactID")) == Counter(ids)
    assert len(xero.calls("Contacts")) == 4


def test_responses_of_another_form_end_the_stream_after_the_second(xero):
    add_contacts(xero, 3)
    xero.fault("missing_key", "Contacts", times=None)
    run = read(xero, ["contacts"])
    assert run.exit_code == 1
    assert "no list 'Contacts'" in run.last_line
    assert len(xero.calls("Contacts")) == 2


def test_high_volume_that_no_order_cures_says_what_to_set(xero):
    add_contacts(xero, 3)
    xero.fault(
        "status",
        "Contacts",
        status=400,
        times=None,
        content_type="application/json",
        body='{"ErrorNumber":51,"Type":"HighVolumeException","Message":"inefficient"}',
    )
    run = read(xero, ["contacts"])
    assert run.exit_code == 1
    assert "start_date" in run.last_line
    assert len(xero.calls("Contacts")) == 2


def test_records_edited_added_and_archived_while_pages_are_read_are_not_missed(xero):
    ids = add_contacts(xero, 60)
    added = []
    for nth in range(2, 7):
        xero.before(
            "Contacts",
            lambda nth=nth: (
                xero.edit("Contacts", ids[nth], Name=f"edited {nth}"),
                xero.edit("Contacts", ids[-nth], ContactStatus="ARCHIVED"),
                added.append(xero.add("Contacts", {"Name": "new", "ContactStatus": "ACTIVE"})),
            ),
            nth=nth,
        )
    first = read(xero, ["contacts"], page_size=10)
    assert set(ids) <= set(first.ids("contacts", "ContactID"))
    second = read(xero, ["contacts"], page_size=10, state=first.state)
    latest = {r["ContactID"]: r for r in first.records("contacts") + second.records("contacts")}
    assert set(ids) | set(added) <= set(latest)
    for nth in range(2, 7):
        assert latest[ids[nth]]["Name"] == f"edited {nth}"
        assert latest[ids[-nth]]["ContactStatus"] == "ARCHIVED"


@pytest.mark.parametrize("concurrency", [1, 5])
def test_records_that_leave_the_list_while_it_is_read_take_no_others_with_them(xero, concurrency):
    ids = sorted(add_contacts(xero, 60))
    removed = ids[:3] + ids[25:27]
    for nth, leaving in ((2, ids[:2]), (4, ids[2:3]), (5, ids[25:27])):
        xero.before(
            "Contacts",
            lambda contact_ids=leaving: [
                xero.remove("Contacts", contact_id) for contact_id in contact_ids
            ],
            nth=nth,
        )
    run = read(xero, ["contacts"], page_size=10, max_concurrency=concurrency)
    assert run.exit_code == 0
    assert set(ids) - set(removed) <= set(run.ids("contacts", "ContactID"))


def test_contacts_archived_while_only_active_ones_are_read_take_no_others_with_them(xero):
    ids = sorted(add_contacts(xero, 40))
    xero.before("Contacts", lambda: xero.edit("Contacts", ids[0], ContactStatus="ARCHIVED"), nth=3)
    run = read(xero, ["contacts"], page_size=10, include_archived=False)
    assert set(ids[1:]) <= set(run.ids("contacts", "ContactID"))


def test_linked_transactions_come_in_hundreds_until_a_page_is_empty(xero):
    ids = [xero.add("LinkedTransactions", {"Status": "DRAFT"}) for _ in range(230)]
    run = read(xero, ["linked_transactions"])
    assert Counter(run.ids("linked_transactions", "LinkedTransactionID")) == Counter(ids)


def test_linked_transactions_deleted_while_they_are_read_take_no_others_with_them(xero):
    ids = [xero.add("LinkedTransactions", {"Status": "DRAFT"}) for _ in range(230)]
    xero.before("LinkedTransactions", lambda: xero.remove("LinkedTransactions", ids[0]), nth=2)
    run = read(xero, ["linked_transactions"])
    assert set(ids[1:]) <= set(run.ids("linked_transactions", "LinkedTransactionID"))


def test_journals_are_read_over_gaps_and_short_pages_until_none_is_left(xero):
    numbers = [*range(1, 40), *range(160, 280), 900, 901]
    add_journals(xero, numbers)
    run = read(xero, ["journals"])
    assert [record["JournalNumber"] for record in run.records("journals")] == numbers
    assert run.partition("journals")["replication_key_value"] == 901
    again = read(xero, ["journals"], state=run.state)
    assert again.records("journals") == []
    assert queries(xero, "Journals")[-1]["offset"] == "901"


def test_an_unpaged_list_is_one_call(xero):
    read(xero, ["accounts", "tax_rates"])
    assert len(xero.calls("Accounts")) == len(xero.calls("TaxRates")) == 1


def test_several_pages_are_in_flight_and_still_come_in_order(xero):
    add_contacts(xero, 50)
    xero.fault("latency", "Contacts", seconds=0.2, times=None)
    run = read(xero, ["contacts"], page_size=5)
    ids = run.ids("contacts", "ContactID")
    assert len(ids) == 50
    assert ids == sorted(ids)
    assert max(xero.counters()["peak_concurrency"].values()) == 5


@pytest.mark.parametrize(
    "numbers",
    [
        range(1, 731),
        [number for number in range(1, 900) if number % 40],
        [*range(1, 401), 403, *range(900, 1301)],
        range(1, 401),
    ],
)
def test_dense_journals_are_asked_for_ahead_and_each_comes_once_and_in_order(xero, numbers):
    add_journals(xero, numbers)
    xero.fault("latency", "Journals", seconds=0.05, times=None)
    run = read(xero, ["journals"])
    assert [record["JournalNumber"] for record in run.records("journals")] == list(numbers)
    assert max(xero.counters()["peak_concurrency"].values()) > 1
    assert len(xero.calls("Journals")) <= len(numbers) // 100 + 7


def test_thousands_of_journals_with_gaps_take_hardly_more_calls_than_pages(xero):
    numbers = [number for number in range(1, 3800) if number % 40][:3704]
    add_journals(xero, numbers)
    xero.fault("latency", "Journals", seconds=0.1, times=None)
    run = read(xero, ["journals"])
    assert [record["JournalNumber"] for record in run.records("journals")] == numbers
    assert len(xero.calls("Journals")) <= 38 + 2
    assert max(xero.counters()["peak_concurrency"].values()) == 5


@pytest.mark.parametrize(("missing", "peak"), [(0.1, 5), (0.26, 1)])
def test_irregular_gaps_cost_no_calls(xero, missing, peak):
    """A part of the numbers is missing, without any rule."""
    there = [n for n in range(1, 6_000) if sha256(b"%d" % n).digest()[0] >= missing * 256]
    numbers = there[:3_704]
    add_journals(xero, numbers)
    xero.fault("latency", "Journals", seconds=0.05, times=None)
    run = read(xero, ["journals"])
    assert [record["JournalNumber"] for record in run.records("journals")] == numbers
    assert len(xero.calls("Journals")) <= 38 + 2
    assert max(xero.counters()["peak_concurrency"].values()) >= peak


def test_organisations_are_read_side_by_side():
    with server(companies=["empty", "empty"]) as xero:
        for tenant in xero.tenant_ids:
            for number in range(30):
                contact = {"Name": f"C{number}", "ContactStatus": "ACTIVE"}
                xero.add("Contacts", contact, tenant)
        xero.fault("latency", "Contacts", seconds=0.5, times=None)
        token = xero.grant("sandbox-web")["access_token"]
        run = read(xero, ["contacts"], access_token=token, tenant_ids=xero.tenant_ids, page_size=10)
        turns = [record["_tenant_id"] for record in run.records("contacts")][::10]
        # The page that comes first is taken first, so that their order is not always the same.
        first, second = xero.tenant_ids
        assert turns.index(second) < max(at for at, tenant in enumerate(turns) if tenant == first)
        assert turns.index(first) < max(at for at, tenant in enumerate(turns) if tenant == second)
        assert Counter(run.ids("contacts", "_tenant_id")) == dict.fromkeys(xero.tenant_ids, 30)
