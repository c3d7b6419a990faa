"""What is read from Xero before items are sent, and after Xero refused them for what exists."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from target_xero.build.destinations.destination import EntityDestination
from target_xero.delivery.items import Item
from target_xero.delivery.preparation.look_ups import existing_or_refusal
from target_xero.delivery.preparation.overwriting import Decision, Overwriting
from target_xero.delivery.publish_log import PublishLog
from target_xero.delivery.states import Event
from target_xero.lookup.parent_search import with_parents
from target_xero.lookup.resolution import needs_lookup, resolution_of
from target_xero.report.results import CallInfo
from xero_client.errors import XeroError
from xero_client.http.transport import Transport

logger = logging.getLogger("target-xero")

# The statuses of answers that may be about records: what exists may be the reason.
STATUSES_ABOUT_RECORDS = frozenset({200, 400, 404})


@dataclass(frozen=True)
class Prepared:
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
        first = items[0].publication
        destination = first.destination
        if first.parent_key is not None:
            # Children of one parent go out together.
            children = self.with_parents(items)
            return sorted(children, key=_path_of_sent)
        if not isinstance(destination, EntityDestination):
            return [Prepared(item) for item in items]
        if first.overwrite is not None:
            return _prepared(self._overwriting.prepare(destination, items))
        if needs_lookup(first):
            return self._resolved(destination, items)
        return [Prepared(item) for item in items]

    def as_sent(self, items: Sequence[Item]) -> list[Item]:
        """Items of an earlier run in the form in which they may be sent again."""
        destination = items[0].publication.destination
        if not isinstance(destination, EntityDestination):
            return list(items)
        return self._overwriting.as_sent(destination, items)

    def with_parents(self, items: Sequence[Item]) -> list[Prepared]:
        """Children with the ids of their parents.

        Args:
            items: Children that name their parents by number, code or name.

        Raises:
            XeroError: A look-up failed.
        """
        stream = items[0].provenance.stream
        found = with_parents([item.publication for item in items], self._transport, stream)
        return [
            Prepared(item, Event.MAY_NOT_BE_SENT, reason=str(parent.problem))
            if parent.publication is None
            else Prepared(replace(item, publication=parent.publication))
            for item, parent in zip(items, found, strict=True)
        ]

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
        try:
            decisions = self._overwriting.after_refusal(destination, looked_up)
        except XeroError as error:
            logger.warning("Cannot read why %d records were refused: %s", len(looked_up), error)
            return []
        return [
            replace(prepared, item=_for_last_time(prepared.item))
            for prepared in _prepared([decision for decision in decisions if decision])
        ]

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
            else:
                sent, fallback = resolution.publication, resolution.fallback
                prepared.append(Prepared(replace(item, publication=sent, fallback=fallback)))
        return prepared


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
