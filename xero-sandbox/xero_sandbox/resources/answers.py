"""Answers and refusals in the form of each API (xero-facts.md: Differences between the APIs)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpError, HttpResponse, exception, json_response
from xero_sandbox.http.xero_json import PROVIDER, encode, envelope, object_envelope, to_json_values
from xero_sandbox.model.organisation import Record
from xero_sandbox.resources.model import Api, Resource, Shape, Style

_PAGINATED = frozenset({Style.PROJECTS, Style.ASSETS})


@dataclass(frozen=True)
class Window:
    """A page: its number from 1, and its size."""

    number: int
    size: int

    def of(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records of the page."""
        return records[(self.number - 1) * self.size : self.number * self.size]

    def pagination(self, total: int) -> dict[str, int]:
        """The pagination object."""
        return {
            "page": self.number,
            "pageSize": self.size,
            "pageCount": -(-total // self.size),
            "itemCount": total,
        }


def window_of(api: Api, call: Call) -> Window:
    """The page that a call asks for; sizes out of range become the nearest one.

    Raises:
        HttpError: 400, if a parameter is not a whole number.
    """
    number = _whole(api, call, "page", 1)
    size = api.page_size
    if api.max_page_size:
        size = _whole(api, call, api.size_parameter, size)
        size = min(max(1, size), api.max_page_size)
    return Window(max(1, number), size)


def _whole(api: Api, call: Call, name: str, default: int) -> int:
    # Files spells its parameter "pagesize", and does not know "pageSize".
    text = call.query.get(name, "").strip()
    if not text:
        return default
    try:
        return int(text)
    except ValueError:
        raise refusal(api, {name: f"'{text}' is not a whole number"}) from None


def page_response(
    api: Api, resource: Resource, records: Sequence[Record], call: Call, now: datetime
) -> HttpResponse:
    """The answer to a GET of a collection."""
    if api.style is Style.FINANCE and resource.key:
        return json_response({resource.key: records})
    if resource.shape is Shape.ARRAY and api.style is not Style.PAYROLL_2:
        return json_response(records)
    window = window_of(api, call)
    shown = records if resource.shape is Shape.ARRAY else window.of(records)
    if api.style in _PAGINATED:
        return json_response({"pagination": window.pagination(len(records)), "items": shown})
    if api.style is Style.FILES:
        counts = {"TotalCount": len(records), "Page": window.number, "PerPage": window.size}
        return json_response({**counts, "Items": shown})
    if api.style is Style.PAYROLL_1:
        contents = [encode(to_json_values(record)) for record in shown]
        return HttpResponse(body=envelope(resource.key, contents, now))
    pagination = window.pagination(len(records)) if resource.shape is Shape.PAGES else None
    return _payroll_2(now, {resource.key: shown}, pagination)


def record_response(
    api: Api, resource: Resource, record: Record, now: datetime, status: int = 200
) -> HttpResponse:
    """The answer with one record."""
    if api.style is Style.PAYROLL_1:
        content = encode(to_json_values(record))
        single = resource.shape is Shape.OBJECT or resource.path in ("Payslip", "Timesheets")
        if single and status == 200:  # noqa: PLR2004  # a write is answered with a list
            key = "Timesheet" if resource.path == "Timesheets" else resource.key
            return HttpResponse(200, object_envelope(key, content, now))
        return HttpResponse(200, envelope(resource.key, [content], now))
    if api.style is Style.PAYROLL_2:
        return _payroll_2(now, {resource.singular or resource.key: record})
    return json_response(record, status)


def list_response(resource: Resource, records: Sequence[Record], now: datetime) -> HttpResponse:
    """The answer of Payroll in Australia to a write."""
    contents = [encode(to_json_values(record)) for record in records]
    return HttpResponse(body=envelope(resource.key, contents, now))


def empty_response(api: Api, now: datetime) -> HttpResponse:
    """The answer to a write that gives no record: 204, or an envelope without one."""
    if api.style is Style.PAYROLL_2:
        return _payroll_2(now, {})
    return HttpResponse(204, b"", "")


def refusal(api: Api, problems: dict[str, str], status: int = 400) -> HttpError:
    """A refusal, with what is wrong by field, in the API's own form."""
    text = "; ".join(f"{name}: {message}" for name, message in problems.items())
    if api.style is Style.PROJECTS:
        state = {name: [message] for name, message in problems.items()}
        body: Any = {"message": "The request is invalid.", "modelState": state}
    elif api.style is Style.ASSETS:
        body = {
            "resourceValidationErrors": [],
            "fieldValidationErrors": [
                {
                    "fieldName": name,
                    "valueProvided": "",
                    "localisedMessage": message,
                    "type": "http://common.service.xero.com/errors/fieldvalidation",
                }
                for name, message in problems.items()
            ],
            "type": "http://common.service.xero.com/errors/validation",
            "title": "Validation Error",
            "detail": text,
        }
    elif api.style is Style.FILES:
        body = [{"type": "Validation", "title": "BadRequest", "detail": text}]
    elif api.style is Style.PAYROLL_2:
        problem = {
            "type": "about:blank",
            "title": "BadRequest" if status == 400 else "NotFound",  # noqa: PLR2004
            "status": status,
            "detail": text,
            "instance": None,
            "invalidFields": [
                {"name": name, "reason": message} for name, message in problems.items()
            ],
        }
        return HttpError(_payroll_2(datetime.now(timezone.utc), {}, problem=problem, status=status))
    else:
        return exception(status, "ValidationException", 10, text)
    return HttpError(json_response(body, status))


def _payroll_2(
    now: datetime,
    content: dict[str, Any],
    pagination: dict[str, int] | None = None,
    problem: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    body = {
        "id": str(uuid.uuid4()),
        "providerName": PROVIDER,
        "dateTimeUTC": f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond:06d}0",
        "httpStatusCode": "OK" if status == 200 else "BadRequest",  # noqa: PLR2004
        "pagination": pagination,
        "problem": problem,
        **content,
    }
    return json_response(body, status)
