"""Finding out what Xero already has: by id, else by number, code or name, many at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from typing import Any
from urllib.parse import quote

from target_xero.build.records import Record
from target_xero.delivery.outcomes import same_text
from xero_client.entities.fields import LINES, REFERRING
from xero_client.entities.table import Entity, Paging
from xero_client.errors import NotFoundError
from xero_client.http import wire
from xero_client.http.transport import Request, Transport

# Xero answers 404 to long URLs; its advice is 40 ids a call (xero-facts.md: Limits).
IDS_PER_CALL = 40
PAGE_SIZE = 1000


class Lookup:
    """Reads records of one entity."""

    def __init__(self, transport: Transport, entity: Entity, subject: str) -> None:
        """Takes the entity.

        Args:
            transport: The organisation's connection.
            entity: What is looked for.
            subject: What the calls are counted under.
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
            listed: Iterable[Record] = self._listed(entity.reading.ids_parameter, wanted)
        elif entity.id_field in ("Code", "TaxType"):
            # These are no ids that Xero has a path for.
            listed = self._whole()
        else:
            listed = (record for one in wanted if (record := self._one(one)) is not None)
        found = {str(record.get(id_field, "")).lower(): record for record in listed}
        return {one.lower(): found[one.lower()] for one in wanted if one.lower() in found}

    def by_field(self, name: str, values: Iterable[str]) -> dict[str, list[Record]]:
        """The records with each of the values in a field, archived ones too.

        Raises:
            XeroError: A call failed.
        """
        wanted = list(dict.fromkeys(values))
        reading = self._entity.reading
        if reading.numbers_parameter and name.endswith("Number"):
            # A comma ends a number in that parameter; such a number is asked for by itself.
            plain = [value for value in wanted if "," not in value]
            others = (record for v in wanted if "," in v for record in self._where(name, v))
            listed: Iterable[Record] = chain(self._listed(reading.numbers_parameter, plain), others)
        elif reading.paging is Paging.NONE:
            listed = self._whole()
        elif reading.where:
            listed = (record for value in wanted for record in self._where(name, value))
        else:
            listed = self._pages({})
        found: dict[str, list[Record]] = {value: [] for value in wanted}
        for record in listed:
            for value in wanted:
                if same_text(str(record.get(name) or ""), value) and record not in found[value]:
                    found[value].append(record)
        return found

    # Calls

    def _listed(self, parameter: str, values: Sequence[str]) -> Iterator[Record]:
        for at in range(0, len(values), IDS_PER_CALL):
            yield from self._pages({parameter: ",".join(values[at : at + IDS_PER_CALL])})

    def _where(self, name: str, value: str) -> Iterator[Record]:
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        yield from self._pages({"where": f'{name}=="{escaped}"'})

    def _pages(self, params: dict[str, str]) -> Iterator[Record]:
        if self._entity.reading.paging is Paging.NONE:
            yield from self._read(params)
            return
        page = 1
        seen: set[str] = set()
        while True:
            # Without a page, lists leave out lines and details (xero-facts.md: Paging).
            records = self._read({**params, "page": str(page), "pageSize": str(PAGE_SIZE)})
            ids = {str(record.get(self._entity.id_field or "")) for record in records}
            if ids <= seen:
                return
            seen |= ids
            yield from records
            page += 1

    def _whole(self) -> Sequence[Record]:
        return self._read({})

    def _read(self, params: dict[str, str]) -> Sequence[Record]:
        reading = self._entity.reading
        if reading.hidden and self._entity.name != "Invoices":
            params = {**params, reading.hidden: "true"}
        if reading.unitdp:
            params = {**params, "unitdp": "4"}
        answer = self._transport.send(
            Request(
                "GET",
                self._entity.path,
                params,
                subject=self._subject,
                scope=self._entity.read_scope,
            )
        )
        return wire.records_of(answer.json, self._entity.key)

    def _one(self, record_id: str) -> Record | None:
        path = f"{self._entity.path}/{quote(record_id, safe='')}"
        request = Request("GET", path, subject=self._subject, scope=self._entity.read_scope)
        try:
            answer = self._transport.send(request)
        except NotFoundError:
            return None
        records = wire.records_of(answer.json, self._entity.key)
        return records[0] if records else None


def holds(found: Any, sent: Any, name: str = "") -> bool:  # noqa: ANN401  # any JSON
    """Whether what Xero has shows all that was sent; it may have more.

    Args:
        found: What Xero has.
        sent: What was sent.
        name: The field that holds it: there are lists whose order and number count, and references.
    """
    if sent is None:
        return found in (None, "", [])
    if isinstance(sent, dict) and name in REFERRING:
        return isinstance(found, dict) and _is_same(found, sent, REFERRING[name])
    if isinstance(sent, dict):
        return isinstance(found, dict) and all(
            holds(found.get(key), value, key) for key, value in sent.items()
        )
    if isinstance(sent, list):
        return isinstance(found, list) and _holds_all(found, sent, in_order=name in LINES)
    return _same_value(found, sent)


def _is_same(found: Record, sent: Record, names: Sequence[str]) -> bool:
    """Whether what a record refers to is the one that was sent: by the best name of both."""
    common = (name for name in names if None not in (found.get(name), sent.get(name)))
    best = next(common, None)
    return best is not None and _same_value(found[best], sent[best])


def _holds_all(found: list[Any], sent: list[Any], *, in_order: bool) -> bool:
    if in_order:
        return len(found) == len(sent) and all(map(holds, found, sent))
    return all(any(holds(one, element) for one in found) for element in sent)


def _same_value(found: Any, sent: Any) -> bool:  # noqa: ANN401  # any JSON
    if isinstance(sent, bool) or isinstance(found, bool):
        return found is sent
    if isinstance(sent, (int, float, Decimal)):
        return _number(found) == _number(sent)
    text = str(found or "")
    if text.startswith("/Date("):
        return _day(text) == str(sent)[:10]
    return same_text(text, str(sent))


def _number(value: Any) -> Decimal | None:  # noqa: ANN401  # any JSON
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def _day(text: str) -> str | None:
    try:
        instant: datetime = wire.parse_instant(text)
    except ValueError:
        return None
    return instant.date().isoformat()
