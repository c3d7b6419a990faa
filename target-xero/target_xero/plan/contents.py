"""The content of a plan: its documents, totals, effect on accounts, calls, and guards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from target_xero.files.options import RowOptions

CREATE, UPDATE, REMOVE, SEND = "create", "update", "remove", "send"
SKIP, REFUSE = "skip", "refuse"
# What apply sends.
SENT = (CREATE, UPDATE, REMOVE, SEND)


@dataclass(frozen=True)
class Change:
    """A field of an existing record that would change."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class FieldValue:
    """A field of a new record."""

    field: str
    value: Any


@dataclass(frozen=True)
class PlannedLine:
    """A line of a document, with the amounts that Xero computes."""

    description: str
    quantity: Decimal | None
    unit_amount: Decimal | None
    account: str
    tax_rate: str
    net: Decimal
    tax: Decimal
    tracking: str = ""


@dataclass(frozen=True)
class PlannedDocument:
    """One record of the plan.

    Attributes:
        number: Its number in the plan, from 1.
        action: ``create``, ``update``, ``remove``, ``send`` (a request whose effect is not known
            before), ``skip`` or ``refuse``.
        kind: What it is, in words: ``Bill``, ``Contact``.
        entity: What it is published to.
        stream: Its stream.
        name: The number or name by which people know it.
        origin: Where it stands in the input.
        why: Why it is skipped or refused.
        contact: Its contact's name.
        date: Its date.
        status: The status that it gets in Xero.
        currency: The currency of its amounts.
        total: Its total with tax, as Xero computes it.
        tax: The tax in it.
        total_before: The total that it has in Xero now.
        currency_rate: Units of its currency for one of the base currency, if the record says so.
        xero_id: Its id in Xero; None if it is created.
        method: The method of the request.
        path: The path of the request.
        lines: Its lines.
        fields: What else is sent of a new record.
        changes: The fields that change, of a record that exists.
        warnings: What of the record is left out.
        notes: What of its effect on accounts is not included.
        before: The record as Xero has it, without what changes by itself.
        item: What is sent; None if it is not sent.
    """

    number: int
    action: str
    kind: str
    entity: str
    stream: str
    name: str
    origin: str = ""
    why: str = ""
    contact: str = ""
    date: str = ""
    status: str = ""
    currency: str = ""
    total: Decimal | None = None
    tax: Decimal | None = None
    total_before: Decimal | None = None
    currency_rate: Decimal | None = None
    xero_id: str | None = None
    method: str = ""
    path: str = ""
    lines: Sequence[PlannedLine] = ()
    fields: Sequence[FieldValue] = ()
    changes: Sequence[Change] = ()
    warnings: Sequence[str] = ()
    notes: Sequence[str] = ()
    before: Mapping[str, Any] | None = None
    item: Mapping[str, Any] | None = None

    @property
    def is_sent(self) -> bool:
        """Whether apply sends it."""
        return self.action in SENT

    @property
    def title(self) -> str:
        """``Bill RPT 445-1 of Maple Supplies``."""
        named = f"{self.kind} {self.name}".strip()
        return f"{named} of {self.contact}" if self.contact else named


@dataclass(frozen=True)
class Total:
    """The documents of one kind, action, currency and month.

    Attributes:
        kind: What they are, in words.
        action: What happens to them.
        currency: Their currency.
        month: Their month, ``2026-10``; empty if they have no date.
        documents: How many.
        total: The sum of their totals; of those that are removed, as Xero has them.
        before: The sum of the totals that they have in Xero now.
    """

    kind: str
    action: str
    currency: str
    month: str
    documents: int
    total: Decimal
    before: Decimal


@dataclass(frozen=True)
class AccountEffect:
    """What is booked to one account."""

    currency: str
    code: str
    name: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class TaxEffect:
    """The tax of one rate: on what amount, and how much."""

    currency: str
    tax_type: str
    name: str
    percent: Decimal
    net: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Calls:
    """The calls that apply makes, at the organisation's limits.

    Attributes:
        look_ups: Calls that read what Xero has.
        writes: Calls that write.
        minutes: The minutes that they take at 60 calls a minute.
        left_today: The calls that are left today; None if Xero does not say.
    """

    look_ups: int
    writes: int
    minutes: int
    left_today: int | None = None

    @property
    def total(self) -> int:
        """All calls."""
        return self.look_ups + self.writes

    @property
    def is_too_many(self) -> bool:
        """Whether they are more than are left today."""
        return self.left_today is not None and self.total > self.left_today


@dataclass(frozen=True)
class Guard:
    """A guard for runs that nobody watches, and what it says of the plan.

    Attributes:
        option: The option that sets it.
        value: Its value, as it was given.
        problems: Why it does not hold; none if it does.
    """

    option: str
    value: str
    problems: Sequence[str] = ()

    @property
    def holds(self) -> bool:
        """Whether the plan may be applied."""
        return not self.problems


@dataclass(frozen=True)
class Plan:
    """What a run would do.

    Attributes:
        format: The version of this file.
        version: The version of target-xero that made it.
        made_at: When it was made, in UTC.
        tenant_id: The organisation's id.
        organisation: Its name.
        base_currency: The currency of its books.
        documents: The records, in the order in which they are sent.
        totals: Totals by kind, currency and month.
        accounts: The effect on accounts.
        taxes: Tax by rate.
        notes: What of the effect is not included, and for how many documents.
        calls: What it costs.
        guards: The guards that the plan was made with.
        schemas: The SCHEMA message of each stream, for the rejects.
        rows: What the rows of a file are, for the rejects.
        delimiter: The delimiter for the rejects of a file; empty if the input was not a file.
        digest: SHA-256 of all of this but the digest.
    """

    format: int
    version: str
    made_at: str
    tenant_id: str
    organisation: str
    base_currency: str
    documents: Sequence[PlannedDocument]
    totals: Sequence[Total]
    accounts: Sequence[AccountEffect]
    taxes: Sequence[TaxEffect]
    notes: Sequence[str]
    calls: Calls
    guards: Sequence[Guard] = ()
    schemas: Mapping[str, str] = field(default_factory=dict)
    rows: RowOptions = field(default_factory=RowOptions)
    delimiter: str = ""
    digest: str = ""

    @property
    def plan_id(self) -> str:
        """What people call it: the first twelve characters of the digest."""
        return self.digest[:12]

    def with_action(self, *actions: str) -> list[PlannedDocument]:
        """The documents with one of these actions."""
        return [document for document in self.documents if document.action in actions]

    @property
    def sent(self) -> list[PlannedDocument]:
        """The documents that apply sends."""
        return self.with_action(*SENT)

    @property
    def refused(self) -> list[PlannedDocument]:
        """The records that are refused."""
        return self.with_action(REFUSE)

    @property
    def problems(self) -> list[str]:
        """Why its guards do not hold."""
        return [problem for guard in self.guards for problem in guard.problems]
