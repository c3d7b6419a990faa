"""How a run ends: an error is its last line, without a traceback."""

from __future__ import annotations

import errno
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from xero_client.errors import XeroError

logger = logging.getLogger("tap-xero")


def in_one_line(error: XeroError) -> str:
    """The text of an error; a server or a template can put line breaks into it."""
    return " ".join(str(error).split())


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Logs an error as the last line, without a traceback, and exits with 1."""
    try:
        yield
    except XeroError as error:
        logger.error("%s", in_one_line(error))  # noqa: TRY400  # the message says what to do; a trace would not
        sys.exit(1)
    except OSError as error:
        if error.errno == errno.EPIPE:
            raise  # click exits quietly if the reader closed the pipe
        logger.error("The output or a file cannot be written: %s", error)  # noqa: TRY400  # the same
        sys.exit(1)
