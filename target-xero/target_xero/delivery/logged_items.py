"""What the publish log says of items, before Xero is asked: of a run and of a dry run alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from target_xero.delivery.admission.run_records import RunRecords
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.published_ids import Recognised
from target_xero.delivery.publish_log import (
    INTENDED,
    PUBLISHED,
    IntendedRecord,
    LogEntry,
    PublishLog,
)
from target_xero.delivery.states import Event

EARLIER_VERSION_UNKNOWN = (
    "an earlier version of this record was sent, and its outcome is not known: look in Xero, "
    "then run once with resend_unknown"
)


class KnownEntries(Struct, frozen=True):
    """The entries that the publish log has of some items.

    Attributes:
        by_fingerprint: The entries, by the fingerprint that the item has now.
        renewed: The records whose entries have a fingerprint of version 1, by this fingerprint.
    """

    by_fingerprint: dict[str, LogEntry]
    renewed: dict[str, IntendedRecord]


def known_entries(items: Sequence[Item], log: PublishLog, records: RunRecords) -> KnownEntries:
    """The entries that the publish log has of items, under their old fingerprints too.

    Args:
        items: The items, each of them for the first time.
        log: The publish log; it is only read.
        records: What the run has met.
    """
    entries = log.entries([item.fingerprint for item in items])
    by_old = {records.old_fingerprint(item): item for item in items}
    by_old.pop(None, None)
    wanted = {old: i for old, i in by_old.items() if old and i.fingerprint not in entries}
    renewed = {}
    for old, entry in log.entries(wanted).items():
        item = wanted[old]
        entries[item.fingerprint] = replace(entry, fingerprint=item.fingerprint)
        renewed[old] = item.intended_record
    return KnownEntries(entries, renewed)


class LoggedItem(Struct, frozen=True):
    """An item, with what the publish log says of it.

    Attributes:
        item: The item; it has the id of the record that its subject was published as.
        event: What follows from the log.
        entry: The entry of this content; None if the log has none.
        problem: Why it must not be sent; empty if it may be.
    """

    item: Item
    event: Event
    entry: LogEntry | None
    problem: str = ""

    @property
    def xero_id(self) -> str | None:
        """The id of the record that was published with this content."""
        return self.entry.xero_id if self.entry is not None and self.is_published else None

    @property
    def is_published(self) -> bool:
        """Whether this content was published, or removed, before."""
        return self.entry is not None and self.entry.state == PUBLISHED


def logged_items(
    found: Sequence[Recognised],
    entries: Mapping[str, LogEntry],
    records: RunRecords,
    *,
    resend_unknown: bool,
) -> list[LoggedItem]:
    """What the publish log says of items.

    Args:
        found: The items, with what the log has of their subjects.
        entries: What the log has of their contents, by their fingerprints.
        records: What the run has met.
        resend_unknown: Whether records are sent again whose outcome cannot be found out.
    """
    logged = []
    for known in found:
        entry = entries.get(known.item.fingerprint)
        if entry is not None and entry.state == PUBLISHED:
            logged.append(LoggedItem(known.item, Event.IS_DONE, entry))
            continue
        # This notes the new number of an item, also if the item is not sent.
        problem = known.problem or records.problem_of_new_number(known) or ""
        event = _event(known, entry, has_problem=bool(problem), resend_unknown=resend_unknown)
        if event is Event.EARLIER_IS_UNCLEAR:
            problem = EARLIER_VERSION_UNKNOWN
        logged.append(LoggedItem(known.item, event, entry, problem))
    return logged


def _event(
    known: Recognised, entry: LogEntry | None, *, has_problem: bool, resend_unknown: bool
) -> Event:
    """What follows from the log for an item whose content it has not published."""
    if entry is not None and entry.state == INTENDED:
        return Event.HAS_NO_OUTCOME
    if known.is_removed:
        return Event.IS_DONE
    if known.unresolved and not (resend_unknown or known.item.can_be_found):
        return Event.EARLIER_IS_UNCLEAR
    return Event.MAY_NOT_BE_SENT if has_problem else Event.IS_NEW
