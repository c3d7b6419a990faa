"""The page on fleets: the numbers of the planner that it tells are the planner's own."""

from pathlib import Path

import pytest

from xero_fleet.planning.outlook import QUIET_RUNS, RESERVE_SECONDS
from xero_fleet.planning.rules import Rules

pytestmark = pytest.mark.fast

PAGE = (Path(__file__).parents[2] / "docs/how-to/fleet.md").read_text("utf-8")
RULES = Rules()
APP_MINUTE = 10_000  # Xero's limit (xero-facts.md: Limits)
WORDS = {3: "three", 5: "five", 10: "10"}


def percent(share):
    return f"{share * 100:.0f} %"


@pytest.mark.parametrize(
    "sentence",
    [
        f"At most {percent(RULES.app_minute / APP_MINUTE)} of the app's {APP_MINUTE:,} calls",
        f"Reading leaves {percent(RULES.publish_share)} for publishing",
        f"first reads take at most {percent(RULES.backfill_share)}.",
        f"Reading takes at most {percent(RULES.day_share)} of an organisation's day",
        f"at most {RULES.batch_organisations} organisations",
        f"takes about {WORDS[RULES.batch_seconds / 60]} minutes",
        f"without a change in {WORDS[QUIET_RUNS]} runs becomes cold",
    ],
)
def test_the_page_tells_what_the_planner_keeps(sentence):
    assert sentence in " ".join(PAGE.split())


def test_the_arithmetic_tells_how_long_a_run_may_wait():
    text = (Path(__file__).parents[2] / "docs/how-to/fleet-arithmetic.md").read_text("utf-8")
    minutes = WORDS[RESERVE_SECONDS / 60]
    assert f"{minutes} minutes are left for the queue" in text
