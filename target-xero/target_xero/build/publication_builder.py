"""From a record to its publication, by the stream's rule and by what Xero has (xero-facts.md: Writing by entity)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from target_xero.build.attachments import NAMES, attachment_of
from target_xero.build.coercion import Coercion
from target_xero.build.columns import ColumnMapper, normalized_name
from target_xero.build.destinations import Destination, destination_of
from target_xero.build.envelopes import envelope_of, payload_of, query_of
from target_xero.build.generic import generic_path, generic_publication
from target_xero.build.publication import (
    Publication,
    natural_keys,
    possible_keys,
    read_only_fields,
    size_checked,
    text_of,
)
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.routes import Action, check_method, child_method, offered, write_route
from target_xero.build.templates import placeholders, render, render_path
from target_xero.settings import GENERIC_METHODS, StreamRule
from xero_client.entities.children import ATTACHMENTS
from xero_client.entities.table import Entity, Route, WriteSpec
from xero_client.http import wire
from xero_client.settings.connection_settings import origin_of


class PublicationBuilder:
    """Makes publications of one stream's records."""

    def __init__(
        self,
        rule: StreamRule,
        *,
        batch_size: int,
        origin: str = "",
        write_nulls: bool = False,
        unknown_column: Callable[[str], None] = lambda _column: None,
    ) -> None:
        """Takes the stream's rule.

        Args:
            rule: How the stream is published.
            batch_size: Records a call at most.
            origin: Scheme and host of ``base_uri``, which no path may leave.
            write_nulls: Whether nulls are sent.
            unknown_column: Is told once of each column that fits nowhere.
        """
        self.rule = rule
        self._origin = origin
        self._batch_size = batch_size
        self._write_nulls = write_nulls
        self._unknown_column = unknown_column
        self._columns: dict[str, ColumnMapper] = {}
        self._coercions: dict[tuple[str, bool], Coercion] = {}

    def publication(self, record: Record) -> Publication:
        """What publishes a record.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        rule = self.rule
        envelope = envelope_of(record)
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
            generic = generic_path(destination, given_id, method)
            return self._generic(destination, method, generic, payload, query)
        if destination.child is not None:
            return self._child(destination, method, payload, query, given_id)
        return self._entity(destination, destination.entity, method, payload, query, given_id)

    # What the record says

    def _payload(self, record: Record, envelope: Record, destination: Destination) -> Any:  # noqa: ANN401  # any JSON
        payload = payload_of(record, envelope)
        extra = None
        if self.rule.payload:
            extra = render(self.rule.payload, record, f"streams.{self.rule.stream}.payload")
        if isinstance(payload, dict):
            if destination.shape is not None and destination.child is None:
                payload = self._columns_of(destination, destination.shape).mapped(payload)
            return {**payload, **extra} if extra else payload
        if destination.is_generic and isinstance(payload, list) and not extra:
            return payload
        raise InvalidRecordError(["payload must be an object"])

    def _columns_of(self, destination: Destination, shape: str) -> ColumnMapper:
        columns = self._columns.get(shape)
        if columns is None:
            computed = read_only_fields(destination)
            columns = self._columns[shape] = ColumnMapper(
                shape, self._unknown_column, computed, keep_empty=self._write_nulls
            )
        return columns

    def _query(self, record: Record, envelope: Record) -> dict[str, str]:
        if not self.rule.query and "query" not in envelope:
            return {}
        where = f"streams.{self.rule.stream}.query"
        query = {**render(self.rule.query, record, where), **query_of(envelope)}
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
        check_method(entity, method)
        writing = entity.writing
        assert writing is not None  # noqa: S101  # checked_method made sure
        record_id = given_id or text_of(payload, entity.id_field)
        if method == "DELETE":
            natural = natural_keys(writing, payload)
            if not record_id and not natural:
                raise InvalidRecordError([_unnamed(writing, payload)])
            return Publication(
                destination,
                Action.REMOVE,
                "DELETE",
                entity.path,
                params=tuple(sorted(query.items())),
                fields={
                    name: payload[name] for name in writing.match_fields if payload.get(name) is not None
                },
                record_id=record_id,
                natural_keys=natural,
                batch_limit=min(self._batch_size, writing.batch_limit),
            )
        known_id = None if writing.caller_assigns_id else record_id
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
        about = (entity.name, bool(record_id))
        coercion = self._coercions.get(about)
        if coercion is None:
            coercion = self._coercions[about] = Coercion(
                destination.shape,
                writing.read_only,
                self._write_nulls,
                keep_line_ids=bool(record_id),
            )
        sent = coercion.apply(payload)
        if record_id and entity.id_field:
            sent[entity.id_field] = record_id
        if not sent:
            raise InvalidRecordError([f"the record has nothing that {entity.name} could take"])
        content = size_checked(wire.encode(sent))
        params = dict(query)
        if writing.unitdp:
            params = {"unitdp": "4"} | params
        if route in writing.summarize_errors:
            params = {"summarizeErrors": "false"} | params
        single = route in writing.single_record_routes
        path = entity.path if route in (Route.PUT, Route.POST) else f"{entity.path}/{record_id}"
        return Publication(
            destination,
            action,
            route.method,
            path,
            params=tuple(sorted(params.items())),
            content=content,
            fields=sent,
            record_id=record_id,
            natural_keys=natural_keys(writing, sent),
            possible_keys=possible_keys(writing, sent),
            matched_by_natural_key=action is not Action.CREATE and Route.POST in writing.routes,
            in_list=not writing.bare,
            batch_limit=1 if single else min(self._batch_size, writing.batch_limit),
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
        by_name = {normalized_name(name): value for name, value in payload.items()}
        parent_id = given_id or by_name.get(normalized_name(parent.id_field or ""))
        if not parent_id:
            problem = f"{child.title} needs the {parent.id_field} of its {parent.name}"
            raise InvalidRecordError([problem])
        body = {
            name: v for name, v in payload.items() if normalized_name(name) != normalized_name(parent.id_field or "")
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
        sent: Record = {}
        if child.shape is not None:
            sent = coercion.apply(self._columns_of(destination, child.shape).mapped(body))
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
            content=size_checked(wire.encode(sent)) if child.shape and not removes else None,
            fields=sent,
            record_id=own_id if at_child else None,
            in_list=bool(child.key) and not child.bare and not removes,
            batch_limit=1 if at_child else min(child.batch_limit, self._batch_size),
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
        extra = [n for n in body if normalized_name(n) not in NAMES and not n.startswith("_")]
        for name in extra:
            self._unknown_column(name)
        return Publication(
            destination,
            Action.UPSERT,
            method,
            f"{path}/{quote(attachment.file_name, safe='')}",
            params=tuple(sorted(params.items())),
            content=attachment.content,
            fields={"FileName": attachment.file_name, "ContentLength": len(attachment.content)},
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
        path = render_path(template, values)
        if path.startswith(("http://", "https://")):
            if origin_of(path) != self._origin:
                problem = (
                    f"the path {path} is not on {self._origin}, the origin of 'base_uri', and "
                    "nothing is sent elsewhere"
                )
                raise InvalidRecordError([problem])
        elif not path.startswith("/"):
            path = f"/{path}"
        path = path.removeprefix("/api.xro/2.0")
        named = set(placeholders(template))
        if destination.is_generic:
            return self._generic(destination, method, path, payload, query)
        entity = destination.entity
        assert entity is not None  # noqa: S101  # not generic
        body = {name: value for name, value in payload.items() if name not in named}
        if destination.child is not None:
            if destination.is_single_record:
                return self._generic(destination, method, path, body, query)
            return self._below(destination, method, path.rpartition("/")[0], body, query)
        if not destination.is_single_record:
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

    def _generic(
        self,
        destination: Destination,
        method: str,
        path: str,
        payload: Any,  # noqa: ANN401  # any JSON
        query: Mapping[str, str],
    ) -> Publication:
        return generic_publication(
            destination, method, path, payload, query, write_nulls=self._write_nulls
        )


def _unnamed(writing: WriteSpec, payload: Record) -> str:
    """Why DELETE cannot tell which record is meant."""
    number = writing.match_fields[-1]
    if writing.match_only_types and text_of(payload, number):
        types = " or ".join(sorted(writing.match_only_types))
        return (
            f"DELETE by {number} needs Type {types} beside it, since other types may share a "
            f"number: give that, or the {writing.match_fields[0]}"
        )
    return f"DELETE needs {' or '.join(writing.match_fields)}, and the record has none"
