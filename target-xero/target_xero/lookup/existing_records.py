"""Reads the records that Xero already has: by id, or by number, code or name, many at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from http import HTTPStatus
from urllib.parse import quote

from target_xero.build.contents.bodies import listed_entity
from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.publications.publication import Publication
from target_xero.build.records import Record
from target_xero.build.references.match_keys import text_at
from target_xero.lookup.matching import folded
from target_xero.lookup.resource_lookup import ResourceLookup, page_count
from xero_client.entities.table import Entity, Paging
from xero_client.errors import NoResponseError, NotFoundError, RequestRefusedError
from xero_client.http import wire
from xero_client.http.transport import Request, Transport
from xero_client.json_value import Json

# Xero answers 404 to long URLs and advises 40 ids a call (xero-facts.md: Limits).
IDS_PER_CALL = 40
# Of a filter, percent-encoded; Xero answers 404 to a URL of over 2,091 characters.
MAX_FILTER_CHARACTERS = 1_500
PAGE_SIZE = 1000
# Answers with these statuses may come from the values in a call.
SERVER_ERRORS = frozenset(
    {HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT}
)
# Xero has no path for one record by such an id; that of a category hides what is archived of it.
LISTED_IDS = frozenset({"Code", "TaxType", "TrackingCategoryID"})
REMOVED_STATUSES = frozenset({"DELETED", "VOIDED", "ARCHIVED"})


class Lookup:
    """Reads records of one entity."""

    def __init__(self, transport: Transport, entity: Entity, subject: str) -> None:
        """Remembers what to read, without a call.

        Args:
            transport: The organisation's connection.
            entity: The entity to read.
            subject: The name that the calls are counted under.
        """
        self._transport = transport
        self._entity = entity
        self._subject = subject

    def by_id(self, ids: Iterable[str]) -> dict[str, Record]:
        """The records that exist, by their ids in lower case.

        Raises:
            XeroError: A call failed.
        """
        entity = self._entity
        id_field = entity.id_field or ""
        wanted = list(dict.fromkeys(ids))
        if entity.reading.ids_parameter:
            listed: Iterable[Record] = self._filtered(entity.reading.ids_parameter, wanted)
        elif entity.id_field in LISTED_IDS:
            listed = self._read({})
        else:
            records = (self._single(record_id) for record_id in wanted)
            listed = (record for record in records if record is not None)
        found = {str(record.get(id_field, "")).lower(): record for record in listed}
        lowered = [record_id.lower() for record_id in wanted]
        return {record_id: found[record_id] for record_id in lowered if record_id in found}

    def by_field(self, name: str, values: Iterable[str]) -> dict[str, list[Record]]:
        """The records with each of the values in a field, archived ones too.

        Raises:
            XeroError: A call failed.
        """
        wanted = list(dict.fromkeys(values))
        found: dict[str, list[Record]] = {value: [] for value in wanted}
        same: dict[str, list[str]] = {}
        for value in wanted:
            same.setdefault(folded(value), []).append(value)
        for record in self._with_any(name, wanted):
            for value in same.get(folded(text_at(record, name) or ""), ()):
                if record not in found[value]:
                    found[value].append(record)
        return found

    def _with_any(self, name: str, values: Sequence[str]) -> Iterable[Record]:
        """The records with one of the values in a field, and maybe others."""
        reading = self._entity.reading
        if reading.paging is Paging.NONE:
            return self._read({})
        try:
            if reading.numbers_parameter and name.endswith("Number"):
                # The parameter separates numbers by commas: one with a comma needs its own call.
                plain = [value for value in values if "," not in value]
                others = self._where_any(name, [value for value in values if "," in value])
                return [*self._filtered(reading.numbers_parameter, plain), *others]
            if reading.where:
                return [*self._where_any(name, values)]
        except NoResponseError as error:
            # A value may be the reason. All records are read and compared.
            if error.status not in SERVER_ERRORS:
                raise
        return self._pages({})

    # Calls

    def _filtered(self, parameter: str, values: Sequence[str]) -> Iterator[Record]:
        for start in range(0, len(values), IDS_PER_CALL):
            yield from self._pages({parameter: ",".join(values[start : start + IDS_PER_CALL])})

    def _where_any(self, name: str, values: Sequence[str]) -> Iterator[Record]:
        """The records with one of the values in a field, many values a call.

        If Xero refuses the filter, the values are halved until one is alone. Then all records are
        read, once, and compared.
        """
        parts = deque(_chunks_of_filter([_equals(name, value) for value in values]))
        while parts:
            terms = parts.popleft()
            try:
                yield from [*self._pages({"where": " OR ".join(terms)})]
            except RequestRefusedError:
                half = len(terms) // 2
                if half == 0:
                    yield from self._pages({})
                    return
                parts.extendleft((terms[half:], terms[:half]))

    def _pages(self, params: dict[str, str]) -> Iterator[Record]:
        if self._entity.reading.paging is Paging.NONE:
            yield from self._read(params)
            return
        page = 1
        seen: set[str] = set()
        while True:
            # Without a page, lists leave out lines and details (xero-facts.md: Paging).
            content = self._content({**params, "page": str(page), "pageSize": str(PAGE_SIZE)})
            records = wire.records_of(content, self._entity.key)
            ids = {str(record.get(self._entity.id_field or "")) for record in records}
            if ids <= seen:
                return
            seen |= ids
            yield from records
            if _is_last(content, page):
                return
            page += 1

    def _read(self, params: dict[str, str]) -> Sequence[Record]:
        return wire.records_of(self._content(params), self._entity.key)

    def _content(self, params: dict[str, str]) -> Json:
        reading = self._entity.reading
        writing = self._entity.writing
        # Documents are not archived: the removed ones are listed among the others.
        if reading.hidden_parameter and not (writing and writing.is_document):
            params = {**params, reading.hidden_parameter: "true"}
        if reading.unitdp:
            params = {**params, "unitdp": "4"}
        response = self._transport.send(
            Request(
                "GET",
                self._entity.path,
                params,
                subject=self._subject,
                scope=self._entity.read_scope,
            )
        )
        return response.json

    def _single(self, record_id: str) -> Record | None:
        path = f"{self._entity.path}/{quote(record_id, safe='')}"
        request = Request("GET", path, subject=self._subject, scope=self._entity.read_scope)
        try:
            response = self._transport.send(request)
        except NotFoundError:
            return None
        records = wire.records_of(response.json, self._entity.key)
        return records[0] if records else None


def has_path_of_one(entity: Entity) -> bool:
    """Whether a record is looked up by the path of its id, to which Xero answers 404 if unknown."""
    if entity.is_of_other_api:
        return entity.writing is not None and entity.writing.has_path_of_one
    return not entity.reading.ids_parameter and entity.id_field not in LISTED_IDS


def _is_last(content: Json, page: int) -> bool:
    """Whether a page says that it is the last; not all lists do (xero-facts.md: Paging)."""
    count = page_count(content)
    return count is not None and 0 < count <= page


def _equals(name: str, value: str) -> str:
    """One comparison of a filter; a quote is doubled (xero-facts.md: Paging)."""
    doubled = value.replace('"', '""')
    return f'{name}=="{doubled}"'


def _chunks_of_filter(terms: Sequence[str]) -> Iterator[list[str]]:
    """Terms for one filter each: not too many, and not too long for a URL."""
    chunk: list[str] = []
    length = 0
    for term in terms:
        size = len(quote(f" OR {term}", safe=""))
        if chunk and (len(chunk) >= IDS_PER_CALL or length + size > MAX_FILTER_CHARACTERS):
            yield chunk
            chunk, length = [], 0
        chunk.append(term)
        length += size
    if chunk:
        yield chunk


def existing_records(
    destination: EntityDestination,
    publications: Sequence[Publication],
    transport: Transport,
    subject: str,
) -> list[list[Record]]:
    """For each publication the records that Xero has under its id or name: none, one, or several.

    Args:
        destination: The entity.
        publications: Publications to it.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.

    Raises:
        XeroError: A call failed.
    """
    found: dict[int, list[Record]] = {}
    for in_it in by_collection(publications).values():
        lookup = lookup_of(destination, transport, subject, in_it[0])
        found.update(zip(map(id, in_it), _records_in(lookup, in_it), strict=True))
    return [found[id(publication)] for publication in publications]


def by_collection(publications: Sequence[Publication]) -> dict[str, list[Publication]]:
    """Publications by the path of their list: that of one parent, in other APIs."""
    grouped: dict[str, list[Publication]] = {}
    for publication in publications:
        grouped.setdefault(publication.collection, []).append(publication)
    return grouped


def lookup_of(
    destination: EntityDestination, transport: Transport, subject: str, sample: Publication
) -> Lookup | ResourceLookup:
    """What reads the records of an entity, or of one list of another API.

    Args:
        destination: The entity.
        transport: The organisation's connection.
        subject: The name that the calls are counted under.
        sample: A publication to that list.
    """
    entity = destination.entity
    if not entity.is_of_other_api:
        return Lookup(transport, entity, subject)
    id_field = destination.id_field or ""
    return ResourceLookup(
        transport,
        listed_entity(entity),
        subject,
        id_field,
        collection=sample.collection,
        list_path=sample.list_path,
    )


def _records_in(
    lookup: Lookup | ResourceLookup, publications: Sequence[Publication]
) -> list[list[Record]]:
    """For each publication of one list the records that Xero has under its id or name."""
    ids = [p.record_id for p in publications if p.record_id]
    by_id = lookup.by_id(ids) if ids else {}
    wanted: dict[str, list[str]] = {}
    for publication in publications:
        if not publication.record_id and publication.natural_keys:
            name, value = publication.natural_keys[0]
            wanted.setdefault(name, []).append(value)
    by_field = {name: lookup.by_field(name, values) for name, values in wanted.items()}
    found: list[list[Record]] = []
    for publication in publications:
        if publication.record_id:
            record = by_id.get(publication.record_id.lower())
            found.append([record] if record is not None else [])
        elif publication.natural_keys:
            name, value = publication.natural_keys[0]
            matches = by_field[name].get(value, [])
            # A new record may have taken the name of a deleted one: prefer what is present.
            present = [record for record in matches if is_present(publication, record)]
            found.append(present or matches[:1])
        else:
            found.append([])
    return found


def is_identifiable(publication: Publication) -> bool:
    """Whether a publication has an id, number or name by which its record can be found in Xero."""
    is_entity = isinstance(publication.destination, EntityDestination)
    return is_entity and bool(publication.record_id or publication.natural_keys)


def in_use(records: Iterable[Record]) -> list[Record]:
    """The records, or contacts, without those that are deleted, voided or archived."""
    return [
        record
        for record in records
        if not REMOVED_STATUSES & {record.get("Status"), record.get("ContactStatus")}
    ]


def with_credit_left(records: Sequence[Record]) -> list[Record]:
    """Of several credits, those that have credit left; all if none has."""
    left = [record for record in records if record.get("RemainingCredit") not in (None, 0)]
    return left or list(records)


def is_present(publication: Publication, record: Record) -> bool:
    """Whether the record in Xero of a publication is present: not deleted, voided or archived."""
    return status_of(publication, record) not in REMOVED_STATUSES


def status_of(publication: Publication, record: Record) -> str:
    """The status of the record in Xero of a publication; empty if it has none."""
    destination, name = publication.destination, "Status"
    if isinstance(destination, EntityDestination) and destination.writing.removal is not None:
        name = destination.writing.removal.status_field
    return str(record.get(name) or "")


def takes_changes(publication: Publication, record: Record) -> bool:
    """Whether Xero lets a record be changed: archived ones too, but not deleted or voided ones."""
    return status_of(publication, record) not in ("DELETED", "VOIDED")


def frees_its_name(publication: Publication, record: Record) -> bool:
    """Whether Xero takes a new record of the name or number that a removed one has.

    A deleted document frees its number, and an archived contact its name, but not its number.
    """
    status, number = status_of(publication, record), text_at(record, "ContactNumber")
    if status == "ARCHIVED" and "ContactStatus" in record:
        return number is None or number != text_at(publication.fields, "ContactNumber")
    return status == "DELETED"
