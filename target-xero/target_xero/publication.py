"""From a record to what would be sent: method, path, query and payload (design.md §5)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from target_xero.attachments import NAMES, attachment_of
from target_xero.coercion import Coercion
from target_xero.columns import Columns, plain
from target_xero.destinations import Destination, destination_of
from target_xero.records import InvalidRecordError, Record
from target_xero.routes import Action, checked_method, child_method, offered, write_route
from target_xero.settings import GENERIC_METHODS, StreamRule
from target_xero.templates import placeholders, rendered, rendered_path
from xero_client import wire
from xero_client.children import ATTACHMENTS
from xero_client.entities import STAMPS, Entity, Route, Writing
from xero_client.transport import JSON

ENVELOPE = frozenset({"payload", "query", "method", "path", "id"})
LARGEST_BODY = 3_000_000

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Publication:
    """One record, ready to be put into a request.

    Attributes:
        destination: What it is published to.
        action: What it does there.
        method: The HTTP method.
        path: The path below ``base_uri``, rendered.
        params: Query parameters, sorted.
        content: The record's part of the body; None where nothing is sent.
        sent: What ``content`` says.
        record_id: The id that the record has in Xero; None where it has none yet.
        natural: What else Xero has only one record of: field and value.
        matches: Whether POST finds the record by ``natural``.
        listed: Whether the body is a list under the destination's key.
        limit: Records a call at most.
        content_type: What the body is.
        parent: The record that a child hangs below: ``Invoices 12…``.
    """

    destination: Destination
    action: Action
    method: str
    path: str
    params: Params = ()
    content: bytes | None = field(default=None, repr=False)
    sent: Record = field(default_factory=dict, repr=False)
    record_id: str | None = None
    natural: tuple[tuple[str, str], ...] = ()
    matches: bool = False
    listed: bool = False
    limit: int = 1
    content_type: str = JSON
    parent: str | None = None

    @property
    def key(self) -> dict[str, str]:
        """What names the record, where its stream has no key."""
        own = {}
        if self.record_id and self.destination.id_field:
            own[self.destination.id_field] = self.record_id
        return own | dict(self.natural)

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked for."""
        about = (self.method, self.path, self.params, self.action.value, self.key)
        return hashlib.sha256(repr(about).encode() + b"\0" + (self.content or b"")).hexdigest()


