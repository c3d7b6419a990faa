"""Which request creates, updates or removes a record of an entity, and which methods there are.

Facts: (xero-facts.md: Writing by entity).
"""

from __future__ import annotations

from enum import Enum
from typing import Literal, get_args

from target_xero.build.records import InvalidRecordError
from xero_client.entities.children import Child
from xero_client.entities.table import Entity, Route, WriteSpec

Method = Literal["POST", "PUT", "DELETE"]
# Generic mode may send PATCH too: other Xero APIs have it.
GenericMethod = Literal[Method, "PATCH"]
METHODS: tuple[str, ...] = get_args(Method)
GENERIC_METHODS: tuple[str, ...] = get_args(GenericMethod)


class Action(Enum):
    """What a publication does."""

    CREATE = "create"
    UPDATE = "update"
    UPSERT = "create or update"
    REMOVE = "remove"
    SEND = "send"


def describe_methods(entity: Entity) -> str:
    """A sentence that lists the methods that Xero has for an entity."""
    if entity.writing is None:
        return f"Xero only lets {entity.title} be read"
    writing = entity.writing
    methods = []
    if Route.PUT in writing.routes:
        methods.append("PUT (create)")
    if Route.POST in writing.routes or Route.POST_ID in writing.routes:
        effect = "create or update" if writing.updates else "create"
        methods.append(f"POST ({effect})")
    if entity.is_of_other_api:
        methods.append("PUT (create only)")
    if writing.removal is not None:
        methods.append("DELETE (remove)")
    return f"Xero has these for {entity.title}: {', '.join(methods)}"


def check_method(entity: Entity, method: str) -> WriteSpec:
    """Checks that an entity has a method, whatever the record; returns how it is written.

    Raises:
        InvalidRecordError: It does not; the message lists the methods that it has.
    """
    writing = entity.writing
    if writing is None:
        raise InvalidRecordError([describe_methods(entity)])
    removable = method != "DELETE" or writing.removal is not None
    # POST means *create or update*: if Xero has no POST, its PUT creates. In other APIs it is the
    # POST that only creates.
    creates_only = Route.PUT in writing.routes or entity.is_of_other_api
    known = method in METHODS and (method != "PUT" or creates_only)
    if not removable or not known:
        problem = f"{method} does not exist for {entity.title}: {describe_methods(entity)}"
        raise InvalidRecordError([problem])
    return writing


def write_route(entity: Entity, method: str, *, has_id: bool) -> tuple[Route, Action]:
    """The route of a creation or an update.

    Args:
        entity: The entity.
        method: ``POST`` or ``PUT``.
        has_id: Whether the record has an id that Xero gave it.

    Raises:
        InvalidRecordError: The entity has no such route.
    """
    writing = check_method(entity, method)
    if method == "PUT":
        if has_id:
            problem = (
                f"PUT creates only, and Xero gives the {entity.id_field} itself: use POST to "
                f"update, or leave {entity.id_field} out"
            )
            raise InvalidRecordError([problem])
        return Route.PUT if Route.PUT in writing.routes else writing.create_route, Action.CREATE
    if not has_id:
        # A record whose id the caller gives (a currency's code) may already exist.
        may_exist = writing.updates or writing.caller_assigns_id
        return writing.create_route, Action.UPSERT if may_exist else Action.CREATE
    if not writing.updates:
        remove = ", or use DELETE to remove one" if writing.removal is not None else ""
        problem = (
            f"Xero cannot change existing {entity.title}: leave {entity.id_field} out to "
            f"create one{remove}"
        )
        raise InvalidRecordError([problem])
    return writing.route_by_id, Action.UPDATE


def child_method(child: Child, method: str, *, has_id: bool) -> tuple[str, bool, Action]:
    """The HTTP method for a child, and whether the request goes to the child's own path.

    Raises:
        InvalidRecordError: The child has no such method.
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
        # POST means *create or update*: if Xero has no POST, its PUT creates.
        if method == "POST" and "PUT" in child.routes:
            return "PUT", False, Action.SEND
    lacks = f" (this record has no {child.id_field})" if child.id_field and not has_id else ""
    problem = f"{method} does not exist for {child.title}{lacks}; Xero has: {child.offered}"
    raise InvalidRecordError([problem])
