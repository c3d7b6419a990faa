"""What is tried again after a failure: the same request, the same records, the same look-up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_xero.delivery.retry_policy import (
    KEY_LIFETIME_SECONDS,
    MAX_FAILED_ALONE,
    MAX_FAILED_LOOK_UPS,
    MAX_TRIES,
    MAX_WAIT_SECONDS,
    AfterLookUp,
    FailedTry,
    FailureCounts,
    after_failed_look_up,
    halves,
    key_seconds_left,
    may_be_sent_again,
    wait_before_next_try,
)
from xero_client.errors import (
    AccessDeniedError,
    NoResponseError,
    NotFoundError,
    RequestRefusedError,
    ScopeMissingError,
    UnexpectedResponseError,
)

pytestmark = pytest.mark.fast

LOST = FailedTry("reset")
REPEATED = FailedTry("500", repeats=True)


def waits(failure, **options):
    """The waits until the policy gives a request up."""
    found, failures = [], [failure]
    options = {"is_part": False, "is_too_late": False} | options
    while (wait := wait_before_next_try(failures, **options)) is not None:
        found.append(wait)
        failures.append(failure)
    return found


def test_a_lost_response_is_waited_for_longer_each_time():
    found = waits(LOST)
    assert len(found) == MAX_TRIES - 1
    assert found == sorted(found)
    assert found[0] == 0.5
    assert max(waits(LOST, max_tries=20)) == MAX_WAIT_SECONDS


def test_an_answer_that_xero_repeats_is_asked_for_twice():
    assert len(waits(REPEATED)) == 1


def test_a_part_of_a_request_that_failed_is_tried_twice():
    assert len(waits(LOST, is_part=True)) == 1
    assert waits(LOST, is_part=True, max_tries=1) == []


def test_nothing_is_sent_under_a_key_that_xero_may_have_forgotten():
    assert waits(LOST, is_too_late=True) == []


@given(first=st.floats(1, 2e9), age=st.floats(0, 1e6))
def test_a_key_lasts_from_the_first_time_it_was_sent(first, age):
    left = key_seconds_left(first, first + age)
    assert 0 <= left <= KEY_LIFETIME_SECONDS
    assert (left == 0) == (first + age >= first + KEY_LIFETIME_SECONDS)


@pytest.mark.parametrize(("first", "now"), [(0.0, 100.0), (100.0, None), (200.0, 100.0)])
def test_a_key_of_unknown_age_counts_as_forgotten(first, now):
    assert key_seconds_left(first, now) == 0


def test_a_lone_record_is_sent_once_more_and_one_of_several_until_it_is_alone():
    assert may_be_sent_again(1, 1, 0)
    assert not may_be_sent_again(1, 2, 0)
    assert may_be_sent_again(2, 9, 0)
    assert not may_be_sent_again(2, 1, MAX_FAILED_ALONE)


REFUSED = RequestRefusedError("no", status=400)
BROKEN = NoResponseError("broken", status=500)


@pytest.mark.parametrize("error", [REFUSED, BROKEN])
def test_a_look_up_that_its_values_may_fail_is_halved_until_one_is_alone(error):
    assert after_failed_look_up(error, 2, 0) is AfterLookUp.HALVE
    assert after_failed_look_up(error, 1, 0) is AfterLookUp.REJECT
    assert after_failed_look_up(error, 40, MAX_FAILED_LOOK_UPS) is AfterLookUp.REJECT


@pytest.mark.parametrize("kind", [AccessDeniedError, ScopeMissingError, NotFoundError])
def test_a_look_up_without_access_ends_its_stream(kind):
    assert after_failed_look_up(kind("no"), 40, 0) is AfterLookUp.LEAVE_STREAM


@pytest.mark.parametrize(
    "error", [NoResponseError("reset"), NoResponseError("away", status=503),
              UnexpectedResponseError("html")]
)  # fmt: skip
def test_a_look_up_without_an_answer_ends_the_run(error):
    assert after_failed_look_up(error, 40, 0) is AfterLookUp.STOP


@given(values=st.lists(st.integers(), max_size=60))
def test_halves_have_all_values_in_their_order(values):
    parts = halves(values)
    assert [value for part in parts for value in part] == values
    assert all(len(part) <= (len(values) + 1) // 2 for part in parts)
    assert len(parts) == min(2, len(values))


def test_failures_are_counted_in_a_row():
    counts = FailureCounts()
    for _ in range(2):
        counts.note_failed_alone()
        counts.note_failed_look_up(BROKEN)
        counts.note_failed_look_up(REFUSED)
    assert (counts.failed_alone, counts.failed_look_ups) == (2, 2)
    counts.note_published()
    counts.note_look_up()
    assert (counts.failed_alone, counts.failed_look_ups) == (0, 0)
