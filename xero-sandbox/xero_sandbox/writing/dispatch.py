"""Finds the function that carries out a write, by its path and method."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from xero_sandbox.model.organisation import ID_FIELDS, Organisation, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.writing.contacts import balances as contact_balances
from xero_sandbox.writing.entities import (
    ACTIONS,
    COLLECTION_CHILDREN,
    ENTITIES,
    RECORD_CHILDREN,
    ChildHandler,
    WritableEntity,
    locate,
)
from xero_sandbox.writing.shared.batch import not_found, not_implemented, save_each
from xero_sandbox.writing.shared.request import WriteError, WriteOutcome, WriteRequest

# /Entity/{id}/Child
CHILD_PATH = 3


def write(organisation: Organisation, request: WriteRequest, now: datetime) -> WriteOutcome:
    """Carries out a write.

    Args:
        organisation: The organisation.
        request: The decoded request.
        now: The time of the write.

    Returns:
        One result per element, in the order sent.

    Raises:
        WriteError: If the request fails as a whole; then it changes nothing.
    """
    transaction = Transaction(organisation, now, request.user, request.query)
    try:
        outcome = _route(transaction, request)
        contact_balances.refresh(transaction)
    except Exception:
        transaction.roll_back()
        raise
    return outcome


def _route(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
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
) -> WriteOutcome:
    handler = handlers.get(request.method)
    if handler is None:
        raise not_implemented(request)
    return handler(transaction, request)


def _write_entity(transaction: Transaction, request: WriteRequest) -> WriteOutcome:
    entity = ENTITIES.get(request.path[0])
    if entity is None:
        exists = request.path[0] in transaction.organisation.collections
        raise not_implemented(request) if exists else not_found()
    if len(request.path) > 1:
        return _write_record(transaction, request, entity)
    saver = {"PUT": entity.put, "POST": entity.post}.get(request.method)
    if saver is None:
        raise not_implemented(request)
    if entity.max_elements is not None and len(request.elements) > entity.max_elements:
        message = f"A request can contain at most {entity.max_elements} {entity.name}."
        raise WriteError(400, "ValidationException", 10, message)
    first_only = request.method in entity.first_element_only
    elements = request.elements[:1] if first_only else request.elements
    return save_each(transaction, request, entity.name, elements, saver)


def _write_record(
    transaction: Transaction, request: WriteRequest, entity: WritableEntity
) -> WriteOutcome:
    if request.method == "DELETE" and entity.delete is not None:
        return entity.delete(transaction, _located(transaction, request, entity))
    if request.method == "POST" and entity.update is not None:
        target = _located(transaction, request, entity)
        id_field = ID_FIELDS[entity.name]
        sent = request.elements[0] if request.elements else {}
        element = {**sent, id_field: target[id_field]}
        return save_each(transaction, request, entity.name, [element], entity.update)
    raise not_implemented(request)


def _located(transaction: Transaction, request: WriteRequest, entity: WritableEntity) -> Record:
    """The record that the path names.

    Raises:
        WriteError: The record does not exist.
    """
    target = locate(entity, transaction, request.path[1])
    if target is None:
        raise not_found()
    return target
