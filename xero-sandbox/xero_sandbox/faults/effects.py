"""What a fault does to a call: an error response, a changed request or a changed response."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from xero_sandbox.faults.definitions import REQUEST_CHANGES, RESPONSE_CHANGES, Fault
from xero_sandbox.http.calls import Call
from xero_sandbox.http.limits import too_many_requests
from xero_sandbox.http.responses import (
    HTML,
    Delivery,
    HttpError,
    HttpResponse,
    exception,
    insufficient_scope,
    not_connected,
    problem,
    text_response,
)
from xero_sandbox.http.xero_json import decode, encode
from xero_sandbox.model.organisation import ZERO_ID

_HTML = "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Sign in</body></html>"


def before_work(fault: Fault, call: Call, limit_headers: Mapping[str, str]) -> None:
    """Applies a fault before the call is carried out: refuses it, or changes its parameters.

    Raises:
        HttpError: The response of the fault.
    """
    if fault.kind in REQUEST_CHANGES:
        _change_request(fault, call)
        return
    if fault.after_work:
        return
    response = _error_response(fault, call, limit_headers)
    if response is not None:
        response.headers = {**limit_headers, **response.headers, **fault.headers}
        raise HttpError(response)


def after_work(fault: Fault, call: Call, response: HttpResponse) -> HttpResponse:
    """Applies a fault to the response of a call that was carried out."""
    if fault.kind == "truncated":
        response.delivery = Delivery.TRUNCATED
    elif fault.kind == "slow_body":
        response.body_seconds = fault.seconds
    elif fault.kind in RESPONSE_CHANGES:
        response = _changed_response(fault, response)
    elif fault.after_work:
        response = _error_response(fault, call, {}) or response
    response.headers.update(fault.headers)
    return response


def _error_response(
    fault: Fault, call: Call, limit_headers: Mapping[str, str]
) -> HttpResponse | None:
    """The response that a fault gives in place of the real one; None if it gives none."""
    make = _ERROR_RESPONSES.get(fault.kind)
    return None if make is None else make(fault, call, limit_headers)


def _rate_limited(fault: Fault, _call: Call, limit_headers: Mapping[str, str]) -> HttpResponse:
    response = too_many_requests(fault.problem, fault.retry_after, dict(limit_headers))
    if not fault.problem:
        del response.headers["X-Rate-Limit-Problem"]
    return response


def _order_refused(fault: Fault, call: Call, _headers: Mapping[str, str]) -> HttpResponse | None:
    if call.parameter("order") is None:
        return None
    number = 16 if fault.exception == "QueryParseException" else 51
    return exception(400, fault.exception, number, "order is refused here").response


def _change_request(fault: Fault, call: Call) -> None:
    if fault.kind == "page_size_ignored":
        call.drop("pageSize")
    elif fault.kind == "order_ignored":
        call.drop("order")
    elif fault.kind == "since_ignored":
        call.headers.pop("if-modified-since", None)
    else:
        page = call.parameter("page") or "1"
        call.drop("page")
        call.query["page"] = str(max(1, int(page) - 1))


def _changed_response(fault: Fault, response: HttpResponse) -> HttpResponse:
    """A response of another shape than the client may expect."""
    if fault.kind == "html":
        return HttpResponse(200, _HTML.encode(), HTML, response.headers)
    if fault.kind == "empty":
        return HttpResponse(200, b"", response.content_type, response.headers)
    if not response.body or "json" not in response.content_type:
        return response  # Another fault has already replaced the body.
    content = decode(response.body)
    key = next((name for name, value in content.items() if isinstance(value, list)), None)
    if fault.kind == "no_pagination":
        content.pop("pagination", None)
    elif key is not None:
        records = content[key]
        if fault.kind == "missing_key":
            del content[key]
        elif fault.kind == "fewer":
            del records[-1:]
        elif fault.kind == "more":
            records.extend(records[-1:])
        else:
            _replace_ids(records, None if fault.kind == "null_ids" else ZERO_ID)
    return HttpResponse(response.status, encode(content), response.content_type, response.headers)


def _replace_ids(records: list[dict[str, Any]], value: str | None) -> None:
    for record in records:
        id_field = next((name for name in record if name.endswith("ID")), None)
        if id_field is not None:
            record[id_field] = value


_ERROR_RESPONSES: Mapping[str, Callable[[Fault, Call, Mapping[str, str]], HttpResponse | None]] = {
    "reset": lambda *_: HttpResponse(delivery=Delivery.RESET),
    "status": lambda fault, *_: text_response(fault.status, fault.body, fault.content_type),
    "unavailable": lambda fault, *_: text_response(503, fault.body),
    "server_error": lambda *_: text_response(500, "Internal Server Error"),
    "rate_limited": _rate_limited,
    "insufficient_scope": lambda *_: insufficient_scope().response,
    "not_connected": lambda *_: not_connected().response,
    "forbidden": lambda fault, *_: problem(403, "Forbidden", fault.detail).response,
    "order_refused": _order_refused,
}
