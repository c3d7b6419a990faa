"""The command that logs in, as the user of this program types it."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

LOGIN_COMMAND = "xero login"
# Meltano passes the name of the plugin that it runs; a loader gets that of its extractor, too.
_EXTRACTOR, _LOADER = "MELTANO_EXTRACTOR_NAME", "MELTANO_LOADER_NAME"


def login_command(options: str = "", *, grant: str | None = None) -> str:
    """The command that logs in: the plugin's own if Meltano runs the program.

    Args:
        options: The options to add, as the shell takes them.
        grant: The name of the login, if an app has several.
    """
    variables = (_EXTRACTOR, _LOADER)
    if "target" in Path(sys.argv[0]).name:
        variables = (_LOADER, _EXTRACTOR)
    names = [os.environ[name] for name in variables if os.environ.get(name)]
    command = f"meltano invoke {names[0]}:login" if names and is_in_meltano() else LOGIN_COMMAND
    named = f"--grant {shlex.quote(grant)}" if grant else ""
    return " ".join(filter(None, (command, named, options)))


def is_in_meltano() -> bool:
    """Whether Meltano runs the program."""
    return "MELTANO_PROJECT_ROOT" in os.environ
