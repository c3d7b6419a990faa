"""Requests and responses: their values, failure causes, and the request log."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

import msgspec
import urllib3

from xero_client.errors import (
    NoResponseError,
    OrganisationOfflineError,
    SettingsError,
    UnexpectedResponseError,
    XeroError,
)
from xero_client.http import wire
from xero_client.http.rate_limiter import RemainingLimits
from xero_client.http.web_pages import gateway_failure, text_of_web_page
from xero_client.json_value import Json
from xero_client.settings.connection_settings import ConnectionSettings, origin_of

RETRIES = 7
# An organisation that Xero took offline stays so for minutes (xero-facts.md: Limits).
OFFLINE_RETRIES = 2
# A gateway that forbids a call, or does not find it, mostly does so again.
GATEWAY_RETRIES = 2

request_log = logging.getLogger("xero_client.requests")

JSON = "application/json"

# The roots of Xero's APIs (xero-facts.md: Differences between the APIs).
API_ROOT = re.compile(r"/(?:[A-Za-z-]+\.xro/|connections$|appstore/)", re.ASCII)
ACCOUNTING_ROOT = "/api.xro/"

# Request parameters whose values are never personal data.
LOGGED_PARAMETERS = frozenset(
    {
        "page",
        "pagesize",
        "offset",
        "order",
        "ids",
        "statuses",
        "status",
        "unitdp",
        "summaryonly",
        "summarizeerrors",
        "includearchived",
        "includedeleted",
        "paymentsonly",
        "standardlayout",
        "date",
        "fromdate",
        "todate",
        "datefrom",
        "dateto",
        "periods",
        "timeframe",
    }
)

_envelope = msgspec.json.Decoder(dict[str, msgspec.Raw])
_any_json: msgspec.json.Decoder[Any] = msgspec.json.Decoder()


@dataclass(frozen=True)
class Request:
    """A request to Xero.

    Attributes:
        method: HTTP method.
        target: Path below ``base_uri``, or an absolute URL on the same origin. A path that begins
            with the root of an API, such as ``/projects.xro/2.0``, counts from the origin.
        params: Query parameters.
        body: The bytes to send.
        content_type: The media type of the body.
        headers: Further headers.
        accept: The media type to ask for; JSON responses are checked to be complete.
        subject: The stream or entity of the call, for error messages and usage counts.
        scope: The scope that the call needs, for the error message if it is missing.
        retry: Whether the call may be sent again after a failure. Default: for GET only.
        deadline: The ``elapsed_seconds()`` after which the call must not be sent. A repeated write
            is safe only as long as Xero keeps its Idempotency-Key (xero-facts.md: Idempotency).
    """

    method: str
    target: str
    params: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = JSON
    subject: str = ""
    scope: str | None = None
    retry: bool | None = None
    deadline: float | None = None

    @property
    def may_retry(self) -> bool:
        """Whether the call may be sent again."""
        return self.method == "GET" if self.retry is None else self.retry

    @property
    def summary(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True)
class Response:
    """A response of Xero.

    Attributes:
        status: HTTP status.
        headers: Headers; their names are case-insensitive.
        body: The decompressed body.
        received_bytes: The size of the body as received, before decompression.
        seconds: The time from sending the request to the last byte.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_bytes: int = 0
    seconds: float = 0.0

    @property
    def correlation_id(self) -> str | None:
        """Xero's id of this call, which its support asks for."""
        return self.headers.get("Xero-Correlation-Id")

    @cached_property
    def json(self) -> Json:
        """The decoded body.

        Raises:
            UnexpectedResponseError: It is not JSON.
        """
        try:
            return wire.decode(self.body)
        except ValueError as error:
            message = f"The response is not JSON ({error}): {self.text[:200]!r}"
            raise UnexpectedResponseError(
                message, status=self.status, correlation_id=self.correlation_id
            ) from None

    @property
    def text(self) -> str:
        """The body as text; invalid bytes are replaced."""
        return self.body.decode(errors="replace")


class RetryableError(Exception):
    """A failed call that may be sent again.

    Attributes:
        error: The error to raise if the call is not sent again.
        sent: Whether Xero may have received the call. If not, a write may be sent again too.
        retries: How often the call may be sent again.
    """

    def __init__(self, error: XeroError, *, sent: bool = True, retries: int | None = None) -> None:
        super().__init__(str(error))
        self.error = error
        self.sent = sent
        if retries is None:
            is_offline = isinstance(error, OrganisationOfflineError)
            retries = OFFLINE_RETRIES if is_offline else RETRIES
        self.retries = retries


def url_of(request: Request, settings: ConnectionSettings) -> str:
    """The URL of a request.

    Raises:
        SettingsError: The URL would send the token to another host.
    """
    url = request.target
    if API_ROOT.match(url):
        # A proxy may have a path of its own before the roots of the APIs.
        before, root, _ = settings.base_uri.partition(ACCOUNTING_ROOT)
        url = f"{before if root else settings.origin}{url}"
    elif not url.startswith(("http://", "https://")):
        url = f"{settings.base_uri}/{url.removeprefix('/')}"
    if origin_of(url) != settings.origin:
        message = f"{request.summary} is not on {settings.origin}, the origin of 'base_uri'"
        raise SettingsError(message)
    # Commas stay as they are, because some gateways refuse ``%2C``.
    query = urlencode(request.params, safe=",", quote_via=quote)
    return f"{url}?{query}" if query else url


