"""One ``send``: headers, authorisation, limits, retries, error mapping, request log, counters."""

from __future__ import annotations

import gzip
import logging
import threading
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import backoff
import msgspec
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from xero_client import wire
from xero_client.errors import DailyLimitError, NoAnswerError, OddAnswerError, XeroError
from xero_client.quota import LimitKind, LimitsLeft, Quota, limit_kind
from xero_client.refusals import error_of, is_expired_token
from xero_client.settings import ConnectionSettings

logger = logging.getLogger(__name__)
request_log = logging.getLogger("xero_client.requests")

JSON = "application/json"
RETRIES = 7
LONGEST_WAIT_SECONDS = 60.0
# A 429 for the minute is waited out for as long as it takes; this stops a server that never ends.
LIMIT_WAITS = 60
TRANSIENT_STATUSES = frozenset({408, 500, 502, 503, 504})

_envelope = msgspec.json.Decoder(dict[str, msgspec.Raw])


class TokenSource(Protocol):
    """Where access tokens come from."""

    def token(self) -> str:
        """A bearer token that should still work."""
        ...

    def renew(self, rejected: str) -> str:
        """Another token, after Xero said that ``rejected`` has expired."""
        ...


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

    @property
    def may_retry(self) -> bool:
        """Whether the call may be sent again without harm."""
        return self.method == "GET" if self.retry is None else self.retry

    @property
    def shown(self) -> str:
        """Method and path, for messages."""
        return f"{self.method} {self.target}"


@dataclass(frozen=True)
class Answer:
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
            OddAnswerError: It is not JSON.
        """
        try:
            return wire.decode(self.body)
        except ValueError as error:
            message = f"The answer is not JSON ({error}): {self.text[:200]!r}"
            raise OddAnswerError(
                message, status=self.status, correlation_id=self.correlation_id
            ) from None

    @property
    def text(self) -> str:
        """The body as text, whatever it is."""
        return self.body.decode(errors="replace")


@dataclass
class Usage:
    """What the calls for one subject cost."""

    calls: int = 0
    received_bytes: int = 0
    seconds: float = 0.0


class Bearer(AuthBase):
    """Sets the token; as an ``auth`` of its own it keeps a .netrc from replacing it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


class Lost(Exception):  # noqa: N818  # not an error yet: the decision is the caller's
    """A call that may be worth another try, and how long to wait before it."""

    def __init__(self, error: XeroError, wait: float) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait = wait


