"""Named locks of processes that share a folder.

Each lock is an empty SQLite database that its holder keeps locked. So it works wherever the state
database works, and ends with the process that holds it, however that ends.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from sqlalchemy.exc import OperationalError

# Longer than one call to Xero can take, because a refresh holds a lock during a call.
LOCK_TIMEOUT_SECONDS = 300


def create_private(path: Path) -> None:
    """Creates a file with access for its owner only, if it does not exist.

    A file that exists is not opened. If SQLite uses it in this process, closing it again would end
    all locks that SQLite holds on it: POSIX locks belong to a process, not to a descriptor.

    Raises:
        OSError: The file cannot be created, or something else has its name, such as a folder.
    """
    with suppress(FileExistsError):
        os.close(os.open(path.resolve(), os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if not path.is_file():
        raise OSError(errno.EISDIR, "it is not a file", str(path))


@contextmanager
def file_lock(folder: Path, name: str) -> Iterator[None]:
    """The lock ``name``, which one process or thread at a time can hold.

    Args:
        folder: The folder of the locks; it is created if it does not exist.
        name: The lock; any text.

    Raises:
        OperationalError: The file cannot be created, or the lock did not become free in time.
    """
    path = folder / f"{hashlib.sha256(name.encode()).hexdigest()}.lock"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_private(path)
        connection = sqlite3.connect(path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None)
        connection.execute("BEGIN EXCLUSIVE")
    except (OSError, sqlite3.Error) as error:
        statement = "BEGIN EXCLUSIVE"
        raise OperationalError(statement, None, error) from None
    with closing(connection):
        yield
