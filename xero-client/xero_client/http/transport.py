"""One ``send``: headers, authorisation, limits, retries, error mapping, request log, counters."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from urllib.parse import quote, urlencode

import backoff
import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from xero_client.errors import (
    DailyLimitError,
    DeadlineExceededError,
    NoResponseError,
    SettingsError,
    StoppedError,
    XeroError,
)
from xero_client.http.calls import (
    JSON,
    Request,
    Response,
    Usage,
    cause_of,
    log_answer,
    log_call,
    never_sent,
    odd_answer,
    unpacked,
)
from xero_client.http.error_responses import error_from_response, is_expired_token
from xero_client.http.rate_limiter import LimitKind, RateLimiter, limit_kind, retry_after
from xero_client.settings.connection_settings import ConnectionSettings, origin_of

__all__ = ["JSON", "Response", "Request", "TokenSource", "Transport", "Usage"]

logger = logging.getLogger(__name__)

RETRIES = 7
LONGEST_WAIT_SECONDS = 60.0
# A 429 for the minute is waited out for as long as it takes; this stops a server that never ends.
MAX_RATE_LIMIT_WAITS = 60
TRANSIENT_STATUSES = frozenset({408, 500, 502, 503, 504})


class TokenSource(Protocol):
    """Where access tokens come from."""

    def token(self) -> str:
        """A bearer token that should still work."""
        ...

    def renew(self, rejected: str) -> str:
        """Another token, after Xero said that ``rejected`` has expired."""
        ...


class Bearer(AuthBase):
    """Sets the token; as an ``auth`` of its own it keeps a .netrc from replacing it."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


