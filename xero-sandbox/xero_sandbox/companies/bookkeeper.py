"""Keeping a made-up company's books: writes through the sandbox's own door, on chosen days."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from random import Random
from typing import Any

from xero_sandbox.organisation import Attachment, Organisation, Record
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing.dispatch import write
from xero_sandbox.writing.request import WriteRequest


class MadeUpDataError(Exception):
    """A company's own data that the sandbox refuses."""


class Bookkeeper:
    """Writes to an organisation day by day; what is planned for later waits its turn."""

    def __init__(self, organisation: Organisation, start: date, random: Random) -> None:
        self.organisation = organisation
        self.today = start
        self.user = "Robin Tane"
        self.random = random
        self._second = 0
        self._planned: list[tuple[date, int, Callable[[], None]]] = []
        self._plans = 0

    @property
    def now(self) -> datetime:
        """The instant of the next write: the small hours of a New Zealand working day, in UTC."""
        moment = datetime.combine(self.today, time(1), timezone.utc)
        return moment + timedelta(seconds=self._second, milliseconds=self._second * 37 % 1000)

    def plan(self, on: date, action: Callable[[], None]) -> None:
        """Has ``action`` done on a day, after what was planned for it before."""
        self._plans += 1
        heapq.heappush(self._planned, (on, self._plans, action))

    def work_until(self, end: date) -> None:
        """Does all that is planned up to ``end``; what is planned later is dropped."""
        while self._planned and self._planned[0][0] <= end:
            on, _, action = heapq.heappop(self._planned)
            if on > self.today:
                self.today, self._second = on, 0
            action()
        self._planned.clear()
        if end > self.today:
            self.today, self._second = end, 0

    def put(self, path: str, *elements: Record) -> list[Record]:
        """PUTs elements to ``path`` (``CreditNotes/{id}/Allocations``)."""
        return self._write("PUT", path, *elements)

    def post(self, path: str, *elements: Record) -> list[Record]:
        """POSTs elements to ``path``."""
        return self._write("POST", path, *elements)

    def one(self, path: str, **fields: Any) -> Record:  # noqa: ANN401  # a record's fields
        """PUTs one element made of keyword arguments and gives back what became of it."""
        return self.put(path, fields)[0]

    def records(self, entity: str) -> list[Record]:
        """All records of an entity."""
        return list(self.organisation.collections[entity].values())

    def keep(self, entity: str, record: Record) -> None:
        """Stores a record that the API has no way to write (users, budgets)."""
        self.transaction().put(entity, record)

    def transaction(self) -> Transaction:
        """A transaction of this moment."""
        return Transaction(self.organisation, self.now, self.user)

    def attach(self, entity: str, record_id: str, name: str, mime: str, content: bytes) -> None:
        """Hangs a file on a record."""
        attachment = Attachment(self.transaction().new_id(), name, mime, content)
        self.organisation.attachments.setdefault((entity, record_id), []).append(attachment)
        record = self.organisation.collections[entity][record_id]
        self.keep(entity, {**record, "HasAttachments": True})

    def _write(self, method: str, path: str, *elements: Record) -> list[Record]:
        parts = tuple(path.split("/"))
        query = {"unitdp": "4"}
        request = WriteRequest(method, parts, query, list(elements), self.user)
        written = write(self.organisation, request, self.now)
        self._second += 41
        refused = [result for result in written.results if result.errors]
        if refused:
            message = f"{method} {path} on {self.today}: {refused[0].errors} {refused[0].record}"
            raise MadeUpDataError(message)
        return [result.record for result in written.results]
