"""Finds the notes that the target has already: a note cannot be deleted, so none is sent twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from xero_client.entities.children import CHILDREN
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of


class ExistingNotes:
    """The notes in the target; the history of each record is read once."""

    def __init__(self, transport: Transport) -> None:
        """Starts without having read a history.

        Args:
            transport: The target.
        """
        self._transport = transport
        self._unclaimed: dict[str, Counter[str]] = {}

    def claim(self, title: str, record: Mapping[str, Any]) -> bool:
        """Whether the target has a note already; each note there is claimed only once.

        Args:
            title: The destination, as ``Invoices/History``.
            record: The note, with the target's id of its record.

        Raises:
            XeroError: The history cannot be read.
        """
        child = CHILDREN[title]
        parent = child.parent
        path = f"{parent.path}/{record[parent.id_field or '']}/{child.name}"
        if path not in self._unclaimed:
            request = Request("GET", path, subject=title, scope=parent.read_scope)
            entries = records_of(self._transport.send(request).json, child.key)
            self._unclaimed[path] = Counter(str(entry.get("Details")) for entry in entries)
        unclaimed = self._unclaimed[path]
        if not unclaimed[record["Details"]]:
            return False
        unclaimed[record["Details"]] -= 1
        return True
