"""What is read from Xero before items are sent, and after Xero refused them for what exists."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.destinations.destination import ChildDestination, EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.look_ups import existing_or_refusal
from target_xero.delivery.preparation.overwriting import Decision, Overwriting
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.retry_policy import (
    AfterLookUp,
    after_failed_look_up,
    halves,
    is_server_error,
)
from target_xero.delivery.states import Event
from target_xero.lookup.own_children import is_sought, with_own_ids
from target_xero.lookup.parent_search import with_parents
from target_xero.lookup.reference_search import with_references
from target_xero.lookup.resolution import needs_completion, needs_lookup, resolution_of
from target_xero.report.results import CallInfo
from xero_client.errors import RequestRefusedError, XeroError
from xero_client.http.transport import Request, Transport

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
    """

    item: Item
    event: Event = Event.MAY_BE_SENT
    xero_id: str | None = None
    reason: str = ""


def has_names(items: Sequence[Item]) -> bool:
    """Whether items name records that must be looked up before they are sent."""
    return any(
        item.publication.parent_key or item.publication.references or is_sought(item.publication)
        for item in items
    )


class Preparation:
    """Reads what Xero has of the items of one organisation; safe to share between threads."""

    def __init__(self, transport: Transport, log: PublishLog) -> None:
        self._transport = transport
        self._overwriting = Overwriting(transport, log)

    def prepare(self, items: Sequence[Item]) -> list[Prepared]:
        """What Xero has of items; those that fit into one request are neighbours.

        Args:
            items: Items of one destination.

        Raises:
            XeroError: A look-up failed.
        """
        if not has_names(items):
            return self._prepared_by_id(items)
        named = self.with_named_records(items)
        if isinstance(items[0].publication.destination, ChildDestination):
            # Children of one parent go out together.
            return sorted(named, key=_path_of_sent)
        ended = [prepared for prepared in named if prepared.event is not Event.MAY_BE_SENT]
        ready = [prepared.item for prepared in named if prepared.event is Event.MAY_BE_SENT]
        return [*ended, *self._prepared_by_id(ready)] if ready else ended

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
            First the items whose records are not found, then the others.

        Raises:
            XeroError: A look-up failed.
        """
        stream = items[0].provenance.stream
        ended: list[Prepared] = []
        remaining = list(items)
        for look_up in (with_parents, with_references, with_own_ids):
            found = look_up([item.publication for item in remaining], self._transport, stream)
            pairs = list(zip(remaining, found, strict=True))
            ended += [
                Prepared(item, Event.MAY_NOT_BE_SENT, reason=str(completed.problem))
                for item, completed in pairs
                if completed.publication is None
            ]
            remaining = [
                replace(item, publication=completed.publication)
                for item, completed in pairs
                if completed.publication is not None
            ]
        return [*ended, *map(Prepared, remaining)]

    def after_refusal(self, refused: Sequence[Item], call: CallInfo) -> list[Prepared]:
        """What is to be done with items that Xero refused because of what exists.

        A second refusal of an item that is sent again stands.

        Args:
            refused: Items that Xero refused.
            call: The call that carried them.

        Returns:
            Only the items whose refusal does not stand.
        """
        looked_up = [item for item in refused if item.publication.refusal_is_looked_up]
        if not looked_up or call.http_status not in STATUSES_ABOUT_RECORDS:
            return []
        destination = looked_up[0].publication.destination
        if not isinstance(destination, EntityDestination):
            return []
        decisions = self._decisions_after_refusal(destination, looked_up)
        return [
            replace(prepared, item=_for_last_time(prepared.item))
            for prepared in _prepared([decision for decision in decisions if decision])
        ]

    def _prepared_by_id(self, items: Sequence[Item]) -> list[Prepared]:
        """What Xero has of items that name no other records, or have the ids of those."""
        first = items[0].publication
        destination = first.destination
        if not isinstance(destination, EntityDestination):
            return [Prepared(item) for item in items]
        if first.overwrite is not None:
            decisions = self._overwriting.prepare(destination, items)
            return self._completed(destination, _prepared(decisions))
        if needs_lookup(first):
            return self._resolved(destination, items)
        return [Prepared(item) for item in items]

    def _decisions_after_refusal(
        self, destination: EntityDestination, items: Sequence[Item]
    ) -> list[Decision | None]:
        """What a look-up says of refused items; None of those whose refusal stands.

        A look-up that fails because of one item is halved until that item is alone.
        """
        decisions: list[Decision | None] = []
        failed_alone = 0
        parts = deque([items])
        while parts:
            part = parts.popleft()
            try:
                decisions += self._overwriting.after_refusal(destination, part)
            except XeroError as error:
                what = after_failed_look_up(error, len(part), failed_alone)
                if what is AfterLookUp.HALVE:
                    parts.extendleft(reversed(halves(part)))
                    continue
                failed_alone += len(part) == 1 and is_server_error(error)
                logger.warning("Cannot read why %d records were refused: %s", len(part), error)
                decisions += [None] * len(part)
        return decisions

    def _completed(
        self, destination: EntityDestination, prepared: Sequence[Prepared]
    ) -> list[Prepared]:
        """The same, with updates that leave nothing out where Xero would clear it."""
        incomplete = [
            decision.item
            for decision in prepared
            if decision.event is Event.MAY_BE_SENT and needs_completion(decision.item.publication)
        ]
        if not incomplete:
            return list(prepared)
        resolved = self._resolved(destination, incomplete)
        completed = {decision.item.fingerprint: decision for decision in resolved}
        return [completed.get(decision.item.fingerprint, decision) for decision in prepared]

    def _resolved(self, destination: EntityDestination, items: Sequence[Item]) -> list[Prepared]:
        stream = items[0].provenance.stream
        publications = [item.publication for item in items]
        found = existing_or_refusal(destination, publications, self._transport, stream)
        prepared: list[Prepared] = []
        for item, records in zip(items, found, strict=True):
            resolution = resolution_of(destination, item.publication, records)
            if resolution.error is not None:
                prepared.append(Prepared(item, Event.FAILED_ALONE, reason=resolution.error))
            elif resolution.publication is None:
                prepared.append(Prepared(item, Event.HAS_NO_CHANGE, resolution.xero_id))
            elif problem := self._problem_of_change_before(item, resolution.before):
                prepared.append(Prepared(item, Event.FAILED_ALONE, reason=problem))
            else:
                sent, fallback = resolution.publication, resolution.fallback
                prepared.append(Prepared(replace(item, publication=sent, fallback=fallback)))
        return prepared

    def _problem_of_change_before(self, item: Item, change: Publication | None) -> str | None:
        """Sends the change that comes before a publication, which may be sent twice.

        Returns:
            Why Xero refuses it; None if Xero takes it, or if no change comes before.

        Raises:
            XeroError: The change failed for a reason that does not lie in the record.
        """
        if change is None:
            return None
        request = Request(
            change.method,
            change.path,
            dict(change.params),
            body=change.content,
            content_type=change.content_type,
            subject=item.provenance.stream,
            scope=change.destination.scope,
            retry=True,
        )
        try:
            self._transport.send(request)
        except RequestRefusedError as error:
            return str(error)
        return None


def _prepared(decisions: Sequence[Decision]) -> list[Prepared]:
    """What decisions say, creations apart from updates."""
    prepared = [
        Prepared(decision.item, Event.MAY_NOT_BE_SENT, reason=decision.problem)
        if decision.problem is not None
        else Prepared(decision.item, Event.HAS_NO_CHANGE, decision.xero_id)
        if decision.is_unchanged
        else Prepared(decision.item)
        for decision in decisions
    ]
    return sorted(prepared, key=_method_of_sent)


def _method_of_sent(prepared: Prepared) -> str:
    """Sorts what is not sent to the front, in its order."""
    return prepared.item.publication.method if prepared.event is Event.MAY_BE_SENT else ""


def _path_of_sent(prepared: Prepared) -> str:
    """Sorts what is not sent to the front, in its order."""
    return prepared.item.publication.path if prepared.event is Event.MAY_BE_SENT else ""


def _for_last_time(item: Item) -> Item:
    publication = replace(item.publication, refusal_is_looked_up=False)
    return replace(item.next_attempt(), publication=publication)
