"""What a record of the source asks to be done in the target, and when."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from xero_client.http import wire

Record = dict[str, Any]


class Phase(IntEnum):
    """Everything of a phase has ended before the next one begins."""

    REMOVE_PAYMENTS = 0
    CURRENCIES = 1
    TAX_RATES = 2
    ACCOUNTS = 3
    TRACKING_CATEGORIES = 4
    TRACKING_OPTIONS = 5
    BRANDING_THEMES = 6
    CONTACTS = 7
    CONTACT_GROUPS = 8
    GROUP_MEMBERS = 9
    ITEMS = 10
    OPENING_BALANCES = 11
    STOCK_DOCUMENTS = 12
    DOCUMENTS = 13
    STATUS_FIRST = 14
    STATUS_SECOND = 15
    STATUS_THIRD = 16
    SETTLEMENTS = 17
    TRANSFERS = 18
    LINKS = 19
    BELOW = 20
    REMOVALS = 21
    ARCHIVING = 22


class Kind(IntEnum):
    """What a step does."""

    MAKE = 1  # the record: created, changed, or found to be there
    MATCH = 2  # found, or left out: Xero's API cannot create it
    CHANGE = 3  # a change of a record that has been made before: status, archiving
    REMOVE = 4  # away with it, if it was copied


@dataclass(frozen=True)
class Step:
    """One thing to be done in the target.

    Attributes:
        phase: When.
        kind: What.
        entity: The destination, as settings name it: ``Invoices``, ``CreditNotes/Allocations``.
        stream: The kind of record that it makes, by which others refer to it.
        source_id: What identifies it in the source.
        payload: The record with the source's ids, without its own.
        sort: In which order within the phase, as text.
        touches: Documents whose outstanding amounts it changes.
        in_order: Whether it may not be in flight together with others of its phase.
        part_of: Stream and id in the source of what it lives in, as ``credit_notes 12…``.
        named: What names it in results; empty for the id that the entity table knows.
        overwrites: Whether making it again replaces it.
        if_made: Whether it is for what copying itself has made alone, and not for what it had
            found in the target.
    """

    phase: Phase
    kind: Kind
    entity: str
    stream: str
    source_id: str
    payload: Record = field(repr=False)
    sort: str = ""
    touches: tuple[str, ...] = ()
    in_order: bool = False
    part_of: str = ""
    named: Mapping[str, str] = field(default_factory=dict)
    overwrites: bool = False
    if_made: bool = False


@dataclass(frozen=True)
class Plan:
    """What becomes of a record.

    Attributes:
        steps: What is to be done; empty where it is not copied.
        reason: Why it is not copied.
    """

    steps: tuple[Step, ...] = ()
    reason: str = ""


def text_of(record: Mapping[str, Any], name: str) -> str:
    """A field as text; empty where there is none."""
    value = record.get(name)
    return "" if value is None else str(value)


def memory_of(step: Step) -> str:
    """Under which kind the id map remembers that a step was done."""
    if step.kind is Kind.CHANGE:
        return f"{step.stream}!{step.phase.name}"
    if step.kind is Kind.REMOVE:
        return f"{step.stream}!REMOVED"
    return step.stream


def made_memory(stream: str) -> str:
    """Under which kind the id map remembers what copying itself has made, and not found there."""
    return f"{stream}!MADE"


# Where another record stands inside one: what it is called there changes when that record does.
_REFERRING = frozenset(
    {
        "Account",
        "BankAccount",
        "Contact",
        "FromBankAccount",
        "FromTracking",
        "ToBankAccount",
        "ToTracking",
        "Tracking",
    }
)


def digest_of(step: Step) -> str:
    """SHA-256 of what a step copies: another digest means that the source has changed."""
    return hashlib.sha256(wire.encode([step.entity, _essence(step.payload)])).hexdigest()


def _essence(value: Any, *, named: bool = False) -> Any:  # noqa: ANN401  # any JSON
    """A value in which other records are named by their ids alone, where they have any."""
    if isinstance(value, list):
        return [_essence(inner, named=named) for inner in value]
    if not isinstance(value, Mapping):
        return value
    ids = {name: inner for name, inner in value.items() if name.endswith("ID")}
    if named and ids:
        return ids
    return {name: _essence(inner, named=name in _REFERRING) for name, inner in value.items()}
