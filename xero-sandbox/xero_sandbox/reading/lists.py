"""``GET /Entity``: filtered, ordered, paged, in the requested shape."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from xero_sandbox.books.cash_basis import cash_journal
from xero_sandbox.generated.collection import GeneratedCollection, Order
from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpResponse
from xero_sandbox.http.xero_json import encode, envelope
from xero_sandbox.model.behaviour import Behaviour
from xero_sandbox.model.endpoint import Endpoint, Paging
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.reading.ordering import OrderTerm, ordered, parse_order
from xero_sandbox.reading.parameters import (
    Page,
    Predicate,
    listed,
    listed_values,
    modified_since,
    omitted,
    predicates,
    requested_page,
    whole_number,
)
from xero_sandbox.reading.shapes import live_values, record_json
from xero_sandbox.reading.volume import high_volume, is_efficient
from xero_sandbox.reading.where import Filter, parse_where

MAX_JOURNALS = 100


@dataclass(frozen=True)
class ListQuery:
    """A list request, parsed from its parameters and headers."""

    endpoint: Endpoint
    listed: Predicate
    since: datetime | None
    predicates: Sequence[Predicate]
    where: Filter | None
    order: tuple[OrderTerm, ...]
    page: Page | None
    omitted: frozenset[str]
    unit_places: int
    ids: tuple[str, ...]
    live: Callable[[Record], Record]

    @classmethod
    def parse(
        cls,
        endpoint: Endpoint,
        call: Call,
        behaviour: Behaviour,
        live: Callable[[Record], Record] = lambda record: record,
    ) -> ListQuery:
        """Parses a call.

        Args:
            endpoint: The endpoint.
            call: The call.
            behaviour: What the sandbox does if Xero's behaviour is not documented.
            live: Gives a record the values that depend on the time of the call.

        Raises:
            HttpError: If a parameter or header cannot be read.
        """
        since = modified_since(call) if endpoint.updated else None
        if since is not None and not behaviour.since_inclusive:
            since += timedelta(seconds=1)
        where = call.parameter("where") if endpoint.where else None
        page = requested_page(endpoint, call)
        ids = call.parameter("IDs") if "IDs" in endpoint.lists else None
        return cls(
            endpoint=endpoint,
            listed=listed(endpoint, call),
            since=since,
            predicates=predicates(endpoint, call),
            where=parse_where(endpoint.name, where) if where else None,
            order=parse_order(endpoint, call.parameter("order") if endpoint.order else None),
            page=page,
            omitted=omitted(endpoint, call, page),
            unit_places=4 if call.parameter("unitdp") == "4" else 2,
            ids=listed_values("IDs", endpoint.id_field, ids) if ids else (),
            live=live,
        )

    def matches(self, record: Record) -> bool:
        """Whether a record belongs to the list."""
        updated = self.endpoint.updated
        if self.since is not None and updated is not None:
            changed = record.get(updated)
            if changed is not None and changed < self.since:
                return False
        return (
            self.listed(record)
            and all(predicate(record) for predicate in self.predicates)
            and (self.where is None or self.where.matches(record))
        )

    def encoded(self, record: Record) -> bytes:
        """A record as JSON text in the requested shape."""
        record = self.live(record)
        for name in self.endpoint.hidden_parts:
            parts = [part for part in record.get(name, ()) if self.listed(part)]
            record = {**record, name: parts}
        content = record_json(self.endpoint, record, self.omitted, unit_places=self.unit_places)
        if self.page is None:
            content.update({name: [] for name in self.endpoint.unpaged_empties})
        return encode(content)


def read_list(
    organisation: Organisation, endpoint: Endpoint, call: Call, behaviour: Behaviour, now: datetime
) -> HttpResponse:
    """The response to a list request.

    Raises:
        HttpError: If a parameter or header cannot be read, or the request is too broad.
    """
    if endpoint.paging is Paging.OFFSET:
        return _journals(organisation, endpoint, call, now)
    query = ListQuery.parse(endpoint, call, behaviour, live_values(organisation, endpoint, now))
    page = query.page
    uses = query.where.uses if query.where else ()
    efficient = is_efficient(endpoint, uses, query.order, paged=page is not None)
    collection = organisation.collections[endpoint.name]
    if not efficient and _matching(collection, query) > behaviour.high_volume_threshold:
        raise high_volume(endpoint)
    listing = _listing(collection, query)
    total = len(listing)
    window = slice(None) if page is None else page.window
    pagination = None if page is None else page.pagination(total)
    return HttpResponse(body=envelope(endpoint.plural, listing.texts(window), now, pagination))


class _Listing(Protocol):
    """An ordered list, of which a part is encoded."""

    def __len__(self) -> int: ...

    def texts(self, window: slice) -> Iterable[bytes]:
        """The encoded records of a part of the list."""


class _StoredListing:
    """Records in memory, filtered and ordered."""

    def __init__(self, collection: Mapping[str, Record], query: ListQuery) -> None:
        candidates: Iterable[Record] = collection.values()
        if query.ids:
            candidates = [
                collection[record_id] for record_id in query.ids if record_id in collection
            ]
        found = (record for record in candidates if query.matches(record))
        self._query = query
        self._found = ordered(found, query.order, query.endpoint.id_field)

    def __len__(self) -> int:
        return len(self._found)

    def texts(self, window: slice) -> Iterable[bytes]:
        return [self._query.encoded(record) for record in self._found[window]]


class _GeneratedListing:
    """A generated collection in an order that it supports; only the page is generated."""

    def __init__(self, collection: GeneratedCollection, query: ListQuery, order: Order) -> None:
        self._collection = collection
        self._query = query
        self._references = collection.in_order(order, query.since, query.listed)

    def __len__(self) -> int:
        return len(self._references)

    def texts(self, window: slice) -> Iterable[bytes]:
        references = self._references[window]
        if self._query.omitted or self._query.page is None:
            records = (self._collection.record(reference) for reference in references)
            return [self._query.encoded(record) for record in records]
        return self._collection.fragment(references, self._query.encoded)


def _matching(collection: Mapping[str, Record], query: ListQuery) -> int:
    """How many records an inefficient request matches."""
    if not query.predicates and query.where is None and query.since is None:
        return len(collection)
    return sum(query.matches(record) for record in collection.values())


def _listing(collection: Mapping[str, Record], query: ListQuery) -> _Listing:
    unfiltered = not query.predicates and query.where is None
    if isinstance(collection, GeneratedCollection) and unfiltered:
        endpoint = query.endpoint
        if query.order == (OrderTerm(endpoint.id_field),):
            return _GeneratedListing(collection, query, "id")
        if query.order[:1] == (OrderTerm("UpdatedDateUTC"),):
            return _GeneratedListing(collection, query, "updated")
    return _StoredListing(collection, query)


def _journals(
    organisation: Organisation, endpoint: Endpoint, call: Call, now: datetime
) -> HttpResponse:
    """At most 100 journals after ``offset``, oldest first (xero-facts.md: Paging)."""
    offset = whole_number(call, "offset") or 0
    moment = modified_since(call)
    cash = call.flag("paymentsOnly")
    found = [
        record
        for record in organisation.collections["Journals"].values()
        if record["JournalNumber"] > offset
        and (moment is None or record["CreatedDateUTC"] >= moment)
    ]
    found.sort(key=lambda record: int(record["JournalNumber"]))
    listed: Iterator[Record] = iter(found)
    if cash:
        listed = filter(None, (cash_journal(organisation, record) for record in found))
    encoded = [encode(record_json(endpoint, record, ())) for record in islice(listed, MAX_JOURNALS)]
    return HttpResponse(body=envelope(endpoint.plural, encoded, now))
