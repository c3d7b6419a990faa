"""Parameters and headers of a list request: pages, If-Modified-Since, list parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone

from xero_sandbox.answers import Refused, as_text, query_refused
from xero_sandbox.calls import Call
from xero_sandbox.catalogue import Endpoint, Paging
from xero_sandbox.organisation import Record
from xero_sandbox.reading.paths import value_at

Predicate = Callable[[Record], bool]

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


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

    @property
    def window(self) -> slice:
        """The part of the list that the page is."""
        return slice((self.number - 1) * self.size, self.number * self.size)

    def pagination(self, total: int) -> dict[str, int] | None:
        """The pagination object for a list of ``total`` records (xero-facts.md: Paging)."""
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
    """The page that is asked for or forced; None for the whole list (xero-facts.md: Paging)."""
    number = whole_number(call, "page")
    if endpoint.paging is Paging.WHOLE:
        return None
    if endpoint.paging is Paging.FIXED:
        return Page(max(1, number or 1), DEFAULT_PAGE_SIZE, told=False)
    if endpoint.paging is Paging.NUMBERED:
        return None if number is None else Page(max(1, number), DEFAULT_PAGE_SIZE, told=False)
    forced = (
        endpoint.paging is Paging.FORCED
        or summary(endpoint, call)
        or ("Statuses" in endpoint.lists and call.parameter("Statuses") is not None)
    )
    if number is None and not forced:
        return None
    size = DEFAULT_PAGE_SIZE
    if number is not None or endpoint.paging is Paging.FORCED:
        size = whole_number(call, "pageSize") or DEFAULT_PAGE_SIZE
    return Page(max(1, number or 1), min(max(size, 1), MAX_PAGE_SIZE), told=True)


def modified_since(call: Call) -> datetime | None:
    """If-Modified-Since, in UTC, to the second (xero-facts.md: Change capture).

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


def summary(endpoint: Endpoint, call: Call) -> bool:
    """Whether the summary shape is asked for, and to be had."""
    return bool(endpoint.summary_omits) and call.flag("summaryOnly")


def omitted(endpoint: Endpoint, call: Call, page: Page | None) -> frozenset[str]:
    """The fields that the list leaves out (xero-facts.md: Paging)."""
    if summary(endpoint, call):
        return endpoint.summary_omits | endpoint.list_omits
    if page is None:
        return endpoint.unpaged_omits | endpoint.list_omits
    return endpoint.list_omits


def listed(endpoint: Endpoint, call: Call) -> Predicate:
    """Whether a record is listed at all, archived and deleted ones depending on the call."""
    gone, hidden, shown_too = endpoint.never_listed, endpoint.hidden, call.flag(endpoint.shown_by)

    def matches(record: Record) -> bool:
        if gone is not None and record.get(gone[0]) == gone[1]:
            return False
        return hidden is None or shown_too or record.get(hidden[0]) != hidden[1]

    return matches


def predicates(endpoint: Endpoint, call: Call) -> list[Predicate]:
    """What the list parameters ask of a record (xero-facts.md: Paging).

    Raises:
        Refused: 400 for a date that cannot be read.
    """
    asked: list[Predicate] = []
    for name, path in endpoint.lists.items():
        if text := call.parameter(name):
            asked.append(_one_of(path, {part.strip().lower() for part in text.split(",")}))
    for name, path in endpoint.equals.items():
        if text := call.parameter(name):
            asked.append(_one_of(path, {text.lower()}))
    for name, path in endpoint.contains.items():
        if text := call.parameter(name):
            asked.append(_containing((path,), text.lower()))
    for name, (path, operator) in endpoint.ranges.items():
        if text := call.parameter(name):
            asked.append(_bounded(path, operator, parse_day(name, text)))
    if endpoint.search and (text := call.parameter("searchTerm")):
        asked.append(_containing(endpoint.search, text.lower()))
    return asked


def _one_of(path: str, wanted: set[str]) -> Predicate:
    return lambda record: str(value_at(record, path)).lower() in wanted


def _containing(paths: tuple[str, ...], part: str) -> Predicate:
    return lambda record: any(part in str(value_at(record, path) or "").lower() for path in paths)


def _bounded(path: str, operator: str, bound: date) -> Predicate:
    def matches(record: Record) -> bool:
        value = value_at(record, path)
        if value is None:
            return False
        return bool(value >= bound if operator == ">=" else value <= bound)

    return matches


def parse_day(name: str, text: str) -> date:
    """A parameter that is a date.

    Raises:
        Refused: 400 for what is none.
    """
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        message = f"{name} must be a date such as 2026-01-31, not '{text}'"
        raise query_refused(message) from None