class Transport:
    """Sends calls to one tenant; safe to share between threads."""

    def __init__(
        self,
        settings: ConnectionSettings,
        tokens: TokenSource,
        *,
        tenant_id: str | None = None,
        explain: Callable[[XeroError], XeroError] | None = None,
    ) -> None:
        """Prepares the connection pool.

        Args:
            settings: The connection.
            tokens: Where access tokens come from.
            tenant_id: The organisation; None sends no tenant header.
            explain: Adds to an error what this layer cannot know, such as the connected tenants.
        """
        self._settings = settings
        self._tokens = tokens
        self._tenant_id = tenant_id
        self._explain = explain or (lambda error: error)
        self.quota = Quota(settings.max_concurrency)
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=settings.max_concurrency)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.headers.update(
            {"User-Agent": settings.user_agent, "Accept-Encoding": "gzip, deflate"}
        )
        self._usage_lock = threading.Lock()
        self.usage: dict[str, Usage] = {}

    def send(self, request: Request) -> Answer:
        """Sends a call and gives its successful answer.

        Waits for limits, renews an expired token, and tries lost or failed calls again where the
        request allows it.

        Raises:
            XeroError: The kind that says what can be done about it.
        """
        waits = backoff.expo(base=2, factor=0.5, max_value=LONGEST_WAIT_SECONDS)
        next(waits)
        failures = 0
        limits_met = 0
        renewed = False
        while True:
            token = self._tokens.token()
            try:
                answer = self._exchange(request, token)
            except Lost as lost:
                failures += 1
                if not request.may_retry or failures > RETRIES:
                    raise self._explained(lost.error) from None
                self._sleep(backoff.full_jitter(next(waits)) + 0.1, lost.error)
                continue
            if answer.status == requests.codes.too_many_requests:
                limits_met += 1
                self._wait_for_limit(request, answer, limits_met)
                continue
            if is_expired_token(answer.status, answer.headers, answer.body) and not renewed:
                renewed = True
                self._tokens.renew(token)
                continue
            if answer.status >= requests.codes.bad_request:
                raise self._explained(
                    error_of(
                        answer.status,
                        answer.headers,
                        answer.body,
                        shown=request.shown,
                        subject=request.subject,
                        scope=request.scope,
                        secrets=(*self._settings.secrets, token),
                    )
                )
            return answer

    def _explained(self, error: XeroError) -> XeroError:
        return self._explain(error)

    @staticmethod
    def _sleep(seconds: float, error: XeroError) -> None:
        logger.warning("%s; trying again in %.1f s", error, seconds)
        time.sleep(seconds)

    def _exchange(self, request: Request, token: str) -> Answer:
        """Sends once.

        Raises:
            Lost: No whole answer came, or one that says that Xero is unwell for now.
        """
        began = self.quota.start()
        headers: Mapping[str, str] | None = None
        try:
            answer = self._send_once(request, token)
            headers = answer.headers
        finally:
            self.quota.finish(began, headers)
        self._count(request, answer)
        if answer.status in TRANSIENT_STATUSES:
            error = error_of(
                answer.status,
                answer.headers,
                answer.body,
                shown=request.shown,
                subject=request.subject,
                scope=request.scope,
                secrets=(*self._settings.secrets, token),
            )
            raise Lost(error, 0)
        return answer

    def _url(self, request: Request) -> str:
        url = request.target
        if not url.startswith(("http://", "https://")):
            url = f"{self._settings.base_uri}{url}"
        return f"{url}?{urlencode(request.params, quote_via=quote)}" if request.params else url

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Accept": request.accept}
        if self._tenant_id:
            headers["xero-tenant-id"] = self._tenant_id
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        return headers | dict(request.headers)

    def _send_once(self, request: Request, token: str) -> Answer:
        url = self._url(request)
        timeout = self._settings.request_timeout
        began = time.monotonic()
        try:
            with self._session.request(
                request.method,
                url,
                data=request.body,
                headers=self._headers(request),
                auth=Bearer(token),
                timeout=timeout,
                stream=True,
                allow_redirects=False,
            ) as response:
                received = response.raw.read(decode_content=False)
            body = unpacked(received, response.headers.get("Content-Encoding", ""))
            answer = Answer(
                response.status_code,
                CaseInsensitiveDict(response.headers),
                body,
                len(received),
                time.monotonic() - began,
            )
            if answer.status < requests.codes.bad_request and body and request.accept == JSON:
                _envelope_check(body)
        except requests.Timeout:
            message = f"{request.shown} was not answered within {timeout:g} s"
            raise Lost(NoAnswerError(message), 0) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            message = f"{request.shown} got no whole answer ({type(error).__name__})"
            raise Lost(NoAnswerError(message), 0) from None
        except (OSError, EOFError, zlib.error) as error:
            message = f"{request.shown} got an answer that cannot be unpacked ({error})"
            raise Lost(NoAnswerError(message), 0) from None
        except msgspec.DecodeError as error:
            message = f"{request.shown} got an answer that is not JSON ({error})"
            raise Lost(OddAnswerError(message, status=answer.status, body=body), 0) from None
        if self._settings.log_requests:
            request_log.info(
                "%s %s %d %.0f ms %d bytes, left: %s, correlation id %s",
                request.method,
                url,
                answer.status,
                answer.seconds * 1000,
                answer.received_bytes,
                LimitsLeft.from_headers(answer.headers),
                answer.correlation_id or "-",
            )
        return answer

    def _count(self, request: Request, answer: Answer) -> None:
        with self._usage_lock:
            usage = self.usage.setdefault(request.subject, Usage())
            usage.calls += 1
            usage.received_bytes += answer.received_bytes
            usage.seconds += answer.seconds

    def _wait_for_limit(self, request: Request, answer: Answer, met: int) -> None:
        """Waits as the 429 asks, by its kind.

        Raises:
            DailyLimitError: The day's calls are used up, and ``on_daily_limit`` is ``stop``.
            NoAnswerError: The limit was met too many times in a row.
        """
        after = answer.headers.get("Retry-After", "")
        retry_after = float(after) if after.strip().isdigit() else None
        kind = limit_kind(answer.headers)
        if kind is LimitKind.DAY and self._settings.on_daily_limit == "stop":
            when = f" for {retry_after:.0f} s" if retry_after is not None else ""
            message = (
                f"Xero's daily limit of calls to this organisation is used up{when}: run again "
                "later, or set on_daily_limit to wait"
            )
            raise DailyLimitError(
                message,
                retry_after=retry_after,
                status=answer.status,
                correlation_id=answer.correlation_id,
            )
        if met > LIMIT_WAITS:
            message = f"{request.shown} met a limit {met} times in a row: run again later"
            raise NoAnswerError(message, status=answer.status, correlation_id=answer.correlation_id)
        if kind is LimitKind.CONCURRENT:
            # Others are calling this organisation too; a short wait is enough (§1).
            time.sleep(backoff.full_jitter(min(0.5 * met, 5.0)) + 0.1)
            return
        seconds = retry_after if retry_after is not None else min(5.0 * met, LONGEST_WAIT_SECONDS)
        logger.info("Xero's %s limit is reached; waiting %.0f s", kind.value, seconds)
        self.quota.hold(seconds)


def unpacked(received: bytes, encoding: str) -> bytes:
    """The body without its content encoding.

    Raises:
        OSError, EOFError, zlib.error: It was cut short or damaged.
    """
    if encoding.lower() in ("gzip", "x-gzip"):
        return gzip.decompress(received)
    if encoding.lower() == "deflate":
        return zlib.decompress(received)
    return received


def _envelope_check(body: bytes) -> None:
    """Finds out at once whether JSON is whole, without building what it says.

    Raises:
        msgspec.DecodeError: It is not JSON, or was cut short.
    """
    if body.lstrip()[:1] == b"{":
        _envelope.decode(body)
    else:
        msgspec.json.decode(body)