class Planner:
    """Makes publications of one stream's records."""

    def __init__(
        self,
        rule: StreamRule,
        *,
        batch_size: int,
        write_nulls: bool = False,
        unknown_column: Callable[[str], None] = lambda _column: None,
    ) -> None:
        """Takes the stream's rule.

        Args:
            rule: How the stream is published.
            batch_size: Records a call at most.
            write_nulls: Whether nulls are sent.
            unknown_column: Is told once of each column that fits nowhere.
        """
        self.rule = rule
        self._batch_size = batch_size
        self._write_nulls = write_nulls
        self._unknown_column = unknown_column
        self._columns: dict[str, Columns] = {}

    def publication(self, record: Record) -> Publication:
        """What publishes a record.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        rule = self.rule
        envelope = opened(record)
        method = str(envelope.get("method") or rule.method).upper()
        path = envelope.get("path") or rule.path
        destination = destination_of(rule.entity, path)
        if method not in GENERIC_METHODS:
            raise InvalidRecordError([f"{method} is no method; use {', '.join(GENERIC_METHODS)}"])
        payload = self._payload(record, envelope, destination)
        query = self._query(record, envelope)
        given_id = envelope.get("id")
        if path is not None:
            return self._by_path(destination, method, path, payload, query, record, given_id)
        if destination.entity is None:
            return _generic(destination, method, _generic_path(destination, given_id, method),
                            payload, query)  # fmt: skip
        if destination.child is not None:
            return self._child(destination, method, payload, query, given_id)
        return self._entity(destination, destination.entity, method, payload, query, given_id)

    # What the record says

    def _payload(self, record: Record, envelope: Record, destination: Destination) -> Any:  # noqa: ANN401  # any JSON
        payload: Any = envelope.get("payload") if envelope else record
        if isinstance(payload, str):
            try:
                payload = wire.decode(payload.encode())
            except ValueError as error:
                raise InvalidRecordError([f"payload is not JSON: {error}"]) from None
        extra = None
        if self.rule.payload:
            extra = rendered(self.rule.payload, record, f"streams.{self.rule.stream}.payload")
        if payload is None:
            payload = {}
        if isinstance(payload, dict):
            shape = destination.shape
            if shape is not None and destination.child is None:
                columns = self._columns.get(shape)
                if columns is None:
                    columns = self._columns[shape] = Columns(
                        shape, self._unknown_column, computed_by_xero(destination)
                    )
                payload = columns.placed(payload)
            return {**payload, **extra} if extra else payload
        if destination.is_generic and isinstance(payload, list) and not extra:
            return payload
        raise InvalidRecordError(["payload must be an object"])

    def _query(self, record: Record, envelope: Record) -> dict[str, str]:
        own = envelope.get("query")
        if own is None and not self.rule.query:
            return {}
        if isinstance(own, str):
            try:
                own = wire.decode(own.encode())
            except ValueError as error:
                raise InvalidRecordError([f"query is not JSON: {error}"]) from None
        if own is not None and not isinstance(own, dict):
            raise InvalidRecordError(["query must be an object"])
        where = f"streams.{self.rule.stream}.query"
        query = {**rendered(self.rule.query, record, where), **(own or {})}
        return {
            name: "true" if value is True else "false" if value is False else str(value)
            for name, value in query.items()
            if value is not None
        }

    # Where it goes

    def _entity(
        self,
        destination: Destination,
        entity: Entity,
        method: str,
        payload: Record,
        query: Mapping[str, str],
        given_id: str | None,
    ) -> Publication:
        checked_method(entity, method)
        writing = entity.writing
        assert writing is not None  # noqa: S101  # checked_method made sure
        record_id = given_id or text_of(payload, entity.id_field)
        if method == "DELETE":
            natural = natural_keys(writing, payload)
            if not record_id and not natural:
                problem = f"DELETE needs {' or '.join(writing.match)}, and the record has none"
                raise InvalidRecordError([problem])
            return Publication(
                destination,
                Action.REMOVE,
                "DELETE",
                entity.path,
                params=tuple(sorted(query.items())),
                sent={
                    name: payload[name] for name in writing.match if payload.get(name) is not None
                },
                record_id=record_id,
                natural=natural,
            )
        known_id = None if writing.given_ids else record_id
        route, action = write_route(entity, method, has_id=bool(known_id))
        return self._by_route(destination, entity, route, action, payload, query, known_id)

    def _by_route(
        self,
        destination: Destination,
        entity: Entity,
        route: Route,
        action: Action,
        payload: Record,
        query: Mapping[str, str],
        record_id: str | None,
    ) -> Publication:
        writing = entity.writing
        assert writing is not None  # noqa: S101  # only what is written comes here
        coercion = Coercion(
            destination.shape, writing.read_only, self._write_nulls, keep_line_ids=bool(record_id)
        )
        sent = coercion.apply(payload)
        if record_id and entity.id_field:
            sent[entity.id_field] = record_id
        if not sent:
            raise InvalidRecordError([f"the record has nothing that {entity.name} could take"])
        content = _within(wire.encode(sent))
        params = dict(query)
        if writing.unitdp:
            params = {"unitdp": "4"} | params
        if route in writing.summarize_errors:
            params = {"summarizeErrors": "false"} | params
        single = route in writing.single
        path = entity.path if route in (Route.PUT, Route.POST) else f"{entity.path}/{record_id}"
        return Publication(
            destination,
            action,
            route.method,
            path,
            params=tuple(sorted(params.items())),
            content=content,
            sent=sent,
            record_id=record_id,
            natural=natural_keys(writing, sent),
            matches=action is not Action.CREATE and Route.POST in writing.routes,
            listed=not writing.bare,
            limit=1 if single else min(self._batch_size, writing.batch_limit),
        )

    def _child(
        self,
        destination: Destination,
        method: str,
        payload: Record,
        query: Mapping[str, str],
        given_id: str | None,
    ) -> Publication:
        child, parent = destination.child, destination.entity
        assert child is not None  # noqa: S101  # the caller looked
        assert parent is not None  # noqa: S101  # a child has one
        by_name = {plain(name): value for name, value in payload.items()}
        parent_id = given_id or by_name.get(plain(parent.id_field or ""))
        if not parent_id:
            problem = f"{child.title} needs the {parent.id_field} of its {parent.name}"
            raise InvalidRecordError([problem])
        body = {
            name: v for name, v in payload.items() if plain(name) != plain(parent.id_field or "")
        }
        return self._below(destination, method, f"{parent.path}/{parent_id}", body, query)

    def _below(
        self,
        destination: Destination,
        method: str,
        parent_path: str,
        body: Record,
        query: Mapping[str, str],
    ) -> Publication:
        child = destination.child
        assert child is not None  # noqa: S101  # the caller looked
        path, parent = f"{parent_path}/{child.name}", parent_path.removeprefix("/")
        params = dict(query)
        if child.name == ATTACHMENTS:
            return self._attachment(destination, method, path, parent, body, params)
        coercion = Coercion(child.shape, write_nulls=self._write_nulls)
        sent = coercion.apply(Columns(child.shape, self._unknown_column).placed(body)
                              if child.shape else {})  # fmt: skip
        own_id = text_of(sent, child.id_field)
        own_paths = bool(child.own_routes)
        method, at_child, action = child_method(child, method, has_id=bool(own_id and own_paths))
        if at_child:
            path = f"{path}/{own_id}"
        removes = action is Action.REMOVE
        if child.shape and not sent:
            raise InvalidRecordError([f"the record has nothing that {child.title} could take"])
        if child.summarize_errors and not at_child:
            params = {"summarizeErrors": "false"} | params
        return Publication(
            destination,
            action,
            method,
            path,
            params=tuple(sorted(params.items())),
            content=_within(wire.encode(sent)) if child.shape and not removes else None,
            sent=sent,
            record_id=own_id if at_child else None,
            listed=bool(child.key) and not child.bare and not removes,
            limit=1 if at_child else min(child.batch_limit, self._batch_size),
            parent=parent,
        )

    def _attachment(
        self,
        destination: Destination,
        method: str,
        path: str,
        parent: str,
        body: Record,
        params: dict[str, str],
    ) -> Publication:
        child = destination.child
        assert child is not None  # noqa: S101  # the caller looked
        method, _, _ = child_method(child, method, has_id=True)
        attachment = attachment_of(body, self.rule.files)
        if attachment.include_online:
            params = {"IncludeOnline": "true"} | params
        extra = [n for n in body if plain(n) not in NAMES and not n.startswith("_")]
        for name in extra:
            self._unknown_column(name)
        return Publication(
            destination,
            Action.UPSERT,
            method,
            f"{path}/{quote(attachment.file_name, safe='')}",
            params=tuple(sorted(params.items())),
            content=attachment.content,
            sent={"FileName": attachment.file_name},
            record_id=None,
            content_type=attachment.mime_type,
            parent=parent,
        )

    def _by_path(
        self,
        destination: Destination,
        method: str,
        template: str,
        payload: Any,  # noqa: ANN401  # any JSON
        query: Mapping[str, str],
        record: Record,
        given_id: str | None,
    ) -> Publication:
        values = record
        if isinstance(payload, dict):
            values = {**record, **payload}
        if given_id and destination.entity and destination.entity.id_field:
            values = {"id": given_id, destination.entity.id_field: given_id} | values
        path = rendered_path(template, values)
        if not path.startswith(("/", "http")):
            path = f"/{path}"
        path = path.removeprefix("/api.xro/2.0")
        named = set(placeholders(template))
        if destination.is_generic:
            return _generic(destination, method, path, payload, query)
        entity = destination.entity
        assert entity is not None  # noqa: S101  # not generic
        body = {name: value for name, value in payload.items() if name not in named}
        if destination.child is not None:
            if destination.at_record:
                return _generic(destination, method, path, body, query)
            return self._below(destination, method, path.rpartition("/")[0], body, query)
        if not destination.at_record:
            return self._entity(destination, entity, method, payload, query, given_id)
        return self._at_record(destination, entity, method, path, body, query)

    def _at_record(
        self,
        destination: Destination,
        entity: Entity,
        method: str,
        path: str,
        body: Record,
        query: Mapping[str, str],
    ) -> Publication:
        record_id = path.rsplit("/", 1)[1]
        if method == "DELETE":
            return self._entity(destination, entity, method, body, query, record_id)
        if entity.writing is None or method != "POST" or Route.POST_ID not in entity.writing.routes:
            problem = f"{method} does not exist for {path}: {offered(entity)}"
            raise InvalidRecordError([problem])
        return self._by_route(
            destination, entity, Route.POST_ID, Action.UPDATE, body, query, record_id
        )


def computed_by_xero(destination: Destination) -> Collection[str]:
    """Fields of a destination's records that nobody sends."""
    entity = destination.entity
    return entity.writing.read_only if entity and entity.writing else STAMPS


