"""The steps that copy a record: what is done in the target, and in which phase."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from xero_client.entities.table import BY_NAME
from xero_client.http import wire
from xero_client.json_value import Json

# Why records are left out that were voided, deleted or archived.
REMOVED_IN_SOURCE = "removed in the source: voided, deleted or archived"
# A record to be sent, as JSON.
Payload = dict[str, Any]


class Phase(IntEnum):
    """The phases of a copy, in order; each one ends before the next one begins.

    The id map stores the names of phases in which records are updated: do not rename those.
    """

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
    PROJECT_USERS = 20
    PROJECTS = 21
    PROJECT_TASKS = 22
    PROJECT_TIME = 23
    ASSET_TYPES = 24
    ASSETS = 25
    FILES_AND_NOTES = 26
    REMOVALS = 27
    ARCHIVING = 28


class StepKind(IntEnum):
    """What a step does."""

    CREATE = 1  # creates the record, updates an earlier copy, or finds it in the target
    MATCH = 2  # only finds the record in the target, since Xero's API cannot create it
    UPDATE = 3  # changes a record that another step has created: its status, its archiving
    REMOVE = 4  # deletes or voids the record if it was copied


@dataclass(frozen=True)
class Step:
    """One thing to do in the target.

    Attributes:
        phase: The phase in which it is done.
        kind: What it does.
        entity: The destination as settings name it: ``Invoices``, ``CreditNotes/Allocations``.
        source_id: The record's id in the source.
        payload: The record with the source's ids, without its own id.
        sort_key: The order within the phase, as text.
        settles: Ids of the documents whose outstanding amounts it changes.
        in_order: Whether it must not be in flight together with other such steps of its phase.
        parent: Stream and source id of the record that contains it, as ``credit_notes 12…``.
        result_key: What identifies the record in results; empty for the id of its entity.
        overwrites: Whether creating it again replaces the first one.
        only_if_created: Whether it is skipped if the copy did not create the record but found it
            in the target.
        stream: The stream of the record; references to the record are looked up under it. By
            default that of the entity.
    """

    phase: Phase
    kind: StepKind
    entity: str
    source_id: str
    payload: Payload = field(repr=False)
    sort_key: str = ""
    settles: tuple[str, ...] = ()
    in_order: bool = False
    parent: str = ""
    result_key: Mapping[str, str] = field(default_factory=dict)
    overwrites: bool = False
    only_if_created: bool = False
    stream: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "stream", self.stream or BY_NAME[self.entity].stream)


@dataclass(frozen=True)
class CopyPlan:
    """How one record is copied.

    Attributes:
        steps: The steps that copy it; empty if it is not copied.
        skip_reason: Why it is not copied.
        is_created_by_another: Whether Xero creates it when another record is copied.
    """

    steps: tuple[Step, ...] = ()
    skip_reason: str = ""
    is_created_by_another: bool = False


def text_of(record: Mapping[str, Any], name: str) -> str:
    """A field as text; empty if the record does not have it."""
    value = record.get(name)
    return "" if value is None else str(value)


def id_field_of(entity: str) -> str:
    """The field that identifies the records of an entity; empty if no field does."""
    return BY_NAME[entity].id_field or ""


def mapping_kind(step: Step) -> str:
    """The kind under which the id map stores that a step is done."""
    if step.kind is StepKind.UPDATE:
        return f"{step.stream}!{step.phase.name}"
    if step.kind is StepKind.REMOVE:
        return f"{step.stream}!REMOVED"
    return step.stream


def created_kind(stream: str) -> str:
    """The kind under which the id map stores records that the copy has created, not found."""
    return f"{stream}!MADE"


# Fields that hold another record. Its name may change without a change of the record around it.
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
    """SHA-256 of what a step copies: it differs if the record has changed in the source."""
    return hashlib.sha256(wire.encode([step.entity, _by_ids(step.payload)])).hexdigest()


def _by_ids(value: Json, *, is_reference: bool = False) -> Json:
    """The value with each referenced record reduced to its ids, if it has any."""
    if isinstance(value, list):
        return [_by_ids(inner, is_reference=is_reference) for inner in value]
    if not isinstance(value, Mapping):
        return value
    ids = {name: inner for name, inner in value.items() if name.endswith("ID")}
    if is_reference and ids:
        return ids
    return {name: _by_ids(inner, is_reference=name in _REFERRING) for name, inner in value.items()}
