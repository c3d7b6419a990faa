"""What became of each record, told to everyone who wants to know: results, rejects, STATE, log."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from target_xero.build.publication import Publication
from target_xero.build.records import Source
from target_xero.build.routes import Action
from target_xero.delivery.items import Item
from target_xero.delivery.outcomes import Outcome, Verdict
from target_xero.report.results import (
    CREATED,
    DRY_RUN,
    INVALID,
    REJECTED,
    REMOVED,
    UNCHANGED,
    UNKNOWN,
    UPDATED,
    Result,
    Results,
    Sending,
)
from target_xero.singer.checkpoints import Checkpoints

logger = logging.getLogger("target-xero")

SHOWN_REJECTS = 20


def status_of(publication: Publication, outcome: Outcome, *, known: bool) -> str:
    """The result's status.

    Args:
        publication: What was sent.
        outcome: What became of it.
        known: Whether the publish log had known the id before.
    """
    if outcome.verdict is Verdict.REJECTED:
        return REJECTED
    if outcome.verdict is not Verdict.PUBLISHED:
        return UNKNOWN
    if publication.action is Action.REMOVE:
        return REMOVED
    if publication.action is Action.UPDATE or known:
        return UPDATED
    sends_news = publication.action is Action.SEND and (
        publication.content is None or publication.method == "PATCH"
    )
    return UPDATED if sends_news else CREATED


class Reporter:
    """Ends records; safe to share between threads.

    Attributes:
        ended: Records that ended after they had been handed on to be sent.
        failed: Set with the first record that was not published.
        observer: Is told of every result too.
    """

    def __init__(
        self,
        results: Results,
        checkpoints: Checkpoints,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        """Starts with nothing ended.

        Args:
            results: Where results are written.
            checkpoints: The STATE messages that wait for records.
            tick: Is called now and then, for whoever shows progress.
        """
        self._results = results
        self._tick = tick
        self._checkpoints = checkpoints
        self._shown = 0
        self._lock = threading.Lock()
        self.ended = 0
        self.failed = threading.Event()
        self.observer: Callable[[Source, Result], None] = lambda _source, _result: None

    def outcome(
        self, item: Item, outcome: Outcome, sending: Sending, *, known: bool = False
    ) -> None:
        """Ends a record that was sent."""
        publication = item.publication
        status = status_of(publication, outcome, known=known)
        result = Result(
            entity=publication.destination.name,
            method=publication.method,
            status=status,
            key=item.source.key or publication.key,
            xero_id=outcome.xero_id,
            errors=outcome.errors if status in (REJECTED, UNKNOWN) else (),
            warnings=outcome.warnings,
            sending=sending,
            response=outcome.response,
        )
        self.end(item.source, result)

    def unchanged(self, item: Item, xero_id: str | None) -> None:
        """Ends a record that need not be sent."""
        publication = item.publication
        result = Result(
            entity=publication.destination.name,
            method=publication.method,
            status=UNCHANGED,
            key=item.source.key or publication.key,
            xero_id=xero_id or publication.record_id,
        )
        self.end(item.source, result)

    def refused(self, item: Item, reason: str, status: str = REJECTED) -> None:
        """Ends a record that was not sent, for a reason that Xero gave or would give."""
        publication = item.publication
        result = Result(
            entity=publication.destination.name,
            method=publication.method,
            status=status,
            key=item.source.key or publication.key,
            errors=(reason,),
        )
        self.end(item.source, result)

    def invalid(
        self, source: Source, entity: str, method: str | None, problems: Sequence[str]
    ) -> None:
        """Ends a record that we do not send."""
        self.end(source, Result(entity, method, INVALID, source.key, errors=tuple(problems)))

    def would(self, item: Item, what: str, xero_id: str | None) -> None:
        """Ends a record of a dry run."""
        publication = item.publication
        result = Result(
            entity=publication.destination.name,
            method=publication.method,
            status=DRY_RUN,
            key=item.source.key or publication.key,
            xero_id=xero_id,
            would=what,
        )
        self.end(item.source, result)

    def flush(self) -> None:
        """Makes what was reported outlast a kill."""
        self._results.flush()
        self._tick()

    def end(self, source: Source, result: Result) -> None:
        """Ends a record with a result that is known."""
        self._results.write(source, result)
        self.observer(source, result)
        if result.status != INVALID:
            with self._lock:
                self.ended += 1
        failed = result.status in (REJECTED, INVALID, UNKNOWN)
        if failed:
            self._tell(source, result)
            self.failed.set()
        if result.status == UNKNOWN:
            return  # STATE must not pass a record of which nobody knows
        for epoch in source.epochs:
            self._checkpoints.settle(epoch)

    def _tell(self, source: Source, result: Result) -> None:
        with self._lock:
            self._shown += 1
            shown = self._shown
        if shown > SHOWN_REJECTS:
            return
        key = ", ".join(f"{name} {value}" for name, value in result.key.items()) or "without a key"
        logger.warning(
            "%s: %s (%s) is %s: %s",
            source.stream,
            result.entity,
            key,
            result.status,
            "; ".join(result.errors)[:1000],
        )
        if shown == SHOWN_REJECTS:
            logger.warning("Further ones are in the results file only")
