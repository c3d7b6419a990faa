"""One request at a time through the publish log: intent, sending, outcome, and what was lost."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

from target_xero.build.records import Record
from target_xero.delivery.items import Item, batches, intent_of
from target_xero.delivery.outcomes import Outcome, Verdict, unknown
from target_xero.delivery.publish_log import (
    INTENDED,
    PUBLISHED,
    REJECTED,
    Intent,
    PublishLog,
    Row,
    Settled,
)
from target_xero.delivery.sender import KEY_LIFETIME_SECONDS, NotAcceptedError, Reply, Sender
from target_xero.lookup.content_search import ContentSearch
from target_xero.lookup.lost_answers import (
    can_be_found,
    has_name,
    outcome_from_records,
    rebuild_publications,
)
from target_xero.lookup.resolution import existing, needs_lookup, resolved
from target_xero.report.reporter import Reporter
from target_xero.report.results import Sending
from xero_client.errors import (
    AccessDeniedError,
    NoResponseError,
    NotFoundError,
    ScopeMissingError,
    XeroError,
)
from xero_client.http.transport import Transport

logger = logging.getLogger("target-xero")

# How often a record is sent anew, under a new key, after a look-up showed that Xero lacks it.
ROUNDS = 2
BAD_REQUEST = 400
CLEAR = frozenset({Verdict.PUBLISHED, Verdict.REJECTED})
# What concerns one stream only, and leaves the others to be published.
BARRING = (AccessDeniedError, ScopeMissingError, NotFoundError)


class RunStoppedError(Exception):
    """The run cannot go on; what was not sent stays as it was."""


class Publishing:
    """Publishes items of one organisation; safe to share between threads.

    Every method ends the items that it is given, one way or the other, unless it raises.
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
        self._content = ContentSearch(transport, log)
        self._barred: dict[tuple[str, str], str] = {}
        self._repeating = threading.Lock()
        self._repeated: set[str] = set()
        self._recovered: dict[str, tuple[Outcome, Sending, bool]] = {}
        self.stopping = threading.Event()

    def publish(self, items: Sequence[Item]) -> None:
        """Sends items that the log knows nothing of, or nothing that hinders.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        if needs_lookup(items[0].publication):
            self._publish_resolved(items)
        else:
            for batch in batches(items):
                self._send(batch, 1)
        self._reporter.flush()

    def halt(self) -> None:
        """Sends nothing else, and waits for nothing; calls in flight get their answers."""
        self.stopping.set()
        self._transport.halt()

    # What must be looked up first

    def _publish_resolved(self, items: Sequence[Item]) -> None:
        stream = items[0].provenance.stream
        try:
            answers = resolved([item.publication for item in items], self._transport, stream)
        except XeroError as error:
            self._not_taken_on(items, NotAcceptedError(error, bars=isinstance(error, BARRING)))
            return
        ready: list[Item] = []
        fallbacks: dict[str, Item] = {}
        for item, answer in zip(items, answers, strict=True):
            if answer.error is not None:
                self._reporter.refused(item, answer.error)
            elif answer.publication is None:
                self._reporter.unchanged(item, answer.xero_id)
            else:
                changed = replace(item, publication=answer.publication)
                ready.append(changed)
                if answer.fallback is not None:
                    fallbacks[item.fingerprint] = replace(item, publication=answer.fallback)
        for batch in batches(ready):
            self._send(batch, 1, fallbacks)

    # One request

    def _send(
        self, items: Sequence[Item], round_: int, fallbacks: Mapping[str, Item] | None = None
    ) -> None:
        if self.stopping.is_set():
            message = "stopped"
            raise RunStoppedError(message)
        first = items[0]
        barred = self._barred.get((first.provenance.stream, first.publication.destination.name))
        if barred is not None:
            for item in items:
                self._reporter.refused(item, f"not sent: {barred}")
            return
        intent = intent_of(items, self._tenant_id)
        if not self._log.begin(intent, [item.entry for item in items]):
            self._meet_again(items)
            return
        try:
            reply = self._sender.send(
                intent, [item.publication for item in items], first.provenance.stream
            )
        except NotAcceptedError as error:
            if error.maybe_sent:
                # The intent stays: the next run finds out, and never sends blindly.
                lost = unknown(f"its answer was lost, and then the run ended: {error}")
                self._tell([(item, lost) for item in items], Sending())
            else:
                self._log.forget(intent.key, [item.fingerprint for item in items])
            self._not_taken_on(items, error)
            return
        self._conclude(intent, items, reply, round_, fallbacks or {})

    def _not_taken_on(self, items: Sequence[Item], error: NotAcceptedError) -> None:
        first = items[0]
        if not error.bars:
            self.stopping.set()
            raise RunStoppedError(str(error.error)) from error.error
        self._barred[first.provenance.stream, first.publication.destination.name] = str(error.error)
        sending = Sending(error.error.status, error.error.correlation_id)
        outcome = Outcome(Verdict.REJECTED, errors=(str(error.error),), response=error.error.body)
        for item in items:
            self._reporter.outcome(item, outcome, sending)

    def _conclude(
        self,
        intent: Intent,
        items: Sequence[Item],
        reply: Reply,
        round_: int,
        fallbacks: Mapping[str, Item],
    ) -> None:
        pairs = list(zip(items, reply.outcomes, strict=True))
        clear = [(item, outcome) for item, outcome in pairs if outcome.verdict in CLEAR]
        self._settle(intent.key, clear, reply.sending, fallbacks)
        untouched = [item for item, outcome in pairs if outcome.verdict is Verdict.UNTOUCHED]
        if untouched:
            self._send_anew(untouched, round_, parts=2)
        lost = [(i, outcome) for i, outcome in pairs if outcome.verdict is Verdict.UNKNOWN]
        if lost:
            refused = reply.sending.http_status == BAD_REQUEST and len(items) > 1
            self._look_up(intent, lost, reply.sending, round_, parts=2 if refused else 1)

    def _settle(
        self,
        request_key: str,
        clear: Sequence[tuple[Item, Outcome]],
        sending: Sending,
        fallbacks: Mapping[str, Item],
    ) -> None:
        if not clear:
            return
        known = self._log.settle(request_key, [_settled(i.fingerprint, o) for i, o in clear])
        for item, outcome in clear:
            fallback = fallbacks.get(item.fingerprint)
            if fallback is not None and outcome.verdict is Verdict.REJECTED:
                logger.info("%s: %s; archiving it", item.provenance.stream, "; ".join(outcome.errors))
                self._send([fallback.again(item.generation + 1)], ROUNDS)
            else:
                self._reporter.outcome(item, outcome, sending, known=outcome.xero_id in known)

    def _send_anew(self, items: Sequence[Item], round_: int, *, parts: int = 1) -> None:
        """Sends records under a new key; in two parts, so that what spoils a request gets alone."""
        self._log.move_on([item.fingerprint for item in items])
        again = [item.again(item.generation + 1) for item in items]
        size = max(1, -(-len(again) // parts))
        for at in range(0, len(again), size):
            self._send(again[at : at + size], round_)

    # What is not known

    def _look_up(
        self,
        intent: Intent,
        lost: Sequence[tuple[Item, Outcome]],
        sending: Sending,
        round_: int,
        *,
        parts: int,
        resend_unknown: bool = False,
    ) -> None:
        """Finds out by reading what became of records, and sends those that are not there.

        Args:
            intent: Their request.
            lost: The records, with what was said of them so far.
            sending: The call that was lost.
            round_: How often they were sent under new keys.
            parts: 2 where the request was refused for some of its records: it is cut in two, as
                often as it takes; 1 where it was lost: it is sent once more, and no oftener.
            resend_unknown: Whether to send those anew of which nothing can tell.
        """
        findable = [pair for pair in lost if can_be_found(pair[0])]
        try:
            found = self._found([item for item, _ in findable])
        except RunStoppedError:
            self._tell(lost, sending)
            raise
        if found is None:
            self._tell(lost, sending)
            return
        self._tell([pair for pair in lost if not can_be_found(pair[0])], sending)
        there: list[tuple[Item, Outcome]] = []
        absent: list[Item] = []
        for (item, outcome), records in zip(findable, found, strict=True):
            seen = outcome_from_records(item.publication, records)
            if seen is not None and seen.verdict in CLEAR:
                there.append((item, seen))
            elif seen is not None and parts == 1 and not resend_unknown:
                self._reporter.outcome(item, seen, sending)
            elif parts > 1 or round_ < ROUNDS:
                absent.append(item)
            else:
                self._reporter.outcome(item, outcome, sending)
        self._settle(intent.key, there, sending, {})
        if absent:
            self._send_anew(absent, round_ + 1, parts=parts)

    def _tell(self, pairs: Sequence[tuple[Item, Outcome]], sending: Sending) -> None:
        for item, outcome in pairs:
            self._reporter.outcome(item, outcome, sending)

    def _found(self, items: Sequence[Item]) -> list[list[Record]] | None:
        """What Xero has of each record; None where it does not let that be read.

        Raises:
            RunStoppedError: It does not answer at all.
        """
        if not items:
            return []
        try:
            publications = [item.publication for item in items]
            if not all(map(has_name, publications)):
                return self._content.found(items)
            return existing(publications, self._transport, items[0].provenance.stream)
        except NoResponseError as error:
            self.stopping.set()
            message = f"Xero cannot be reached: {error}"
            raise RunStoppedError(message) from None
        except XeroError as error:
            logger.warning("What became of %d records cannot be read: %s", len(items), error)
            return None

    # What an earlier run, or another process, has begun

    def _meet_again(self, items: Sequence[Item]) -> None:
        """Another process was faster with one of these: each goes by what the log says now."""
        rows = self._log.rows([item.fingerprint for item in items])
        for item in items:
            row = rows.get(item.fingerprint)
            if row is not None and row.state == PUBLISHED:
                self._reporter.unchanged(item, row.xero_id)
            elif row is not None and row.state == INTENDED:
                self.recover([(item, row)])
            else:
                self._send([item.again(row.generation + 1 if row is not None else 1)], 1)

    def recover(self, begun: Sequence[tuple[Item, Row]], *, resend_unknown: bool = False) -> None:
        """Ends records that were intended before, in an earlier run or another process.

        Args:
            begun: The records, with what the log says of them.
            resend_unknown: Whether to send those anew of which nothing can tell.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        by_request: dict[str, list[Item]] = {}
        for item, row in begun:
            if row.request_key is None:
                self._meet_again([item])
            else:
                known = by_request.setdefault(row.request_key, [])
                known.append(item.again(row.generation))
        for request_key, items in by_request.items():
            self.repeat(request_key)
            self._recover_from(request_key, items, resend_unknown=resend_unknown)

    def _recover_from(
        self, request_key: str, items: Sequence[Item], *, resend_unknown: bool
    ) -> None:
        """Ends records of one request of an earlier run, after it was repeated."""
        kept = self._log.intent(request_key)
        still_open = {row.fingerprint for row in kept[1]} if kept is not None else set()
        lost: list[tuple[Item, Outcome]] = []
        anew: list[Item] = []
        reason = "it was sent in an earlier run, which did not see an answer"
        for item in items:
            recovered = self._recovered.pop(item.fingerprint, None)
            if recovered is not None:
                outcome, sending, known = recovered
                self._reporter.outcome(item, outcome, sending, known=known)
            elif item.fingerprint not in still_open:
                self._meet_again([item])
            elif resend_unknown and not can_be_found(item):
                anew.append(item)
            else:
                lost.append((item, unknown(reason)))
        if anew:
            self._send_anew(anew, 1)
        if kept is not None and lost:
            intent = kept[0]
            self._look_up(intent, lost, Sending(), 1, parts=1, resend_unknown=resend_unknown)

    def repeat(self, request_key: str) -> None:
        """Sends an earlier run's request again, once a run, while Xero keeps its key.

        What it tells stands in the log afterwards, for records of any later run as well.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        with self._repeating:
            if request_key in self._repeated:
                return
            kept = self._log.intent(request_key)
            if kept is None or not kept[1]:
                return
            self._repeated.add(request_key)
            intent, members = kept
            if time.time() > intent.first_sent_at + KEY_LIFETIME_SECONDS:
                return
            publications = rebuild_publications(intent, members[0].entity)
            try:
                reply = self._sender.send(intent, publications, members[0].entity, repeats=True)
            except NotAcceptedError as error:
                self.stopping.set()
                raise RunStoppedError(str(error)) from error.error
            clear = [
                (member, reply.outcomes[member.position])
                for member in members
                if member.position < len(reply.outcomes)
                and reply.outcomes[member.position].verdict in CLEAR
            ]
            known = self._log.settle(request_key, [_settled(m.fingerprint, o) for m, o in clear])
            for member, outcome in clear:
                told = (outcome, reply.sending, outcome.xero_id in known)
                self._recovered[member.fingerprint] = told


def _settled(fingerprint: str, outcome: Outcome) -> Settled:
    state = PUBLISHED if outcome.verdict is Verdict.PUBLISHED else REJECTED
    return Settled(fingerprint, state, outcome.xero_id)
