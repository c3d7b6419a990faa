"""What the tap says of each organisation and stream, in the file of ``outcome_path``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

# The classes of errors, the worst first, with the errors of xero_client that belong to them.
ERRORS: Mapping[str, frozenset[str]] = {
    "revoked": frozenset({"TenantNotConnectedError", "LoginRequiredError"}),
    "app": frozenset({"ClientRefusedError", "ScopeRefusedError"}),
    "day_limit": frozenset({"DailyLimitError"}),
    "offline": frozenset({"OrganisationOfflineError", "NoResponseError"}),
    "failed": frozenset(),
    "loader": frozenset(),
    "after": frozenset(),
    "scope": frozenset({"ScopeMissingError"}),
    "access": frozenset({"AccessDeniedError"}),
    "unfinished": frozenset({"StoppedError", "DeadlineExceededError"}),
}

# They end the run of all organisations, which have one login.
OF_THE_LOGIN = frozenset({"LoginRequiredError", "ClientRefusedError", "ScopeRefusedError"})


class Line(msgspec.Struct):
    """One line of the file: one stream of one organisation.

    Attributes:
        end: ``complete``, ``failed``, ``skipped`` (it may fail, say the settings) or ``not_read``.
    """

    tenant_id: str
    stream: str
    end: str
    records: int = 0
    calls: int = 0
    received_bytes: int = msgspec.field(default=0, name="bytes")
    limits_left: dict[str, int | None] = {}
    error_class: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run did for one organisation.

    Attributes:
        calls: Its calls.
        received: The bytes that Xero sent.
        records: The records that were written.
        error: None if all streams were read; else the worst of the classes in ``ERRORS``.
        failed_streams: The classes of the errors by stream.
        day_left: The calls of the day that are left; None if Xero did not say.
    """

    calls: int
    received: int
    records: int
    error: str | None
    failed_streams: Mapping[str, str]
    day_left: int | None


def error_class(name: str) -> str:
    """The class of an error of ``xero_client``; ``failed`` for one of no class."""
    return next((kind for kind, names in ERRORS.items() if name in names), "failed")


def worst(kinds: Iterable[str]) -> str | None:
    """The worst of some classes; None without a class."""
    return min(kinds, key=list(ERRORS).index, default=None)


def after_failed(outcome: Outcome) -> Outcome:
    """The outcome of an organisation that was read and loaded, but whose ``after`` failed."""
    found = worst(filter(None, (outcome.error, "after")))
    return replace(outcome, error=found)


def read_outcomes(path: Path) -> list[Line]:
    """The lines of the file; none if it does not exist. A line that was cut off is left out."""
    if not path.exists():
        return []
    lines = map(_line, path.read_bytes().splitlines())
    return [line for line in lines if line is not None]


def _line(text: bytes) -> Line | None:
    try:
        return msgspec.json.decode(text, type=Line)
    except msgspec.DecodeError:
        return None


def outcomes_of(lines: Iterable[Line]) -> dict[str, Outcome]:
    """The outcome of each organisation that has a line."""
    grouped: dict[str, list[Line]] = defaultdict(list)
    ended_by: str | None = None
    for line in lines:
        grouped[line.tenant_id.lower()].append(line)
        if line.error_class in OF_THE_LOGIN:
            ended_by = line.error_class
    return {tenant_id: _outcome(found, ended_by) for tenant_id, found in grouped.items()}


def _outcome(lines: Sequence[Line], ended_by: str | None) -> Outcome:
    unread = error_class(ended_by) if ended_by else "unfinished"
    failed = {
        line.stream: error_class(line.error_class) if line.error_class else unread
        for line in lines
        if line.end not in ("complete", "skipped")
    }
    days = [line.limits_left.get("day") for line in lines]
    known = [left for left in days if left is not None]
    return Outcome(
        calls=sum(line.calls for line in lines),
        received=sum(line.received_bytes for line in lines),
        records=sum(line.records for line in lines),
        error=worst(failed.values()),
        failed_streams=failed,
        day_left=min(known, default=None),
    )