def opened(record: Record) -> Record:
    """The record itself where it is an envelope, else nothing.

    An envelope has no other keys than ``payload``, ``query``, ``method``, ``path`` and ``id``.
    """
    names = []
    for name in record:
        if name in ENVELOPE:
            names.append(name)
        elif name[:1] != "_":
            return {}
    if not isinstance(record.get("id", ""), (str, type(None))):
        return {}  # a table of numbers, not an id of Xero
    return {name: record[name] for name in names if record[name] not in (None, "")}


def _generic(
    destination: Destination,
    method: str,
    path: str,
    payload: Any,  # noqa: ANN401  # any JSON
    query: Mapping[str, str],
) -> Publication:
    """Just what the user asks for; nulls and metadata columns are left out."""
    if isinstance(payload, dict):
        payload = {
            name: value for name, value in payload.items() if name[:1] != "_" and value is not None
        }
    content = wire.encode(payload) if payload and method != "DELETE" else None
    return Publication(
        destination,
        Action.REMOVE if method == "DELETE" else Action.SEND,
        method,
        path,
        params=tuple(sorted(query.items())),
        content=_within(content) if content else None,
        sent=payload if isinstance(payload, dict) else {},
    )


def _generic_path(destination: Destination, given_id: str | None, method: str) -> str:
    path = f"/{destination.name.lstrip('/')}"
    if given_id:
        return f"{path}/{given_id}"
    if method == "DELETE":
        raise InvalidRecordError([f"DELETE of {destination.name} needs an id, or a path"])
    return path


def natural_keys(writing: Writing, sent: Record) -> tuple[tuple[str, str], ...]:
    """What Xero has only one record of; a bill's number is not of that kind (§9)."""
    if writing.match_types and sent.get("Type") not in writing.match_types:
        return ()
    names = writing.match if writing.given_ids else writing.match[1:]
    found = ((name, text_of(sent, name)) for name in names)
    return tuple((name, value) for name, value in found if value)


def text_of(record: Record, name: str | None) -> str | None:
    """A field's value as text without margins; None where there is none."""
    value = record.get(name) if name else None
    return str(value).strip() or None if value not in (None, "") else None


def _within(content: bytes) -> bytes:
    """The content, if a request can hold it.

    Raises:
        InvalidRecordError: It is too large.
    """
    if len(content) > LARGEST_BODY:
        problem = (
            f"the record has {len(content):,} bytes; {LARGEST_BODY:,} is the most for a request"
        )
        raise InvalidRecordError([problem])
    return content
