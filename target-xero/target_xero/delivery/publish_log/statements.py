"""The statements of the publish log that each batch of records needs.

They are made once, and get their values when they are executed. Making a statement takes longer
than executing it, and a statement is freed, with its values, only by the garbage collector.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from target_xero.delivery.publish_log.entries import INTENDED, PUBLISHED, SUPERSEDED, LogEntry
from target_xero.delivery.publish_log.tables import FINGERPRINT_VERSION, records, requests


def one_of(column: Column[Any]) -> ColumnElement[bool]:
    """Whether a column has one of the values of the parameter ``wanted``."""
    return column.in_(bindparam("wanted", expanding=True, type_=column.type))


@cache
def entries_by(column: str, *, of_tenant: bool = False, is_current: bool = False) -> Select[Any]:
    """Reads entries by the parameter ``wanted``, in the order of the fields of ``LogEntry``.

    Args:
        column: The column that has one of the values.
        of_tenant: Whether only those of the parameter ``tenant`` are read.
        is_current: Whether those that were superseded are left out.
    """
    query = select(*(records.c[name] for name in LogEntry.__struct_fields__))
    query = query.where(one_of(records.c[column]))
    if of_tenant:
        query = query.where(records.c.tenant_id == bindparam("tenant"))
    return query.where(records.c.state != SUPERSEDED) if is_current else query


@cache
def removed_by_id(column: str) -> Select[Any]:
    """Reads those of the values ``wanted`` whose record was removed by its id, with the id.

    The entry of the removal has no other subject. What it has superseded has its time.
    """
    removal, value = records.alias(), records.c[column]
    is_removal = and_(
        removal.c.tenant_id == records.c.tenant_id,
        removal.c.xero_id == records.c.xero_id,
        removal.c.entity == records.c.entity,
        removal.c.state == PUBLISHED,
        removal.c.removes == 1,
        removal.c.changed_at == records.c.changed_at,
    )
    query = select(value, records.c.xero_id).join_from(records, removal, is_removal)
    return query.where(one_of(value), records.c.state == SUPERSEDED)


BEGUN_REQUESTS = select(requests.c.key).where(requests.c.tenant_id == bindparam("tenant"))
SUBJECTS_OF_REQUESTS = select(records.c.identity, records.c.document).where(
    one_of(records.c.request_key), records.c.state == INTENDED
)
LOCK_RECORDS = (
    select(records.c.fingerprint, records.c.state, records.c.attempt)
    .where(one_of(records.c.fingerprint))
    .order_by(records.c.fingerprint)
    .with_for_update()
)
DELETE_RECORDS = delete(records).where(one_of(records.c.fingerprint))
ADD_REQUEST, ADD_RECORDS = insert(requests), insert(records)

RECORDS_OF_IDS = select(
    records.c.fingerprint, records.c.xero_id, records.c.entity, records.c.state
).where(records.c.tenant_id == bindparam("tenant"), one_of(records.c.xero_id))
SUBJECTS_WITH_ID = select(records.c.identity).where(
    one_of(records.c.identity), records.c.xero_id.is_not(None)
)
SUPERSEDE = (
    update(records)
    .where(one_of(records.c.fingerprint))
    .values(state=SUPERSEDED, changed_at=bindparam("now"))
)


@cache
def supersede_others(column: str) -> Update:
    """Supersedes the published records with one of the values ``wanted``, except ``own``."""
    own = bindparam("own", expanding=True, type_=records.c.fingerprint.type)
    return (
        update(records)
        .where(
            one_of(records.c[column]),
            records.c.state == PUBLISHED,
            records.c.fingerprint.not_in(own),
        )
        .values(state=SUPERSEDED, changed_at=bindparam("now"))
    )


SETTLE = (
    update(records)
    .where(records.c.fingerprint == bindparam("which"))
    .values(
        state=bindparam("new_state"),
        xero_id=bindparam("new_id"),
        run_id=bindparam("new_run"),
        changed_at=bindparam("now"),
        request_key=None,
    )
)
DROP_FINISHED = delete(requests).where(
    requests.c.key == bindparam("which"),
    ~select(records.c.fingerprint)
    .where(records.c.request_key == bindparam("which"), records.c.state == INTENDED)
    .exists(),
)
NOTE_INPUTS = (
    update(records)
    .where(records.c.fingerprint == bindparam("which"))
    .values(
        input_digest=func.coalesce(bindparam("digest"), records.c.input_digest),
        input_method=func.coalesce(bindparam("method"), records.c.input_method),
        source_key=func.coalesce(bindparam("key"), records.c.source_key),
    )
)
RENEW_FINGERPRINTS = (
    update(records)
    .where(records.c.fingerprint == bindparam("which"))
    .values(
        fingerprint=bindparam("new_fingerprint"),
        identity=bindparam("new_identity"),
        document=bindparam("new_document"),
        removes=bindparam("new_removes"),
        fingerprint_version=FINGERPRINT_VERSION,
    )
)
