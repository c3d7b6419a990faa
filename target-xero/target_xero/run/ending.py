"""The end of a run: its summary, and the error if records were not published."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from target_xero.report.errors import RejectsError
from target_xero.report.progress import summary
from target_xero.report.results import ERROR_COLUMN, NOT_PUBLISHED
from target_xero.run.run import Run

logger = logging.getLogger("target-xero")


@dataclass(frozen=True)
class NotSent:
    """How many records have no result.

    Attributes:
        deleted: Those of each stream that are deleted in the source and were left out.
        empty: Those of each stream without any value.
        unsent: Those that were read before the run stopped.
    """

    deleted: Mapping[str, int] = field(default_factory=dict)
    empty: Mapping[str, int] = field(default_factory=dict)
    unsent: int = 0


def log_summary(run: Run, not_sent: NotSent) -> None:
    """Logs what a run did, and what to do about the records that were not published."""
    results, reporter = run.results, run.reporter
    for line in summary(results, run.connections, run.seconds):
        logger.info(line)
    for stream, count in not_sent.deleted.items():
        were = "record that is" if count == 1 else "records that are"
        logger.info("%s: %d %s deleted in the source, left out", stream, count, were)
    for stream, count in not_sent.empty.items():
        rows = "empty record" if count == 1 else "empty records"
        logger.info("%s: %d %s, left out", stream, count, rows)
    for reject in reporter.rejects:
        logger.warning("%s", reject)
    not_shown = results.total(*NOT_PUBLISHED) - len(reporter.rejects)
    if not_shown > 0:
        logger.warning("and %d more; the reasons are in the rejects file", not_shown)
    if not_sent.unsent > 0:
        have = "record has" if not_sent.unsent == 1 else "records have"
        logger.error("%d %s no result: run the same input again", not_sent.unsent, have)
    if results.rejects_path.exists():
        logger.info(
            "What was not published is in %s, with the reasons in the column %s. Correct it, "
            "then run: %s",
            run.correction.file,
            ERROR_COLUMN,
            run.correction.command,
        )


def raise_for_rejects(run: Run) -> None:
    """Raises an error if records were not published, unless ``on_reject`` is ``skip``.

    Raises:
        RejectsError: Records were not published.
    """
    if run.config["on_reject"] == "skip":
        return
    results = run.results
    rejects = results.total(*NOT_PUBLISHED)
    if rejects:
        message = f"{rejects:,} of {results.total():,} records were not published. "
        if results.rejects_path.exists():
            message += f"Correct them in {run.correction.file}, then run: {run.correction.command}"
        else:
            message += f"The reasons are in {results.results_path}"
        raise RejectsError(message)
