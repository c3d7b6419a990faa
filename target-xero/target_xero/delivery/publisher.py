"""Publishes items: a queue of attempts, and a step for each of their states.

``states.py`` says which state follows from which event, ``retry_policy.py`` what is tried again.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import replace

from target_xero.build.destinations.destination import ChildDestination
from target_xero.delivery.attempts import Attempt, BegunAttempt, EndedAttempt, SentAttempt
from target_xero.delivery.batches import batches, intent_of
from target_xero.delivery.item_results import sent_result
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.preparation import Preparation, Prepared
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.recovery.recovery import Recovery
from target_xero.delivery.responses.outcomes import (
    Outcome,
    OutcomeKind,
    settled_record,
    unknown_outcome,
)
from target_xero.delivery.retry_policy import (
    MAX_SENDS,
    AfterLookUp,
    FailureCounts,
    after_failed_look_up,
    halves,
)
from target_xero.delivery.sender import NotAcceptedError, Sender
from target_xero.delivery.states import Event, State
from target_xero.lookup.resolution import needs_completion
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter
from target_xero.report.results import CallInfo
from xero_client.errors import XeroError
from xero_client.http.access import with_needs
from xero_client.http.transport import Transport

logger = logging.getLogger("target-xero")


class Publisher:
    """Publishes items of one organisation; safe to share between threads.

    Every method reports the result of each item that it is given, unless it raises.
    """

    def __init__(
        self,
        transport: Transport,
        sender: Sender,
        log: PublishLog,
        reporter: Reporter,
        tenant_id: str,
    ) -> None:
        self._transport = transport
        self._sender = sender
        self._log = log
        self._reporter = reporter
        self._tenant_id = tenant_id
        self._failures = FailureCounts()
        self._preparation = Preparation(transport, log)
        self._recovery = Recovery(
            transport, sender, log, self._preparation, reporter, self._failures, tenant_id
        )
        # Why a destination of a stream gets no further request.
        self._blocked: dict[tuple[str, str], str] = {}
        self.stopping = threading.Event()

    def publish(self, items: Sequence[Item]) -> None:
        """Publishes items that are not published, and have no unknown outcome, in the publish log.

        Args:
            items: Items of one destination.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._process([Attempt(State.LOOKING_UP, items)])
        self._reporter.flush()

    def recover(
        self, unfinished: Mapping[str, Sequence[Item]], *, resend_unknown: bool = False
    ) -> None:
        """Finishes items that an earlier run or another process has begun to send.

        Args:
            unfinished: The items, by the key of their request.
            resend_unknown: Whether to send items again whose outcome cannot be found out.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        self._process(
            BegunAttempt(State.BEGUN, items, request_key=key, resends_unknown=resend_unknown)
            for key, items in unfinished.items()
        )

    def repeat(self, request_key: str) -> None:
        """Sends a request of an earlier run again, once a run, while Xero keeps its key.

        Afterwards the log has the outcomes that the response gives.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        try:
            self._recovery.repeat_request(request_key)
        except RunStoppedError:
            self.stopping.set()
            raise

    def stop(self) -> None:
        """Sends nothing else, and ends all waits. Calls in flight get their responses."""
        self.stopping.set()
        self._transport.stop()

    # The queue

    def _process(self, attempts: Iterable[Attempt]) -> None:
        """Takes attempts from the queue until all have ended.

        What follows from an attempt comes before the attempts behind it, so that results come in
        the order of the items.
        """
        queue = deque(attempts)
        while queue:
            following = self._step(queue.popleft())
            queue.extendleft(attempt for attempt in reversed(following) if attempt.items)

    def _step(self, attempt: Attempt) -> Sequence[Attempt]:
        """Does what the state of an attempt says, and gives the attempts that follow."""
        following: Sequence[Attempt] = ()
        match attempt:
            case EndedAttempt():
                attempt.report(self._reporter)
            case SentAttempt(state=State.SENDING):
                following = self._send(attempt)
            case SentAttempt(state=State.ANSWERED):
                following = self._settle(attempt)
            case Attempt(state=State.LOOKING_UP):
                following = self._look_up(attempt)
            case Attempt(state=State.READY):
                following = self._note(attempt)
            case Attempt(state=State.NOT_SAVED):
                following = self._free(attempt)
            case _:
                following = self._recover(attempt)
        return following

    def _recover(self, attempt: Attempt) -> Sequence[Attempt]:
        try:
            return self._recovery.step(attempt)
        except RunStoppedError:
            self.stopping.set()
            raise

    # Looking up

    def _look_up(self, attempt: Attempt) -> list[Attempt]:
        try:
            prepared = [
                self._after_change_before(found)
                for found in self._preparation.prepare(attempt.items)
            ]
        except XeroError as error:
            return self._after_failed_look_up(attempt, error)
        self._failures.note_look_up()
        return [*_ended(attempt, prepared), *_sendable(attempt, prepared)]

    def _after_change_before(self, prepared: Prepared) -> Prepared:
        """What is to be done with an item after the change that comes before it, if one does.

        Raises:
            XeroError: The change failed for a reason that does not lie in the record.
        """
        if prepared.before is None:
            return prepared
        refusal = self._sender.send_change(prepared.before, prepared.item.provenance.stream)
        if refusal is None:
            return prepared
        return replace(prepared, event=Event.FAILED_ALONE, reason=refusal)

    def _after_failed_look_up(self, attempt: Attempt, error: XeroError) -> list[Attempt]:
        """What follows from a look-up that failed.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        error = with_needs(error, attempt.items[0].publication.destination.needs)
        count = self._failures.failed_look_ups
        what = after_failed_look_up(error, len(attempt.items), count)
        if what is AfterLookUp.HALVE:
            return [attempt.after(Event.FAILED_TOGETHER, half) for half in halves(attempt.items)]
        if what is AfterLookUp.REJECT:
            self._failures.note_failed_look_up(error)
            return [_rejected(attempt, Event.FAILED_ALONE, error)]
        if what is AfterLookUp.LEAVE_STREAM:
            return [self._block(attempt, error)]
        raise self._stopped(error) from error

    # Sending

    def _note(self, attempt: Attempt) -> list[Attempt]:
        """Notes the request of an attempt in the publish log, before it is sent.

        Raises:
            RunStoppedError: The run may not send any more.
        """
        if self.stopping.is_set():
            message = "stopped"
            raise RunStoppedError(message)
        self._reporter.check_rejects()
        items = attempt.items
        if any(needs_completion(item.publication) for item in items):
            return [attempt.after(Event.IS_INCOMPLETE, items)]
        reason = self._blocked.get(_stream_and_destination(items))
        if reason is not None:
            return [attempt.not_sent(Event.NO_ACCESS, items, f"not sent: {reason}")]
        intent = intent_of(items, self._tenant_id, self._transport.server_clock.earliest())
        if not self._log.begin(intent, [item.intended_record for item in items]):
            return [attempt.after(Event.IS_TAKEN, items)]
        noted = attempt.after(Event.IS_NOTED, items)
        return [SentAttempt(noted.state, items, noted.send_count, intent=intent, size=len(items))]

    def _send(self, attempt: SentAttempt) -> list[Attempt]:
        items = attempt.items
        publications = [item.publication for item in items]
        stream = items[0].provenance.stream
        try:
            result = self._sender.send(
                attempt.intent, publications, stream, is_part=attempt.send_count > 1
            )
        except NotAcceptedError as error:
            return [self._after_no_access(attempt, error)]
        return attempt.answered(result.outcomes, result.call)

    def _after_no_access(self, attempt: SentAttempt, error: NotAcceptedError) -> Attempt:
        """What follows if Xero did not accept a request, whatever its records.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        if error.maybe_sent:
            # The intent stays in the log, so that the next run finds out what happened.
            outcome = unknown_outcome(f"its response was lost, and the run ended: {error}")
            pairs = [(item, outcome) for item in attempt.items]
            attempt.with_outcomes(Event.RUN_ENDED, pairs, CallInfo()).report(self._reporter)
        elif error.blocks_stream:
            # Xero repeats a refusal under the same key (xero-facts.md: Idempotency). After a login
            # with the missing scope, the next run must not get this one again.
            self._log.release_for_resend([item.fingerprint for item in attempt.items])
        else:
            fingerprints = [item.fingerprint for item in attempt.items]
            self._log.withdraw(attempt.intent.key, fingerprints)
        if error.blocks_stream:
            return self._block(attempt, error.error)
        raise self._stopped(error.error) from error.error

    def _block(self, attempt: Attempt, error: XeroError) -> Attempt:
        """Sends nothing else to the destination of a stream."""
        self._blocked[_stream_and_destination(attempt.items)] = str(error)
        return _rejected(attempt, Event.NO_ACCESS, error)

    def _stopped(self, error: XeroError) -> RunStoppedError:
        self.stopping.set()
        return RunStoppedError(str(error))

    # After an answer

    def _settle(self, attempt: SentAttempt) -> list[Attempt]:
        """Notes certain outcomes in the publish log, and reports them.

        What Xero refused because of what exists is sent in another form.
        """
        pairs = list(attempt.pairs)
        destination = attempt.items[0].publication.destination
        settled = [
            settled_record(item.intended_record, outcome, id_is_shared=destination.id_is_shared)
            for item, outcome in pairs
        ]
        if any(outcome.is_published for _, outcome in pairs):
            self._failures.note_published()
        refused = [item for item, outcome in pairs if outcome.kind is OutcomeKind.REJECTED]
        archived: list[Attempt] = []
        # Reported here and not from the queue: until then ``fail_fast`` does not know what is a
        # reject.
        with self._reporter.deciding():
            known = self._log.settle(attempt.intent.key, destination.name, settled)
            prepared = self._preparation.after_refusal(refused, attempt.call)
            decided = {decision.item.fingerprint for decision in prepared}
            for item, outcome in pairs:
                if item.fingerprint in decided:
                    continue
                if item.fallback is not None and outcome.kind is OutcomeKind.REJECTED:
                    archived.append(_archival(attempt, item, outcome))
                    continue
                event = Event.IS_SAVED if outcome.is_published else Event.IS_REFUSED
                result = sent_result(item, outcome, attempt.call, known=item.fingerprint in known)
                attempt.ended(event, item, result).report(self._reporter)
            for ended in _ended(attempt, prepared):
                ended.report(self._reporter)
        return [*archived, *_sendable(attempt, prepared, MAX_SENDS)]

    def _free(self, attempt: Attempt) -> list[Attempt]:
        """Frees items in the publish log, so that they can be sent in halves with new keys.

        A record that fails each request with it stands alone in the end, and the others are
        published.
        """
        self._log.release_for_resend([item.fingerprint for item in attempt.items])
        again = [item.next_attempt() for item in attempt.items]
        return [
            attempt.after(Event.IS_FREED, batch)
            for half in halves(again)
            for batch in batches(half)
        ]


