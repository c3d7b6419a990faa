"""One call: what is sent, what came back, what it cost, and the log line that tells of it."""

from __future__ import annotations

import gzip
import logging
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
import requests
import urllib3

from xero_client.errors import UnexpectedResponseError
from xero_client.http import wire
from xero_client.http.rate_limiter import RemainingLimits

request_log = logging.getLogger("xero_client.requests")

JSON = "application/json"
# For zlib: with the header and the check sum of gzip.
GZIP = 31
# No byte of a deflated stream stands for more.
DEFLATED_AT_MOST = 1032

_envelope = msgspec.json.Decoder(dict[str, msgspec.Raw])


@dataclass(frozen=True)
class Request:
    """One call.

    Attributes:
        method: HTTP method.
        target: Path below ``base_uri``, or an absolute URL on the same origin.
        params: Query parameters.
        body: The bytes to send.
        content_type: What the bytes are.
        headers: Further headers.
        accept: The content type to ask for; JSON answers are checked to be whole.
        subject: The stream or entity that the call is for: it names errors and counts.
        scope: The scope that the call needs, to be named where it is missing.
        retry: Whether a lost or failed call may be sent again. Default: for GET only.
        not_after: The ``time.monotonic()`` after which it must not go out any more: a repeated
            write is harmless only while Xero keeps its Idempotency-Key (xero-facts.md: Idempotency).
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
    not_after: float | None = None

    @property
    def may_retry(self) -> bool:
        """Whether the call may be sent again without harm."""
        return self.method == "GET" if self.retry is None else self.retry

    @property
    def shown(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True)
class Response:
    """What came back, with its body unpacked.

    Attributes:
        status: HTTP status.
        headers: Headers, in any case.
        body: The unpacked bytes.
        received_bytes: Bytes of the body as they came over the wire.
        seconds: From sending to the last byte.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_bytes: int = 0
    seconds: float = 0.0

    @property
    def correlation_id(self) -> str | None:
        """Xero's id of this call, for its support."""
        return self.headers.get("Xero-Correlation-Id")

    @cached_property
    def json(self) -> Any:  # noqa: ANN401  # any JSON
        """The decoded body.

        Raises:
            UnexpectedResponseError: It is not JSON.
        """
        try:
            return wire.decode(self.body)
        except ValueError as error:
            message = f"The answer is not JSON ({error}): {self.text[:200]!r}"
            raise UnexpectedResponseError(
                message, status=self.status, correlation_id=self.correlation_id
            ) from None

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode(errors="replace")


@dataclass
class Usage:
    """What the calls for one subject cost; a call that got no answer counts too."""

    calls: int = 0
    received_bytes: int = 0
    seconds: float = 0.0


def unpacked(received: bytes, encoding: str) -> bytes:
    """The body without its content encoding.

    Raises:
        OSError, EOFError, zlib.error: It was cut short or damaged.
    """
    if encoding.lower() not in ("gzip", "x-gzip"):
        return received
    # gzip ends with the unpacked size: with it, a page takes one block of memory and not several.
    size = int.from_bytes(received[-4:], "little")
    if 0 < size <= len(received) * DEFLATED_AT_MOST:
        content = zlib.decompress(received, wbits=GZIP, bufsize=size)
        if len(content) == size:
            return content
    return gzip.decompress(received)


def odd_answer(request: Request, answer: Response) -> UnexpectedResponseError | None:
    """What is odd about an answer that Xero documents in another shape; None where nothing is.

    JSON is found to be whole without building what it says. A write may have an empty answer.
    """
    message = ""
    if requests.codes.multiple_choices <= answer.status < requests.codes.bad_request:
        if answer.status != requests.codes.not_modified:
            message = f"{request.shown} was answered with a redirection ({answer.status})"
    elif answer.status < requests.codes.multiple_choices and request.accept == JSON:
        try:
            if answer.body.lstrip()[:1] == b"{":
                _envelope.decode(answer.body)
            elif answer.body or request.method == "GET":
                msgspec.json.decode(answer.body)
        except msgspec.DecodeError as error:
            message = f"{request.shown} got an answer that is not JSON ({error})"
    if not message:
        return None
    return UnexpectedResponseError(
        message,
        status=answer.status,
        correlation_id=answer.correlation_id,
        body=answer.text,
        headers=answer.headers,
    )


def never_sent(error: Exception) -> bool:
    """Whether a request failed before it could leave, so that sending it again is no repetition."""
    return isinstance(
        _cause(error),
        (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError),
    )


def cause_of(error: Exception) -> str:
    """Why a request got no answer, in a few words that hold nothing of what was sent."""
    cause = _cause(error)
    inner = cause.__cause__ or cause.__context__
    if isinstance(inner, OSError) and inner.strerror:
        return f"{type(cause).__name__}: {inner.strerror}"
    if isinstance(cause, OSError) and cause.strerror:
        return f"{type(error).__name__}: {cause.strerror}"
    return type(cause).__name__


def _cause(error: Exception) -> BaseException:
    """What urllib3 met, out of what requests and its retries wrapped around it."""
    cause: BaseException = error
    if error.args and isinstance(error.args[0], Exception):
        cause = error.args[0]
    reason = getattr(cause, "reason", None)
    return reason if isinstance(reason, Exception) else cause


def log_call(method: str, url: str, outcome: str, seconds: float, rest: str = "") -> None:
    """Writes the line of ``log_requests``: never a token, secret or body."""
    request_log.info("%s %s %s %.0f ms%s", method, url, outcome, seconds * 1000, rest)


def log_answer(method: str, url: str, answer: Response) -> None:
    """Writes the line of ``log_requests`` for a call that was answered."""
    left = RemainingLimits.from_headers(answer.headers)
    rest = (
        f", {answer.received_bytes} bytes, left: {left}, correlation id "
        f"{answer.correlation_id or '-'}"
    )
    log_call(method, url, str(answer.status), answer.seconds, rest)
