"""The steps of attempts whose outcome is not known: repeat, look up, or read the publish log."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from functools import partial

from msgspec.structs import replace

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.records import Record
from target_xero.delivery.attempts import (
    Attempt,
    BegunAttempt,
    EndedAttempt,
    ItemOutcome,
    SentAttempt,
)
from target_xero.delivery.batches import intent_of
from target_xero.delivery.item_results import sent_result
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.look_ups import existing_or_refusal
from target_xero.delivery.preparation.overwriting import may_overwrite
from target_xero.delivery.preparation.preparation import Preparation, has_names
from target_xero.delivery.publish_log import INTENDED, PUBLISHED, PublishLog
from target_xero.delivery.recovery.rebuilding import with_ids_of_removed
from target_xero.delivery.recovery.repeater import Repeater
from target_xero.delivery.recovery.shown_outcomes import shown_by
from target_xero.delivery.responses.outcomes import Outcome, unknown_outcome
from target_xero.delivery.retry_policy import (
    FailureCounts,
    is_certainly_over,
    lies_in_stream,
    may_be_sent_again,
    may_lie_in_records,
)
from target_xero.delivery.sender import NotAcceptedError, Sender
from target_xero.delivery.states import Event, State
from target_xero.lookup.content_search import ContentSearch, recent_or_listed
from target_xero.lookup.existing_records import is_identifiable
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter
from target_xero.report.results import CallInfo
from xero_client.errors import NoResponseError, RequestRefusedError, XeroError
from xero_client.http.transport import Transport

logger = logging.getLogger("target-xero")

NOT_SEEN = "it was sent in an earlier run, which did not see a response"


class Recovery:
    """The steps from ``uncertain``, ``begun`` and ``taken``; safe to share between threads.

    A step gives the attempts that follow, in the order in which they are processed.
    """

    def __init__(
        self,
        transport: Transport,
        sender: Sender,
        log: PublishLog,
        preparation: Preparation,
        reporter: Reporter,
        failures: FailureCounts,
        tenant_id: str,
    ) -> None:
        self._transport = transport
        self._log = log
        self._preparation = preparation
        self._reporter = reporter
        self._failures = failures
        self._tenant_id = tenant_id
        self._repeater = Repeater(sender, log)
        self._content_search = ContentSearch(
            partial(recent_or_listed, transport), log.published_ids, finds_similar=True
        )

    def step(self, attempt: Attempt) -> Sequence[Attempt]:
        """Does what the state of an attempt says, and gives the attempts that follow.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        match attempt:
            case SentAttempt(state=State.UNCERTAIN):
                return self._look_up(attempt)
            case BegunAttempt(state=State.BEGUN):
                return self._repeat(attempt)
            case Attempt(state=State.TAKEN):
                return self._read_log(attempt)
        message = f"no step for {attempt.state}"
        raise ValueError(message)

    # Uncertain

    def _look_up(self, attempt: SentAttempt) -> list[Attempt]:
        """Reads from Xero whether records were saved; what was not saved is sent again.

        Raises:
            RunStoppedError: Xero does not respond.
        """
        findable = [(i, o) for i, o in attempt.pairs if i.can_be_found]
        if attempt.intent.first_sent_at > 0:
            searchable = [(i, o) for i, o in attempt.pairs if i.can_be_searched]
            if findable and searchable:
                others = [(i, o) for i, o in attempt.pairs if not i.can_be_searched]
                parts = [attempt.of(others), attempt.of(searchable)]
                return [following for part in parts for following in self._look_up(part)]
            findable = findable or searchable
        try:
            found = self._records(attempt, [item for item, _ in findable])
        except RunStoppedError:
            _unknown(attempt, attempt.pairs).report(self._reporter)
            raise
        if found is None:
            return self._not_looked_up(attempt)
        looked_up = {id(item) for item, _ in findable}
        unclear = [(item, outcome) for item, outcome in attempt.pairs if id(item) not in looked_up]
        certain: list[ItemOutcome] = []
        absent: list[Item] = []
        for (item, outcome), records in zip(findable, found, strict=True):
            if isinstance(records, RequestRefusedError):
                reason = f"{outcome.errors[0]}; its look-up: {records}"
                unclear.append((item, unknown_outcome(reason)))
                continue
            event, judged, known = self._judge(attempt, item, outcome, records)
            if event is Event.IS_CERTAIN:
                certain.append((judged, known))
            elif event is Event.IS_ABSENT:
                absent.append(judged)
            else:
                unclear.append((judged, known))
        if attempt.size == 1 and unclear:
            self._failures.note_failed_alone()
        return [
            _unknown(attempt, unclear),
            attempt.still_sent(Event.IS_CERTAIN, certain),
            attempt.after(Event.IS_ABSENT, absent, attempt.send_count + 1),
        ]

    @staticmethod
    def _not_looked_up(attempt: SentAttempt) -> list[Attempt]:
        """What follows if Xero does not let the records be read."""
        if attempt.resends_unknown and not any(item.can_be_found for item in attempt.items):
            # The user has looked in Xero. One by one: of a batch it would not be known which record
            # has failed.
            count = attempt.send_count + 1
            return [attempt.after(Event.IS_ABSENT, [item], count) for item in attempt.items]
        return [_unknown(attempt, attempt.pairs)]

    def _judge(
        self, attempt: SentAttempt, item: Item, outcome: Outcome, records: list[Record]
    ) -> tuple[Event, Item, Outcome]:
        """What the records that Xero has say of an item.

        Args:
            attempt: Its request.
            item: The item.
            outcome: Its outcome so far.
            records: The records that Xero has under its id or name, or with its content.

        Returns:
            The event; the item in the form in which it can be sent again; its outcome by the
            records.
        """
        item, shown = shown_by(item, records)
        if shown is not None and shown.is_final:
            return Event.IS_CERTAIN, item, shown
        may_differ = not item.removes and (
            attempt.was_refused or attempt.resends_unknown or may_overwrite(item.publication)
        )
        if item.can_be_searched:
            may_differ = attempt.resends_unknown
        if shown is not None and not may_differ:
            return Event.IS_UNCLEAR, item, shown
        if item.can_be_searched and not self._is_over(attempt):
            return Event.IS_UNCLEAR, item, outcome
        if may_be_sent_again(attempt.size, attempt.send_count, self._failures.failed_alone):
            return Event.IS_ABSENT, item, outcome
        return Event.IS_UNCLEAR, item, outcome

    def _is_over(self, attempt: SentAttempt) -> bool:
        """Whether Xero certainly does not work on a request any more.

        Only then a record that is not in Xero yet was not saved, and will not be.
        """
        now = self._transport.server_clock.earliest()
        return (
            attempt.was_ended
            or attempt.resends_unknown
            or is_certainly_over(attempt.intent.first_sent_at, now)
        )

    def _records(
        self, attempt: SentAttempt, items: Sequence[Item]
    ) -> Sequence[list[Record] | RequestRefusedError] | None:
        """The records that Xero has of each item; None if Xero does not let them be read.

        Raises:
            RunStoppedError: Xero does not respond at all.
        """
        if not items:
            return []
        publications = [item.publication for item in items]
        destination, stream = publications[0].destination, items[0].provenance.stream
        try:
            if isinstance(destination, EntityDestination) and all(
                map(is_identifiable, publications)
            ):
                return existing_or_refusal(destination, publications, self._transport, stream)
            searches = (item.search for item in items if item.search is not None)
            search = next(searches, self._content_search)
            return search.find(publications, since=attempt.intent.first_sent_at)
        except XeroError as error:
            if isinstance(error, NoResponseError) and not may_lie_in_records(error):
                message = f"Xero cannot be reached: {error}"
                raise RunStoppedError(message) from None
            logger.warning("Cannot read whether %d records were saved: %s", len(items), error)
            return None

    # Begun

    def repeat_request(self, request_key: str) -> None:
        """Sends a request of an earlier run again, once a run, while Xero keeps its key.

        Afterwards the log has the outcomes that the response gives.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        try:
            self._repeater.repeat(request_key)
        except NotAcceptedError as error:
            raise RunStoppedError(str(error)) from error.error

    def _repeat(self, attempt: BegunAttempt) -> list[Attempt]:
        """Repeats the request of an earlier run.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        # Before the request is repeated: after that, the log knows what it creates.
        items = self._preparation.as_sent(attempt.items)
        self.repeat_request(attempt.request_key)
        following: list[Attempt] = []
        if has_names(items):
            following, items = self._with_named_records(attempt, items)
        return [*following, *self._after_repeat(attempt, items)] if items else following

    def _with_named_records(
        self, attempt: BegunAttempt, items: Sequence[Item]
    ) -> tuple[list[Attempt], list[Item]]:
        """The end of items that name what Xero does not have, and the others with the ids.

        A child that its parent has by now is one of the others: the request may have made it.

        Raises:
            RunStoppedError: Xero cannot be read.
        """
        try:
            prepared = self._preparation.with_named_records(items)
        except XeroError as error:
            pairs = [(item, unknown_outcome(str(error))) for item in items]
            unknown = attempt.with_outcomes(Event.MAY_NOT_BE_SENT, pairs, CallInfo())
            if may_lie_in_records(error) or lies_in_stream(error):
                return [unknown], []
            unknown.report(self._reporter)
            raise RunStoppedError(str(error)) from error
        ended: list[Attempt] = []
        named: list[Item] = []
        for decision in prepared:
            if decision.may_be_sent or decision.event is Event.HAS_NO_CHANGE:
                named.append(decision.item)
            else:
                ended.append(attempt.not_sent(decision.event, [decision.item], decision.reason))
        return ended, named

    def _after_repeat(self, attempt: BegunAttempt, items: Sequence[Item]) -> list[Attempt]:
        entries = self._log.entries([item.fingerprint for item in items])
        still_open = {
            fingerprint
            for fingerprint, entry in entries.items()
            if entry.state == INTENDED and (entry.request_key or "") == attempt.request_key
        }
        following: list[Attempt] = []
        on_request: list[Attempt] = []
        unclear: list[Item] = []
        for item in items:
            recovered = self._repeater.take_recovered(item.fingerprint)
            if recovered is not None:
                outcome, call, known = recovered.outcome, recovered.call, recovered.known
                event = Event.IS_SAVED if outcome.is_published else Event.IS_REFUSED
                result = sent_result(item, outcome, call, known=known)
                following.append(attempt.ended(event, item, result))
            elif item.fingerprint not in still_open:
                following.append(attempt.after(Event.IS_TAKEN, [item]))
            elif attempt.resends_unknown and not (item.can_be_found or item.can_be_searched):
                # One by one: nobody could tell later which record of a batch had failed it.
                on_request.append(attempt.after(Event.IS_SENT_ON_REQUEST, [item]))
            else:
                unclear.append(item)
        following += on_request
        if unclear:
            following.append(self._uncertain(attempt, unclear))
        return following

    def _uncertain(self, attempt: BegunAttempt, items: Sequence[Item]) -> SentAttempt:
        """The attempt of items whose request has no outcome."""
        logged = self._log.intent(attempt.request_key)
        if logged is not None:
            intent, entries = logged
            size = len(entries)
            items = with_ids_of_removed(items, intent, entries)
        else:  # the log has lost the request
            intent = replace(intent_of(items, self._tenant_id, None), key=attempt.request_key)
            size = len(items)
        return SentAttempt(
            attempt.after(Event.IS_UNCLEAR, items).state,
            items,
            intent=intent,
            size=size,
            outcomes=[unknown_outcome(NOT_SEEN)] * len(items),
            resends_unknown=attempt.resends_unknown,
        )

    # Taken

    def _read_log(self, attempt: Attempt) -> list[Attempt]:
        """Follows what the log has of items now, after another process has begun one first."""
        entries = self._log.entries([item.fingerprint for item in attempt.items])
        following: list[Attempt] = []
        for item in attempt.items:
            entry = entries.get(item.fingerprint)
            if entry is not None and entry.state == PUBLISHED:
                following.append(attempt.unchanged(Event.IS_DONE, item, entry.xero_id))
            elif entry is not None and entry.state == INTENDED:
                state = attempt.after(Event.HAS_NO_OUTCOME, [item]).state
                begun = [item.with_attempt(entry.attempt)]
                following.append(BegunAttempt(state, begun, request_key=entry.request_key or ""))
            else:
                number = entry.attempt + 1 if entry is not None else 1
                following.append(attempt.after(Event.IS_NEW, [item.with_attempt(number)], 1))
        return following


def _unknown(attempt: SentAttempt, pairs: Iterable[ItemOutcome]) -> EndedAttempt:
    """The end of items whose outcome is not known."""
    return attempt.with_outcomes(Event.IS_UNCLEAR, pairs, attempt.call)
