"""Decides what is tried again after a failure, how often, and in what parts; makes no calls.

What failed, and what is tried again:

- A request has no clear answer: the same request under the same key, while Xero keeps the key.
- Xero answers a key with the same failure twice: nothing more under this key, since Xero repeats
  its answers. The records are looked up.
- A look-up shows that Xero does not have a record: its half of the request, with a new key. A
  record that was alone is sent once more.
- Xero refuses a whole request before it processes a record: its halves, with new keys.
- A look-up by name or number is answered with a server error: all records are read and compared.
- Any other look-up is refused, or answered with a server error: the look-up of each half.
- Records fail one after the other although each is alone: nothing, because the fault is not in the
  records.
- Xero refuses access to a stream, or does not have its path: nothing in this stream.
- Xero does not respond at all, or its limit of a day is used up: nothing, and the run ends.

(xero-facts.md: Idempotency)
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import TypeVar

from target_xero.lookup.existing_records import SERVER_ERRORS
from xero_client.errors import (
    AccessDeniedError,
    NoResponseError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    UnexpectedResponseError,
    XeroError,
)

T = TypeVar("T")
F = TypeVar("F")

# The same request, under the same key.

# Xero keeps a key for 6 minutes from the first call. The rest is a margin for clocks and the
# network.
KEY_LIFETIME_SECONDS = 330.0
MAX_TRIES = 6
# Of a smaller request, whose records have failed often enough.
MAX_TRIES_OF_PART = 2
FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 30.0

# The same records, in a request with a new key.

# A record that was lost alone is sent once more, if Xero does not have it.
MAX_SENDS = 2
# If so many single records in a row cannot be written, the fault is not in the records.
MAX_FAILED_ALONE = 5

# Look-ups.

# Answers after which Xero does not go on with a request.
ENDING_ERRORS = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY})
# If so many look-ups fail with them, the fault is not in the values.
MAX_FAILED_LOOK_UPS = 3


@dataclass(frozen=True)
class FailedTry:
    """A try after which the outcome is not known.

    Attributes:
        reason: What happened.
        repeats: Whether the same is likely to happen again under the same key.
        status: The HTTP status of the answer, if there was one.
    """

    reason: str
    repeats: bool = False
    status: int | None = None

    @classmethod
    def from_error(cls, error: NoResponseError | UnexpectedResponseError) -> FailedTry:
        """The try that ended with an error; Xero repeats a 500 under the same key."""
        repeats = (
            isinstance(error, UnexpectedResponseError)
            or error.status == HTTPStatus.INTERNAL_SERVER_ERROR
        )
        return cls(str(error), repeats=repeats, status=error.status)


def status_of_failures(failures: Sequence[FailedTry]) -> int | None:
    """The status with which Xero has ended the work on a request; None if it may go on.

    A server error that comes each time is the end of the work. A lost connection or the timeout of
    a gateway is not.
    """
    statuses = {failure.status for failure in failures}
    return failures[-1].status if statuses and statuses <= ENDING_ERRORS else None


def key_seconds_left(first_sent_at: float, now_at_xero: float | None) -> float:
    """How long Xero certainly keeps the key of a request of an earlier run; 0 if it may not.

    Both times are Xero's own. If one of them is not known, or the first is later than the second,
    the key counts as forgotten.

    Args:
        first_sent_at: When the request was first sent, in seconds since 1970; 0 if not known.
        now_at_xero: The time at Xero now; None if not known.
    """
    if now_at_xero is None or not 0 < first_sent_at <= now_at_xero:
        return 0.0
    return max(0.0, first_sent_at + KEY_LIFETIME_SECONDS - now_at_xero)


def is_certainly_over(first_sent_at: float, now_at_xero: float | None) -> bool:
    """Whether Xero has certainly ended its work on a request, whatever became of it.

    Args:
        first_sent_at: When the request was first sent, in seconds since 1970; 0 if not known.
        now_at_xero: The earliest time that it may be at Xero now; None if not known.
    """
    if now_at_xero is None or first_sent_at <= 0:
        return False
    return now_at_xero - first_sent_at >= KEY_LIFETIME_SECONDS


def wait_before_next_try(
    failures: Sequence[FailedTry], *, is_part: bool, is_too_late: bool, max_tries: int = MAX_TRIES
) -> float | None:
    """The longest wait, in seconds, before a request is sent again under its key.

    Args:
        failures: The tries so far.
        is_part: Whether it is a part of a request that has failed often enough.
        is_too_late: Whether Xero may have forgotten the key.
        max_tries: The most tries.

    Returns:
        None if it is not sent again under this key.
    """
    if is_part:
        max_tries = min(MAX_TRIES_OF_PART, max_tries)
    is_repeated = sum(failure.repeats for failure in failures) > 1
    if len(failures) >= max_tries or is_too_late or is_repeated:
        return None
    return float(min(MAX_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** (len(failures) - 1)))


def may_be_sent_again(size: int, send_count: int, failed_alone: int) -> bool:
    """Whether a record that Xero does not have is sent again, with a new key.

    Args:
        size: The number of records in its request.
        send_count: How often this run has sent it with new keys.
        failed_alone: How many single records in a row could not be written.
    """
    return (size > 1 or send_count < MAX_SENDS) and failed_alone < MAX_FAILED_ALONE


class AfterLookUp(Enum):
    """What is done after a look-up that failed."""

    HALVE = "its halves are looked up, so that a value that fails stands alone"
    REJECT = "its records are rejected"
    LEAVE_STREAM = "its stream is not published"
    STOP = "the run ends"


def after_failed_look_up(error: XeroError, size: int, failed_look_ups: int) -> AfterLookUp:
    """What is done after a look-up that failed.

    Args:
        error: The failure.
        size: The number of records that were looked up.
        failed_look_ups: How many look-ups in a row failed with a server error before, although
            their records were alone.
    """
    if may_lie_in_records(error):
        is_hopeless = failed_look_ups >= MAX_FAILED_LOOK_UPS
        return AfterLookUp.REJECT if size == 1 or is_hopeless else AfterLookUp.HALVE
    return AfterLookUp.LEAVE_STREAM if lies_in_stream(error) else AfterLookUp.STOP


def may_lie_in_records(error: XeroError) -> bool:
    """Whether a call may have failed because of the values in it, so that others are possible.

    Without a response, or if the API is unavailable, Xero itself cannot be used.
    """
    return is_server_error(error) or isinstance(error, RequestRefusedError)


def is_server_error(error: XeroError) -> bool:
    """Whether Xero has answered with a server error, and is not unavailable."""
    return isinstance(error, NoResponseError) and error.status in SERVER_ERRORS


def lies_in_stream(error: XeroError) -> bool:
    """Whether an error concerns one stream only; the other streams are still published."""
    return isinstance(error, (AccessDeniedError, ScopeMissingError, NotFoundError))


def halves(values: Sequence[T]) -> list[Sequence[T]]:
    """The halves of values, in their order; a value that is alone stays alone."""
    half = len(values) // 2
    return [part for part in (values[:half], values[half:]) if part]


def looked_up_in_parts(
    values: Sequence[T],
    look_up: Callable[[Sequence[T]], Sequence[F]],
    after_failure: Callable[[XeroError, Sequence[T]], Sequence[F] | None],
) -> list[F]:
    """What a look-up finds of values; a value that makes it fail stands alone in the end.

    Args:
        values: The values.
        look_up: Looks some of them up; it gives one result for each.
        after_failure: Gives the results of values whose look-up failed; None if their halves are
            to be looked up.

    Raises:
        XeroError: ``after_failure`` raises it.
    """
    found: list[F] = []
    parts = deque([values] if values else [])
    while parts:
        part = parts.popleft()
        try:
            results: Sequence[F] | None = look_up(part)
        except XeroError as error:
            results = after_failure(error, part)
        if results is None:
            parts.extendleft(reversed(halves(part)))
        else:
            found += results
    return found


class FailureCounts:
    """Failures in a row that say that the fault is not in the records; shared between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._failed_alone = 0
        self._failed_look_ups = 0

    @property
    def failed_alone(self) -> int:
        """How many single records in a row could not be written."""
        return self._failed_alone

    @property
    def failed_look_ups(self) -> int:
        """How many look-ups in a row failed, although their records were alone."""
        return self._failed_look_ups

    def note_published(self) -> None:
        """Notes that a record was published."""
        with self._lock:
            self._failed_alone = 0

    def note_failed_alone(self) -> None:
        """Notes that a request of one record had no outcome."""
        with self._lock:
            self._failed_alone += 1

    def note_look_up(self) -> None:
        """Notes that a look-up has succeeded."""
        with self._lock:
            self._failed_look_ups = 0

    def note_failed_look_up(self, error: XeroError) -> None:
        """Notes that a look-up has failed for good; a refusal says nothing of other look-ups."""
        if is_server_error(error):
            with self._lock:
                self._failed_look_ups += 1
