"""Leaves out the lines of singer-sdk that tell a user nothing."""

from __future__ import annotations

import logging

from singer_sdk.metrics import Metric, Point

from xero_client.command_line.log_lines import UnneededLineFilter

IN_SUMMARY = frozenset({Metric.RECORD_COUNT, Metric.SYNC_DURATION})


class UnneededMetricFilter(logging.Filter):
    """Drops counts of records and durations: the summary has them, with the calls of each stream.

    With the log level DEBUG (``TAP_XERO_LOGLEVEL``) they are written.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the line."""
        if logging.getLogger(record.name).isEnabledFor(logging.DEBUG):
            return True
        arguments = record.args if isinstance(record.args, tuple) else ()
        points = [argument for argument in arguments if isinstance(argument, Point)]
        return not any(point.metric in IN_SUMMARY for point in points)


# The summary has a line for each stream that is read; an error is told in words at the end of the
# run, and a closed pipe is none.
_LINES = UnneededLineFilter(
    "Skipping deselected stream", "Beginning sync of", "An unhandled error occurred while syncing"
)
_METRICS = UnneededMetricFilter()


def leave_out_unneeded_lines(logger_name: str) -> None:
    """Sets the filters; again is harmless."""
    logging.getLogger(logger_name).addFilter(_LINES)
    logging.getLogger("singer_sdk.metrics").addFilter(_METRICS)
