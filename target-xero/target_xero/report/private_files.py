"""Files that only their owner may read. Their errors name them, also that of a full disk."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _NamedFile(io.FileIO):
    def write(self, data: ReadableBuffer, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            error.filename = str(self.name)
            raise


def open_private(path: Path, mode: str) -> IO[bytes]:
    """Opens a file to write bytes to it; if it is made here, only its owner may read it.

    Args:
        path: The file.
        mode: ``ab``, ``wb`` or ``xb``, as for ``open``.

    Raises:
        OSError: It cannot be opened.
    """
    raw = _NamedFile(path, mode, opener=lambda name, flags: os.open(name, flags, 0o600))
    return io.BufferedWriter(raw)