class Lost(Exception):  # noqa: N818  # not an error yet: the decision is the caller's
    """A call that may be worth another try.

    Attributes:
        error: What to raise where there is none.
        sent: Whether Xero may have seen it: a call that never left is no repetition when it is
            sent again, so that goes for writes too.
    """

    def __init__(self, error: XeroError, *, sent: bool = True) -> None:
        super().__init__(str(error))
        self.error = error
        self.sent = sent


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
        self.rate_limiter = RateLimiter(settings.max_concurrency)
        self._halted = threading.Event()
        self._session = requests.Session()
        adapter = HTTPAdapter(pool_maxsize=settings.max_concurrency)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)
        self._session.headers.update({"User-Agent": settings.user_agent, "Accept-Encoding": "gzip"})
        self._usage_lock = threading.Lock()
        self.usage: dict[str, Usage] = {}

    def send(self, request: Request) -> Response:
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
                answer = self._exchange(request, token, limits_met)
            except Lost as lost:
                failures += 1
                if failures > RETRIES or (lost.sent and not request.may_retry):
                    raise self._explain(lost.error) from None
                wait = backoff.full_jitter(next(waits)) + 0.1
                logger.warning("%s; trying again in %.1f s", lost.error, wait)
                self.pause(wait)
                continue
            if answer.status == requests.codes.too_many_requests:
                limits_met += 1
                self._meet_limit(request, answer, limits_met)
                renewed = False  # a wait may outlast a token, and the one after it
                continue
            if is_expired_token(answer.status, answer.headers, answer.body) and not renewed:
                renewed = True
                self._tokens.renew(token)
                continue
            if answer.status >= requests.codes.bad_request:
                raise self._explain(self._refusal(request, answer, token))
            return answer

    def pause(self, seconds: float) -> None:
        """Waits before another try.

        Raises:
            StoppedError: The run ends meanwhile.
        """
        if self._halted.wait(seconds):
            message = "the run is ending"
            raise StoppedError(message)

    def halt(self) -> None:
        """Ends every wait, and lets no call start any more; those in flight get their answers."""
        self._halted.set()
        self.rate_limiter.halt()

    def _exchange(self, request: Request, token: str, limits_met: int) -> Response:
        """Sends once; a 429 holds the other calls back before any of them can meet it too.

        Raises:
            StoppedError: The run ended before it could go out.
            Lost: No whole answer came, or one that says that Xero is unwell for now.
            UnexpectedResponseError: Xero, or something between, wants the call to go elsewhere.
            DeadlineExceededError: Waiting for the limits took longer than the call can be sent.
        """
        url = self._url(request)
        began = self.rate_limiter.start()
        sent = time.monotonic()
        if request.not_after is not None and sent > request.not_after:
            self.rate_limiter.finish(began, None)
            message = f"{request.shown} could not be sent again in time"
            raise DeadlineExceededError(message)
        packed: Response | None = None
        try:
            packed = self._send_once(request, url, token)
        except Lost:
            if self._settings.log_requests:
                log_call(request.method, url, "no whole answer", time.monotonic() - sent)
            raise
        finally:
            hold = self._hold_of(packed, limits_met + 1)
            self.rate_limiter.finish(began, packed.headers if packed else None, hold)
            self._count(request, packed, time.monotonic() - sent)
        if self._settings.log_requests:
            log_answer(request.method, url, packed)
        # Only now, so that the next call is on its way meanwhile.
        answer = self._unpacked(request, packed)
        if answer.status in TRANSIENT_STATUSES:
            raise Lost(self._refusal(request, answer, token))
        odd = odd_answer(request, answer)
        if odd is not None and answer.status >= requests.codes.multiple_choices:
            raise odd
        if odd is not None:
            raise Lost(odd)
        return answer

    def _refusal(self, request: Request, answer: Response, token: str) -> XeroError:
        return error_from_response(
            answer.status,
            answer.headers,
            answer.body,
            shown=request.shown,
            subject=request.subject,
            scope=request.scope,
            secrets=(*self._settings.secrets, token),
        )

    def _url(self, request: Request) -> str:
        """The URL of a call.

        Raises:
            SettingsError: It would take the token to another host.
        """
        url = request.target
        if not url.startswith(("http://", "https://")):
            url = f"{self._settings.base_uri}/{url.removeprefix('/')}"
        if origin_of(url) != self._settings.origin:
            message = f"{request.shown} is not on {self._settings.origin}, the origin of 'base_uri'"
            raise SettingsError(message)
        return f"{url}?{urlencode(request.params, quote_via=quote)}" if request.params else url

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Accept": request.accept}
        if self._tenant_id:
            headers["xero-tenant-id"] = self._tenant_id
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        return headers | dict(request.headers)

    def _send_once(self, request: Request, url: str, token: str) -> Response:
        """One call; the answer's body is packed as it came."""
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
            return Response(
                response.status_code,
                CaseInsensitiveDict(response.headers),
                received,
                len(received),
                time.monotonic() - began,
            )
        except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError):
            message = f"{request.shown} was not answered within {timeout:g} s"
            raise Lost(NoResponseError(message)) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            message = f"{request.shown} got no whole answer ({cause_of(error)})"
            raise Lost(NoResponseError(message), sent=not never_sent(error)) from None
        except OSError as error:
            message = f"{request.shown} got no whole answer ({error})"
            raise Lost(NoResponseError(message)) from None

    @staticmethod
    def _unpacked(request: Request, packed: Response) -> Response:
        try:
            body = unpacked(packed.body, packed.headers.get("Content-Encoding", ""))
        except (OSError, EOFError, zlib.error) as error:
            message = f"{request.shown} got an answer that cannot be unpacked ({error})"
            raise Lost(NoResponseError(message)) from None
        return replace(packed, body=body)

    def _count(self, request: Request, answer: Response | None, seconds: float) -> None:
        with self._usage_lock:
            usage = self.usage.setdefault(request.subject, Usage())
            usage.calls += 1
            usage.received_bytes += answer.received_bytes if answer else 0
            usage.seconds += seconds

    def _hold_of(self, answer: Response | None, met: int) -> float | None:
        """For how many seconds an answer keeps all calls back; None where it does not."""
        if answer is None or answer.status != requests.codes.too_many_requests:
            return None
        kind = limit_kind(answer.headers)
        if kind is LimitKind.CONCURRENT:
            return None
        if kind is LimitKind.DAY and self._settings.on_daily_limit == "stop":
            return None
        asked = retry_after(answer.headers)
        return asked if asked is not None else min(5.0 * met, LONGEST_WAIT_SECONDS)

    def _meet_limit(self, request: Request, answer: Response, met: int) -> None:
        """Does what a 429 asks for, by its kind; what is to be waited for is with the quota.

        Raises:
            DailyLimitError: The day's calls are used up, and ``on_daily_limit`` is ``stop``.
            StoppedError: The run ends meanwhile.
            NoResponseError: The limit was met too many times in a row.
        """
        kind = limit_kind(answer.headers)
        seconds = self._hold_of(answer, met)
        if kind is LimitKind.DAY and seconds is None:
            asked = retry_after(answer.headers)
            when = f" for {asked:.0f} s" if asked is not None else ""
            message = (
                f"Xero's daily limit of calls to this organisation is used up{when}: run again "
                "later, or set on_daily_limit to wait"
            )
            raise DailyLimitError(
                message,
                retry_after=asked,
                status=answer.status,
                correlation_id=answer.correlation_id,
            )
        if met > MAX_RATE_LIMIT_WAITS:
            message = f"{request.shown} met a limit {met} times in a row: run again later"
            raise NoResponseError(
                message, status=answer.status, correlation_id=answer.correlation_id
            )
        if seconds is None:
            # Others are calling this organisation too; a short wait is enough (xero-facts.md: Limits).
            self.pause(backoff.full_jitter(min(0.5 * met, 5.0)) + 0.1)
        else:
            logger.info("Xero's %s limit is reached; waiting %.0f s", kind.value, seconds)
