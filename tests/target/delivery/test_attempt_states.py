"""The table of an attempt's states: every attempt ends, and none is sent twice without reason."""

from pathlib import Path

import pytest

from target_xero.delivery.states import FINAL_STATES, TRANSITIONS, Event, State, next_state
from target_xero.report import results

pytestmark = pytest.mark.fast

PAGE = Path(__file__).parents[3] / "docs" / "architecture.md"


def reached(start, without=frozenset()):
    """The states that can follow from a state, in any number of steps."""
    found, new = set(), {start}
    while new:
        state = new.pop()
        following = {after for (before, _), after in TRANSITIONS.items() if before is state}
        new |= following - found - without
        found |= following - without
    return found


@pytest.mark.parametrize("state", State)
def test_from_each_state_an_attempt_can_end(state):
    assert state.is_final or reached(state) & FINAL_STATES


def test_each_state_is_reached_from_the_first():
    assert reached(State.WAITING) == set(State) - {State.WAITING}


@pytest.mark.parametrize("event", Event)
def test_each_event_happens_in_some_state(event):
    assert any(event is happened for _, happened in TRANSITIONS)


def test_nothing_follows_from_a_final_state():
    finals = {State.PUBLISHED, State.UNCHANGED, State.REJECTED, State.INVALID, State.UNKNOWN}
    assert finals == FINAL_STATES
    with pytest.raises(KeyError):
        next_state(State.PUBLISHED, Event.MAY_BE_SENT)


def test_the_final_states_that_say_why_a_record_is_not_sent_are_statuses_of_results():
    not_sent = {State.UNCHANGED, State.REJECTED, State.INVALID, State.UNKNOWN}
    statuses = {results.UNCHANGED, results.REJECTED, results.INVALID, results.UNKNOWN}
    assert {state.value for state in not_sent} == statuses


def test_what_was_sent_is_sent_again_only_if_xero_has_refused_or_does_not_have_it():
    certain = frozenset({State.ANSWERED, State.NOT_SAVED})
    assert State.SENDING not in reached(State.SENDING, without=certain)
    assert State.SENDING not in reached(State.UNCERTAIN, without=certain)
    # Of an earlier run or another process: only if the log has no request of it any more.
    taken = frozenset({State.TAKEN})
    assert State.SENDING not in reached(State.BEGUN, without=certain | taken)
    again = {event for (state, event), after in TRANSITIONS.items() if after is State.NOT_SAVED}
    assert again == {Event.IS_NOT_PROCESSED, Event.IS_ABSENT, Event.IS_SENT_ON_REQUEST}


def test_a_request_is_in_the_log_before_it_is_sent():
    before = {state for (state, _), after in TRANSITIONS.items() if after is State.SENDING}
    assert before == {State.READY}
    assert next_state(State.READY, Event.IS_NOTED) is State.SENDING


def test_the_page_about_the_architecture_has_the_table():
    rows = [
        line.split("|")[1:4] for line in PAGE.read_text().splitlines() if line.startswith("| *")
    ]
    shown = {tuple(cell.strip(" *") for cell in row) for row in rows}
    table = {(s.value, e.value, after.value) for (s, e), after in TRANSITIONS.items()}
    assert shown == table
