"""The rejects of earlier runs as records, and those of this run for the next one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlalchemy.exc import SQLAlchemyError

from target_xero.build.records import Provenance, Record
from target_xero.report.checkpoints import Checkpoints
from target_xero.report.reporter import Reporter
from target_xero.report.results import INVALID, Result, Results
from target_xero.retry.kept_rejects import KeptReject, KeptRejects, is_ambiguous
from target_xero.retry.retry_reporter import RetryReporter
from xero_client.errors import XeroError
from xero_client.http import wire
from xero_client.store.database import Store

logger = logging.getLogger("target-xero")


@dataclass(frozen=True)
class Retry:
    """A reject of an earlier run.

    Attributes:
        stream: The stream, as the tap calls it.
        records: Its records, with where they come from; several if they are one document.
        is_reported: Whether it is not tried, and was reported.
    """

    stream: str
    records: tuple[tuple[Record, Provenance], ...] = ()
    is_reported: bool = False


class Retries:
    """Tries the rejects of earlier runs again, and keeps those of this run."""

    def __init__(
        self, store: Store, run_id: str, scope_of: Callable[[str], str], *, is_dry_run: bool
    ) -> None:
        """Creates the table; the arguments are those of ``KeptRejects``.

        Raises:
            StoreError: The state database cannot be used.
        """
        self._kept = KeptRejects(store, run_id, scope_of, is_dry_run=is_dry_run)
        self._reporter: RetryReporter | None = None
        self._streams: set[str] = set()

    def reporter(
        self,
        results: Results,
        checkpoints: Checkpoints,
        tick: Callable[[], None],
        *,
        stops_at_reject: bool,
    ) -> Reporter:
        """The reporter of the run; the arguments are those of ``Reporter``."""
        self._reporter = RetryReporter(
            self._kept, results, checkpoints, tick, stops_at_reject=stops_at_reject
        )
        return self._reporter

    def of_stream(self, stream: str) -> Iterator[Retry]:
        """The rejects of a stream, once a run.

        Of several contents with one key it is not known which one is right, so that none of them
        is tried.

        Raises:
            XeroError: The organisation is not known.
        """
        if stream in self._streams or not self._kept.has(stream):
            self._streams.add(stream)
            return
        self._streams.add(stream)
        by_key: dict[str, list[KeptReject]] = {}
        for reject in self._kept.take(stream):
            by_key.setdefault(reject.key, []).append(reject)
        count = sum(map(len, by_key.values()))
        if count:
            logger.info("%s: trying %d records of earlier runs first", stream, count)
        for rejects in by_key.values():
            ambiguous = is_ambiguous(rejects)
            for reject in rejects:
                if ambiguous and self._reporter is not None:
                    provenance = replace(_provenance(reject, reject.messages), retry_key=reject.key)
                    result = Result(reject.entity, None, INVALID, errors=(reject.reason,))
                    self._reporter.report(provenance, result)
                    yield Retry(stream, is_reported=True)
                else:
                    yield Retry(stream, tuple(_records(reject)))

    def flush(self) -> None:
        """Writes what is to be kept. If that fails, the rejects file has it."""
        try:
            self._kept.flush()
        except (XeroError, SQLAlchemyError) as error:
            logger.warning(
                "Rejects cannot be kept for the next run, only in the rejects file: %s", error
            )

    def finish(self) -> None:
        """Reports the retries that failed, and writes what is to be kept."""
        if self._reporter is not None:
            self._reporter.finish()
        self.flush()


def _records(reject: KeptReject) -> Iterator[tuple[Record, Provenance]]:
    for message in reject.messages:
        decoded = wire.decode(message)
        yield decoded["record"], _provenance(reject, (message,))


def _provenance(reject: KeptReject, messages: tuple[bytes, ...]) -> Provenance:
    return Provenance(
        reject.stream,
        messages,
        occurrence=reject.occurrence,
        tap_stream=reject.stream,
        is_retry=True,
    )
