"""The notes that a record of the target has already: they are permanent, and not written twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from target_xero.build.destinations import destination_of
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of


class Notes:
    """What the histories of records say, each read once."""

    def __init__(self, transport: Transport) -> None:
        """Starts with nothing read.

        Args:
            transport: The target.
        """
        self._transport = transport
        self._there: dict[str, Counter[str]] = {}

    def take(self, title: str, record: Mapping[str, Any]) -> bool:
        """Whether a note is there already; each one that is there stands for one note only.

        Args:
            title: ``Invoices/History``.
            record: The note, with its record's id in the target.

        Raises:
            XeroError: The history cannot be read.
        """
        destination = destination_of(title)
        parent, child = destination.entity, destination.child
        assert parent is not None  # noqa: S101  # a history hangs on something
        assert child is not None  # noqa: S101  # the same
        path = f"{parent.path}/{record[parent.id_field or '']}/{child.name}"
        if path not in self._there:
            request = Request("GET", path, subject=title, scope=parent.read_scope)
            entries = records_of(self._transport.send(request).json, child.key)
            self._there[path] = Counter(str(entry.get("Details")) for entry in entries)
        there = self._there[path]
        if not there[record["Details"]]:
            return False
        there[record["Details"]] -= 1
        return True
