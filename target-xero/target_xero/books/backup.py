"""The books of an organisation, read from a backup: a file of the Singer messages of tap-xero.

It serves if the organisation does not exist any more, or has changed since. The reports come from
the stream ``trial_balances``, which has every account at the end of each month that was read.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import IO, Any

from target_xero.books.chart import Chart
from target_xero.books.dates import day_of
from target_xero.books.organisation import DATED_ENTITIES, Record
from target_xero.books.reports import Amounts, ReportCell, ReportRequest
from xero_client.auth.tenants import Tenant
from xero_client.entities.table import BY_NAME, BY_STREAM
from xero_client.errors import SettingsError
from xero_client.http import wire

TRIAL_BALANCES = "trial_balances"
_COLUMNS: Mapping[str, str] = {
    "Debit": "Debit",
    "Credit": "Credit",
    "YTDDebit": "YTD Debit",
    "YTDCredit": "YTD Credit",
}
_ACCRUAL = "accrual"
_GZIP = b"\x1f\x8b"
_TENANT, _READ_AT = "_tenant_id", "_read_at"


@dataclass
class _Contents:
    """What the messages of one organisation have left, in the order of the file.

    Attributes:
        name: The organisation's name.
        lines: The newest message of each record, with the version of its stream, by stream and id.
        months: The first and the last month end of which the trial balance was read.
    """

    name: str = ""
    lines: dict[str, dict[str, tuple[bytes, int | None]]] = field(default_factory=dict)
    months: tuple[date, date] | None = None


class BackupBooks:
    """The books in a backup.

    Attributes:
        tenant: The organisation.
        origin: The file, for people.
    """

    def __init__(self, path: Path, tenant_id: str | None = None) -> None:
        """Reads the file, which may be compressed with gzip.

        Args:
            path: The file. Messages of later runs may follow: the newest version of each record
                counts.
            tenant_id: The organisation, if the file has several.

        Raises:
            SettingsError: The file cannot be read, or does not have the organisation.
        """
        self.origin = f"the backup {path}"
        by_tenant: dict[str, _Contents] = {}
        self._streams: set[str] = set()
        try:
            with _opened(path) as lines:
                for number, line in enumerate(lines, start=1):
                    _add(line, number, by_tenant, self._streams)
        except (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError) as error:
            message = f"{path} is not a backup that tap-xero has written: {error}"
            raise SettingsError(message) from None
        if tenant_id is None and len(by_tenant) == 1:
            [tenant_id] = by_tenant
        if tenant_id not in by_tenant:
            found = ", ".join(f"{each.name} ({key})" for key, each in by_tenant.items()) or "none"
            message = (
                f"{path} has these organisations: {found}; name one of them with --source-tenant"
            )
            raise SettingsError(message)
        self._contents = by_tenant[tenant_id]
        self.tenant = Tenant(tenant_id, self._contents.name)
        self._path = path

    @property
    def has_reports(self) -> bool:
        """See ``Books``."""
        return bool(self._trial_balances) or self._contents.months is not None

    def holds(self, entity: str) -> bool:
        """See ``Books``: tap-xero writes a SCHEMA message for each stream that it reads."""
        return BY_NAME[entity].stream in self._streams

    def records(self, entity: str) -> Iterator[Record]:
        """See ``Books``."""
        yield from self._of_stream(BY_NAME[entity].stream)

    def organisation(self) -> Record:
        """See ``Books``."""
        return next(self.records("Organisations"), {})

    def amounts(self, report: ReportRequest, chart: Chart) -> Amounts | None:
        """See ``Books``; only trial balances are known.

        Raises:
            SettingsError: The backup does not have any trial balance.
        """
        if report.name != "TrialBalance":
            return None
        if not self.has_reports:
            message = (
                f"{self._path} does not have trial balances: back up with the setting reports "
                '{"streams": ["trial_balances"], "from": "YEAR-MONTH"} of tap-xero'
            )
            raise SettingsError(message)
        rows = self._trial_balances.get(report.until.isoformat(), [])
        if not rows and not self._was_read(report.until):
            return None
        # A row that has vanished from the report stays in the file; the others were read later.
        newest = max((str(row.get(_READ_AT)) for row in rows), default="")
        amounts: Amounts = {}
        for row in rows:
            if str(row.get(_READ_AT)) != newest:
                continue
            label = f"{row.get('Section') or ''}: {row.get('Label') or ''}".removeprefix(": ")
            identity = chart.by_id.get(str(row.get("AccountID")), label)
            for name, column in _COLUMNS.items():
                amount = Decimal(str(row.get(name) or 0))
                if amount:
                    place = ReportCell(identity, column)
                    amounts[place] = amounts.get(place, Decimal(0)) + amount
        return amounts

    def first_day(self) -> str:
        """See ``Books``."""
        days = (
            day_of(record, "Date") for entity in DATED_ENTITIES for record in self.records(entity)
        )
        return min(filter(None, days), default="")

    @cached_property
    def _trial_balances(self) -> Mapping[str, Sequence[Record]]:
        """The rows of the trial balances by day."""
        by_day: dict[str, list[Record]] = {}
        for row in self._of_stream(TRIAL_BALANCES):
            if row.get("Basis") == _ACCRUAL:
                by_day.setdefault(day_of(row, "Date"), []).append(row)
        return by_day

    def _was_read(self, day: date) -> bool:
        """Whether the trial balance of a month end was read; it may not have any row."""
        months = self._contents.months
        return months is not None and months[0] <= day <= months[1]

    def _of_stream(self, stream: str) -> Iterator[Record]:
        for line, _ in self._contents.lines.get(stream, {}).values():
            yield wire.decode(line)["record"]


def is_backup(path: Path) -> bool:
    """Whether a file is a backup and not a configuration: compressed, or Singer messages.

    Raises:
        SettingsError: It cannot be read.
    """
    try:
        with _opened(path) as lines:
            first = wire.decode(next(iter(lines), b""))
    except (EOFError, ValueError):
        return False
    except OSError as error:
        message = f"{path} cannot be read: {error}"
        raise SettingsError(message) from None
    return isinstance(first, dict) and {"type", "stream"} <= first.keys()


def _opened(path: Path) -> IO[bytes]:
    with path.open("rb") as file:
        is_compressed = file.read(len(_GZIP)) == _GZIP
    return gzip.open(path) if is_compressed else path.open("rb")  # type: ignore[return-value]  # gzip's own type has all that is used


def _add(line: bytes, number: int, by_tenant: dict[str, _Contents], streams: set[str]) -> None:
    """Adds one message.

    Args:
        line: The message.
        number: Its number in the file.
        by_tenant: What the messages before have left.
        streams: The streams that the file has.

    Raises:
        ValueError: It is not a Singer message of tap-xero.
    """
    if not line.strip():
        return
    message = wire.decode(line)
    kind = message["type"]
    if kind in ("SCHEMA", "RECORD"):
        streams.add(message["stream"])
    if kind == "RECORD":
        record = message["record"]
        if _TENANT not in record:
            error = f"line {number} does not have {_TENANT}"
            raise ValueError(error)
        contents = by_tenant.setdefault(record[_TENANT], _Contents())
        contents.name = str(record.get("_tenant_name") or contents.name)
        stream = message["stream"]
        lines = contents.lines.setdefault(stream, {})
        lines[_key_of(stream, record, number)] = (line, message.get("version"))
    elif kind == "ACTIVATE_VERSION":
        for contents in by_tenant.values():
            lines = contents.lines.get(message["stream"], {})
            for key in [key for key, (_, version) in lines.items() if _is_older(version, message)]:
                del lines[key]
    elif kind == "STATE":
        _add_months(message["value"], by_tenant)


def _is_older(version: int | None, activated: Mapping[str, Any]) -> bool:
    return version != activated.get("version")


def _key_of(stream: str, record: Record, number: int) -> str:
    entity = BY_STREAM.get(stream)
    if entity is not None and entity.id_field and record.get(entity.id_field):
        return str(record[entity.id_field])
    if stream == TRIAL_BALANCES:
        return f"{record.get('Basis')} {record.get('Date')} {record.get('RowKey')}"
    return str(number)


def _add_months(state: Mapping[str, Any], by_tenant: dict[str, _Contents]) -> None:
    bookmark = (state.get("bookmarks") or {}).get(TRIAL_BALANCES) or {}
    by_id = dict(bookmark.get("organisations") or {})
    # Earlier versions of tap-xero wrote a list.
    for partition in bookmark.get("partitions") or ():
        by_id.setdefault((partition.get("context") or {}).get(_TENANT, ""), partition)
    for tenant_id, of_tenant in by_id.items():
        contents = by_tenant.get(tenant_id)
        months = (of_tenant.get("months") or {}).get(_ACCRUAL)
        if contents is not None and months:
            since, last = (date.fromisoformat(months[name]) for name in ("since", "last"))
            contents.months = (since, last)
