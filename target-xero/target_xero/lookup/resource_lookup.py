"""Reads the records of Xero's other APIs: one by its id, or a whole list, of one parent.

Their lists have no filter by names and no order by ids (xero-facts.md: Differences between the
APIs), so that records are found by reading the list. Records come in the form in which they are
written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from target_xero.build.contents.bodies import with_aliases
from target_xero.build.records import Record
from target_xero.lookup.matching import same_value
from xero_client.entities.table import Entity
from xero_client.errors import NotFoundError, UnexpectedResponseError
from xero_client.http.transport import Request, Transport
from xero_client.json_value import Json


class ResourceLookup:
    """Reads records of one list."""

    def __init__(
        self,
        transport: Transport,
        entity: Entity,
        subject: str,
        id_field: str,
        *,
        collection: str,
        list_path: str,
    ) -> None:
        """Remembers what to read, without a call.

        Args:
            transport: The organisation's connection.
            entity: The entity to read.
            subject: The name that the calls are counted under.
            id_field: The field that identifies a record in it.
            collection: The path below which one record is read.
            list_path: The path of the list.
        """
        self._transport = transport
        self._entity = entity
        self._subject = subject
        self._collection = collection
        self._list_path = list_path
        self._id_field = id_field
        self._listed: list[Record] | None = None

    def by_id(self, ids: Iterable[str]) -> dict[str, Record]:
        """The records that exist, by their ids in lower case.

        Raises:
            XeroError: A call failed.
        """
        found = {}
        for record_id in dict.fromkeys(ids):
            record = self._by_id(record_id)
            if record is not None:
                found[record_id.lower()] = record
        return found

    def by_field(self, name: str, values: Iterable[str]) -> dict[str, list[Record]]:
        """The records with each of the values in a field.

        Raises:
            XeroError: A call failed.
        """
        return {
            value: [record for record in self.every_record() if same_value(record.get(name), value)]
            for value in dict.fromkeys(values)
        }

    def every_record(self) -> Sequence[Record]:
        """All records of the list, read once; none if its parent does not exist.

        Raises:
            XeroError: A call failed.
        """
        if self._listed is None:
            self._listed = list(self._walked())
        return self._listed

    def _by_id(self, record_id: str) -> Record | None:
        writing = self._entity.writing
        if writing is None or not writing.has_path_of_one:
            listed = self.by_field(self._id_field, [record_id])[record_id]
            return listed[0] if listed else None
        path = f"{self._collection}/{quote(record_id, safe='')}"
        try:
            content = self._content(path, {})
        except NotFoundError:
            return None
        records = records_at(content, writing.answer_by_id or ())
        return self._as_written(records[0]) if records else None

    def _walked(self) -> Iterator[Record]:
        seen: set[str] = set()
        for walk in self._entity.reading.walks or ({},):
            for record in self._pages(walk):
                record_id = str(record.get(self._id_field) or "")
                if not record_id or record_id not in seen:
                    seen.add(record_id)
                    yield self._as_written(record)

    def _pages(self, walk: Mapping[str, str]) -> Iterator[Record]:
        reading = self._entity.reading
        params = {**reading.fixed_params, **walk}
        size = reading.fixed_page_size or reading.max_page_size
        if reading.is_paged and reading.fixed_page_size is None:
            params[reading.size_parameter] = str(size)
        page = 1
        before: Sequence[Record] = ()
        while True:
            if reading.is_paged:
                params[reading.page_parameter] = str(page)
            try:
                content = self._content(self._list_path, params)
            except NotFoundError:
                return  # of a parent that does not exist
            records = records_at(content, self._entity.records or ())
            if records and records == before:
                message = f"Page {page} of {self._entity.title} repeats the page before"
                raise UnexpectedResponseError(message)
            yield from records
            is_short = len(records) < size
            if not reading.is_paged or not records or (is_short and _is_last(content, page)):
                return
            before = records
            page += 1

    def _as_written(self, record: Record) -> Record:
        writing = self._entity.writing
        return record if writing is None else with_aliases(writing, record)

    def _content(self, path: str, params: Mapping[str, str]) -> Json:
        request = Request(
            "GET", path, dict(params), subject=self._subject, scope=self._entity.read_scope
        )
        return self._transport.send(request).json


def every_resource(transport: Transport, entity: Entity) -> Sequence[Record]:
    """All records of an entity of another API that has no parent.

    Args:
        transport: The organisation's connection.
        entity: The entity.

    Raises:
        XeroError: A call failed.
    """
    path, id_field = entity.path, entity.id_field or ""
    lookup = ResourceLookup(
        transport, entity, entity.stream, id_field, collection=path, list_path=path
    )
    return lookup.every_record()


def records_at(content: Json, keys: Sequence[str]) -> list[Record]:
    """The records that keys lead to in a response: those of a list, or one object.

    Raises:
        UnexpectedResponseError: There is neither.
    """
    found = content
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    if isinstance(found, dict):
        return [found]
    if found is None and keys and isinstance(content, dict) and keys[0] in content:
        return []  # an employee without a pay template, for example
    if not isinstance(found, list) or not all(isinstance(record, dict) for record in found):
        shown = sorted(content) if isinstance(content, dict) else type(content).__name__
        message = f"The response has no {' > '.join(keys) or 'record'}; it has {shown}"
        raise UnexpectedResponseError(message)
    return found


def _is_last(content: Json, page: int) -> bool:
    """Whether a page with fewer records than were asked for is the last.

    A server may give fewer than asked for on each page; a count of pages then says more
    (xero-facts.md: Projects).
    """
    count = page_count(content)
    return count is None or count <= page


def page_count(content: Json) -> int | None:
    """The number of pages that a response names; None if it names none."""
    pagination = content.get("pagination") if isinstance(content, dict) else None
    count = pagination.get("pageCount") if isinstance(pagination, dict) else None
    return count if isinstance(count, int) else None
