"""Contacts for tests that read lists."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

T0 = datetime(2026, 1, 1, tzinfo=timezone.utc)


def add_contacts(
    xero: Any, count: int, *, apart: timedelta = timedelta(minutes=1), **fields: Any
) -> list[str]:
    """Adds contacts to the sandbox, each changed a while after the one before; gives their ids."""
    return [
        xero.add(
            "Contacts",
            {
                "Name": f"Contact {number}",
                "ContactStatus": "ACTIVE",
                "UpdatedDateUTC": T0 + number * apart,
                **fields,
            },
        )
        for number in range(count)
    ]
