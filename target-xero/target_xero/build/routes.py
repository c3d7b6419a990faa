"""Which of Xero's ways of writing a method means for an entity, and which there are (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from enum import Enum

from target_xero.build.records import InvalidRecordError
from xero_client.entities.children import Child
from xero_client.entities.table import Entity, Route


class Action(Enum):
    """What a publication does."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "create or update"
    REMOVE = "remove"
    SEND = "send"


def offered(entity: Entity) -> str:
    """What Xero offers for an entity, in words."""
    if entity.writing is None:
        return f"Xero only lets {entity.name} be read"
    writing = entity.writing
    ways = []
    if Route.PUT in writing.routes:
        ways.append("PUT (create)")
    if Route.POST in writing.routes or Route.POST_ID in writing.routes:
        what = "create or update" if writing.updates else "create"
        ways.append(f"POST ({what})")
    if writing.removal is not None:
        ways.append("DELETE (remove)")
    return f"Xero has these for {entity.name}: {', '.join(ways)}"


def checked_method(entity: Entity, method: str) -> None:
    """Makes sure that an entity can be written so at all, whatever the record.

    Raises:
        InvalidRecordError: It cannot; the message says what can be done.
    """
    writing = entity.writing
    if writing is None:
        raise InvalidRecordError([offered(entity)])
    removable = method != "DELETE" or writing.removal is not None
    # POST means *create or update*: where Xero has no POST, its PUT creates.
    known = method in ("POST", "PUT", "DELETE") and (method != "PUT" or Route.PUT in writing.routes)
    if not removable or not known:
        problem = f"{method} does not exist for {entity.name}: {offered(entity)}"
        raise InvalidRecordError([problem])


def write_route(entity: Entity, method: str, *, has_id: bool) -> tuple[Route, Action]:
    """The route of a creation or update.

    Args:
        entity: The entity.
        method: ``POST`` or ``PUT``.
        has_id: Whether the record has an id of Xero's giving.

    Raises:
        InvalidRecordError: Xero has no such way.
    """
    checked_method(entity, method)
    writing = entity.writing
    assert writing is not None  # noqa: S101  # checked_method made sure
    if method == "PUT":
        if has_id:
            problem = (
                f"PUT creates only, and Xero gives the {entity.id_field} itself: use POST to "
                f"update, or leave {entity.id_field} out"
            )
            raise InvalidRecordError([problem])
        return Route.PUT, Action.CREATE
    if not has_id:
        route = writing.create
        # What has an id of the caller's giving may be there already.
        may_be_there = writing.updates or writing.given_ids
        return route, Action.UPSERT if may_be_there else Action.CREATE
    if not writing.updates:
        problem = (
            f"{entity.name} cannot be changed once they are there: leave {entity.id_field} out to "
            "create one, or use DELETE to remove one"
        )
        raise InvalidRecordError([problem])
    route = Route.POST if Route.POST in writing.routes else Route.POST_ID
    return route, Action.UPDATE


def child_method(child: Child, method: str, *, has_id: bool) -> tuple[str, bool, Action]:
    """The HTTP method for a child, and whether its own path is used.

    Raises:
        InvalidRecordError: Xero has no such way.
    """
    if method == "DELETE":
        if "DELETE" in child.own_routes and has_id:
            return "DELETE", True, Action.REMOVE
    elif method in ("POST", "PUT"):
        if has_id and "POST" in child.own_routes and not child.routes:
            return method, True, Action.UPSERT
        if has_id and method == "POST" and "POST" in child.own_routes:
            return "POST", True, Action.UPDATE
        if method in child.routes:
            return method, False, Action.SEND
        # POST means *create or update*: where Xero has no POST, its PUT creates.
        if method == "POST" and "PUT" in child.routes:
            return "PUT", False, Action.SEND
    lacks = f" (this record has no {child.id_field})" if child.id_field and not has_id else ""
    problem = f"{method} does not exist for {child.title}{lacks}; Xero has: {child.offered}"
    raise InvalidRecordError([problem])
