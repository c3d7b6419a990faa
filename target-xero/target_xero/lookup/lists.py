"""Whole lists of an organisation, page by page: for look-ups in bulk, and for comparing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from xero_client.entities.table import BY_NAME, Entity, Paging
from xero_client.errors import OddAnswerError
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of

PAGE_SIZE = 1000

Record = dict[str, Any]


def every_record(
    transport: Transport, entity_name: str, params: Mapping[str, str] | None = None
) -> Iterator[Record]:
    """All records of an entity, archived and deleted ones too, each once.

    Pages are walked in the order of the records' own id where Xero has one, so that a record that
    is edited meanwhile cannot push another out of sight.

    Args:
        transport: The organisation.
        entity_name: Xero's name of the entity.
        params: Further parameters, such as ``where``.

    Raises:
        XeroError: The list cannot be read.
    """
    entity = BY_NAME[entity_name]
    asked = _usual_params(entity) | dict(params or {})
    if entity.reading.paging not in (Paging.PAGE, Paging.PAGE_ONLY):
        yield from _page(transport, entity, asked)[0]
        return
    seen: set[str] = set()
    number = 1
    while True:
        records, pages = _page(transport, entity, asked | {"page": str(number)})
        fresh = [one for one in records if one.get(entity.id_field or "") not in seen]
        if not fresh:
            if records and pages is None:
                message = f"Page {number} of {entity.name} repeats earlier records"
                raise OddAnswerError(message)
            return
        seen.update(str(one.get(entity.id_field or "")) for one in fresh)
        yield from fresh
        if pages is not None and number >= pages:
            return
        number += 1


def _usual_params(entity: Entity) -> dict[str, str]:
    reading = entity.reading
    params = {}
    if reading.unitdp:
        params["unitdp"] = "4"
    if reading.hidden:
        params[reading.hidden] = "true"
    if reading.paging is Paging.PAGE:
        params["pageSize"] = str(PAGE_SIZE)
        if reading.order and entity.id_field:
            params["order"] = entity.id_field
    return params


def _page(
    transport: Transport, entity: Entity, params: Mapping[str, str]
) -> tuple[list[Record], int | None]:
    """The records of an answer, and of how many pages it is one where it says so."""
    answer = transport.send(
        Request("GET", entity.path, params, subject=entity.stream, scope=entity.read_scope)
    )
    pagination = answer.json.get("pagination") if isinstance(answer.json, dict) else None
    pages = pagination.get("pageCount") if isinstance(pagination, dict) else None
    return list(records_of(answer.json, entity.key)), pages if isinstance(pages, int) else None
