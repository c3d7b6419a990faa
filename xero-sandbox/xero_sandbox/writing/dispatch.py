"""Which entity, record or child of a record a write is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from xero_sandbox.organisation import ID_FIELDS, Organisation
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import contact_balances
from xero_sandbox.writing.batch import each, not_found, not_implemented
from xero_sandbox.writing.request import WriteRefused, WriteRequest, Written
from xero_sandbox.writing.table import (
    ACTIONS,
    COLLECTION_CHILDREN,
    ENTITIES,
    RECORD_CHILDREN,
    ChildHandler,
    Entity,
    locate,
)

# /Entity/{id}/Child
CHILD_PATH = 3


def write(organisation: Organisation, request: WriteRequest, now: datetime) -> Written:
    """Does what ``request`` asks of ``organisation``.

    Args:
        organisation: Whose records are written.
        request: The decoded request.
        now: The instant that the write carries.

    Returns:
        One result per element, in the order sent.

    Raises:
        WriteRefused: When the request fails as a whole; nothing is changed then.
    """
    transaction = Transaction(organisation, now, request.user, request.query)
    try:
        written = _route(transaction, request)
        contact_balances.refresh(transaction)
    except Exception:
        transaction.roll_back()
        raise
    return written


def _route(transaction: Transaction, request: WriteRequest) -> Written:
    path = request.path
    if path and path[0] in ACTIONS and len(path) == 1:
        return _handle(ACTIONS[path[0]], transaction, request)
    if len(path) in {1, 2}:
        return _write_entity(transaction, request)
    children = COLLECTION_CHILDREN if len(path) == CHILD_PATH else RECORD_CHILDREN
    if not CHILD_PATH <= len(path) <= CHILD_PATH + 1 or (path[0], path[2]) not in children:
        raise not_found()
    return _handle(children[path[0], path[2]], transaction, request)


def _handle(
    handlers: Mapping[str, ChildHandler], transaction: Transaction, request: WriteRequest
) -> Written:
    handler = handlers.get(request.method)
    if handler is None:
        raise not_implemented(request)
    return handler(transaction, request)


def _write_entity(transaction: Transaction, request: WriteRequest) -> Written:
    entity = ENTITIES.get(request.path[0])
    if entity is None:
        known = request.path[0] in transaction.organisation.collections
        raise not_implemented(request) if known else not_found()
    if len(request.path) > 1:
        return _write_one(transaction, request, entity)
    saver = {"PUT": entity.put, "POST": entity.post}.get(request.method)
    if saver is None:
        raise not_implemented(request)
    if entity.most is not None and len(request.elements) > entity.most:
        message = f"A request can carry at most {entity.most} {entity.name}."
        raise WriteRefused(400, "ValidationException", 10, message)
    first_only = request.method in entity.one_record
    elements = request.elements[:1] if first_only else request.elements
    return each(transaction, request, entity.name, elements, saver)


def _write_one(transaction: Transaction, request: WriteRequest, entity: Entity) -> Written:
    remove = entity.delete if request.method == "DELETE" else None
    update = entity.update if request.method == "POST" else None
    if remove is None and update is None:
        raise not_implemented(request)
    target = locate(entity, transaction, request.path[1])
    if target is None:
        raise not_found()
    if remove is not None:
        return remove(transaction, target)
    id_field = ID_FIELDS[entity.name]
    sent = request.elements[0] if request.elements else {}
    element = {**sent, id_field: target[id_field]}
    assert update is not None  # noqa: S101  # one of the two is set, as checked above
    return each(transaction, request, entity.name, [element], update)