def _stream_and_destination(items: Sequence[Item]) -> tuple[str, str]:
    first = items[0]
    return first.provenance.stream, first.publication.destination.name


def _ended(attempt: Attempt, prepared: Iterable[Prepared]) -> list[EndedAttempt]:
    """The end of the items that are not sent."""
    return [
        attempt.unchanged(decision.event, decision.item, decision.xero_id)
        if decision.event is Event.HAS_NO_CHANGE
        else attempt.not_sent(decision.event, [decision.item], decision.reason)
        for decision in prepared
        if not decision.may_be_sent
    ]


def _sendable(
    attempt: Attempt, prepared: Iterable[Prepared], send_count: int | None = None
) -> list[Attempt]:
    """The attempts of the items that may be sent, in batches."""
    ready = [found.item for found in prepared if found.may_be_sent]
    # Neighbours go out together: the children of one parent, creations apart from updates.
    ready.sort(key=_sending_order)
    return [attempt.after(Event.MAY_BE_SENT, batch, send_count) for batch in batches(ready)]


def _sending_order(item: Item) -> str:
    publication = item.publication
    is_child = isinstance(publication.destination, ChildDestination)
    return publication.path if is_child else publication.method


def _rejected(attempt: Attempt, event: Event, error: XeroError) -> EndedAttempt:
    """The end of items that an error rejects."""
    outcome = Outcome(OutcomeKind.REJECTED, errors=(str(error),), response=error.body)
    call = CallInfo(error.status, error.correlation_id)
    return attempt.with_outcomes(event, [(item, outcome) for item in attempt.items], call)


def _archival(attempt: Attempt, item: Item, outcome: Outcome) -> Attempt:
    """The attempt that archives a record which Xero refuses to delete."""
    reason = "; ".join(outcome.errors)
    logger.info("%s: %s; archiving it instead", item.provenance.stream, reason)
    publication = item.fallback or item.publication
    archival = replace(item.next_attempt(), publication=publication, fallback=None)
    return attempt.after(Event.MAY_BE_SENT, [archival], MAX_SENDS)
