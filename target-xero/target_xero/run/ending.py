"""The end of a run: its summary, and the error if records were not published."""

from __future__ import annotations

import logging

from target_xero.report.errors import RejectsError
from target_xero.report.progress import summary
from target_xero.report.reject_names import feed_back_command
from target_xero.report.results import ERROR_COLUMN, NOT_PUBLISHED
from target_xero.run.holding_publisher import HoldingPublisher
from target_xero.run.run import Run

logger = logging.getLogger("target-xero")


def log_summary(run: Run, publisher: HoldingPublisher) -> None:
    """Logs what a run did, and what to do about the records that were not published."""
    results, reporter = run.results, run.reporter
    for line in summary(results, run.connections, run.seconds):
        logger.info(line)
    for stream, count in publisher.skipped_deleted.items():
        logger.info("%s: %d records that are deleted in the source were skipped", stream, count)
    for stream, count in publisher.skipped_empty.items():
        logger.info("%s: %d empty records were skipped", stream, count)
    for reject in reporter.rejects:
        logger.warning("%s", reject)
    not_shown = results.total(*NOT_PUBLISHED) - len(reporter.rejects)
    if not_shown > 0:
        logger.warning("and %d more; the reasons are in the rejects file", not_shown)
    if publisher.unsent_count > 0:
        logger.error("%d records were read and not sent: run again", publisher.unsent_count)
    if results.rejects_path.exists():
        logger.info(
            "What was not published is in %s, with the reasons in the column %s. Correct it, "
            "then run: %s",
            results.rejects_path,
            ERROR_COLUMN,
            feed_back_command(results.rejects_path),
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
        message = (
            f"{rejects:,} of {results.total():,} records were not published. Correct them in "
            f"{results.rejects_path}, then run: {feed_back_command(results.rejects_path)}"
        )
        raise RejectsError(message)
