"""Sends requests to Xero: headers, tokens, rate limits, retries, errors, request log, usage."""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Protocol

import backoff
import requests
import urllib3
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from xero_client.errors import (
    DailyLimitError,
    DeadlineExceededError,
    NoResponseError,
    StoppedError,
    XeroError,
)
from xero_client.http.bounded import (
    TooLargeError,
    check_json_values,
    decompressed,
    exchange_within,
    mount_bounds,
    read_body,
)
from xero_client.http.calls import (
    JSON,
    Request,
    Response,
    RetryableError,
    Usage,
    failure_cause,
    gateway_refusal,
    log_call,
    log_response,
    too_large_response,
    unexpected_response,
    url_of,
    was_never_sent,
)
from xero_client.http.error_responses import error_from_response, is_expired_token
from xero_client.http.rate_limiter import (
    MINUTE_SECONDS,
    LimitKind,
    RateLimiter,
    SharedLimits,
    daily_limit_message,
    limit_kind,
    retry_after,
)
from xero_client.http.server_clock import elapsed_seconds, server_clock
from xero_client.settings.connection_settings import ConnectionSettings

__all__ = ["JSON", "Request", "Response", "TokenSource", "Transport", "Usage"]

logger = logging.getLogger(__name__)

MAX_WAIT_SECONDS = 60.0
# The most tokens that one request renews.
MAX_REJECTED_TOKENS = 2
# The most 429 responses in a row for one request.
MAX_RATE_LIMIT_WAITS = 60
TRANSIENT_STATUSES = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


class TokenSource(Protocol):
    """Where access tokens come from."""

    def token(self) -> str:
        """A bearer token that has not expired yet."""
        ...

    def renew(self, rejected: str) -> str:
        """A new token, after Xero rejected the token ``rejected`` as expired."""
        ...


