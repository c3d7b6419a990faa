"""How a run ends: in words, and with an exit code that says whether everything was published."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from singer_sdk.exceptions import (
    InvalidInputLine,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
    SingerSDKError,
)
from sqlalchemy.exc import SQLAlchemyError

from target_xero.delivery.publisher import StoppedError
from xero_client.errors import XeroError

logger = logging.getLogger("target-xero")


class RejectsError(SingerSDKError):
    """Some records were not published."""


@contextmanager
def ending_in_words() -> Iterator[None]:
    """Turns what ends a run into its message as the last line, and exit code 1."""
    try:
        yield
    except (
        XeroError,
        StoppedError,
        RejectsError,
        InvalidInputLine,
        RecordsWithoutSchemaException,
        MissingKeyPropertiesError,
    ) as error:
        logger.error("%s", error)  # noqa: TRY400  # the message says what to do; a trace would not
        sys.exit(1)
    except (SQLAlchemyError, OSError) as error:
        logger.error("The state database or a file cannot be used: %s", error)  # noqa: TRY400  # the same
        sys.exit(1)


def say(line: str) -> None:
    """Writes a line to standard output, at once.

    Raises:
        OSError: Nobody takes it.
    """
    try:
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
    except OSError:
        # Python would try again at its end, and end with another exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
    except AttributeError:
        message = "there is none"  # the program was started without one
        raise OSError(message) from None
