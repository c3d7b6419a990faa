"""Reads whole lists of an organisation, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from target_xero.build.records import Record
from target_xero.lookup.resource_lookup import page_count
from xero_client.entities.table import BY_NAME, Entity, Paging
from xero_client.errors import UnexpectedResponseError
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import format_modified_since, records_of

PAGE_SIZE = 1000


def every_record(
    transport: Transport,
    entity_name: str,
    params: Mapping[str, str] | None = None,
    modified_since: datetime | None = None,
) -> Iterator[Record]:
    """All records of an entity, archived and deleted ones too, each once.

    If Xero can sort by the records' id, pages are read in that order. Otherwise an edit between
    two calls could move a record to a page that was read already.

    Args:
        transport: The organisation's connection.
        entity_name: Xero's name of the entity.
        params: Further parameters, such as ``where``.
        modified_since: Only those that have changed since, if the list supports it.

    Raises:
        XeroError: The list cannot be read.
    """
    entity = BY_NAME[entity_name]
    all_params = _default_params(entity) | dict(params or {})
    headers = {}
    if modified_since is not None and entity.reading.modified_since:
        headers["If-Modified-Since"] = format_modified_since(modified_since)
    if entity.reading.paging not in (Paging.PAGE, Paging.PAGE_ONLY):
        yield from _page(transport, entity, all_params, headers)[0]
        return
    seen: set[str] = set()
    number = 1
    while True:
        page = all_params | {"page": str(number)}
        records, pages = _page(transport, entity, page, headers)
        new = [record for record in records if record.get(entity.id_field or "") not in seen]
        if not new:
            if records and pages is None:
                message = f"Page {number} of {entity.name} repeats earlier records"
                raise UnexpectedResponseError(message)
            return
        seen.update(str(record.get(entity.id_field or "")) for record in new)
        yield from new
        if pages is not None and number >= pages:
            return
        number += 1


def _default_params(entity: Entity) -> dict[str, str]:
    reading = entity.reading
    params = {}
    if reading.unitdp:
        params["unitdp"] = "4"
    if reading.hidden_parameter:
        params[reading.hidden_parameter] = "true"
    if reading.paging is Paging.PAGE:
        params["pageSize"] = str(PAGE_SIZE)
        if reading.order and entity.id_field:
            params["order"] = entity.id_field
    return params


def _page(
    transport: Transport, entity: Entity, params: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[list[Record], int | None]:
    """Reads one page: its records, and the number of pages if Xero gives it."""
    response = transport.send(
        Request(
            "GET",
            entity.path,
            params,
            headers=headers,
            subject=entity.stream,
            scope=entity.read_scope,
        )
    )
    return list(records_of(response.json, entity.key)), page_count(response.json)
