"""How a run ends: an error is its last line, without a traceback, and the exit code is 1."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from xero_client.errors import XeroError


def in_one_line(error: Exception) -> str:
    """The text of an error; a server or a template can put line breaks into it."""
    return " ".join(str(error).split())


@contextmanager
def exit_on_error(
    logger: logging.Logger,
    errors: tuple[type[Exception], ...] = (),
    unusable: Mapping[type[Exception], str] | None = None,
    *,
    passes_closed_pipe: bool = False,
) -> Iterator[None]:
    """Logs an error as the last line, without a traceback, and exits with 1.

    Args:
        logger: Where to log it.
        errors: The errors, besides ``XeroError``, whose text says what to do.
        unusable: Errors of the system and of libraries, each with what cannot be used or written.
        passes_closed_pipe: Whether the error of a closed pipe is raised: click then exits quietly.
    """
    in_words: tuple[type[Exception], ...] = (XeroError, *errors)
    prefixes = unusable or {}
    try:
        yield
    except in_words as error:
        logger.error("%s", in_one_line(error))  # noqa: TRY400  # the message says what to do; a trace would not
        sys.exit(1)
    except tuple(prefixes) as error:
        if passes_closed_pipe and isinstance(error, BrokenPipeError):
            raise
        prefix = next(text for kind, text in prefixes.items() if isinstance(error, kind))
        logger.error("%s: %s", prefix, error)  # noqa: TRY400  # the same
        sys.exit(1)
