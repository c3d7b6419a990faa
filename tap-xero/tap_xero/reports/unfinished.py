"""What an unfinished read of a report has read, so that the next run goes on there.

It is one value of ``reading`` in the state of an organisation::

    {"reading": {"all": {"since": "2026-08-31", "on": "2026-11-28", "read": ["2026-08-31"],
                         "month": "2026-09-30", "parts": {"0a": "5d41402abc4b"}}}}

``since`` is the first month of the read, ``on`` the day of the run, ``read`` the months that are
finished. ``parts`` are what is finished of ``month``: groups of contacts, by the first two digits
of their ids. Each has a hash of the ids, so that a part is read again if a contact has joined it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from tap_xero.reports.months import Month


class UnfinishedReport:
    """How far the read of a report has come; it changes as the read goes on."""

    def __init__(self, today: date) -> None:
        """Begins a read.

        Args:
            today: The day of the run.
        """
        self._today = today
        self.since: Month | None = None
        self._read: list[Month] = []
        self._month: Month | None = None
        self._parts: dict[str, str] = {}

    @classmethod
    def from_state(cls, saved: object, today: date) -> UnfinishedReport:
        """The read that an earlier run did not finish; a new one if the last was finished.

        The parts of a month that was not over when they were read do not count after its end.
        """
        unfinished = cls(today)
        if not isinstance(saved, Mapping):
            return unfinished
        try:
            since, on = _month(saved["since"]), date.fromisoformat(saved["on"])
            read = [_month(day) for day in saved["read"]]
            month = _month(saved["month"]) if "month" in saved else None
            parts = {str(part): str(ids) for part, ids in saved.get("parts", {}).items()}
        except (AttributeError, KeyError, TypeError, ValueError):
            return unfinished
        unfinished.since, unfinished._read = since, read
        if month is not None and not on <= month.last < today:
            unfinished._month, unfinished._parts = month, parts
        return unfinished

    def has_month(self, month: Month) -> bool:
        """Whether a month was read to its end."""
        return month in self._read

    def has_part(self, month: Month, part: str, ids: Iterable[str]) -> bool:
        """Whether a part of a month was read, with all of these contacts."""
        return month == self._month and self._parts.get(part) == _hash_of(ids)

    def add_part(self, month: Month, part: str, ids: Iterable[str]) -> None:
        """Notes that a part of a month was read."""
        if month != self._month:
            self._month, self._parts = month, {}
        self._parts[part] = _hash_of(ids)

    def add_month(self, month: Month) -> None:
        """Notes that a month was read to its end."""
        self._read.append(month)
        self._month, self._parts = None, {}

    def to_state(self, first: Month) -> dict[str, Any]:
        """What the state holds of it.

        Args:
            first: The first month of the read.
        """
        saved: dict[str, Any] = {
            "since": (self.since or first).last.isoformat(),
            "on": self._today.isoformat(),
            "read": [month.last.isoformat() for month in self._read],
        }
        if self._month is not None:
            saved |= {"month": self._month.last.isoformat(), "parts": dict(self._parts)}
        return saved


def _month(day: str) -> Month:
    return Month.of(date.fromisoformat(day))


def _hash_of(ids: Iterable[str]) -> str:
    return hashlib.sha256(" ".join(sorted(ids)).encode()).hexdigest()[:12]
