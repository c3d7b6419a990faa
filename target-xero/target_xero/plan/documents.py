"""From the records of the input, and what a run would do with them, to the documents of a plan."""

from __future__ import annotations

from dataclasses import dataclass

from target_xero.books.dates import day_of
from target_xero.build.destinations.destination import Destination
from target_xero.build.records import Provenance, Record
from target_xero.delivery.dry_run.prediction import Prediction
from target_xero.delivery.items import Item
from target_xero.plan.booking.bookings import NOTHING, Booking, booking_of
from target_xero.plan.booking.facts import Facts
from target_xero.plan.booking.lines import Line, decimal_of, merged
from target_xero.plan.contents import (
    CREATE,
    REFUSE,
    REMOVE,
    SEND,
    SKIP,
    UPDATE,
    Change,
    FieldValue,
    PlannedDocument,
    PlannedLine,
)
from target_xero.plan.existing import flat_fields, own_content
from target_xero.plan.items_as_json import json_of_item
from target_xero.report.record_kinds import kind_of_record
from target_xero.report.record_names import record_name
from target_xero.report.reject_names import described_record
from target_xero.report.results import Result

# The fields of a document that its heading or its lines show.
_SHOWN = frozenset(
    {"CurrencyCode", "CurrencyRate", "Date", "JournalLines", "LineItems", "Status", "Type"}
)


@dataclass(frozen=True)
class InputRecord:
    """One record of the input, with what a run would do with it.

    Attributes:
        provenance: Where it comes from.
        entity: What it is published to.
        action: What would be done: an action of ``contents``.
        why: Why it is skipped or refused.
        item: The item as it came; None if the record is invalid.
        prediction: What a run would do with it.
        result: The result of a record that is refused without a look at Xero.
    """

    provenance: Provenance
    entity: str
    action: str
    why: str = ""
    item: Item | None = None
    prediction: Prediction | None = None
    result: Result | None = None

    @property
    def existing(self) -> Record:
        """The record as Xero has it; empty if it does not exist."""
        return self.prediction.existing or {} if self.prediction else {}

    @property
    def after(self) -> Record:
        """The record as Xero would have it; empty if it would be removed."""
        if self.action == REMOVE or self.prediction is None:
            return {}
        return merged(self.existing, self.prediction.item.publication.fields)


@dataclass(frozen=True)
class Bookings:
    """What Xero has booked for a record, and what it would book instead."""

    before: Booking
    after: Booking

    @classmethod
    def of(cls, input_record: InputRecord, facts: Facts) -> Bookings:
        """The bookings of a record; none if the organisation is not known."""
        if not facts.base_currency:
            return cls(NOTHING, NOTHING)
        return cls(
            *(
                booking_of(input_record.entity, record, facts) if record else NOTHING
                for record in (input_record.existing, input_record.after)
            )
        )


def planned_document(
    number: int, input_record: InputRecord, facts: Facts, bookings: Bookings
) -> PlannedDocument:
    """A record of the input as the plan shows it.

    Args:
        number: Its number in the plan.
        input_record: The record.
        facts: What is known of the organisation.
        bookings: What Xero books for it.
    """
    provenance, prediction = input_record.provenance, input_record.prediction
    if input_record.item is None or prediction is None:
        key = input_record.result.key if input_record.result else provenance.key
        name = described_record(provenance, input_record.entity, key)
        return PlannedDocument(
            number,
            input_record.action,
            "",
            input_record.entity,
            provenance.stream,
            f"{name[:1].upper()}{name[1:]}",
            provenance.origin,
            input_record.why,
        )
    removes = input_record.action == REMOVE
    record = input_record.existing if removes else input_record.after
    shown = bookings.before if removes else bookings.after
    publication = prediction.item.publication
    is_sent = input_record.action not in (SKIP, REFUSE)
    changes = prediction.changes if input_record.action in (UPDATE, REFUSE) else None
    existing = input_record.existing
    shape = publication.destination.shape
    notes = dict.fromkeys((*bookings.before.notes, *bookings.after.notes))
    return PlannedDocument(
        number,
        input_record.action,
        _kind(publication.destination, record),
        input_record.entity,
        provenance.stream,
        record_name(input_record.item.publication.key or provenance.key, record),
        provenance.origin,
        input_record.why,
        contact=_contact_name(record, facts),
        date=day_of(record, "Date"),
        status=str(record.get("Status") or ""),
        currency=shown.currency,
        total=shown.total,
        tax=shown.tax,
        total_before=bookings.before.total if existing else None,
        currency_rate=decimal_of(record.get("CurrencyRate")),
        xero_id=prediction.xero_id,
        method=publication.method,
        path=publication.path,
        lines=[_line(line, facts) for line in shown.lines] if input_record.action != SKIP else [],
        fields=_new_fields(input_record, has_lines=bool(shown.lines))
        if input_record.action in (CREATE, SEND)
        else [],
        changes=[
            Change(name, found["old"], found["new"]) for name, found in (changes or {}).items()
        ],
        warnings=publication.warnings,
        notes=list(notes) if is_sent else [],
        before=own_content(shape, existing) if existing and is_sent else None,
        item=json_of_item(input_record.item) if is_sent else None,
    )


def _kind(destination: Destination, record: Record) -> str:
    kind = kind_of_record(destination.name, record.get("Type"))
    return f"{kind[:1].upper()}{kind[1:]}"


def _contact_name(record: Record, facts: Facts) -> str:
    contact = record.get("Contact")
    if not isinstance(contact, dict):
        return ""
    return str(contact.get("Name") or facts.contact(record).get("Name") or "")


def _line(line: Line, facts: Facts) -> PlannedLine:
    account = line.account or {}
    rate = facts.tax_rates.get(line.tax_type, {})
    return PlannedLine(
        line.description,
        line.quantity,
        line.unit_amount,
        f"{account.get('Code') or ''} {account.get('Name') or ''}".strip(),
        str(rate.get("Name") or line.tax_type),
        line.net,
        line.tax,
        line.tracking,
    )


def _new_fields(input_record: InputRecord, *, has_lines: bool) -> list[FieldValue]:
    """What is sent of a new record, without what the plan shows in another place."""
    sent = input_record.prediction.item.publication.fields if input_record.prediction else {}
    left_out = _SHOWN if has_lines else ()
    shown = {name: value for name, value in sent.items() if name not in left_out}
    return [FieldValue(name, value) for name, value in flat_fields(shown)]
