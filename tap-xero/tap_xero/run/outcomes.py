"""What became of each stream of each organisation, for the file of the setting ``outcome_path``.

The file has a line of JSON for each organisation and stream that was selected::

    {"tenant_id": "…", "tenant_name": "Maple Florist", "stream": "invoices", "end": "complete",
     "read": "changes", "began": "2026-01-31T09:30:00.123Z", "records": 12, "calls": 1,
     "bytes": 4096, "limits_left": {"minute": 58, "day": 4990, "app_minute": 9998},
     "error_class": null, "error": null}

``end`` is ``complete``, ``failed``, ``skipped`` (it failed, and ``unavailable_streams`` is
``skip``) or ``not_read`` (the run or the organisation ended before it). ``read`` is ``all`` if all
records were asked for, else ``changes`` or ``ids``; null if nothing was asked for. ``began`` is
when the first call was sent, in UTC, as in ``_read_at``; null if none was.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from xero_client.errors import SettingsError, XeroError

COMPLETE, FAILED, SKIPPED, NOT_READ = "complete", "failed", "skipped", "not_read"
ALL, CHANGES, IDS = "all", "changes", "ids"


@dataclass
class Outcome:
    """What became of one stream of one organisation.

    Attributes:
        end: ``complete``, ``failed``, ``skipped`` or ``not_read``.
        read: ``all``, ``changes`` or ``ids``; None if nothing was asked for.
        began: When the first call was sent.
        error: Why it is not complete.
    """

    end: str = NOT_READ
    read: str | None = None
    began: datetime | None = None
    error: XeroError | None = None


def check_outcome_path(path: Path) -> None:
    """Checks that the file can be written, before a call is made.

    Raises:
        SettingsError: Its folder does not exist or cannot be written to.
    """
    if "\0" in str(path) or path.is_dir() or not os.access(path.absolute().parent, os.W_OK):
        message = f"Setting 'outcome_path' is {str(path)!r}, which cannot be written"
        raise SettingsError(message)


def write_outcomes(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Writes the file whole, in place of an earlier one.

    Raises:
        OSError: It cannot be written.
    """
    folder = path.absolute().parent
    with NamedTemporaryFile("w", dir=folder, delete=False, encoding="utf-8") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    Path(file.name).replace(path)
