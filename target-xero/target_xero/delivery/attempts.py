"""The entries of the publisher's queue: items in a state, with what the next step needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus

from msgspec import Struct
from msgspec.structs import replace

from target_xero.delivery.item_results import not_sent_result, sent_result, unchanged_result
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import Intent
from target_xero.delivery.responses.outcomes import Outcome, OutcomeKind
from target_xero.delivery.retry_policy import ENDING_ERRORS
from target_xero.delivery.states import Event, State, next_state
from target_xero.report.reporter import Reporter
from target_xero.report.results import CallInfo, Result

# What an outcome means for an attempt that waits for one.
_EVENTS = {
    OutcomeKind.PUBLISHED: Event.IS_CERTAIN,
    OutcomeKind.REJECTED: Event.IS_CERTAIN,
    OutcomeKind.NOT_PROCESSED: Event.IS_NOT_PROCESSED,
    OutcomeKind.UNKNOWN: Event.IS_UNCLEAR,
}
ItemOutcome = tuple[Item, Outcome]


class Attempt(Struct, frozen=True):
    """Items that go the same way.

    Attributes:
        state: What is done with them next.
        items: The items; all of one destination. Those that are ready fit into one request.
        send_count: How often this run has sent them with new keys, this time included.
    """

    state: State
    items: Sequence[Item]
    send_count: int = 1

    def after(self, event: Event, items: Sequence[Item], send_count: int | None = None) -> Attempt:
        """The attempt that follows for some of the items.

        Args:
            event: What happened.
            items: The items.
            send_count: If it changes.
        """
        count = self.send_count if send_count is None else send_count
        return Attempt(next_state(self.state, event), items, count)

    def ended(self, event: Event, item: Item, result: Result) -> EndedAttempt:
        """The end of an item."""
        return EndedAttempt(next_state(self.state, event), [item], results=[result])

    def unchanged(self, event: Event, item: Item, xero_id: str | None) -> EndedAttempt:
        """The end of an item that Xero has already."""
        return self.ended(event, item, unchanged_result(item, xero_id))

    def not_sent(self, event: Event, items: Sequence[Item], reason: str) -> EndedAttempt:
        """The end of items that are not sent."""
        state = next_state(self.state, event)
        results = [not_sent_result(item, reason, state.value) for item in items]
        return EndedAttempt(state, items, results=results)

    def with_outcomes(
        self, event: Event, pairs: Iterable[ItemOutcome], call: CallInfo
    ) -> EndedAttempt:
        """The end of items with their outcomes."""
        listed = list(pairs)
        return EndedAttempt(
            next_state(self.state, event),
            [item for item, _ in listed],
            results=[sent_result(item, outcome, call) for item, outcome in listed],
        )


class EndedAttempt(Attempt, frozen=True, kw_only=True):
    """Items with their results.

    Attributes:
        results: The result of each item.
    """

    results: Sequence[Result]

    def report(self, reporter: Reporter) -> None:
        """Reports the results."""
        for item, result in zip(self.items, self.results, strict=True):
            reporter.report(item.provenance, result)


class BegunAttempt(Attempt, frozen=True, kw_only=True):
    """Items that an earlier run or another process has begun to send.

    Attributes:
        request_key: The key of their request.
        resends_unknown: Whether they are sent again if their outcome cannot be found out.
    """

    request_key: str
    resends_unknown: bool = False


class SentAttempt(Attempt, frozen=True, kw_only=True):
    """Items of which the publish log has the request.

    Attributes:
        intent: Their request.
        size: The number of records in it.
        call: The call that carried it last.
        outcomes: The outcome of each item so far; none before it is sent.
        resends_unknown: Whether they are sent again if their outcome cannot be found out.
    """

    intent: Intent
    size: int
    call: CallInfo = CallInfo()
    outcomes: Sequence[Outcome] = ()
    resends_unknown: bool = False

    @property
    def was_refused(self) -> bool:
        """Whether Xero refused the request for some of its records."""
        return self.call.http_status == HTTPStatus.BAD_REQUEST and self.size > 1

    @property
    def was_ended(self) -> bool:
        """Whether Xero has ended the work on the request with a server error."""
        return self.call.http_status in ENDING_ERRORS

    @property
    def pairs(self) -> Iterator[ItemOutcome]:
        """The items with their outcomes."""
        return zip(self.items, self.outcomes, strict=True)

    def of(self, pairs: Sequence[ItemOutcome]) -> SentAttempt:
        """The same for some of the items."""
        items, outcomes = zip(*pairs, strict=True)
        return replace(self, items=items, outcomes=outcomes)

    def still_sent(self, event: Event, pairs: Sequence[ItemOutcome]) -> SentAttempt:
        """The attempt that follows for some of the items, whose request stays the same."""
        return replace(
            self,
            state=next_state(self.state, event),
            items=[item for item, _ in pairs],
            outcomes=[outcome for _, outcome in pairs],
        )

    def answered(self, outcomes: Sequence[Outcome], call: CallInfo) -> list[Attempt]:
        """What follows from an answer.

        Args:
            outcomes: The outcome of each item.
            call: The call that carried them.
        """
        sent = replace(self, outcomes=outcomes, call=call)
        pairs: dict[Event, list[ItemOutcome]] = {event: [] for event in _EVENTS.values()}
        for item, outcome in sent.pairs:
            pairs[_EVENTS[outcome.kind]].append((item, outcome))
        not_processed = [item for item, _ in pairs[Event.IS_NOT_PROCESSED]]
        return [
            sent.still_sent(Event.IS_CERTAIN, pairs[Event.IS_CERTAIN]),
            sent.after(Event.IS_NOT_PROCESSED, not_processed),
            sent.still_sent(Event.IS_UNCLEAR, pairs[Event.IS_UNCLEAR]),
        ]
