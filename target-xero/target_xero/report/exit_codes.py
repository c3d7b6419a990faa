"""How a run ends: its last line on an error, and its exit code."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager

from singer_sdk.exceptions import (
    InvalidInputLine,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)
from sqlalchemy.exc import SQLAlchemyError

from target_xero.report.errors import RejectsError, RunStoppedError
from xero_client.command_line import run_end

logger = logging.getLogger("target-xero")


# The errors, besides Xero's own, whose text says what to do.
_ERRORS = (
    RunStoppedError,
    RejectsError,
    InvalidInputLine,
    RecordsWithoutSchemaException,
    MissingKeyPropertiesError,
)
_UNUSABLE = "The state database or a file cannot be used"


def exit_on_error() -> AbstractContextManager[None]:
    """On an error, logs its message as the last line and exits with code 1."""
    return run_end.exit_on_error(logger, _ERRORS, {SQLAlchemyError: _UNUSABLE, OSError: _UNUSABLE})
