"""What is read from Xero before items are sent, and after Xero refused them for what exists."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.look_ups import existing_or_refusal
from target_xero.delivery.preparation.overwriting import Decision, Overwriting
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.retry_policy import (
    AfterLookUp,
    after_failed_look_up,
    is_server_error,
    looked_up_in_parts,
)
from target_xero.delivery.states import Event
from target_xero.lookup.existing_records import has_path_of_one
from target_xero.lookup.named_records.completed import Completed
from target_xero.lookup.named_records.expected_records import ExpectedRecords
from target_xero.lookup.named_records.own_children import is_sought, with_own_ids
from target_xero.lookup.named_records.parent_search import with_parents
from target_xero.lookup.named_records.reference_search import with_references
from target_xero.lookup.resolution import Resolution, needs_resolution, resolution_of
from target_xero.report.results import CallInfo
from xero_client.errors import RequestRefusedError, XeroError
from xero_client.http.transport import Transport

logger = logging.getLogger("target-xero")

# The statuses of answers that may be about records: what exists may be the reason.
STATUSES_ABOUT_RECORDS = frozenset({200, 400, 404})


class Prepared(Struct, frozen=True):
    """What a look-up says of an item.

    Attributes:
        item: The item; in the form in which it may be sent, if it may be.
        event: Whether it may be sent, has no change, or why it is not sent.
        xero_id: The id of the record that has all of it already.
        reason: Why it is not sent.
        existing: The record as Xero has it, if it was read.
        unresolved: The item before Xero's record said what to send: the status that removes it, or
            the fields that it leaves out. None if it is not one of these.
        before: A change of the same record that is sent first. Sending it twice does no harm.
    """

    item: Item
    event: Event = Event.MAY_BE_SENT
    xero_id: str | None = None
    reason: str = ""
    existing: Record | None = None
    unresolved: Item | None = None
    before: Publication | None = None

    @property
    def may_be_sent(self) -> bool:
        """Whether the item may be sent."""
        return self.event is Event.MAY_BE_SENT


def has_names(items: Sequence[Item]) -> bool:
    """Whether items name records that must be looked up before they are sent."""
    return any(
        item.publication.parent_key or item.publication.references or is_sought(item.publication)
        for item in items
    )


class Preparation:
    """Reads what Xero has of the items of one organisation; safe to share between threads.

    It sends nothing, so that a dry run prepares its items as a run does.
    """

    def __init__(
        self, transport: Transport, log: PublishLog, expected: ExpectedRecords | None = None
    ) -> None:
        """Reads nothing yet.

        Args:
            transport: The organisation's connection.
            log: The publish log; it is only read.
            expected: In a dry run, the records that would have been created by now. An item that
                names one of them keeps the name.
        """
        self._transport = transport
        self._overwriting = Overwriting(transport, log)
        self._expected = expected or ExpectedRecords()

    def prepare(self, items: Sequence[Item]) -> list[Prepared]:
        """What Xero has of items.

        Args:
            items: Items of one destination.

        Returns:
            Each of the items, in their order.

        Raises:
            XeroError: A look-up failed.
        """
        if not has_names(items):
            return self._prepared_by_id(items)
        named = self.with_named_records(items)
        ready = [prepared.item for prepared in named if prepared.may_be_sent]
        return _replaced(named, self._prepared_by_id(ready))

    def as_sent(self, items: Sequence[Item]) -> list[Item]:
        """Items of an earlier run in the form in which they may be sent again."""
        destination = items[0].publication.destination
        if not isinstance(destination, EntityDestination):
            return list(items)
        return self._overwriting.as_sent(destination, items)

    def with_named_records(self, items: Sequence[Item]) -> list[Prepared]:
        """Items with the ids of their parents, and of other records that they name.

        Args:
            items: Items that name records by number, code or name.

        Returns:
            Each of the items, in their order.

        Raises:
            XeroError: A look-up failed.
        """
        stream = items[0].provenance.stream
        prepared = [Prepared(item) for item in items]
        for look_up in (with_parents, with_references, with_own_ids):
            ready = [found.item for found in prepared if found.may_be_sent]
            publications = [item.publication for item in ready]
            completed = look_up(publications, self._transport, stream, self._expected)
            pairs = zip(ready, completed, strict=True)
            prepared = _replaced(prepared, [_named(item, found) for item, found in pairs])
        return prepared

    def if_refused(self, items: Sequence[Item]) -> list[Prepared | None]:
        """What is to be done with items if Xero refuses them because of what exists.

        Args:
            items: Items of one entity that may be sent, and whose refusal is looked up.

        Returns:
            For each item what is to be done; None if Xero's refusal stands.

        Raises:
            XeroError: A look-up failed.
        """
        destination = items[0].publication.destination if items else None
        if not isinstance(destination, EntityDestination):
            return [None] * len(items)
        decisions = self._overwriting.after_refusal(destination, items)
        return [None if decision is None else _prepared(decision) for decision in decisions]

    def after_refusal(self, refused: Sequence[Item], call: CallInfo) -> list[Prepared]:
        """What is to be done with items that Xero refused because of what exists.

        A look-up that fails because of one item is halved until that item is alone. A second
        refusal of an item that is sent again stands.

        Args:
            refused: Items that Xero refused.
            call: The call that carried them.

        Returns:
            Only the items whose refusal does not stand.
        """
        looked_up = [item for item in refused if item.publication.refusal_is_looked_up]
        if not looked_up or call.http_status not in STATUSES_ABOUT_RECORDS:
            return []
        failed_alone = 0

        def after_failure(error: XeroError, items: Sequence[Item]) -> list[Prepared | None] | None:
            nonlocal failed_alone
            what = after_failed_look_up(error, len(items), failed_alone)
            if what is AfterLookUp.HALVE:
                return None
            failed_alone += len(items) == 1 and is_server_error(error)
            logger.warning("Cannot read why %d records were refused: %s", len(items), error)
            return [None] * len(items)

        prepared = looked_up_in_parts(looked_up, self.if_refused, after_failure)
        return [replace(found, item=_for_last_time(found.item)) for found in prepared if found]

    def _prepared_by_id(self, items: Sequence[Item]) -> list[Prepared]:
        """What Xero has of items that name no other records, or have the ids of those."""
        destination = items[0].publication.destination if items else None
        if not isinstance(destination, EntityDestination):
            return [Prepared(item) for item in items]
        checked = [item for item in items if item.publication.overwrite is not None]
        decisions = iter(self._overwriting.prepare(destination, checked) if checked else ())
        prepared = [
            _prepared(next(decisions)) if item.publication.overwrite is not None else Prepared(item)
            for item in items
        ]
        unresolved = [found for found in prepared if _is_to_be_resolved(found)]
        if not unresolved:
            return prepared
        resolved = self._resolved(destination, unresolved)
        return _replaced(prepared, resolved, _is_to_be_resolved)

    def _resolved(
        self, destination: EntityDestination, unresolved: Sequence[Prepared]
    ) -> list[Prepared]:
        """Removals, and updates that leave nothing out where Xero would clear it."""
        stream = unresolved[0].item.provenance.stream
        # In another API that has no path for one record, the list has been read already.
        is_listed = destination.entity.is_of_other_api and not destination.writing.has_path_of_one
        known = [found.existing if is_listed else None for found in unresolved]
        pairs = list(zip(unresolved, known, strict=True))
        unread = [found.item.publication for found, record in pairs if record is None]
        read = iter(existing_or_refusal(destination, unread, self._transport, stream))
        resolved: list[Prepared] = []
        for found, record in pairs:
            records = next(read) if record is None else [record]
            resolution = resolution_of(destination, found.item.publication, records)
            resolved.append(_of_resolution(destination, found.item, resolution, records))
        return resolved


def _named(item: Item, found: Completed) -> Prepared:
    """An item after the records that it names were looked up."""
    if found.existing_id is not None:
        return Prepared(item, Event.HAS_NO_CHANGE, found.existing_id)
    if found.publication is not None:
        return Prepared(replace(item, publication=found.publication))
    return Prepared(item, Event.MAY_NOT_BE_SENT, reason=str(found.problem))


def _is_to_be_resolved(prepared: Prepared) -> bool:
    return prepared.may_be_sent and needs_resolution(prepared.item.publication)


def _may_be_sent(prepared: Prepared) -> bool:
    return prepared.may_be_sent


def _replaced(
    prepared: Sequence[Prepared],
    others: Iterable[Prepared],
    is_replaced: Callable[[Prepared], bool] = _may_be_sent,
) -> list[Prepared]:
    """The same, with some of them replaced by others, which are in the same order."""
    following = iter(others)
    return [next(following) if is_replaced(found) else found for found in prepared]


def _prepared(decision: Decision) -> Prepared:
    item, existing = decision.item, decision.existing
    if decision.problem is not None:
        event = Event.MAY_NOT_BE_SENT
        return Prepared(item, event, reason=decision.problem, existing=existing)
    event = Event.HAS_NO_CHANGE if decision.is_unchanged else Event.MAY_BE_SENT
    return Prepared(item, event, decision.xero_id, existing=existing)


def _of_resolution(
    destination: EntityDestination,
    item: Item,
    resolution: Resolution,
    records: list[Record] | RequestRefusedError,
) -> Prepared:
    existing = records[0] if isinstance(records, list) and records else None
    if resolution.error is not None:
        # Xero has refused its look-up, or the path of its id. Else it was only not found.
        is_asked_by_id = item.publication.record_id is not None
        is_refused = isinstance(records, RequestRefusedError) or (
            not records and is_asked_by_id and has_path_of_one(destination.entity)
        )
        event = Event.FAILED_ALONE if is_refused else Event.MAY_NOT_BE_SENT
        return Prepared(item, event, reason=resolution.error, existing=existing)
    if resolution.publication is None:
        return Prepared(item, Event.HAS_NO_CHANGE, resolution.xero_id, existing=existing)
    sent, fallback = resolution.publication, resolution.fallback
    return Prepared(
        replace(item, publication=sent, fallback=fallback),
        existing=existing,
        unresolved=item,
        before=resolution.before,
    )


def _for_last_time(item: Item) -> Item:
    publication = replace(item.publication, refusal_is_looked_up=False)
    return replace(item.next_attempt(), publication=publication)
