"""Parameters and headers of a list request: pages, If-Modified-Since, list parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime
from uuid import UUID

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import (
    HttpError,
    database_error,
    invalid_query,
    text_response,
)
from xero_sandbox.model.clock import EARLIEST_DATE, lenient_date
from xero_sandbox.model.endpoint import Endpoint, Paging
from xero_sandbox.model.organisation import Record
from xero_sandbox.reading.field_paths import value_at

Predicate = Callable[[Record], bool]

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000


@dataclass(frozen=True)
class Page:
    """The requested part of a list.

    Attributes:
        number: The page, from 1.
        size: Records per page.
        has_pagination: Whether the response contains the pagination object.
    """

    number: int
    size: int
    has_pagination: bool

    @property
    def window(self) -> slice:
        """The slice of the list that the page contains."""
        return slice((self.number - 1) * self.size, self.number * self.size)

    def pagination(self, total: int) -> dict[str, int] | None:
        """The pagination object for a list of ``total`` records (xero-facts.md: Paging)."""
        if not self.has_pagination:
            return None
        return {
            "page": self.number,
            "pageSize": self.size,
            "pageCount": -(-total // self.size),
            "itemCount": total,
        }


def whole_number(call: Call, name: str) -> int | None:
    """The value of a parameter that is a whole number.

    Raises:
        HttpError: 400, if it is something else.
    """
    text = call.parameter(name)
    if text is None or not text.strip():
        return None
    try:
        return int(text)
    except ValueError:
        message = f"{name} must be a whole number, not '{text}'"
        raise invalid_query(message) from None


def requested_page(endpoint: Endpoint, call: Call) -> Page | None:
    """The requested or forced page; None for the whole list (xero-facts.md: Paging)."""
    number = whole_number(call, "page")
    if endpoint.paging is Paging.WHOLE:
        return None
    if endpoint.paging is Paging.FIXED:
        return Page(max(1, number or 1), DEFAULT_PAGE_SIZE, has_pagination=False)
    if endpoint.paging is Paging.NUMBERED:
        return (
            None
            if number is None
            else Page(max(1, number), DEFAULT_PAGE_SIZE, has_pagination=False)
        )
    forced = (
        endpoint.paging is Paging.FORCED
        or wants_summary(endpoint, call)
        or ("Statuses" in endpoint.lists and call.parameter("Statuses") is not None)
    )
    if number is None and not forced:
        return None
    size = DEFAULT_PAGE_SIZE
    if number is not None or endpoint.paging is Paging.FORCED:
        size = whole_number(call, "pageSize") or DEFAULT_PAGE_SIZE
    return Page(max(1, number or 1), min(max(size, 1), MAX_PAGE_SIZE), has_pagination=True)


def modified_since(call: Call) -> datetime | None:
    """If-Modified-Since, in UTC, to the second (xero-facts.md: Change capture).

    Raises:
        HttpError: 412 for a header that is not a date, 500 for a time before 1753.
    """
    text = call.headers.get("if-modified-since", "").strip()
    if not text:
        return None
    try:
        # An HTTP date is taken too: "Sat, 31 Jan 2026 12:30:00 GMT".
        moment = (
            datetime.fromisoformat(text.replace("Z", "+00:00"))
            if text[:1].isdigit()
            else parsedate_to_datetime(text)
        )
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
        moment = moment.astimezone(timezone.utc).replace(microsecond=0)
    except (ValueError, OverflowError):
        message = (
            "If-Modified-Since must be a UTC time such as 2026-01-31T12:30:00, or an HTTP date"
        )
        raise HttpError(text_response(412, message)) from None
    if moment.date() < EARLIEST_DATE:
        raise database_error()
    return moment


def wants_summary(endpoint: Endpoint, call: Call) -> bool:
    """Whether the summary shape is requested and supported."""
    return bool(endpoint.summary_omits) and call.flag("summaryOnly")


def omitted(endpoint: Endpoint, call: Call, page: Page | None) -> frozenset[str]:
    """The fields that the list leaves out (xero-facts.md: Paging)."""
    if wants_summary(endpoint, call):
        return endpoint.summary_omits | endpoint.list_omits
    if page is None:
        return endpoint.unpaged_omits | endpoint.list_omits
    return endpoint.list_omits


def listed(endpoint: Endpoint, call: Call) -> Predicate:
    """Checks whether a record is listed: archived and deleted ones may be hidden."""
    never, hidden, shown_too = endpoint.never_listed, endpoint.hidden, call.flag(endpoint.shown_by)

    def matches(record: Record) -> bool:
        if never is not None and record.get(never[0]) == never[1]:
            return False
        return hidden is None or shown_too or record.get(hidden[0]) != hidden[1]

    return matches


def predicates(endpoint: Endpoint, call: Call) -> list[Predicate]:
    """The conditions of the list parameters (xero-facts.md: Paging).

    Raises:
        HttpError: 400 for a date or an id that cannot be read.
    """
    conditions: list[Predicate] = []
    for name, path in endpoint.lists.items():
        if text := call.parameter(name):
            conditions.append(_one_of(path, set(listed_values(name, path, text))))
    for name, path in endpoint.equals.items():
        if text := call.parameter(name):
            conditions.append(_one_of(path, {_spelled(name, path, text)}))
    for name, path in endpoint.contains.items():
        if text := call.parameter(name):
            conditions.append(_containing((path,), text.lower()))
    for name, (path, operator) in endpoint.ranges.items():
        if text := call.parameter(name):
            conditions.append(_bounded(path, operator, parse_day(name, text)))
    if endpoint.search and (text := call.parameter("searchTerm")):
        conditions.append(_containing(endpoint.search, text.lower()))
    return conditions


def listed_values(name: str, path: str, text: str) -> tuple[str, ...]:
    """The values of a list parameter in lower case, each once; ids in the spelling of records.

    Args:
        name: The parameter.
        path: The field that it compares.
        text: Its value, with commas between the values.

    Raises:
        HttpError: 400, if an id is not a GUID.
    """
    return tuple(dict.fromkeys(_spelled(name, path, part) for part in text.split(",")))


def _spelled(name: str, path: str, text: str) -> str:
    if not path.endswith("ID"):
        return text.strip().lower()
    try:
        return str(UUID(text.strip()))
    except ValueError:
        # The message of [GH calcinai/xero-php#670] (xero-facts.md: Paging).
        spelled = f"{name[:-3]}Ids" if name.endswith("IDs") else name
        message = f"Supplied parameter '{spelled}' cannot be parsed"
        raise invalid_query(message) from None


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
    """The value of a parameter that is a date.

    Raises:
        HttpError: 400, if it is not a date.
    """
    try:
        return lenient_date(text)
    except ValueError:
        message = f"{name} must be a date such as 2026-01-31, not '{text}'"
        raise invalid_query(message) from None
