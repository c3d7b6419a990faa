"""Decides what may be changed in Xero: what exists is found before it is overwritten.

The package's README, section *What exists in Xero already*, describes the states.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import Overwrite, shown
from target_xero.delivery.items import Item
from target_xero.delivery.publish_log import PublishLog
from target_xero.lookup.existing_records import is_present, takes_changes
from target_xero.lookup.matches import matching_records
from target_xero.lookup.matching import contains
from target_xero.lookup.resolution import as_update
from xero_client.entities.table import Route
from xero_client.entities.write_spec import Body
from xero_client.http import wire
from xero_client.http.transport import Transport


class Decision(Struct, frozen=True):
    """What is to be done with an item, as far as it is known what Xero has.

    Attributes:
        item: The item to send: a creation, or an update of the record that was found.
        existing: The record that was found.
        is_unchanged: Whether it has all that would be sent, so that nothing is sent.
        problem: Why the item must not be sent.
    """

    item: Item
    existing: Record | None = None
    is_unchanged: bool = False
    problem: str | None = None

    @property
    def xero_id(self) -> str | None:
        """The id of the record that was found."""
        id_field = self.item.publication.destination.id_field or ""
        return str(self.existing[id_field]) if self.existing else None


class Overwriting:
    """Finds what exists in one organisation, and decides by the setting ``overwrite``."""

    def __init__(self, transport: Transport, log: PublishLog) -> None:
        self._transport = transport
        self._log = log

    def prepare(self, destination: EntityDestination, items: Sequence[Item]) -> list[Decision]:
        """What is to be done with items before they are sent.

        A record that the publish log has published is updated by its id. A record whose name or
        number Xero refuses to create twice is sent as a creation, without a look-up. If Xero
        refuses one of these, ``after_refusal`` decides. All others are looked up.

        Args:
            destination: The entity.
            items: Items of it.

        Raises:
            XeroError: A look-up failed.
        """
        decided: dict[int, Decision] = {}
        to_look_up: list[Item] = []
        for item, decision in self._by_the_log(destination, items):
            if decision is not None:
                decided[id(item)] = decision
            elif _xero_refuses_duplicates(destination, item.publication):
                decided[id(item)] = Decision(_looked_up_later(as_creation(destination, item)))
            else:
                to_look_up.append(item)
        for item, decision in zip(to_look_up, self.look_up(destination, to_look_up), strict=True):
            decided[id(item)] = decision
        return [decided[id(item)] for item in items]

    def as_sent(self, destination: EntityDestination, items: Sequence[Item]) -> list[Item]:
        """Items of an earlier run in the form in which they may be sent again, without a look-up.

        What the publish log has published is an update by its id. Anything else is a creation, so
        that no existing record is overwritten.

        Args:
            destination: The entity.
            items: Items of it.
        """
        return [
            _looked_up_later(as_creation(destination, item)) if decision is None else decision.item
            for item, decision in self._by_the_log(destination, items)
        ]

    def _by_the_log(
        self, destination: EntityDestination, items: Sequence[Item]
    ) -> list[tuple[Item, Decision | None]]:
        """Items with what is to be done with them; None if the publish log does not say it."""
        checked = [item for item in items if item.identity and _is_checked(item)]
        ids = self._log.latest_ids(str(item.identity) for item in checked)
        removed = [item for item in checked if item.may_be_archived and item.identity not in ids]
        ids |= self._log.removed_by_id(str(item.identity) for item in removed)
        decided: list[tuple[Item, Decision | None]] = []
        for item in items:
            own_id = ids.get(item.identity or "")
            decision = None
            if not _is_checked(item):
                decision = Decision(item, problem=_problem_of_id(item.publication))
            elif own_id is not None and _may_update_own(destination, item.publication):
                decision = Decision(_looked_up_later(_as_update(destination, item, own_id)))
            decided.append((item, decision))
        return decided

    def look_up(self, destination: EntityDestination, items: Sequence[Item]) -> list[Decision]:
        """What is to be done with items, by the records that Xero has.

        Args:
            destination: The entity.
            items: Items of it.

        Raises:
            XeroError: A look-up failed.
        """
        if not items:
            return []
        publications = [item.publication for item in items]
        subject = items[0].provenance.stream
        found = matching_records(destination, publications, self._transport, subject)
        id_field = destination.id_field or ""
        ids = [str(records[0][id_field]) for records in found if len(records) == 1]
        known = self._log.known_ids(destination.name, ids)
        return [
            _decision(destination, item, records, known)
            for item, records in zip(items, found, strict=True)
        ]

    def after_refusal(
        self, destination: EntityDestination, items: Sequence[Item]
    ) -> list[Decision | None]:
        """What is to be done with items that ``prepare`` sent without a look-up.

        Args:
            destination: The entity.
            items: Items of it, which Xero refused.

        Returns:
            For each item a decision, or None if Xero's refusal stands.

        Raises:
            XeroError: A look-up failed.
        """
        return [
            _decision_after_refusal(destination, item, decision)
            for item, decision in zip(items, self.look_up(destination, items), strict=True)
        ]


def _is_checked(item: Item) -> bool:
    """Whether it must be known what Xero has before an item is sent."""
    publication = item.publication
    if publication.overwrite is None or publication.record_id or not publication.match_keys:
        return False
    if publication.action is Action.CREATE:
        # Xero refuses a second record of a name or a number that it finds records by.
        return publication.looks_up_first or len(publication.match_keys[0]) > 1
    return publication.action is Action.UPSERT


def may_overwrite(publication: Publication) -> bool:
    """Whether a record may be changed that this target did not publish."""
    return publication.overwrite is Overwrite.ANY and bool(publication.match_keys)


def _problem_of_id(publication: Publication) -> str | None:
    """Why a record that is named by its id must not be changed; None if it may be."""
    if publication.overwrite is Overwrite.NEVER and publication.action is Action.UPDATE:
        return (
            f"the record names {publication.destination.id_field} {publication.record_id}, or was "
            "published before, and 'overwrite' is never: it is not changed"
        )
    return None


def as_creation(destination: EntityDestination, item: Item) -> Item:
    """The item as a creation, which Xero never takes for an update."""
    publication = item.publication
    entity, writing = destination.entity, destination.writing
    if Route.PUT not in writing.routes:
        return replace(item, publication=replace(publication, action=Action.CREATE))
    single = Route.PUT in writing.single_record_routes
    fields, content = publication.fields, publication.content
    if publication.record_id:
        fields = {name: value for name, value in fields.items() if name != entity.id_field}
        content = wire.encode(fields)
    creation = replace(
        publication,
        action=Action.CREATE,
        method="PUT",
        path=publication.collection or entity.path,
        content=content,
        fields=fields,
        record_id=None,
        matched_by_natural_key=False,
        batch_limit=1 if single else publication.batch_limit,
    )
    return replace(item, publication=creation)


def _decision(
    destination: EntityDestination, item: Item, records: Sequence[Record], known: frozenset[str]
) -> Decision:
    publication = item.publication
    id_field, writing = destination.id_field or "", destination.writing
    # Several bills may have one number: a deleted one is not in the way of another.
    may_share_number = len(publication.match_keys[0]) > 1
    is_in_the_way = any(takes_changes(publication, each) for each in records)
    if not records or (may_share_number and not is_in_the_way):
        return Decision(as_creation(destination, item))
    name = f"{destination.name} with {shown(publication.match_keys[0])}"
    if len(records) > 1:
        ids = ", ".join(str(record[id_field]) for record in records)
        several = f"Xero has {len(records)} {name} ({ids}): give the {id_field} of the one"
        return Decision(item, problem=several)
    record = records[0]
    record_id = str(record[id_field])
    update = _as_update(destination, item, record_id) if writing.updates else item
    if not writing.updates or contains(record, publication.fields):
        return Decision(update, record, is_unchanged=True)
    has = f"Xero has {name} already, {id_field} {record_id}"
    problem: str | None = None
    if writing.body is Body.FILE:
        problem = f"{has}, and Xero cannot replace the content of a file"
    elif publication.action is Action.CREATE and not publication.refusal_is_looked_up:
        problem = f"{has}, and PUT creates only: use POST to change it"
    elif publication.overwrite is Overwrite.NEVER:
        problem = f"{has}, and 'overwrite' is never: it is not changed"
    elif publication.overwrite is Overwrite.OWN and record_id.lower() not in known:
        problem = (
            f"{has}, and this target did not publish it: to change it, put the {id_field} "
            "into the record, or set 'overwrite' to any"
        )
    return Decision(update, record, problem=problem)


def _decision_after_refusal(
    destination: EntityDestination, item: Item, decision: Decision
) -> Decision | None:
    """What is to be done with an item that Xero refused; None if it refused its content.

    Args:
        destination: The entity.
        item: The item that was refused.
        decision: What the look-up says.
    """
    existing, was_creation = decision.existing, item.publication.record_id is None
    if existing is None:
        # An own record that was deleted in Xero is created again.
        return None if was_creation and decision.problem is None else decision
    if was_creation or str(decision.xero_id).lower() != str(item.publication.record_id).lower():
        return decision
    if is_present(item.publication, existing):
        return None
    return Decision(as_creation(destination, item))


def _may_update_own(destination: EntityDestination, publication: Publication) -> bool:
    return (
        publication.action is Action.UPSERT
        and publication.overwrite is not Overwrite.NEVER
        and not publication.looks_up_first
        and destination.writing.updates
    )


def _xero_refuses_duplicates(destination: EntityDestination, publication: Publication) -> bool:
    """Whether Xero refuses a creation under a name or number that exists."""
    writing = destination.writing
    states_type = bool(publication.fields.get("Type")) or not writing.match_only_types
    return (
        writing.refuses_duplicates
        and publication.action is Action.UPSERT
        and not publication.looks_up_first
        and len(publication.match_keys[0]) == 1
        and states_type
    )


def _looked_up_later(item: Item) -> Item:
    return replace(item, publication=replace(item.publication, refusal_is_looked_up=True))


def _as_update(destination: EntityDestination, item: Item, record_id: str) -> Item:
    return replace(item, publication=as_update(destination, item.publication, record_id))
