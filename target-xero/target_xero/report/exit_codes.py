"""How a run ends: its last line on an error, and its exit code."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from singer_sdk.exceptions import (
    InvalidInputLine,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)
from sqlalchemy.exc import SQLAlchemyError

from target_xero.report.errors import RejectsError, RunStoppedError
from xero_client.errors import XeroError

logger = logging.getLogger("target-xero")


@contextmanager
def exit_on_error() -> Iterator[None]:
    """On an error, logs its message as the last line and exits with code 1."""
    try:
        yield
    except (
        XeroError,
        RunStoppedError,
        RejectsError,
        InvalidInputLine,
        RecordsWithoutSchemaException,
        MissingKeyPropertiesError,
    ) as error:
        logger.error("%s", error)  # noqa: TRY400  # no traceback: the message says what to do
        sys.exit(1)
    except (SQLAlchemyError, OSError) as error:
        logger.error("The state database or a file cannot be used: %s", error)  # noqa: TRY400  # the same
        sys.exit(1)
