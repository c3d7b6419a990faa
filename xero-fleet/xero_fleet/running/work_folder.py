"""The folder of a batch, with the configuration of its tap, which contains secrets."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl

PREFIX = "xero-fleet-"
LOCK_NAME = "lock"
# A folder that is younger may belong to a batch that has not locked it yet.
YOUNGEST_SECONDS = 60.0


@contextmanager
def work_folder() -> Iterator[Path]:
    """A new folder, which is deleted at the end.

    What workers left that were killed is deleted, too.
    """
    _delete_left_over()
    with (
        tempfile.TemporaryDirectory(prefix=PREFIX) as name,
        Path(name, LOCK_NAME).open("w") as lock,
    ):
        if sys.platform != "win32":
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield Path(name)


def _delete_left_over() -> None:
    if sys.platform == "win32":
        return
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        # Another process may delete it at the same moment, and others' folders cannot be opened.
        with suppress(OSError):
            found = folder.lstat()
            if found.st_uid != os.getuid() or time.time() - found.st_mtime < YOUNGEST_SECONDS:
                continue
            with (folder / LOCK_NAME).open() as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # fails if its batch runs
                shutil.rmtree(folder)
