"""The rejects of earlier runs as records, and those of this run for the next one."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace
from sqlalchemy.exc import SQLAlchemyError

from target_xero.build.records import Provenance, Record
from target_xero.retry.kept_rejects import KeptReject, KeptRejects, is_ambiguous
from target_xero.retry.retry_reporter import RetryReporter
from xero_client.errors import XeroError
from xero_client.http import wire

logger = logging.getLogger("target-xero")


@dataclass(frozen=True)
class Retry:
    """A reject of an earlier run.

    Attributes:
        records: Its records, with where they come from; several if they are one document.
        entity: What it was meant for.
        problem: Why it is not tried; empty if it is.
    """

    records: tuple[tuple[Record, Provenance], ...]
    entity: str
    problem: str = ""

    @property
    def provenance(self) -> Provenance:
        """Where all of it comes from."""
        first = self.records[0][1]
        messages = tuple(message for _, each in self.records for message in each.messages)
        return replace(first, messages=messages)


class Retries:
    """Tries the rejects of earlier runs again, and keeps those of this run."""

    def __init__(
        self, kept: KeptRejects, reporter: RetryReporter, default_scope: Callable[[], str]
    ) -> None:
        """Starts with no stream.

        Args:
            kept: The rejects of earlier runs, and of this one.
            reporter: Reports the results of the run.
            default_scope: Gives the id of the organisation of the settings.
        """
        self._kept = kept
        self._reporter = reporter
        self._default_scope = default_scope
        self._streams: set[str] = set()
        # The streams whose records each name their own organisation.
        self._naming: set[str] = set()

    def of_stream(self, stream: str, *, names_organisations: bool) -> Iterator[Retry]:
        """The rejects of a stream, once a run.

        If one key has several contents, it is not known which one is right, so none of them is
        tried.

        Args:
            stream: The stream, as the tap calls it.
            names_organisations: Whether each of its records names its own organisation.

        Raises:
            XeroError: The organisation is not known.
        """
        if names_organisations:
            self._naming.add(stream)
        if stream in self._streams or not self._kept.has(stream):
            self._streams.add(stream)
            return
        self._streams.add(stream)
        by_key: dict[str, list[KeptReject]] = {}
        for reject in self._kept.take(stream, self._scope_of(stream)):
            by_key.setdefault(reject.key, []).append(reject)
        count = sum(map(len, by_key.values()))
        if count:
            records = "1 record" if count == 1 else f"{count:,} records"
            logger.info("%s: trying %s of earlier runs first", stream, records)
        for rejects in by_key.values():
            ambiguous = is_ambiguous(rejects)
            for reject in rejects:
                key = reject.key if ambiguous else ""
                problem = reject.reason if ambiguous else ""
                yield Retry(tuple(_records(reject, key)), reject.entity, problem)

    def _scope_of(self, stream: str) -> str:
        """The organisation of a stream's records; empty if each record names its own."""
        return "" if stream in self._naming else self._default_scope()

    def flush(self) -> None:
        """Writes what is to be kept. If that fails, the rejects file has it."""
        try:
            self._kept.flush(self._scope_of)
        except (XeroError, SQLAlchemyError) as error:
            logger.warning(
                "Rejects cannot be kept for the next run, only in the rejects file: %s", error
            )

    def finish(self) -> None:
        """Reports the retries that failed, and writes what is to be kept."""
        self._reporter.finish()
        self.flush()


def _records(reject: KeptReject, retry_key: str) -> Iterator[tuple[Record, Provenance]]:
    for message in reject.messages:
        provenance = Provenance(
            reject.stream,
            (message,),
            occurrence=reject.occurrence,
            tap_stream=reject.stream,
            retry_key=retry_key,
            is_retry=True,
        )
        yield wire.decode(message)["record"], provenance
