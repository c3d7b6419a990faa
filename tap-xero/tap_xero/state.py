"""The state of one stream of one organisation: its bookmark, and its unfinished read.

It is one value of ``organisations`` in the state of the stream::

    {"bookmarks": {"invoices": {"organisations": {"TENANT-ID": {…}}}}}

    {"replication_key": "UpdatedDateUTC", "replication_key_value": "2026-01-31T09:30:00.123Z",
     "streams": ["invoices", "invoice_line_items"],
     "reading": {"since": …, "began": …, "newest": …, "page": 12, "request": "…"}}

``full_read_at`` is there if the stream has the setting ``full_refresh_every``. It is the start
of the last read of all records.

``streams`` names the streams that were written up to the bookmark; without it, only the stream
itself was. ``replication_key_value`` moves only after a list was read to its end. ``reading`` is
there while a list is being read. It says which whole pages are written.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from tap_xero.paging.page import Progress
from tap_xero.paging.paginators.change_order import EARLIEST, OVERLAP, since_with_overlap
from xero_client.errors import SettingsError
from xero_client.http.wire import format_instant, parse_instant

TENANT_ID = "_tenant_id"
# A dictionary and not a list of partitions: ``meltano state merge`` merges dictionaries, but it
# replaces lists.
ORGANISATIONS = "organisations"
# A date counts as one of the future from this difference on, because clocks differ.
CLOCK_SKEW = timedelta(days=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StartPosition:
    """The position at which a read starts.

    Attributes:
        instant: The bookmark or start date, for templates; None for the beginning.
        modified_since: The ``If-Modified-Since`` to send; None for all records.
        journal_number: For journals: the number after which to read.
        is_bookmark: Whether ``instant`` is a bookmark, and not the start date.
    """

    instant: datetime | None = None
    modified_since: datetime | None = None
    journal_number: int = 0
    is_bookmark: bool = False


@dataclass(frozen=True)
class UnfinishedRead:
    """An interrupted read, which this run can resume.

    Attributes:
        modified_since: The ``If-Modified-Since`` of the read.
        page: The last whole page of a read by page number; 0 for a read in the order of change.
        first_response_at: When Xero made the first response of the read.
        latest_change: The latest change seen.
    """

    modified_since: datetime | None
    page: int
    first_response_at: datetime
    latest_change: str | None


class Bookmark:
    """The state of one stream of one organisation, changed in place."""

    def __init__(self, state: dict[str, Any], replication_key: str, *, stream: str = "") -> None:
        """Wraps a part of the state.

        Args:
            state: The part of the state of this stream and organisation.
            replication_key: The field that the bookmark is a value of.
            stream: The stream, for error messages.
        """
        self._state = state
        self._key = replication_key
        self._label = f"the state's bookmark of {stream}" if stream else "the state's bookmark"

    @property
    def content(self) -> dict[str, Any]:
        """What the state holds."""
        return self._state

    def start_position(
        self, stream_state: Mapping[str, Any], start_date: str | None
    ) -> StartPosition:
        """The position to read from.

        Args:
            stream_state: The stream's state outside ``partitions``, as other taps write it.
            start_date: The setting, for a stream without a bookmark.

        Raises:
            SettingsError: ``start_date`` or the state is not a date.
        """
        value = self._state.get("replication_key_value")
        if value is None:
            value = self._other_taps_bookmark(stream_state)
        if self._key == "JournalNumber":
            return StartPosition(journal_number=self._journal_number(value))
        if value is not None:
            instant = _parse_instant(self._label, str(value))
            return StartPosition(instant, since_with_overlap(instant), is_bookmark=True)
        if start_date:
            instant = _parse_instant("Setting 'start_date'", start_date)
            return StartPosition(instant, since_with_overlap(instant))
        return StartPosition()

    def warn_of_future(self, start: StartPosition, organisation: str, now: datetime) -> None:
        """Warns of a bookmark in the future: the read then finds nothing.

        Args:
            start: The position that the read starts at.
            organisation: The organisation, for the message.
            now: The time of the run.
        """
        if start.is_bookmark and _is_future(start.instant, now):
            logger.warning(
                "%s of %s is %s. That is in the future (now: %s), so the run reads no change "
                "before it. To read them, remove the bookmark from the state, or run without the "
                "state (with Meltano: --full-refresh)",
                self._label[0].upper() + self._label[1:],
                organisation,
                format_instant(start.instant),
                format_instant(now),
            )

    def _other_taps_bookmark(self, stream_state: Mapping[str, Any]) -> object:
        """The bookmark of a state without organisations, as singer-io or singer-sdk writes it."""
        value = stream_state.get(self._key)
        if value is None and stream_state.get("replication_key") == self._key:
            value = stream_state.get("replication_key_value")
        if value is not None:
            logger.info("Starting from the bookmark %s=%s of an earlier tap", self._key, value)
        return value

    def _journal_number(self, value: object) -> int:
        with suppress(ValueError):
            if (number := int(str(value or 0))) >= 0:
                return number
        message = f"{self._label} is {value!r}, which is not the number of a journal"
        raise SettingsError(message)

    def is_full_read_due(self, every: timedelta, now: datetime) -> bool:
        """Whether the last read of all records is unknown, or longer ago than ``every``."""
        saved = self._state.get("full_read_at")
        try:
            return saved is None or now - parse_instant(saved) >= every
        except (OverflowError, TypeError, ValueError):
            logger.warning("%s has an invalid full_read_at; reading everything", self._label)
            return True

    def streams_without(self, written: Sequence[str], own: str) -> list[str]:
        """The streams of this run that the bookmark does not cover, because they were not written.

        Args:
            written: The streams that this run writes.
            own: The stream that the bookmark belongs to.
        """
        if "replication_key_value" not in self._state:
            return []
        covered = self._state.get("streams")
        covered = covered if isinstance(covered, list) else [own]
        return [stream for stream in written if stream not in covered]

    def save_streams(self, written: Sequence[str], own: str) -> None:
        """Saves the streams that the bookmark covers, unless it is only its own stream."""
        self._state.pop("streams", None)
        if list(written) != [own]:
            self._state["streams"] = list(written)

    def unfinished_read(self, request: str) -> UnfinishedRead | None:
        """The read that an earlier run did not finish, if this run asks for the same list.

        Args:
            request: The fingerprint of the request.
        """
        saved = self._state.get("reading")
        if not isinstance(saved, dict) or saved.get("request") != request:
            return None
        try:
            since, newest = saved["since"], saved["newest"]
            return UnfinishedRead(
                modified_since=None
                if since is None
                else max(parse_instant(since), EARLIEST - OVERLAP),
                page=int(saved["page"]),
                first_response_at=parse_instant(saved["began"]),
                latest_change=newest and format_instant(parse_instant(newest)),
            )
        except (KeyError, OverflowError, TypeError, ValueError):
            logger.warning("The state holds an invalid unfinished read; starting over")
            return None

    def save_progress(
        self,
        progress: Progress | None,
        *,
        request: str,
        first_response_at: datetime,
        latest_change: str | None,
    ) -> None:
        """Saves that all pages up to a position are written.

        Args:
            progress: The position; None if a read cannot be continued.
            request: The fingerprint of the request.
            first_response_at: When Xero made the first response of the read.
            latest_change: The latest change seen.
        """
        if progress is None:
            return
        if progress.journal_number is not None:
            self._state["replication_key"] = self._key
            self._state["replication_key_value"] = progress.journal_number
            return
        since = progress.modified_since
        self._state["reading"] = {
            "since": None if since is None else format_instant(since),
            "page": progress.page,
            "began": format_instant(first_response_at),
            "newest": latest_change,
            "request": request,
        }

    def complete(
        self,
        *,
        first_response_at: datetime | None,
        latest_change: str | None,
        is_full_read: bool = False,
    ) -> None:
        """Moves the bookmark to the latest change, but never past the start of the read.

        Args:
            first_response_at: When Xero made the first response of the read.
            latest_change: The latest change seen.
            is_full_read: Whether to save that all records were read.
        """
        self._state.pop("reading", None)
        if is_full_read and first_response_at is not None:
            self._state["full_read_at"] = format_instant(first_response_at)
        if latest_change is None or first_response_at is None:
            return
        latest = min(latest_change, format_instant(first_response_at))
        earlier = self._state.get("replication_key_value")
        if earlier is not None:
            latest = max(latest, format_instant(_parse_instant(self._label, str(earlier))))
        self._state["replication_key"] = self._key
        self._state["replication_key_value"] = latest


def check_start_date(start_date: str | None, now: datetime) -> None:
    """Warns of a start date in the future: a stream without a bookmark then has no records.

    Args:
        start_date: The setting.
        now: The time of the run.

    Raises:
        SettingsError: It is not a date.
    """
    instant = _parse_instant("Setting 'start_date'", start_date) if start_date else None
    if _is_future(instant, now):
        logger.warning(
            "Setting 'start_date' is %r. That is in the future (now: %s), so streams without a "
            "bookmark read no change before it. Set an earlier date, or remove the setting to read "
            "all records",
            start_date,
            format_instant(now),
        )


def tenants_in(state: Mapping[str, Any]) -> set[str]:
    """The ids of all organisations that a state has something of, in lower case."""
    streams = (state.get("bookmarks") or {}).values()
    return {tenant_id for stream in streams for tenant_id in organisations_in(dict(stream))}


def other_taps_state(stream_state: Mapping[str, Any], replication_key: str) -> dict[str, Any]:
    """A stream's state without organisations, as singer-io's tap-xero writes it.

    Empty if it has no bookmark.
    """
    state = {
        key: value
        for key, value in stream_state.items()
        if key not in ("partitions", ORGANISATIONS)
    }
    return state if state.get(replication_key) or state.get("replication_key_value") else {}


def organisations_in(stream_state: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The states of the organisations in a stream's state, by tenant id in lower case.

    A state of an earlier version has a list of ``partitions``; they are moved.
    """
    found = stream_state.get(ORGANISATIONS) or {}
    by_tenant = {tenant_id.lower(): state for tenant_id, state in found.items()}
    others = []
    for partition in reversed(stream_state.pop("partitions", [])):
        if tenant_id := partition["context"].get(TENANT_ID):
            state = {name: value for name, value in partition.items() if name != "context"}
            by_tenant.setdefault(str(tenant_id).lower(), state)
        else:
            others.append(partition)
    if others:
        stream_state["partitions"] = others[::-1]
    stream_state[ORGANISATIONS] = by_tenant
    return by_tenant


def _is_future(instant: datetime | None, now: datetime) -> TypeGuard[datetime]:
    return instant is not None and instant - now > CLOCK_SKEW


def _parse_instant(label: str, text: str) -> datetime:
    try:
        return parse_instant(text.strip().replace(" ", "T"))
    except ValueError:
        message = f"{label} is {text!r}, which is not a date: write it as 2026-01-31T00:00:00Z"
        raise SettingsError(message) from None
