"""``GET /Entity``: filtered, ordered, paged, in the shape that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from xero_sandbox.answers import Answer
from xero_sandbox.calls import Call
from xero_sandbox.catalogue import Endpoint, Paging
from xero_sandbox.generated.collection import GeneratedCollection, Order
from xero_sandbox.organisation import Organisation, Record
from xero_sandbox.reading.ordering import OrderTerm, ordered, parse_order
from xero_sandbox.reading.parameters import (
    Page,
    Predicate,
    asked_page,
    listed,
    modified_since,
    omitted,
    predicates,
    whole_number,
)
from xero_sandbox.reading.shapes import shown
from xero_sandbox.reading.volume import high_volume, is_efficient
from xero_sandbox.reading.where import Filter, parse_where
from xero_sandbox.sandbox import Behaviour
from xero_sandbox.wire import encode, envelope

JOURNALS_AT_ONCE = 100
_CASH_SOURCES = frozenset(
    {
        "ACCPAYPAYMENT",
        "ACCRECPAYMENT",
        "APOVERPAYMENTPAYMENT",
        "APPREPAYMENTPAYMENT",
        "AROVERPAYMENTPAYMENT",
        "ARPREPAYMENTPAYMENT",
        "CASHPAID",
        "CASHREC",
        "EXPPAYMENT",
        "MANJOURNAL",
        "TRANSFER",
    }
)


@dataclass(frozen=True)
class Selection:
    """What a list request asks for, read from its parameters and headers."""

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

    @classmethod
    def of(cls, endpoint: Endpoint, call: Call, behaviour: Behaviour) -> Selection:
        """Reads a call.

        Raises:
            Refused: when a parameter or header cannot be read.
        """
        since = modified_since(call) if endpoint.updated else None
        if since is not None and not behaviour.since_inclusive:
            since += timedelta(seconds=1)
        where = call.parameter("where") if endpoint.where else None
        page = asked_page(endpoint, call)
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
            ids=tuple(part.strip().lower() for part in ids.split(",")) if ids else (),
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
        """A record in the shape that was asked for."""
        for name in self.endpoint.hidden_parts:
            parts = [part for part in record.get(name, ()) if self.listed(part)]
            record = {**record, name: parts}
        content = shown(self.endpoint, record, self.omitted, unit_places=self.unit_places)
        if self.page is None:
            content.update({name: [] for name in self.endpoint.unpaged_empties})
        return encode(content)


def read_list(
    organisation: Organisation, endpoint: Endpoint, call: Call, behaviour: Behaviour, now: datetime
) -> Answer:
    """The answer to a list request.

    Raises:
        Refused: when a parameter or header cannot be read, or the request is too broad.
    """
    if endpoint.paging is Paging.OFFSET:
        return _journals(organisation, endpoint, call, now)
    selection = Selection.of(endpoint, call, behaviour)
    page = selection.page
    uses = selection.where.uses if selection.where else ()
    efficient = is_efficient(endpoint, uses, selection.order, paged=page is not None)
    collection = organisation.collections[endpoint.name]
    if not efficient and _matching(collection, selection) > behaviour.high_volume_threshold:
        raise high_volume(endpoint)
    listing = _listing(collection, selection)
    total = len(listing)
    window = slice(None) if page is None else page.window
    pagination = None if page is None else page.pagination(total)
    return Answer(body=envelope(endpoint.plural, listing.texts(window), now, pagination))


class _Listing(Protocol):
    """A list that is put in order, to be encoded in part."""

    def __len__(self) -> int: ...

    def texts(self, window: slice) -> Iterable[bytes]:
        """The encoded records of a part of the list."""


class _Records:
    """Records that stand in memory, filtered and ordered."""

    def __init__(self, collection: Mapping[str, Record], selection: Selection) -> None:
        candidates: Iterable[Record] = collection.values()
        if selection.ids:
            candidates = [collection[one] for one in selection.ids if one in collection]
        found = (record for record in candidates if selection.matches(record))
        self._selection = selection
        self._found = ordered(found, selection.order, selection.endpoint.id_field)

    def __len__(self) -> int:
        return len(self._found)

    def texts(self, window: slice) -> Iterable[bytes]:
        return [self._selection.encoded(record) for record in self._found[window]]


class _Generated:
    """A generated collection in one of the orders that it knows, nothing made but the page."""

    def __init__(self, collection: GeneratedCollection, selection: Selection, order: Order) -> None:
        self._collection = collection
        self._selection = selection
        self._references = collection.arranged(order, selection.since, selection.listed)

    def __len__(self) -> int:
        return len(self._references)

    def texts(self, window: slice) -> Iterable[bytes]:
        references = self._references[window]
        if self._selection.omitted or self._selection.page is None:
            records = (self._collection.record(one) for one in references)
            return [self._selection.encoded(record) for record in records]
        return self._collection.fragment(references, self._selection.encoded)


def _matching(collection: Mapping[str, Record], selection: Selection) -> int:
    """How many records an inefficient request matches; all of them when it filters nothing."""
    if not selection.predicates and selection.where is None and selection.since is None:
        return len(collection)
    return sum(selection.matches(record) for record in collection.values())


def _listing(collection: Mapping[str, Record], selection: Selection) -> _Listing:
    plain = not selection.predicates and selection.where is None
    if isinstance(collection, GeneratedCollection) and plain:
        endpoint = selection.endpoint
        if selection.order == (OrderTerm(endpoint.id_field),):
            return _Generated(collection, selection, "id")
        if selection.order[:1] == (OrderTerm("UpdatedDateUTC"),):
            return _Generated(collection, selection, "updated")
    return _Records(collection, selection)


def _journals(organisation: Organisation, endpoint: Endpoint, call: Call, now: datetime) -> Answer:
    """At most 100 journals after ``offset``, oldest first (xero-facts.md: Paging)."""
    offset = whole_number(call, "offset") or 0
    moment = modified_since(call)
    cash = call.flag("paymentsOnly")
    found = [
        record
        for record in organisation.collections["Journals"].values()
        if record["JournalNumber"] > offset
        and (moment is None or record["CreatedDateUTC"] >= moment)
        and (not cash or record.get("SourceType") in _CASH_SOURCES)
    ]
    found.sort(key=lambda record: int(record["JournalNumber"]))
    encoded = [encode(shown(endpoint, one, ())) for one in found[:JOURNALS_AT_ONCE]]
    return Answer(body=envelope(endpoint.plural, encoded, now))
