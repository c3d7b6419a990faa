"""Which entity, record or child of a record a write is for."""

from __future__ import annotations

from datetime import datetime

from xero_sandbox.organisation import ID_FIELDS, Organisation
from xero_sandbox.transaction import Transaction
from xero_sandbox.writing import contact_balances
from xero_sandbox.writing.batch import each, not_found, not_implemented
from xero_sandbox.writing.request import WriteRefused, WriteRequest, Written
from xero_sandbox.writing.table import CHILDREN, ENTITIES, Entity


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
    except WriteRefused:
        transaction.roll_back()
        raise
    contact_balances.refresh(transaction)
    return written


def _route(transaction: Transaction, request: WriteRequest) -> Written:
    path = request.path
    if path == ("Setup",):
        path = ("Setup", "", "")
    if not path or path[0] not in {*ENTITIES, *(name for name, _ in CHILDREN)}:
        raise not_found()
    if len(path) <= 2:  # noqa: PLR2004  # Entity, or Entity and id
        return _write_entity(transaction, request)
    child = CHILDREN.get((path[0], path[2]))
    if child is None:
        raise not_found()
    handler = child.get(request.method)
    if handler is None:
        raise not_implemented(request)
    return handler(transaction, request)


def _write_entity(transaction: Transaction, request: WriteRequest) -> Written:
    entity = ENTITIES.get(request.path[0])
    if entity is None:
        raise not_found()
    if len(request.path) == 1:
        saver = entity.put if request.method == "PUT" else entity.post
        if request.method == "DELETE" or saver is None:
            raise not_implemented(request)
        one = entity.one_record or request.method in entity.one_record_methods
        elements = request.elements[:1] if one else request.elements
        return each(transaction, request, entity.name, elements, saver)
    return _write_one(transaction, request, entity)


def _write_one(transaction: Transaction, request: WriteRequest, entity: Entity) -> Written:
    target = entity.locate(transaction, request.path[1])
    if request.method == "DELETE" and entity.delete is not None:
        if target is None:
            raise not_found()
        return entity.delete(transaction, target)
    if request.method != "POST" or entity.update is None:
        raise not_implemented(request)
    if target is None:
        raise not_found()
    id_field = ID_FIELDS[entity.name]
    sent = request.elements[0] if request.elements else {}
    element = {**sent, id_field: target[id_field]}
    return each(transaction, request, entity.name, [element], entity.update)
