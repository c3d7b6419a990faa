"""The states of an attempt to publish records, and what follows from each event.

An attempt is an entry of the publisher's queue: one or more items that go the same way. Its state
says what is done with it next. That gives events, and ``TRANSITIONS`` says which state follows from
each. A final state has a result; nothing follows from it.

Most attempts go from ``waiting`` over ``looking up``, ``ready``, ``sending`` and ``answered`` to
``published``. The others:

- ``sending`` has no clear answer: ``uncertain``. Xero is read: it shows the outcome
  (``answered``), does not have the record (``not saved``, then ``ready`` again), or cannot tell
  (``unknown``).
- ``sending`` is refused as a whole, before a record was processed: ``not saved``, ``ready``.
- ``answered`` with a refusal because of what exists: ``ready``, in another form.
- ``waiting`` was begun by an earlier run: ``begun``. Its request is repeated; without a clear
  answer it is ``uncertain``.
- ``ready`` is an update of an earlier run, and Xero would clear what it leaves out: ``looking up``.
- ``ready`` was begun by another process meanwhile: ``taken``, and then as the log says.

Records are published once, because

- the publish log has an attempt (``sending``) before its request leaves;
- from ``sending`` an attempt gets back to ``ready`` only over ``answered`` (Xero has refused it) or
  ``not saved`` (Xero says that it saved nothing, or shows that it does not have the record);
- what is ``uncertain`` and cannot be looked up ends as ``unknown``.

If the run stops, the attempts in the queue have no result. The next run reads in the log how far
they got.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType


class State(Enum):
    """The states of an attempt. The values of the final states are the statuses of results."""

    # What is done next is said after each.
    WAITING = "waiting"  # what the publish log has of it is read
    LOOKING_UP = "looking up"  # what Xero has of it is read
    READY = "ready"  # its request is noted in the publish log
    SENDING = "sending"  # the request is sent, until there is an answer
    ANSWERED = "answered"  # its outcome is noted in the log; what exists may explain a refusal
    UNCERTAIN = "uncertain"  # whether Xero has saved it is read
    NOT_SAVED = "not saved"  # it is freed in the log, for a smaller request with a new key
    BEGUN = "begun"  # the request of an earlier run is repeated under its key
    TAKEN = "taken"  # another process has begun it: what the log has of it now is read
    # Final.
    PUBLISHED = "published"
    UNCHANGED = "unchanged"
    REJECTED = "rejected"
    INVALID = "invalid"
    UNKNOWN = "unknown"

    @property
    def is_final(self) -> bool:
        """Whether nothing follows."""
        return self in FINAL_STATES


class Event(Enum):
    """What was learned about an attempt in its state."""

    # From the publish log.
    IS_NEW = "the log has no outcome of it, and no request"
    IS_DONE = "the log has published or removed it"
    HAS_NO_OUTCOME = "the log has its request, without an outcome"
    IS_NOTED = "the log has its request now"
    IS_TAKEN = "another process has changed the log first"
    EARLIER_IS_UNCLEAR = "an earlier version of it has no outcome, and cannot be looked up"
    IS_FREED = "the log has freed it"
    IS_SENT_ON_REQUEST = "it cannot be looked up, and the setting resend_unknown is on"
    IS_INCOMPLETE = "Xero would clear what it leaves out: what Xero has is not known yet"
    # From a look-up.
    MAY_BE_SENT = "it may be sent"
    HAS_NO_CHANGE = "Xero has all of it"
    MAY_NOT_BE_SENT = "it must not be sent"
    FAILED_TOGETHER = "the look-up failed: it is repeated in halves"
    FAILED_ALONE = "the look-up failed because of the record"
    IS_ABSENT = "Xero does not have it"
    # From an answer.
    IS_CERTAIN = "its outcome is certain"
    IS_UNCLEAR = "its outcome is not clear"
    IS_NOT_PROCESSED = "Xero refused the whole request before it processed a record"
    IS_SAVED = "Xero has saved or removed it"
    IS_REFUSED = "Xero has refused it"
    NO_ACCESS = "Xero refuses the stream, whatever the record"
    RUN_ENDED = "the run had to end after a try without an answer"


TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        (State.WAITING, Event.IS_NEW): State.LOOKING_UP,
        (State.WAITING, Event.IS_DONE): State.UNCHANGED,
        (State.WAITING, Event.HAS_NO_OUTCOME): State.BEGUN,
        (State.WAITING, Event.EARLIER_IS_UNCLEAR): State.UNKNOWN,
        (State.WAITING, Event.MAY_NOT_BE_SENT): State.INVALID,
        (State.LOOKING_UP, Event.MAY_BE_SENT): State.READY,
        (State.LOOKING_UP, Event.HAS_NO_CHANGE): State.UNCHANGED,
        (State.LOOKING_UP, Event.MAY_NOT_BE_SENT): State.INVALID,
        (State.LOOKING_UP, Event.FAILED_TOGETHER): State.LOOKING_UP,
        (State.LOOKING_UP, Event.FAILED_ALONE): State.REJECTED,
        (State.LOOKING_UP, Event.NO_ACCESS): State.REJECTED,
        (State.READY, Event.IS_NOTED): State.SENDING,
        (State.READY, Event.IS_INCOMPLETE): State.LOOKING_UP,
        (State.READY, Event.IS_TAKEN): State.TAKEN,
        (State.READY, Event.NO_ACCESS): State.REJECTED,
        (State.SENDING, Event.IS_CERTAIN): State.ANSWERED,
        (State.SENDING, Event.IS_NOT_PROCESSED): State.NOT_SAVED,
        (State.SENDING, Event.IS_UNCLEAR): State.UNCERTAIN,
        (State.SENDING, Event.NO_ACCESS): State.REJECTED,
        (State.SENDING, Event.RUN_ENDED): State.UNKNOWN,
        (State.ANSWERED, Event.IS_SAVED): State.PUBLISHED,
        (State.ANSWERED, Event.IS_REFUSED): State.REJECTED,
        (State.ANSWERED, Event.MAY_BE_SENT): State.READY,
        (State.ANSWERED, Event.HAS_NO_CHANGE): State.UNCHANGED,
        (State.ANSWERED, Event.MAY_NOT_BE_SENT): State.INVALID,
        (State.UNCERTAIN, Event.IS_CERTAIN): State.ANSWERED,
        (State.UNCERTAIN, Event.IS_ABSENT): State.NOT_SAVED,
        (State.UNCERTAIN, Event.IS_UNCLEAR): State.UNKNOWN,
        (State.NOT_SAVED, Event.IS_FREED): State.READY,
        (State.BEGUN, Event.IS_SAVED): State.PUBLISHED,
        (State.BEGUN, Event.IS_REFUSED): State.REJECTED,
        (State.BEGUN, Event.IS_TAKEN): State.TAKEN,
        (State.BEGUN, Event.IS_SENT_ON_REQUEST): State.NOT_SAVED,
        (State.BEGUN, Event.IS_UNCLEAR): State.UNCERTAIN,
        (State.BEGUN, Event.MAY_NOT_BE_SENT): State.UNKNOWN,
        (State.TAKEN, Event.IS_NEW): State.READY,
        (State.TAKEN, Event.IS_DONE): State.UNCHANGED,
        (State.TAKEN, Event.HAS_NO_OUTCOME): State.BEGUN,
    }
)

FINAL_STATES = frozenset(TRANSITIONS.values()) - {state for state, _ in TRANSITIONS}


def next_state(state: State, event: Event) -> State:
    """The state that follows.

    Args:
        state: The state before.
        event: What happened.

    Raises:
        KeyError: This cannot happen in this state.
    """
    return TRANSITIONS[state, event]
