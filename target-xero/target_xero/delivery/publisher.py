"""Publishes batches through the publish log: intent, sending, outcome, and unknown outcomes."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from functools import partial

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.records import Record
from target_xero.delivery.attempts import MAX_SENDS, Attempt
from target_xero.delivery.batches import batches, intent_of
from target_xero.delivery.item_results import not_sent_result, sent_result, unchanged_result
from target_xero.delivery.items import Item
from target_xero.delivery.outcomes import Outcome, OutcomeKind, unknown_outcome
from target_xero.delivery.overwriting import may_overwrite
from target_xero.delivery.preparation import Preparation
from target_xero.delivery.publish_log import (
    INTENDED,
    PUBLISHED,
    Intent,
    LogEntry,
    PublishLog,
    SettledRecord,
)
from target_xero.delivery.recovery import outcome_from_records
from target_xero.delivery.repeater import Repeater
from target_xero.delivery.sender import STREAM_ERRORS, NotAcceptedError, Sender, SendResult
from target_xero.lookup.content_search import ContentSearch, files_or_notes
from target_xero.lookup.existing_records import (
    MAX_SERVER_ERRORS,
    existing_or_refusal,
    is_identifiable,
    may_lie_in_records,
)
from target_xero.report.errors import RunStoppedError
from target_xero.report.reporter import Reporter
from target_xero.report.results import UNKNOWN, CallInfo, Result
from xero_client.errors import NoResponseError, RequestRefusedError, XeroError
from xero_client.http.transport import Transport

logger = logging.getLogger("target-xero")

# If so many single records in a row cannot be written, the fault is not in the records.
MAX_FAILED_ALONE = 5


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
        self._files_and_notes = ContentSearch(partial(files_or_notes, transport), log.published_ids)
        self._blocked: dict[tuple[str, str], str] = {}
        self._repeater = Repeater(sender, log)
        self._preparation = Preparation(transport, log, reporter)
        self._failed_alone = 0
        self._failed_look_ups = 0
        self.stopping = threading.Event()

    def publish(self, items: Sequence[Item]) -> None:
        """Sends items that are not published, and have no unknown outcome, in the publish log.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        try:
            prepared = self._preparation.prepare(items)
        except XeroError as error:
            self._on_failed_look_up(items, error)
        else:
            self._failed_look_ups = 0
            for batch in batches(prepared.items):
                self._send(batch, 1, prepared.fallbacks)
        self._reporter.flush()

    def stop(self) -> None:
        """Sends nothing else, and ends all waits. Calls in flight get their responses."""
        self.stopping.set()
        self._transport.stop()

    def _on_failed_look_up(self, items: Sequence[Item], error: XeroError) -> None:
        """Reports items that cannot be looked up, or ends the run.

        They are halved until those whose look-up fails each time are alone.

        Raises:
            RunStoppedError: The reason does not lie in the stream.
        """
        if may_lie_in_records(error):
            if len(items) > 1 and self._failed_look_ups < MAX_SERVER_ERRORS:
                half = len(items) // 2
                self.publish(items[:half])
                self.publish(items[half:])
                return
            if not isinstance(error, RequestRefusedError):
                self._failed_look_ups += 1
            outcome = Outcome(OutcomeKind.REJECTED, errors=(str(error),), response=error.body)
            call = CallInfo(error.status, error.correlation_id)
            self._report_outcomes([(item, outcome) for item in items], call)
            return
        refusal = NotAcceptedError(error, blocks_stream=isinstance(error, STREAM_ERRORS))
        self._on_not_accepted(items, refusal)

    # One request

    def _send(
        self, items: Sequence[Item], send_count: int, fallbacks: Mapping[str, Item] | None = None
    ) -> None:
        if self.stopping.is_set():
            message = "stopped"
            raise RunStoppedError(message)
        self._reporter.check_rejects()
        first = items[0]
        reason = self._blocked.get((first.provenance.stream, first.publication.destination.name))
        if reason is not None:
            for item in items:
                self._report(item, not_sent_result(item, f"not sent: {reason}"))
            return
        intent = intent_of(items, self._tenant_id, self._transport.server_clock.earliest())
        if not self._log.begin(intent, [item.intended_record for item in items]):
            self._follow_log(items)
            return
        publications = [item.publication for item in items]
        try:
            result = self._sender.send(
                intent, publications, first.provenance.stream, is_part=send_count > 1
            )
        except NotAcceptedError as error:
            if error.maybe_sent:
                # The intent stays in the log, so that the next run finds out what happened.
                outcome = unknown_outcome(f"its response was lost, and the run ended: {error}")
                self._report_outcomes([(item, outcome) for item in items], CallInfo())
            else:
                self._log.withdraw(intent.key, [item.fingerprint for item in items])
            self._on_not_accepted(items, error)
            return
        self._process_result(intent, items, result, send_count, fallbacks or {})

    def _on_not_accepted(self, items: Sequence[Item], error: NotAcceptedError) -> None:
        first = items[0]
        if not error.blocks_stream:
            self.stopping.set()
            raise RunStoppedError(str(error.error)) from error.error
        self._blocked[first.provenance.stream, first.publication.destination.name] = str(
            error.error
        )
        call = CallInfo(error.error.status, error.error.correlation_id)
        outcome = Outcome(
            OutcomeKind.REJECTED, errors=(str(error.error),), response=error.error.body
        )
        self._report_outcomes([(item, outcome) for item in items], call)

    def _process_result(
        self,
        intent: Intent,
        items: Sequence[Item],
        result: SendResult,
        send_count: int,
        fallbacks: Mapping[str, Item],
    ) -> None:
        pairs = list(zip(items, result.outcomes, strict=True))
        final = [(item, outcome) for item, outcome in pairs if outcome.is_final]
        self._settle(intent.key, final, result.call, fallbacks)
        unprocessed = [item for item, o in pairs if o.kind is OutcomeKind.NOT_PROCESSED]
        if unprocessed:
            self._resend(unprocessed, send_count, parts=2)
        unknown = [(item, o) for item, o in pairs if o.kind is OutcomeKind.UNKNOWN]
        if unknown:
            attempt = Attempt(intent, len(items), result.call, send_count)
            self._resolve_unknown(attempt, unknown)

    def _settle(
        self,
        request_key: str,
        final: Sequence[tuple[Item, Outcome]],
        call: CallInfo,
        fallbacks: Mapping[str, Item],
    ) -> None:
        if not final:
            return
        settled = [
            SettledRecord(item.fingerprint, outcome.is_published, outcome.xero_id)
            for item, outcome in final
        ]
        if any(outcome.is_published for _, outcome in final):
            self._failed_alone = 0
        refused = [item for item, outcome in final if outcome.kind is OutcomeKind.REJECTED]
        to_archive: list[Item] = []
        with self._reporter.deciding():
            known = self._log.settle(request_key, settled)
            decisions = self._preparation.decisions_on(refused, call)
            for item, outcome in final:
                fallback = fallbacks.get(item.fingerprint)
                if item.fingerprint in decisions:
                    continue
                if fallback is not None and outcome.kind is OutcomeKind.REJECTED:
                    reason = "; ".join(outcome.errors)
                    logger.info("%s: %s; archiving it instead", item.provenance.stream, reason)
                    to_archive.append(fallback.with_attempt(item.attempt + 1))
                else:
                    result = sent_result(item, outcome, call, known=outcome.xero_id in known)
                    self._report(item, result)
            again = self._preparation.after_decisions(list(decisions.values()))
        for item in to_archive:
            self._send([item], MAX_SENDS)
        for batch in batches(again):
            self._send(batch, MAX_SENDS)

    def _resend(self, items: Sequence[Item], send_count: int, *, parts: int = 1) -> None:
        """Sends items under new keys; in two parts to isolate the record that fails a request."""
        self._log.release_for_resend([item.fingerprint for item in items])
        attempts = [item.next_attempt() for item in items]
        size = max(1, -(-len(attempts) // parts))
        for start in range(0, len(attempts), size):
            self._send(attempts[start : start + size], send_count)

    # Unknown outcomes

    def _resolve_unknown(
        self,
        attempt: Attempt,
        unknown: Sequence[tuple[Item, Outcome]],
        *,
        resend_unknown: bool = False,
    ) -> None:
        """Reads from Xero whether records were saved, and sends those that were not.

        They are sent in halves, so that a record that fails each request with it stands alone in
        the end, and the others are published.

        Args:
            attempt: Their request.
            unknown: The items, with their outcomes so far.
            resend_unknown: Whether to send items again whose outcome cannot be found out.
        """
        call = attempt.call
        findable = [pair for pair in unknown if pair[0].can_be_found]
        try:
            found = self._read_records(attempt.intent, [item for item, _ in findable])
        except RunStoppedError:
            self._report_outcomes(unknown, call)
            raise
        if found is None:
            self._report_outcomes(unknown, call)
            return
        self._report_outcomes([pair for pair in unknown if not pair[0].can_be_found], call)
        final: list[tuple[Item, Outcome]] = []
        absent: list[Item] = []
        may_resend = attempt.may_be_sent_again and self._failed_alone < MAX_FAILED_ALONE
        for (item, sent_outcome), records in zip(findable, found, strict=True):
            if isinstance(records, RequestRefusedError):
                outcome = unknown_outcome(f"{sent_outcome.errors[0]}; its look-up: {records}")
                self._report(item, sent_result(item, outcome, call))
                continue
            shown = outcome_from_records(item.publication, records)
            if shown is not None and shown.is_final:
                final.append((item, shown))
            elif shown is not None and not (
                attempt.was_refused or resend_unknown or may_overwrite(item.publication)
            ):
                self._report(item, sent_result(item, shown, call))
            elif may_resend:
                absent.append(item)
            else:
                self._report(item, sent_result(item, sent_outcome, call))
        if attempt.size == 1 and not final and not absent:
            self._failed_alone += 1
        self._settle(attempt.intent.key, final, call, {})
        if absent:
            self._resend(absent, attempt.send_count + 1, parts=2)

    def _read_records(
        self, intent: Intent, items: Sequence[Item]
    ) -> Sequence[list[Record] | RequestRefusedError] | None:
        """The records that Xero has of each item; None if Xero does not let them be read.

        Raises:
            RunStoppedError: Xero does not respond at all.
        """
        if not items:
            return []
        publications = [item.publication for item in items]
        try:
            destination, stream = publications[0].destination, items[0].provenance.stream
            by_key = all(map(is_identifiable, publications))
            if by_key and isinstance(destination, EntityDestination):
                return existing_or_refusal(destination, publications, self._transport, stream)
            searches = (item.search for item in items if item.search is not None)
            search = next(searches, self._files_and_notes)
            return search.find(publications, since=intent.first_sent_at)
        except NoResponseError as error:
            if may_lie_in_records(error):
                logger.warning("Cannot read whether %d records were saved: %s", len(items), error)
                return None
            self.stopping.set()
            message = f"Xero cannot be reached: {error}"
            raise RunStoppedError(message) from None
        except XeroError as error:
            logger.warning("Cannot read whether %d records were saved: %s", len(items), error)
            return None

    # Requests of earlier runs or other processes

    def _follow_log(self, items: Sequence[Item]) -> None:
        """Treats items by their entries in the log, after another process has begun one first."""
        entries = self._log.entries([item.fingerprint for item in items])
        for item in items:
            entry = entries.get(item.fingerprint)
            if entry is not None and entry.state == PUBLISHED:
                self._report(item, unchanged_result(item, entry.xero_id))
            elif entry is not None and entry.state == INTENDED:
                self.recover([(item, entry)])
            else:
                self._send([item.with_attempt(entry.attempt + 1 if entry is not None else 1)], 1)

    def recover(
        self, unfinished: Sequence[tuple[Item, LogEntry]], *, resend_unknown: bool = False
    ) -> None:
        """Finishes items that an earlier run or another process has begun to send.

        Args:
            unfinished: The items, with their entries in the log.
            resend_unknown: Whether to send items again whose outcome cannot be found out.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        by_request: dict[str, list[Item]] = {}
        for item, entry in unfinished:
            if entry.request_key is None:
                self._follow_log([item])
            else:
                of_request = by_request.setdefault(entry.request_key, [])
                of_request.append(item.with_attempt(entry.attempt))
        for request_key, items in by_request.items():
            # Before the request is repeated: after that, the log knows what it creates.
            items = self._preparation.as_sent(items)  # noqa: PLW2901  # the same items
            self.repeat(request_key)
            if items[0].publication.parent_key is not None:
                items = self._known_children(items)  # noqa: PLW2901  # the same items
            self._recover_request(request_key, items, resend_unknown=resend_unknown)

    def _known_children(self, items: Sequence[Item]) -> list[Item]:
        """The items with the ids of their parents; the others are reported as unknown.

        Raises:
            RunStoppedError: Xero cannot be read.
        """
        try:
            return self._preparation.with_parents(items, UNKNOWN)
        except XeroError as error:
            self._report_outcomes(
                [(item, unknown_outcome(str(error))) for item in items], CallInfo()
            )
            if not (isinstance(error, STREAM_ERRORS) or may_lie_in_records(error)):
                self.stopping.set()
                raise RunStoppedError(str(error)) from error
            return []

    def _recover_request(
        self, request_key: str, items: Sequence[Item], *, resend_unknown: bool
    ) -> None:
        """Finishes items of one request of an earlier run, after it was repeated."""
        logged = self._log.intent(request_key)
        still_open = {entry.fingerprint for entry in logged[1]} if logged is not None else set()
        unknown: list[tuple[Item, Outcome]] = []
        to_resend: list[Item] = []
        reason = "it was sent in an earlier run, which did not see a response"
        for item in items:
            recovered = self._repeater.take_recovered(item.fingerprint)
            if recovered is not None:
                outcome, call = recovered.outcome, recovered.call
                self._report(item, sent_result(item, outcome, call, known=recovered.known))
            elif item.fingerprint not in still_open:
                self._follow_log([item])
            elif resend_unknown and not item.can_be_found:
                to_resend.append(item)
            else:
                unknown.append((item, unknown_outcome(reason)))
        if to_resend:
            # One by one: nobody could tell later which record of a batch had failed it.
            self._resend(to_resend, 1, parts=len(to_resend))
        if logged is not None and unknown:
            attempt = Attempt(logged[0], len(logged[1]), CallInfo(), 1)
            self._resolve_unknown(attempt, unknown, resend_unknown=resend_unknown)

    def repeat(self, request_key: str) -> None:
        """Sends a request of an earlier run again, once a run, while Xero keeps its key.

        Afterwards the log has the outcomes that the response gives.

        Raises:
            RunStoppedError: The run cannot go on.
        """
        try:
            self._repeater.repeat(request_key)
        except NotAcceptedError as error:
            self.stopping.set()
            raise RunStoppedError(str(error)) from error.error

    # Results

    def _report(self, item: Item, result: Result) -> None:
        self._reporter.report(item.provenance, result)

    def _report_outcomes(self, pairs: Sequence[tuple[Item, Outcome]], call: CallInfo) -> None:
        for item, outcome in pairs:
            self._report(item, sent_result(item, outcome, call))
