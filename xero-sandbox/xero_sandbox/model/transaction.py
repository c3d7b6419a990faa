"""The changes of one write to an organisation, which can be rolled back; ids and history."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping, MutableMapping
from datetime import date, datetime, timezone
from zoneinfo import ZoneInfo

from xero_sandbox.model.organisation import (
    ID_FIELDS,
    Collection,
    Json,
    Organisation,
    Record,
    index_key,
)

# Xero's names of the time zones of the sandbox's companies.
TIME_ZONES: Mapping[str, str] = {
    "AUSEASTERNSTANDARDTIME": "Australia/Sydney",
    "EASTERNSTANDARDTIME": "America/New_York",
    "GMTSTANDARDTIME": "Europe/London",
    "NEWZEALANDSTANDARDTIME": "Pacific/Auckland",
}

# Journal numbers have gaps (xero-facts.md: Paging): multiples of this number are skipped.
JOURNAL_NUMBER_GAP = 37


def local_date(organisation: Organisation, now: datetime) -> date:
    """Today in the organisation's time zone (xero-facts.md: Formats)."""
    zone = TIME_ZONES.get(organisation.timezone)
    return now.astimezone(ZoneInfo(zone) if zone else timezone.utc).date()


def find(records: Mapping[str, Record], path: str, value: str) -> list[Record]:
    """Records whose text under ``path`` is ``value``, whatever its case, oldest first."""
    if isinstance(records, Collection):
        return records.find(path, value)
    indexed = getattr(records, "find", None)
    if indexed is not None:
        found: list[Record] = indexed(path, value)
        return found
    wanted = value.strip().casefold()
    return [record for record in records.values() if index_key(record, path) == wanted]


def copy_record(value: Json) -> Json:
    """A deep copy of a record; its values are immutable and shared."""
    if isinstance(value, dict):
        return {key: copy_record(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy_record(item) for item in value]
    return value


class Transaction:
    """Changes to one organisation that can be undone back to any savepoint.

    Stored records are never changed in place: ``edit`` returns a copy, ``put`` stores it.
    """

    def __init__(
        self,
        organisation: Organisation,
        now: datetime,
        user: str,
        query: Mapping[str, str] | None = None,
    ) -> None:
        self.organisation = organisation
        self.now = now
        self.user = user
        self.query = query or {}
        self.today = local_date(organisation, now)
        self.warnings: list[str] = []
        self.touched_contacts: set[str] = set()
        self._undo: list[Callable[[], None]] = []

    def records(self, entity: str) -> MutableMapping[str, Record]:
        """All records of ``entity``, by id."""
        return self.organisation.collections[entity]

    def get(self, entity: str, record_id: str) -> Record | None:
        """The stored record, which must not be changed."""
        return self.records(entity).get(record_id)

    def edit(self, entity: str, record_id: str) -> Record:
        """A copy of a stored record, to change and ``put`` back."""
        copy: Record = copy_record(self.records(entity)[record_id])
        return copy

    def find(self, entity: str, path: str, value: str) -> list[Record]:
        """Records of ``entity`` whose text under ``path`` is ``value``, whatever its case."""
        return find(self.records(entity), path, value)

    def put(self, entity: str, record: Record) -> None:
        """Stores ``record`` under its id."""
        records = self.records(entity)
        record_id = record[ID_FIELDS[entity]]
        previous = records.get(record_id)
        records[record_id] = record
        if previous is None:
            self._undo.append(lambda: records.__delitem__(record_id))
        else:
            self._undo.append(lambda: records.__setitem__(record_id, previous))

    def drop(self, entity: str, record_id: str) -> None:
        """Removes a record without a trace, as Xero's DELETE method does."""
        records = self.records(entity)
        previous = records.pop(record_id)
        self._undo.append(lambda: records.__setitem__(record_id, previous))

    def set_organisation(self, attribute: str, value: object) -> None:
        """Changes a setting of the organisation."""
        previous = getattr(self.organisation, attribute)
        setattr(self.organisation, attribute, value)
        self._undo.append(lambda: setattr(self.organisation, attribute, previous))

    def next(self, sequence: str) -> int:
        """The next number of ``sequence``; a number is used once only."""
        number = self.organisation.sequences.get(sequence, 0) + 1
        if sequence == "journal" and number % JOURNAL_NUMBER_GAP == 0:
            number += 1
        self.organisation.sequences[sequence] = number
        return number

    def new_id(self) -> str:
        """A new GUID; the same sequence of writes gives the same GUIDs."""
        seed = f"{self.organisation.tenant_id}/{self.next('id')}"
        digest = hashlib.blake2b(seed.encode(), digest_size=16).digest()
        return str(uuid.UUID(bytes=digest, version=4))

    def note(self, entity: str, record_id: str, changes: str, details: str) -> Record:
        """Adds an entry to a record's history and returns it."""
        entries = self.organisation.history.setdefault((entity, record_id), [])
        entry = {
            "Changes": changes,
            "DateUTC": self.now,
            "User": self.user,
            "Details": details,
        }
        entries.append(entry)
        self._undo.append(lambda: entries.remove(entry))
        return entry

    def savepoint(self) -> int:
        """A point to roll back to."""
        return len(self._undo)

    def roll_back(self, savepoint: int = 0) -> None:
        """Undoes everything since ``savepoint``, newest first."""
        while len(self._undo) > savepoint:
            self._undo.pop()()
