"""Responses of the sandbox, and the errors in each of the shapes that Xero uses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from xero_sandbox.http.xero_json import encode
from xero_sandbox.model.organisation import Json

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


class Delivery(Enum):
    """How a response reaches the client."""

    WHOLE = "whole"
    TRUNCATED = "half of the body, then the connection closes"
    RESET = "nothing: the connection is reset"


@dataclass
class HttpResponse:
    """One HTTP response, before it is sent.

    Attributes:
        body_seconds: How long the body takes to be sent.
    """

    status: int = 200
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery = Delivery.WHOLE
    body_seconds: float = 0.0


class HttpError(Exception):
    """Ends a call early with a response."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__(response.status)
        self.response = response


def json_response(value: Json, status: int = 200) -> HttpResponse:
    """A response with a JSON body."""
    return HttpResponse(status, encode(value))


def text_response(status: int, text: str, content_type: str = TEXT) -> HttpResponse:
    """A response that ignores Accept, as Xero's 404 and 503 do (xero-facts.md: Formats)."""
    return HttpResponse(status, text.encode(), content_type)


def not_found() -> HttpError:
    """404 with Xero's own message (xero-facts.md: Batch results)."""
    return HttpError(text_response(404, "The resource you're looking for cannot be found"))


def not_implemented(method: str, endpoint: str) -> HttpError:
    """501: a method that the endpoint does not have (xero-facts.md: Batch results)."""
    return HttpError(text_response(501, f"The method is not implemented: {method} {endpoint}"))


def invalid_query(message: str) -> HttpError:
    """400 for a ``where``, ``order`` or parameter that cannot be read (xero-facts.md: Paging)."""
    return exception(400, "QueryParseException", 16, message)


def database_error() -> HttpError:
    """500, which Xero sends for dates before 1753 (xero-facts.md: Change capture)."""
    return exception(500, "UnknownErrorException", 500, "An error occurred in Xero.")


def exception(status: int, kind: str, number: int, message: str, **more: Any) -> HttpError:  # noqa: ANN401  # JSON values.
    """The shape that Xero gives to exceptions (xero-facts.md: Batch results)."""
    body = {"ErrorNumber": number, "Type": kind, "Message": message, **more}
    return HttpError(json_response(body, status))


def problem(status: int, title: str, detail: str, **headers: str) -> HttpError:
    """The shape of 401 and 403 responses (xero-facts.md: OAuth)."""
    response = json_response(
        {
            "Type": None,
            "Title": title,
            "Status": status,
            "Detail": detail,
            "Instance": str(uuid.uuid4()),
            "Extensions": {},
        },
        status,
    )
    response.headers.update({name.replace("_", "-"): value for name, value in headers.items()})
    return HttpError(response)


def insufficient_scope() -> HttpError:
    """401 for a scope that the token lacks, with Xero's spelling (xero-facts.md: OAuth)."""
    return problem(
        401, "Unauthorized", "AuthorizationUnsuccessful", WWW_Authenticate="insufficent_scope"
    )


def not_connected() -> HttpError:
    """403 for a tenant that the app is not connected to (xero-facts.md: OAuth)."""
    return problem(403, "Forbidden", "AuthenticationUnsuccessful")