class Bearer(AuthBase):
    """Sets the token; as ``auth``, it also prevents requests from using a .netrc file."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        prepared.headers["Authorization"] = f"Bearer {self._token}"
        return prepared


class Transport:
    """Sends requests to one tenant; thread-safe."""

    def __init__(
        self,
        settings: ConnectionSettings,
        tokens: TokenSource,
        *,
        tenant_id: str | None = None,
        describe_error: Callable[[XeroError, Request], XeroError] | None = None,
        shared: SharedLimits | None = None,
    ) -> None:
        """Creates the connection pool.

        Args:
            settings: The connection.
            tokens: Where access tokens come from.
            tenant_id: The organisation; None sends no ``xero-tenant-id``.
            describe_error: Adds details to the error of a request, such as the connected
                organisations.
            shared: The limits that other processes share; None if they do not.
        """
        self._settings = settings
        self._tokens = tokens
        self._tenant_id = tenant_id
        self._describe_error = describe_error or (lambda error, _request: error)
        self.rate_limiter = RateLimiter(
            settings.max_concurrency,
            stops_at_day_limit=settings.on_daily_limit == "stop",
            shared=shared,
        )
        self.server_clock = server_clock(settings.origin)
        self._stopped = threading.Event()
        self._end: XeroError = StoppedError("the run is stopping")
        self._session = requests.Session()
        mount_bounds(self._session, settings.max_concurrency)
        self._session.headers.update({"User-Agent": settings.user_agent, "Accept-Encoding": "gzip"})
        self._usage_lock = threading.Lock()
        self.usage: dict[str, Usage] = {}

    def send(self, request: Request) -> Response:
        """Sends a request and returns its successful response.

        Waits for rate limits, renews an expired token, and repeats failed calls if the request
        allows it.

        Raises:
            XeroError: The call failed; the class says what to do.
        """
        waits = backoff.expo(base=2, factor=0.5, max_value=MAX_WAIT_SECONDS)
        next(waits)
        failures = 0
        rate_limit_hits = 0
        rejected: set[str] = set()
        while True:
            try:
                response, token = self._exchange(request, rate_limit_hits)
            except RetryableError as failure:
                failures += 1
                if failures > failure.retries or (failure.sent and not request.may_retry):
                    raise self._describe_error(failure.error, request) from None
                wait = backoff.full_jitter(next(waits)) + 0.1
                logger.warning("%s; trying again in %.1f s", failure.error, wait)
                self.pause(wait)
                continue
            if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                rate_limit_hits += 1
                self._handle_rate_limit(request, response, rate_limit_hits)
                continue
            # A token can expire on the way, and other calls can renew it in the meantime. So only a
            # token that is rejected again, or several new ones, end the call.
            renewable = token not in rejected and len(rejected) < MAX_REJECTED_TOKENS
            if renewable and is_expired_token(response.status, response.headers, response.body):
                rejected.add(token)
                self._tokens.renew(token)
                continue
            if response.status >= HTTPStatus.BAD_REQUEST:
                error = self._error_of(request, response, token)
                raise self._describe_error(error, request)
            return response

    def pause(self, seconds: float) -> None:
        """Waits before the next attempt.

        Raises:
            XeroError: ``stop`` was called; its error.
        """
        if self._stopped.wait(seconds):
            raise self._end

    def stop(self, error: XeroError | None = None) -> None:
        """Ends all waits and refuses new calls; calls in flight are completed.

        Args:
            error: What the waits and the calls end with; ``StoppedError`` by default.
        """
        if error is not None:
            self._end = error
        self._stopped.set()
        self.rate_limiter.stop(error)

    def _exchange(self, request: Request, rate_limit_hits: int) -> tuple[Response, str]:
        """Sends a request once. A 429 delays all other calls before they can get one too.

        The token is taken after the wait for rate limits, which can last longer than a token.

        Returns:
            The response, and the token that was sent.

        Raises:
            XeroError: ``stop`` was called before the request was sent; its error.
            RetryableError: No complete response came, or Xero is temporarily unavailable.
            UnexpectedResponseError: The response is a redirection, or it is too large.
            DeadlineExceededError: The deadline passed while waiting for rate limits.
            DailyLimitError: Xero announced that it accepts no more calls today.
        """
        url = url_of(request, self._settings)
        began = self.rate_limiter.start()
        try:
            token = self._tokens.token()
        except BaseException:
            self.rate_limiter.finish(began, None)
            raise
        sent = time.monotonic()
        if request.deadline is not None and elapsed_seconds() > request.deadline:
            self.rate_limiter.finish(began, None)
            message = f"{request.summary} could not be sent again in time"
            raise DeadlineExceededError(message)
        compressed: Response | None = None
        try:
            compressed = self._send_once(request, url, token)
        except RetryableError:
            if self._settings.log_requests:
                log_call(request.method, url, "no complete response", time.monotonic() - sent)
            raise
        finally:
            self.rate_limiter.finish(
                began,
                compressed.headers if compressed else None,
                self._hold_seconds(compressed, rate_limit_hits + 1),
                self._day_used_up(compressed),
            )
            self._count(request, compressed, time.monotonic() - sent)
        if self._settings.log_requests:
            log_response(request.method, url, compressed)
        # Decompressed only now, so that the next call is already in flight.
        response = self._decompressed(request, compressed)
        if (refusal := gateway_refusal(request, response)) is not None:
            raise refusal
        if response.status in TRANSIENT_STATUSES:
            raise RetryableError(self._error_of(request, response, token))
        error = unexpected_response(request, response)
        if error is not None and response.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise error
        if error is not None:
            raise RetryableError(error)
        return response, token

    def _error_of(self, request: Request, response: Response, token: str) -> XeroError:
        return error_from_response(
            response.status,
            response.headers,
            response.body,
            request=request.summary,
            subject=request.subject,
            scope=request.scope,
            settings=self._settings,
            secrets=(*self._settings.secrets, token),
        )

    def _headers(self, request: Request) -> dict[str, str]:
        headers = {"Accept": request.accept}
        if self._tenant_id:
            headers["xero-tenant-id"] = self._tenant_id
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        return headers | dict(request.headers)

    def _send_once(self, request: Request, url: str, token: str) -> Response:
        """Sends a request; the body of the response is still compressed."""
        timeout = self._settings.request_timeout
        began, sent_at = time.monotonic(), elapsed_seconds()
        try:
            with (
                exchange_within(timeout),
                self._session.request(
                    request.method,
                    url,
                    data=request.body,
                    headers=self._headers(request),
                    auth=Bearer(token),
                    timeout=timeout,
                    stream=True,
                    allow_redirects=False,
                ) as response,
            ):
                received = read_body(response.raw)
                self.server_clock.observe(response.headers, sent_at)
            return Response(
                response.status_code,
                CaseInsensitiveDict(response.headers),
                received,
                len(received),
                time.monotonic() - began,
            )
        except (requests.ReadTimeout, urllib3.exceptions.ReadTimeoutError, TimeoutError):
            message = f"{request.summary} got no complete response within {timeout:g} s"
            raise RetryableError(NoResponseError(message)) from None
        except TooLargeError as error:
            raise too_large_response(request, error) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            message = f"{request.summary} got no complete response ({failure_cause(error)})"
            raise RetryableError(NoResponseError(message), sent=not was_never_sent(error)) from None
        except OSError as error:
            message = f"{request.summary} got no complete response ({error})"
            raise RetryableError(NoResponseError(message)) from None

    @staticmethod
    def _decompressed(request: Request, compressed: Response) -> Response:
        try:
            body = decompressed(compressed.body, compressed.headers.get("Content-Encoding", ""))
            if request.accept == JSON:
                check_json_values(body)
        except TooLargeError as error:
            raise too_large_response(request, error, compressed.status) from None
        except (EOFError, zlib.error) as error:
            message = f"{request.summary} got a response that cannot be decompressed ({error})"
            raise RetryableError(NoResponseError(message)) from None
        return replace(compressed, body=body)

    def _count(self, request: Request, response: Response | None, seconds: float) -> None:
        with self._usage_lock:
            usage = self.usage.setdefault(request.subject, Usage())
            usage.calls += 1
            usage.received_bytes += response.received_bytes if response else 0
            usage.seconds += seconds

    def _hold_seconds(self, response: Response | None, hits: int) -> float | None:
        """The seconds that a response delays all calls; None if it does not."""
        if response is None or response.status != HTTPStatus.TOO_MANY_REQUESTS:
            return None
        kind = limit_kind(response.headers)
        if kind is LimitKind.CONCURRENT:
            return None
        if kind is LimitKind.DAY and self._settings.on_daily_limit == "stop":
            return None
        asked = retry_after(response.headers)
        return asked if asked is not None else min(5.0 * hits, MAX_WAIT_SECONDS)

    def _day_used_up(self, response: Response | None) -> float | None:
        """The seconds for which a response says that no call of the day is left; else None."""
        if response is None or response.status != HTTPStatus.TOO_MANY_REQUESTS:
            return None
        if limit_kind(response.headers) is not LimitKind.DAY:
            return None
        asked = retry_after(response.headers)
        return asked if asked is not None else MINUTE_SECONDS

    def _handle_rate_limit(self, request: Request, response: Response, hits: int) -> None:
        """Handles a 429. The rate limiter does the waiting, except for the concurrency limit.

        Raises:
            DailyLimitError: The day's calls are used up, and ``on_daily_limit`` is ``stop``.
            XeroError: ``stop`` was called; its error.
            NoResponseError: There were too many 429 responses in a row.
        """
        kind = limit_kind(response.headers)
        seconds = self._hold_seconds(response, hits)
        if kind is LimitKind.DAY and seconds is None:
            asked = retry_after(response.headers)
            raise DailyLimitError(
                daily_limit_message(asked),
                retry_after=asked,
                status=response.status,
                correlation_id=response.correlation_id,
            )
        if hits > MAX_RATE_LIMIT_WAITS:
            message = f"{request.summary} hit a rate limit {hits} times in a row: run again later"
            raise NoResponseError(
                message, status=response.status, correlation_id=response.correlation_id
            )
        if seconds is None:
            # Other programs call this organisation too. A short wait is enough
            # (xero-facts.md: Limits).
            self.pause(backoff.full_jitter(min(0.5 * hits, 5.0)) + 0.1)
        else:
            logger.info("Xero's %s limit is reached; waiting %.0f s", kind.value, seconds)