@dataclass
class Usage:
    """Totals of the calls for one subject, including calls without a response."""

    calls: int = 0
    received_bytes: int = 0
    seconds: float = 0.0


def unexpected_response(request: Request, response: Response) -> UnexpectedResponseError | None:
    """The error for a response that is not as documented; None for a normal one.

    JSON is checked without building Python objects. The response to a write may be empty.
    """
    message = ""
    if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:
        if response.status != HTTPStatus.NOT_MODIFIED:
            message = f"{request.summary} was redirected ({response.status})"
    elif response.status < HTTPStatus.MULTIPLE_CHOICES and request.accept == JSON:
        try:
            body = response.body.removeprefix(wire.BYTE_ORDER_MARK)
            if body.lstrip()[:1] == b"{":
                wire.decode_with(_envelope, body)
            elif body or request.method == "GET":
                wire.decode_with(_any_json, body)
        except RecursionError:
            return None  # complete, and nested too deeply; Response.json says so
        except msgspec.DecodeError as error:
            message = f"{request.summary} got a response that is not JSON ({error})"
    if not message:
        return None
    return UnexpectedResponseError(
        message,
        status=response.status,
        correlation_id=response.correlation_id,
        body=response.text,
        headers=response.headers,
    )


def too_large_response(
    request: Request, limit: OSError, status: int | None = None
) -> UnexpectedResponseError:
    """The error for a response that is too large.

    Args:
        request: What was asked for.
        limit: The limit that it exceeds.
        status: The HTTP status.
    """
    message = (
        f"{request.summary} got a response that is too large ({limit}): ask for fewer records a "
        "call"
    )
    return UnexpectedResponseError(message, status=status)


def gateway_refusal(request: Request, response: Response) -> RetryableError | None:
    """The failure if a gateway in front of Xero refused to read; None if it did not.

    Xero's API sends no web pages. So the page says nothing about the record or the organisation.
    """
    is_refusal = (
        HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
        and response.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS)
    )
    if request.method != "GET" or not is_refusal:
        return None
    page = text_of_web_page(response.body, response.headers.get("Content-Type", ""))
    if page is None:
        return None
    message = gateway_failure(request.summary, response.status, page)
    error = NoResponseError(message, status=response.status, correlation_id=response.correlation_id)
    is_lasting = response.status != HTTPStatus.BAD_REQUEST
    return RetryableError(error, retries=GATEWAY_RETRIES if is_lasting else RETRIES)


def was_never_sent(error: Exception) -> bool:
    """Whether the connection failed before the request was sent, so that Xero never saw it."""
    return isinstance(
        _cause(error),
        (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError),
    )


def failure_cause(error: Exception) -> str:
    """Why a request got no response, without anything of the request itself."""
    cause = _cause(error)
    inner = cause.__cause__ or cause.__context__
    if isinstance(inner, OSError) and inner.strerror:
        return f"{type(cause).__name__}: {inner.strerror}"
    if isinstance(cause, OSError) and cause.strerror:
        return f"{type(error).__name__}: {cause.strerror}"
    return type(cause).__name__


def _cause(error: Exception) -> BaseException:
    """The error of urllib3 inside the error of requests."""
    cause: BaseException = error
    if error.args and isinstance(error.args[0], Exception):
        cause = error.args[0]
    reason = getattr(cause, "reason", None)
    return reason if isinstance(reason, Exception) else cause


def log_call(method: str, url: str, outcome: str, seconds: float, rest: str = "") -> None:
    """Logs a call for ``log_requests``, without tokens, secrets, bodies or names of people."""
    request_log.info("%s %s %s %.0f ms%s", method, loggable(url), outcome, seconds * 1000, rest)


def loggable(url: str) -> str:
    """The URL without what a user wrote: only values without personal data are shown.

    ``where``, ``searchTerm``, ``InvoiceNumbers`` and the like name customers, and so do the names
    of files in the path of an attachment.
    """
    path, _, query = url.partition("?")
    before, attachments, _ = path.partition("/Attachments/")
    if attachments:
        path = f"{before}{attachments}…"
    if not query:
        return path
    shown = []
    for parameter in query.split("&"):
        name, _, value = parameter.partition("=")
        shown.append(f"{name}={value if name.lower() in LOGGED_PARAMETERS else '…'}")
    return f"{path}?{'&'.join(shown)}"


def log_response(method: str, url: str, response: Response) -> None:
    """Logs a call with its response for ``log_requests``."""
    left = RemainingLimits.from_headers(response.headers)
    rest = (
        f", {response.received_bytes} bytes, left: {left}, correlation id "
        f"{response.correlation_id or '-'}"
    )
    log_call(method, url, str(response.status), response.seconds, rest)
