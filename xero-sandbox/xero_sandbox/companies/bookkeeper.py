"""Writes a made-up company's records through the sandbox's own API, day by day."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import Any

from xero_sandbox.model.organisation import Attachment, Organisation, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.dispatch import write
from xero_sandbox.writing.shared.request import WriteRequest


class CompanyDataError(Exception):
    """The sandbox refuses a record of a company that it makes."""


class Bookkeeper:
    """Writes to an organisation day by day, and runs scheduled actions on their day."""

    def __init__(self, organisation: Organisation, start: date, random: Random) -> None:
        self.organisation = organisation
        self.today = start
        self.user = "Robin Tane"
        self.random = random
        self._second = 0
        self._scheduled: list[tuple[date, int, Callable[[], None]]] = []
        self._count = 0

    @property
    def now(self) -> datetime:
        """The time of the next write: 1:00 UTC on the current day, plus the seconds so far."""
        moment = datetime.combine(self.today, time(1), timezone.utc)
        return moment + timedelta(seconds=self._second, milliseconds=self._second * 37 % 1000)

    def schedule(self, on: date, action: Callable[[], None]) -> None:
        """Runs ``action`` on a day, after the actions that were scheduled earlier for it."""
        self._count += 1
        heapq.heappush(self._scheduled, (on, self._count, action))

    def run_until(self, end: date) -> None:
        """Runs all actions up to ``end`` and drops later ones."""
        while self._scheduled and self._scheduled[0][0] <= end:
            on, _, action = heapq.heappop(self._scheduled)
            if on > self.today:
                self.today, self._second = on, 0
            action()
        self._scheduled.clear()
        if end > self.today:
            self.today, self._second = end, 0

    def put(self, path: str, *elements: Record) -> list[Record]:
        """PUTs elements to ``path`` (``CreditNotes/{id}/Allocations``)."""
        return self._write("PUT", path, *elements)

    def post(self, path: str, *elements: Record) -> list[Record]:
        """POSTs elements to ``path``."""
        return self._write("POST", path, *elements)

    def create(self, path: str, **fields: Any) -> Record:  # noqa: ANN401  # Any field.
        """PUTs one element with these fields and returns the new record."""
        return self.put(path, fields)[0]

    def records(self, entity: str) -> list[Record]:
        """All records of an entity."""
        return list(self.organisation.collections[entity].values())

    def store(self, entity: str, record: Record) -> None:
        """Stores a record that the API cannot write (users, budgets)."""
        self.transaction().put(entity, record)

    def transaction(self) -> Transaction:
        """A transaction at the current time."""
        return Transaction(self.organisation, self.now, self.user)

    def attach(self, entity: str, record_id: str, name: str, mime: str, content: bytes) -> None:
        """Attaches a file to a record."""
        attachment = Attachment(self.transaction().new_id(), name, mime, content)
        self.organisation.attachments.setdefault((entity, record_id), []).append(attachment)
        record = self.organisation.collections[entity][record_id]
        self.store(entity, {**record, "HasAttachments": True})

    def _write(self, method: str, path: str, *elements: Record) -> list[Record]:
        parts = tuple(path.split("/"))
        query = {"unitdp": "4"}
        request = WriteRequest(method, parts, query, list(elements), self.user)
        outcome = write(self.organisation, request, self.now)
        self._second += 41
        failed = [result for result in outcome.results if result.errors]
        if failed:
            message = f"{method} {path} on {self.today}: {failed[0].errors} {failed[0].record}"
            raise CompanyDataError(message)
        return [result.record for result in outcome.results]
