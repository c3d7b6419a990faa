"""The line that an item gets in the results file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.build.destinations.destination import ChildDestination
from target_xero.build.destinations.routes import Action
from target_xero.build.publications.publication import Publication
from target_xero.delivery.items import Item
from target_xero.delivery.responses.outcomes import Outcome, OutcomeKind
from target_xero.report.record_names import names_in
from target_xero.report.results import (
    CREATED,
    DRY_RUN,
    REJECTED,
    REMOVED,
    UNCHANGED,
    UNKNOWN,
    UPDATED,
    CallInfo,
    Result,
)


def sent_result(item: Item, outcome: Outcome, call: CallInfo, *, known: bool = False) -> Result:
    """The result of an item that was sent.

    Args:
        item: The item.
        outcome: Its outcome.
        call: The call that carried it.
        known: Whether the publish log had its id in Xero before.
    """
    publication = item.publication
    status = _status(publication, outcome, known=known)
    return Result(
        entity=publication.destination.name,
        method=publication.method,
        status=status,
        key=_key(item),
        xero_id=outcome.xero_id,
        errors=outcome.errors if status in (REJECTED, UNKNOWN) else (),
        warnings=(*publication.warnings, *outcome.warnings),
        call=call,
        response=outcome.response,
    )


def unchanged_result(item: Item, xero_id: str | None) -> Result:
    """The result of an item that Xero has already."""
    publication = item.publication
    return Result(
        entity=publication.destination.name,
        method=publication.method,
        status=UNCHANGED,
        key=_known_key(item),
        xero_id=xero_id or publication.record_id,
        warnings=publication.warnings,
    )


def not_sent_result(item: Item, reason: str, status: str = REJECTED) -> Result:
    """The result of an item that was not sent, although it is valid."""
    publication = item.publication
    return Result(
        entity=publication.destination.name,
        method=publication.method,
        status=status,
        key=_key(item),
        errors=(reason,),
        warnings=publication.warnings,
    )


def dry_run_result(
    item: Item, would: str, xero_id: str | None, changes: Mapping[str, Any] | None = None
) -> Result:
    """The result of an item in a dry run."""
    publication = item.publication
    return Result(
        entity=publication.destination.name,
        method=publication.method,
        status=DRY_RUN,
        key=_key(item),
        xero_id=xero_id,
        warnings=publication.warnings,
        would=would,
        changes=changes,
    )


def _status(publication: Publication, outcome: Outcome, *, known: bool) -> str:
    if outcome.kind is OutcomeKind.REJECTED:
        return REJECTED
    if outcome.kind is not OutcomeKind.PUBLISHED:
        return UNKNOWN
    if publication.action is Action.REMOVE:
        return REMOVED
    if publication.action is Action.UPDATE or known:
        return UPDATED
    # A request without content, such as an e-mail, and a PATCH act on a record that exists.
    acts_on_existing = publication.action is Action.SEND and (
        publication.content is None or publication.method == "PATCH"
    )
    return UPDATED if acts_on_existing else CREATED


def _key(item: Item) -> Mapping[str, Any]:
    """What identifies a record; without a key of the stream or of Xero, what people call it."""
    known = _known_key(item)
    if known or isinstance(item.publication.destination, ChildDestination):
        return known  # the results file names the parent of a child
    return names_in(item.publication.fields)


def _known_key(item: Item) -> Mapping[str, Any]:
    """What identifies a record: its key, else what only it has in Xero; of a child, the parent."""
    publication = item.publication
    destination = publication.destination
    if item.provenance.key:
        return item.provenance.key
    if not isinstance(destination, ChildDestination) or publication.parent_key is not None:
        return publication.key
    return {destination.parent.id_field or "": publication.parent_id, **publication.key}
