"""Leaves out the lines of singer-sdk that tell a user nothing."""

from __future__ import annotations

import logging
import sys

from singer_sdk.exceptions import SyncLifecycleSignal
from singer_sdk.metrics import Metric, Point

from xero_client.command_line.log_lines import UnneededLineFilter
from xero_client.errors import XeroError

_KNOWN_ERRORS = (XeroError, SyncLifecycleSignal, BrokenPipeError)
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


class KnownErrorFilter(logging.Filter):
    """Drops "An unhandled error occurred" of an error that is expected.

    The last line of the run explains an error of the client. ``--test`` ends each stream after a
    record. A program behind the tap may end first and close the pipe.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether to write the line."""
        is_known = isinstance(sys.exc_info()[1], _KNOWN_ERRORS)
        return not (is_known and record.getMessage().startswith("An unhandled error"))


# The summary has a line for each stream that is read.
_LINES = UnneededLineFilter("Skipping deselected stream", "Beginning sync of")
_KNOWN = KnownErrorFilter()
_METRICS = UnneededMetricFilter()


def leave_out_unneeded_lines(logger_name: str) -> None:
    """Sets the filters; again is harmless."""
    logging.getLogger(logger_name).addFilter(_LINES)
    logging.getLogger(logger_name).addFilter(_KNOWN)
    logging.getLogger("singer_sdk.metrics").addFilter(_METRICS)
