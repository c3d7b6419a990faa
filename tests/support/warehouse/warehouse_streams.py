"""All that the warehouse reads, as tap-xero writes it."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tap_runner import read

Record = dict[str, Any]

_STAGING = Path(__file__).parents[3] / "warehouse/models/staging"
# There is a staging model for each stream.
STREAMS = tuple(sorted(path.stem.removeprefix("stg_xero__") for path in _STAGING.glob("*.sql")))
ACCRUAL_JOURNALS = frozenset({"journals", "journal_lines", "journal_line_tracking"})
JOURNALS = ACCRUAL_JOURNALS | {
    "journals_cash",
    "journals_cash_lines",
    "journals_cash_line_tracking",
}


def month_ends(first: date, last: date) -> list[date]:
    """The last days of the months from ``first`` to ``last``."""
    ends = []
    for month in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        year, index = divmod(month, 12)
        ends.append(date(year, index + 1, calendar.monthrange(year, index + 1)[1]))
    return ends


def messages(
    xero: Any,
    tenant_ids: Sequence[str],
    first_month: date,
    *,
    bases: Sequence[str] = ("accrual",),
    without: Iterable[str] = JOURNALS,
) -> list[Record]:
    """The messages of one run of the tap, without the streams ``without``.

    Args:
        xero: The sandbox.
        tenant_ids: The organisations.
        first_month: The first month of the trial balances.
        bases: The bases of the trial balances.
        without: Streams that are not read.
    """
    run = read(
        xero,
        [stream for stream in STREAMS if stream not in set(without)],
        access_token=xero.grant("sandbox-web")["access_token"],
        tenant_ids=list(tenant_ids),
        reports={"from": f"{first_month:%Y-%m}", "basis": list(bases)},
    )
    assert run.exit_code == 0, run.log[-2000:]
    return run.messages


def as_input(lines: Iterable[Record]) -> bytes:
    """Messages as a loader takes them."""
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)
