"""What follows from a run: when the next one is due, and the class of the organisation."""

import pytest

from xero_fleet.planning.outlook import RunResult, day_used, next_class, next_due

pytestmark = pytest.mark.fast

HOUR, DAY = 3600, 86_400


def result(error=None, *, changed=True):
    return RunResult(1000.0, 1060.0, error, changed)


@pytest.mark.parametrize(
    ("error", "failures", "due"),
    [
        (None, 0, 1000 + HOUR - 600),  # ten minutes for the queue and the batch
        ("scope", 1, 1000 + HOUR - 600),  # a person has to act; the rest was read
        ("unfinished", 1, 1060),
        ("failed", 1, 1060 + 60),
        ("failed", 3, 1060 + 240),
        ("failed", 50, 1060 + HOUR),
        ("offline", 1, 1060 + 300),
        ("day_limit", 1, 1060 + HOUR),
    ],
)
def test_the_next_run_is_due(error, failures, due):
    assert next_due(result(error), HOUR, failures) == due


def test_data_that_must_be_very_fresh_is_due_after_half_of_its_time():
    assert next_due(result(), 900, 0) == 1000 + 450


@pytest.mark.parametrize(
    ("before", "run", "quiet", "after"),
    [
        ("backfill", result(), 0, ("hot", 0)),
        ("backfill", result("unfinished"), 0, ("backfill", 0)),
        ("backfill", result("revoked"), 0, ("backfill", 0)),
        ("backfill", result("scope"), 0, ("hot", 0)),
        ("hot", result(changed=False), 1, ("hot", 2)),
        ("hot", result(changed=False), 2, ("cold", 3)),
        ("cold", result(changed=False), 3, ("cold", 4)),
        ("cold", result(), 3, ("hot", 0)),
        ("hot", result("offline", changed=False), 2, ("hot", 2)),
        ("publish", result("failed"), 0, ("publish", 0)),
    ],
)
def test_the_class_after_a_run(before, run, quiet, after):
    assert next_class(before, run, quiet) == after


def test_the_used_part_of_a_day_counts_until_a_day_has_passed():
    assert day_used(1200, 0.0, 100.0, 5000) == 3800
    assert day_used(1200, 0.0, DAY, 5000) == 0
    assert day_used(None, None, 100.0, 5000) == 0
