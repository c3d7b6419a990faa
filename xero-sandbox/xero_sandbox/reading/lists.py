"""``GET /Entity``: filtered, ordered, paged, in the shape that was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from xero_sandbox.answers import Answer, Refused, as_text, query_refused
from xero_sandbox.calls import Call
from xero_sandbox.catalogue import Endpoint, Paging
from xero_sandbox.organisation import Organisation, Record
from xero_sandbox.reading.ordering import ordered, parse_order
from xero_sandbox.reading.paths import value_at
from xero_sandbox.reading.shapes import shown
from xero_sandbox.sandbox import Behaviour
from xero_sandbox.wire import encode, envelope

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000
JOURNALS_AT_ONCE = 100


@dataclass(frozen=True)
class Page:
    """Which part of a list is asked for.

    Attributes:
        number: from 1.
        size: records a page.
        told: whether the answer carries the pagination object.
    """

    number: int
    size: int
    told: bool

    def pagination(self, total: int) -> dict[str, int] | None:
        """The pagination object for a list of ``total`` records (§2)."""
        if not self.told:
            return None
        return {
            "page": self.number,
            "pageSize": self.size,
            "pageCount": -(-total // self.size),
            "itemCount": total,
        }


def whole_number(call: Call, name: str) -> int | None:
    """A parameter that is a whole number.

    Raises:
        Refused: 400 when it is something else.
    """
    text = call.parameter(name)
    if text is None or not text.strip():
        return None
    try:
        return int(text)
    except ValueError:
        message = f"{name} must be a whole number, not '{text}'"
        raise query_refused(message) from None


def asked_page(endpoint: Endpoint, call: Call) -> Page | None:
    """The page that is asked for or forced; None for the whole list (§2)."""
    number = whole_number(call, "page")
    if endpoint.paging is Paging.WHOLE:
        return None
    if endpoint.paging is Paging.FIXED:
        return Page(max(1, number or 1), DEFAULT_PAGE_SIZE, told=False)
    if endpoint.paging is Paging.NUMBERED:
        return None if number is None else Page(max(1, number), DEFAULT_PAGE_SIZE, told=False)
    forced = (
        endpoint.paging is Paging.FORCED
        or _summary(endpoint, call)
        or ("Statuses" in endpoint.lists and call.parameter("Statuses") is not None)
    )
    if number is None and not forced:
        return None
    size = DEFAULT_PAGE_SIZE
    if number is not None or endpoint.paging is Paging.FORCED:
        size = whole_number(call, "pageSize") or DEFAULT_PAGE_SIZE
    return Page(max(1, number or 1), min(max(size, 1), MAX_PAGE_SIZE), told=True)


def modified_since(call: Call) -> datetime | None:
    """If-Modified-Since, in UTC, to the second (§3).

    Raises:
        Refused: 412 for a header that is no such date.
    """
    text = call.headers.get("if-modified-since", "").strip()
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        message = "If-Modified-Since must be a UTC time such as 2026-01-31T12:30:00"
        raise Refused(as_text(412, message)) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).replace(microsecond=0)


def read_list(
    organisation: Organisation,
    endpoint: Endpoint,
    call: Call,
    behaviour: Behaviour,
    now: datetime,
) -> Answer:
    """The answer to a list request.

    Raises:
        Refused: when a parameter or header cannot be read.
    """
    if endpoint.paging is Paging.OFFSET:
        return _journals(organisation, endpoint, call, now)
    records = [
        record
        for record in organisation.collections[endpoint.name].values()
        if _listed(endpoint, record, call)
    ]
    records = _since(endpoint, records, call, behaviour)
    records = _by_parameters(endpoint, records, call)
    terms = parse_order(endpoint, call.parameter("order") if endpoint.order else None)
    page = asked_page(endpoint, call)
    total = len(records)
    records = ordered(records, terms, endpoint.id_field)
    if page is not None:
        records = records[(page.number - 1) * page.size : page.number * page.size]
    omitted = _omitted(endpoint, call, page)
    unit_places = 4 if call.parameter("unitdp") == "4" else 2
    encoded = [
        encode(shown(endpoint, record, omitted, unit_places=unit_places)) for record in records
    ]
    pagination = page.pagination(total) if page is not None else None
    return Answer(body=envelope(endpoint.plural, encoded, now, pagination))


def _summary(endpoint: Endpoint, call: Call) -> bool:
    return bool(endpoint.summary_omits) and call.flag("summaryOnly")


def _omitted(endpoint: Endpoint, call: Call, page: Page | None) -> frozenset[str]:
    if _summary(endpoint, call):
        return endpoint.summary_omits | endpoint.list_omits
    if page is None:
        return endpoint.unpaged_omits | endpoint.list_omits
    return endpoint.list_omits


def _listed(endpoint: Endpoint, record: Record, call: Call) -> bool:
    if endpoint.never_listed and record.get(endpoint.never_listed[0]) == endpoint.never_listed[1]:
        return False
    if endpoint.hidden is None or record.get(endpoint.hidden[0]) != endpoint.hidden[1]:
        return True
    return call.flag(endpoint.shown_by)


def _since(
    endpoint: Endpoint, records: list[Record], call: Call, behaviour: Behaviour
) -> list[Record]:
    moment = modified_since(call)
    if moment is None or endpoint.updated is None:
        return records
    if not behaviour.since_inclusive:
        moment += timedelta(seconds=1)
    field = endpoint.updated
    return [record for record in records if record.get(field) is None or record[field] >= moment]


def _by_parameters(endpoint: Endpoint, records: list[Record], call: Call) -> list[Record]:
    for name, path in endpoint.lists.items():
        text = call.parameter(name)
        if text:
            wanted = {part.strip().lower() for part in text.split(",")}
            records = [one for one in records if str(value_at(one, path)).lower() in wanted]
    for name, path in endpoint.equals.items():
        text = call.parameter(name)
        if text:
            records = [one for one in records if str(value_at(one, path)).lower() == text.lower()]
    for name, path in endpoint.contains.items():
        text = call.parameter(name)
        if text:
            records = [one for one in records if text.lower() in str(value_at(one, path)).lower()]
    for name, (path, operator) in endpoint.ranges.items():
        text = call.parameter(name)
        if text:
            bound = _day(name, text)
            records = [one for one in records if _within(value_at(one, path), operator, bound)]
    term = call.parameter("searchTerm")
    if term and endpoint.search:
        records = [
            one
            for one in records
            if any(
                term.lower() in str(value_at(one, path) or "").lower() for path in endpoint.search
            )
        ]
    return records


def _day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        message = f"{name} must be a date such as 2026-01-31, not '{text}'"
        raise query_refused(message) from None


def _within(value: date | None, operator: str, bound: date) -> bool:
    if value is None:
        return False
    return value >= bound if operator == ">=" else value <= bound


def _journals(organisation: Organisation, endpoint: Endpoint, call: Call, now: datetime) -> Answer:
    """At most 100 journals after ``offset``, oldest first (§2)."""
    offset = whole_number(call, "offset") or 0
    moment = modified_since(call)
    found = [
        record
        for record in organisation.collections["Journals"].values()
        if record["JournalNumber"] > offset
        and (moment is None or record["CreatedDateUTC"] >= moment)
    ]
    found.sort(key=lambda record: int(record["JournalNumber"]))
    encoded = [encode(shown(endpoint, one, ())) for one in found[:JOURNALS_AT_ONCE]]
    return Answer(body=envelope(endpoint.plural, encoded, now))
