"""Paginators over lists that change meanwhile, with responses in every order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tap_xero.paging.page import OrderIgnoredError, Page, PageRequest, Pagination
from tap_xero.paging.paginators.change_order import ModifiedSincePaginator
from tap_xero.paging.paginators.journals import OffsetPaginator
from tap_xero.paging.paginators.page_numbers import PageNumberPaginator, in_id_order
from xero_client.errors import UnexpectedResponseError

T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)


@dataclass
class Listing:
    """A list on a server: ids with the second of their last change."""

    rows: dict[int, int]
    now: int = 10_000
    size: int = 5
    counts: bool = True
    removed: set[int] = field(default_factory=set)

    def change(self, kind: str, key: int) -> None:
        self.now += 1
        ids = sorted(self.rows)
        if kind == "add":
            self.rows.setdefault(key, self.now)
        elif ids and kind == "edit":
            self.rows[ids[key % len(ids)]] = self.now
        elif ids and kind == "remove":
            row = ids[key % len(ids)]
            del self.rows[row]
            self.removed.add(row)

    def page(self, request: PageRequest, order: str) -> Page:
        since = request.modified_since
        found = [
            (row, changed)
            for row, changed in self.rows.items()
            if since is None or T0 + timedelta(seconds=changed) >= since
        ]
        found.sort(key=lambda pair: pair if order == "id" else (pair[1], pair[0]))
        at = (request.number - 1) * self.size
        records = [
            {"ID": row, "Changed": f"/Date({int((T0.timestamp() + changed) * 1000)})/"}
            for row, changed in found[at : at + self.size]
        ]
        pages = -(-len(found) // self.size)
        pagination = Pagination(self.size, pages, len(found)) if self.counts else None
        return Page(request, records, pagination)


def read_all(paginator, listing, order, changes, choose):
    """Reads to the end; ``changes`` come between answers, ``choose`` says who is answered first."""
    asked, answered, read = [], {}, []
    changes = list(changes)
    while True:
        asked += paginator.next_requests(len(asked), 3 - len(asked))
        if not asked:
            return read
        while id(asked[0]) not in answered:
            waiting = [request for request in asked if id(request) not in answered]
            request = waiting[choose(len(waiting))]
            answered[id(request)] = listing.page(request, order)
            if changes:
                listing.change(*changes.pop(0))
        result = paginator.on_page(answered.pop(id(asked.pop(0))))
        if result.discard_in_flight:
            asked, answered = [], {}
        read += [record["ID"] for record in result.records or ()]


rows = st.dictionaries(st.integers(0, 10**6), st.integers(0, 300), min_size=1, max_size=40)
keys = st.integers(0, 10**6)


@settings(max_examples=200, deadline=None)
@given(rows, st.lists(st.tuples(st.sampled_from(["add", "edit"]), keys), max_size=25), st.data())
def test_no_row_is_missed_whatever_is_added_or_edited(rows, changes, data):
    listing = Listing(dict(rows))
    paginator = PageNumberPaginator(page_size=5, id_field="ID")
    read = read_all(paginator, listing, "id", changes, lambda n: data.draw(st.integers(0, n - 1)))
    assert set(rows) <= set(read)


@settings(max_examples=200, deadline=None)
@given(rows, st.lists(st.tuples(st.just("remove"), keys), max_size=15), st.data())
def test_no_row_is_missed_whatever_is_removed(rows, changes, data):
    listing = Listing(dict(rows))
    paginator = PageNumberPaginator(page_size=5, id_field="ID")
    read = read_all(paginator, listing, "id", changes, lambda n: data.draw(st.integers(0, n - 1)))
    assert set(rows) - listing.removed <= set(read)


crowded_rows = st.dictionaries(st.integers(0, 10**6), st.integers(0, 3), min_size=1, max_size=40)


@settings(max_examples=400, deadline=None)
@given(
    crowded_rows,
    st.lists(st.tuples(st.sampled_from(["add", "edit", "remove"]), keys), max_size=40),
    st.booleans(),
    st.integers(1, 5),
)
@example(
    rows={0: 0, 1: 1, 2: 0, 3: 0},
    changes=[("remove", 2), ("remove", 0), ("edit", 1)],
    counts=True,
    size=1,
)
def test_in_the_order_of_change_no_row_is_missed_whatever_happens_between_two_calls(
    rows, changes, counts, size
):
    listing = Listing(dict(rows), counts=counts, size=size)
    paginator = ModifiedSincePaginator(
        page_size=size, modified_since=None, id_field="ID", changed_field="Changed"
    )
    read = read_all(paginator, listing, "change", changes, lambda _: 0)
    assert set(rows) - listing.removed <= set(read)


@settings(max_examples=200, deadline=None)
@given(rows, st.lists(st.integers(0, 10**6), min_size=10, max_size=60), st.booleans())
def test_rows_that_others_push_to_later_pages_are_no_repetition(rows, added, counts):
    listing = Listing(dict(rows), counts=counts, size=1)
    paginator = PageNumberPaginator(page_size=1, id_field="ID")
    changes = [("add", -number) for number in added]
    read = read_all(paginator, listing, "id", changes, lambda _: 0)
    assert set(rows) <= set(read)


@settings(max_examples=100, deadline=None)
@given(rows, st.booleans())
def test_a_quiet_list_is_read_once_in_order(rows, counts):
    paginator = PageNumberPaginator(page_size=5, id_field="ID")
    assert read_all(paginator, Listing(dict(rows), counts=counts), "id", [], lambda _: 0) == sorted(
        rows
    )


@settings(max_examples=200, deadline=None)
@given(
    st.sets(st.integers(1, 1500), max_size=700),
    st.lists(st.integers(1, 100), max_size=10),
    st.data(),
)
def test_journals_come_once_each_over_gaps_and_short_pages(numbers, short, data):
    paginator = OffsetPaginator()
    short = list(short)
    read, asked = [], []
    while True:
        asked += paginator.next_requests(len(asked), 5 - len(asked))
        if not asked:
            break
        request = asked.pop(0)
        after = sorted(number for number in numbers if number > int(request.params["offset"]))
        page = after[: short.pop() if short and data.draw(st.booleans()) else 100]
        result = paginator.on_page(Page(request, [{"JournalNumber": number} for number in page]))
        if result.discard_in_flight:
            asked = []
        read += [record["JournalNumber"] for record in result.records or ()]
    assert read == sorted(numbers)


def test_a_server_that_gives_all_rows_on_every_page_is_read_once():
    paginator = PageNumberPaginator(page_size=5, id_field="ID")
    [request] = paginator.next_requests(0, 5)
    everything = [{"ID": number} for number in range(12)]
    result = paginator.on_page(Page(request, everything, Pagination(5, 3, 12)))
    assert len(result.records) == 12
    assert paginator.next_requests(0, 5) == []


def test_journals_that_do_not_go_on_after_the_offset_are_an_error():
    paginator = OffsetPaginator(50)
    [request] = paginator.next_requests(0, 5)
    with pytest.raises(UnexpectedResponseError, match="repeat"):
        paginator.on_page(Page(request, [{"JournalNumber": 7}]))


def test_a_list_that_never_stops_shrinking_is_an_error():
    paginator = PageNumberPaginator(page_size=5, id_field="ID")

    def read_on_and_on():
        for step in range(10_000):
            [request, *_] = paginator.next_requests(0, 1)
            ids = [{"ID": 5 * request.number + number} for number in range(5)]
            paginator.on_page(Page(request, ids, Pagination(5, 9_999, 90_000 - step)))

    with pytest.raises(UnexpectedResponseError, match="shrank"):
        read_on_and_on()


def test_rows_older_than_asked_for_show_that_the_header_is_ignored():
    paginator = ModifiedSincePaginator(
        page_size=5, modified_since=T0, id_field="ID", changed_field="Changed"
    )
    [request] = paginator.next_requests(0, 5)
    with pytest.raises(OrderIgnoredError):
        paginator.on_page(Page(request, [{"ID": 1, "Changed": "/Date(0)/"}]))


@given(st.lists(st.uuids(), max_size=8))
def test_both_orders_of_guids_are_known(uuids):
    assert in_id_order([str(uuid) for uuid in sorted(uuids)])
    by_sql_server = sorted(
        uuids,
        key=lambda uuid: (
            uuid.bytes_le[10:],
            uuid.bytes_le[8:10],
            uuid.bytes_le[6:8],
            uuid.bytes_le[4:6],
            uuid.bytes_le[:4],
        ),
    )
    assert in_id_order([str(uuid) for uuid in by_sql_server])


def test_another_order_is_told_apart():
    ids = [str(UUID(int=number)) for number in (3, 1, 2)]
    assert not in_id_order(ids)


@pytest.mark.parametrize("number", ["7", 7, Decimal("7.0")])
def test_a_journals_number_may_be_quoted(number):
    paginator = OffsetPaginator()
    [request] = paginator.next_requests(0, 1)
    page = Page(request, [{"JournalID": "j", "JournalNumber": number}])
    assert len(paginator.on_page(page).records) == 1
    assert paginator.progress.journal_number == 7


@pytest.mark.parametrize("number", [None, "x", "7.5", True])
def test_a_journal_without_a_number_is_an_error(number):
    paginator = OffsetPaginator()
    [request] = paginator.next_requests(0, 1)
    with pytest.raises(UnexpectedResponseError, match="JournalNumber"):
        paginator.on_page(Page(request, [{"JournalID": "j", "JournalNumber": number}]))


def test_a_server_that_mixes_earlier_records_for_ever_is_an_error_not_a_loop():
    paginator = PageNumberPaginator(page_size=2, id_field="ID")
    pages = {1: "ab", 2: "cd", 3: "ca"}

    def read_on_and_on():
        for _ in range(1_000):
            [request] = paginator.next_requests(0, 1)
            ids = pages.get(request.number, "db")
            paginator.on_page(Page(request, [{"ID": record_id} for record_id in ids]))

    with pytest.raises(UnexpectedResponseError, match="repeats the records of"):
        read_on_and_on()


def test_an_empty_page_before_the_last_is_an_error():
    paginator = PageNumberPaginator(page_size=1, id_field="ID")
    [request] = paginator.next_requests(0, 1)
    paginator.on_page(Page(request, [{"ID": "a"}], Pagination(1, 3, 3)))
    with pytest.raises(UnexpectedResponseError, match="is empty"):
        paginator.on_page(Page(paginator.next_requests(0, 1)[0], [], Pagination(1, 3, 3)))
