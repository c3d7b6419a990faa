"""Journals in the sandbox."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from contacts import T0


def add_journals(xero: Any, numbers: Iterable[int]) -> None:
    """Adds journals without lines, with these numbers."""
    for number in numbers:
        xero.add(
            "Journals",
            {
                "JournalID": str(uuid.uuid4()),
                "JournalNumber": number,
                "JournalDate": T0.date(),
                "CreatedDateUTC": T0,
                "JournalLines": [],
            },
        )
