"""Where a stream of one organisation stands: its bookmark, and how to go on after a cut.

The state of an organisation's stream is one dict of Singer's ``partitions``::

    {"context": {"_tenant_id": "…"},
     "replication_key": "UpdatedDateUTC", "replication_key_value": "2026-01-31T09:30:00.123Z",
     "reading": {"since": …, "began": …, "newest": …, "page": 12, "request": "…"}}

``replication_key_value`` moves only when a list was read to its end. ``reading`` is there while a
list is being read, and says which whole pages are written out.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from tap_xero.paging.page import Walk
from tap_xero.paging.paginators import ModifiedWalk, NumberedWalk
from xero_client.errors import SettingsError
from xero_client.http.wire import format_instant, parse_instant

logger = logging.getLogger(__name__)

# If-Modified-Since counts whole seconds, and whether it includes its own is not documented
# (xero-facts.md: Change capture).
OVERLAP = timedelta(seconds=1)
# Before Xero, and far enough from the first year that Python knows.
EARLIEST = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Start:
    """Where a read starts.

    Attributes:
        start: The bookmark or start date, as templates see it; None for the beginning.
        modified_since: What ``If-Modified-Since`` says; None for everything.
        number: For journals: the number after which to read.
    """

    start: datetime | None = None
    modified_since: datetime | None = None
    number: int = 0


@dataclass(frozen=True)
class Resumption:
    """A read that was cut off, to be gone on with.

    Attributes:
        modified_since: The ``If-Modified-Since`` of the walk.
        page: The last whole page of a numbered walk; 0 for a walk by change.
        began: When the first answer of the read was made.
        newest: The latest change seen.
    """

    modified_since: datetime | None
    page: int
    began: datetime
    newest: str | None


class Bookmark:
    """The state of one stream of one organisation, changed in place."""

    def __init__(self, state: dict[str, Any], replication_key: str, *, stream: str = "") -> None:
        """Takes what the state says.

        Args:
            state: The part of the state that is the organisation's and the stream's.
            replication_key: What the bookmark holds.
            stream: The stream, to be named where the state is no good.
        """
        self._state = state
        self._key = replication_key
        self._where = f"the state's bookmark of {stream}" if stream else "the state's bookmark"

    def start(self, legacy: Mapping[str, Any], start_date: str | None) -> Start:
        """Where to read from.

        Args:
            legacy: The stream's state beside the organisations', as singer-io's tap-xero wrote it.
            start_date: The setting, for a stream without a bookmark.

        Raises:
            SettingsError: ``start_date`` or the state is no date.
        """
        value = self._state.get("replication_key_value")
        if value is None:
            value = self._inherited(legacy)
        if self._key == "JournalNumber":
            return Start(number=self._number(value))
        if value is not None:
            instant = _instant(self._where, str(value))
            return Start(instant, max(instant.replace(microsecond=0), EARLIEST) - OVERLAP)
        if start_date:
            instant = _instant("Setting 'start_date'", start_date)
            return Start(instant, instant)
        return Start()

    def _inherited(self, legacy: Mapping[str, Any]) -> object:
        """The bookmark of a state without organisations: singer-io's, or singer-sdk's own form."""
        value = legacy.get(self._key)
        if value is None and legacy.get("replication_key") == self._key:
            value = legacy.get("replication_key_value")
        if value is not None:
            logger.info(
                "Taking the bookmark %s=%s of an earlier tap's state as the start", self._key, value
            )
        return value

    def _number(self, value: object) -> int:
        try:
            return int(str(value or 0))
        except ValueError:
            message = f"{self._where} is {value!r}, which is no journal's number"
            raise SettingsError(message) from None

    def resumption(self, request: str) -> Resumption | None:
        """What an earlier run left unfinished, if this run asks for the same.

        Args:
            request: What is asked for, in a form that differs where the list differs.
        """
        reading = self._state.get("reading")
        if not isinstance(reading, dict) or reading.get("request") != request:
            return None
        try:
            since = reading["since"]
            return Resumption(
                modified_since=None if since is None else parse_instant(since),
                page=int(reading["page"]),
                began=parse_instant(reading["began"]),
                newest=None if reading["newest"] is None else _text(reading["newest"]),
            )
        except (KeyError, TypeError, ValueError):
            logger.warning("The state's unfinished read cannot be understood; starting over")
            return None

    def note_page(
        self,
        walk: Walk,
        *,
        request: str,
        modified_since: datetime | None,
        began: datetime,
        newest: str | None,
    ) -> None:
        """Remembers that all pages so far are written out."""
        if isinstance(walk, NumberedWalk):
            since, page = modified_since, walk.number
        elif isinstance(walk, ModifiedWalk):
            since, page = walk.since, 0
        else:
            return
        self._state["reading"] = {
            "since": None if since is None else format_instant(since),
            "page": page,
            "began": format_instant(began),
            "newest": newest,
            "request": request,
        }

    def note_number(self, number: int) -> None:
        """Remembers the last journal that is written out."""
        self._state["replication_key"] = self._key
        self._state["replication_key_value"] = number

    def finish(self, *, began: datetime | None, newest: str | None) -> None:
        """Moves the bookmark to the latest change seen, but never past the read's beginning."""
        self._state.pop("reading", None)
        if newest is None or began is None:
            return
        latest = min(newest, format_instant(began))
        earlier = self._state.get("replication_key_value")
        if earlier is not None:
            latest = max(latest, format_instant(_instant(self._where, str(earlier))))
        self._state["replication_key"] = self._key
        self._state["replication_key_value"] = latest


def _text(value: object) -> str:
    """A text out of the state.

    Raises:
        TypeError: It is something else.
    """
    if not isinstance(value, str):
        raise TypeError
    return value


def _instant(where: str, text: str) -> datetime:
    try:
        return parse_instant(text.strip().replace(" ", "T"))
    except ValueError:
        message = f"{where} is {text!r}, which is no date: write it as 2026-01-31T00:00:00Z"
        raise SettingsError(message) from None
