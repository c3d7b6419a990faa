"""Generates records: each is a function of the seed and its index.

A record is generated as JSON text from a template, because a page needs nothing else. The record in
the sandbox's own types is parsed from that text, so the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from math import gcd

from xero_sandbox.http.xero_json import decode, encode, from_json_values
from xero_sandbox.model.organisation import Record

_MASK = (1 << 64) - 1
_FIRST_DAY = date(2025, 11, 1)
YEAR_START_MS = int(datetime(2025, 11, 1, tzinfo=timezone.utc).timestamp()) * 1000
_YEAR_MS = 365 * 86_400_000
DAYS = 365
DAY_TEXTS = tuple((_FIRST_DAY + timedelta(days=n)).isoformat() for n in range(DAYS + 60))
# Text fields that are computed whenever a record is shown.
_COMPUTED = ("DateString", "DueDateString", "UpdatedDateUTCString")


def hash_bits(seed: int, index: int, salt: int) -> int:
    """A 64-bit hash of three numbers (splitmix64)."""
    state = (seed * 0x9E3779B97F4A7C15 + index * 0xD1B54A32D192ED03 + salt) & _MASK
    state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
    return state ^ (state >> 31)


@dataclass(frozen=True)
class Permutation:
    """An order of update that differs from the order of ids and can be inverted."""

    count: int
    factor: int
    inverse: int

    @classmethod
    def of(cls, count: int) -> Permutation:
        """A permutation of ``count`` places that separates neighbours."""
        factor = max(1, int(count * 0.618))
        while gcd(factor, count) != 1:
            factor += 1
        return cls(count, factor, pow(factor, -1, count) if count > 1 else 0)

    def rank(self, index: int) -> int:
        """The place of a record in the order of update."""
        return index * self.factor % self.count

    def index(self, rank: int) -> int:
        """The record at a place in the order of update."""
        return rank * self.inverse % self.count


class RecordGenerator:
    """Generates the records of one entity.

    Attributes:
        entity: The entity.
        count: The number of records.
        lookups: By path, a function that gives the indices of records that may have a value.
    """

    def __init__(
        self,
        entity: str,
        count: int,
        seed: int,
        pattern: Record,
        values: Callable[[int], tuple[str, ...]],
    ) -> None:
        self.entity = entity
        self.count = count
        self.lookups: dict[str, Callable[[str], range]] = {}
        self._seed = seed
        self._salt = sum(entity.encode()) << 32
        self._stride = max(1, (1 << 32) // max(1, count))
        self._update_order = Permutation.of(max(1, count))
        self._template = _template(pattern)
        self._has_updated_text = "UpdatedDateUTCString" in pattern
        self._values = values

    def id_of(self, index: int) -> str:
        """The id of a record; ids grow with the index."""
        tail = hash_bits(self._seed, index, self._salt)
        high, low = tail >> 32 & 0xFFFFFFF, tail & 0xFFFFFFFF
        return (
            f"{index * self._stride:08x}-{high >> 12 & 0xFFFF:04x}-4{high & 0xFFF:03x}"
            f"-a{low >> 20:03x}-{low & 0xFFFFF:05x}{high & 0xFFFFFFF:07x}"
        )

    def index_of(self, record_id: str) -> int | None:
        """The index of an id; None for an id of another record."""
        try:
            index = int(record_id[:8], 16) // self._stride
        except ValueError:
            return None
        return index if index < self.count and self.id_of(index) == record_id else None

    def updated_ms(self, index: int) -> int:
        """Epoch milliseconds of a record's last change; no two records share one."""
        return self.updated_ms_at(self._update_order.rank(index))

    def updated_ms_at(self, rank: int) -> int:
        """The same for a place in the order of update; changes are evenly spread over a year."""
        return YEAR_START_MS + rank * _YEAR_MS // max(1, self.count)

    def index_at(self, rank: int) -> int:
        """The record at a place in the order of update."""
        return self._update_order.index(rank)

    def text(self, index: int) -> bytes:
        """The record as JSON text, as in a page."""
        updated = self.updated_ms(index)
        updated_values = (updated, _iso(updated)) if self._has_updated_text else (updated,)
        return (
            self._template % (self.id_of(index), *self._values(index), *updated_values)
        ).encode()

    def record(self, index: int) -> Record:
        """The record in the sandbox's own types."""
        content: Record = decode(self.text(index))
        for name in _COMPUTED:
            content.pop(name, None)
        typed: Record = from_json_values(content)
        return typed


def _iso(milliseconds: int) -> str:
    day, rest = divmod(milliseconds - YEAR_START_MS, 86_400_000)
    seconds = rest // 1000
    return f"{DAY_TEXTS[day]}T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}Z"


def _template(pattern: Record) -> str:
    """A %-template of a record whose variable values are ``«»`` (text) and ``«number»``."""
    text = encode(pattern).decode().replace("%", "%%")
    return text.replace('"«number»"', "%s").replace("«»", "%s")
