"""How a run of the tap ends."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager

from xero_client.command_line import run_end

logger = logging.getLogger("tap-xero")


def exit_on_error() -> AbstractContextManager[None]:
    """Logs an error as the last line, without a traceback, and exits with 1."""
    return run_end.exit_on_error(
        logger,
        unusable={OSError: "The output or a file cannot be written"},
        passes_closed_pipe=True,
    )
