"""All that the warehouse reads, as tap-xero writes it, and Xero's reports to compare with."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import requests

from tap_runner import read

Record = dict[str, Any]

_STAGING = Path(__file__).parents[2] / "warehouse/models/staging"
# There is a staging model for each stream.
STREAMS = tuple(sorted(path.stem.removeprefix("stg_xero__") for path in _STAGING.glob("*.sql")))
ACCRUAL_JOURNALS = frozenset({"journals", "journal_lines", "journal_line_tracking"})
JOURNALS = ACCRUAL_JOURNALS | {
    "journals_cash",
    "journals_cash_lines",
    "journals_cash_line_tracking",
}


class Caller:
    """Calls the sandbox as its web app, for one organisation."""

    def __init__(self, xero: Any, tenant_id: str) -> None:
        token = xero.grant("sandbox-web")["access_token"]
        self._base = xero.base_uri
        self._headers = {
            "Authorization": f"Bearer {token}",
            "xero-tenant-id": tenant_id,
            "Accept": "application/json",
        }
        # Nothing changes while the tests of a file run, and each database is compared.
        self.report = cache(self._report)

    def _report(self, name: str, **query: str) -> Record:
        """A report, in standard layout."""
        answer = requests.get(
            f"{self._base}/Reports/{name}",
            params={"standardLayout": "true", **query},
            headers=self._headers,
            timeout=60,
        )
        answer.raise_for_status()
        [report] = answer.json()["Reports"]
        return report


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
