"""From a record to its publication, by the stream's rule and by the methods that Xero has.

Facts: (xero-facts.md: Writing by entity).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from target_xero.build.attachments import attachment_of
from target_xero.build.destinations import Destination, destination_of, document_type_of
from target_xero.build.discounts import with_accepted_discounts
from target_xero.build.envelopes import envelope_of, envelope_path, payload_of, query_of
from target_xero.build.generic import generic_path, generic_publication
from target_xero.build.match_keys import MatchKey, match_keys, overwrite_of, shown
from target_xero.build.parents import parent_reference
from target_xero.build.path_ids import checked_guid, checked_id, checked_path
from target_xero.build.publication import (
    Publication,
    missing_key_problem,
    natural_keys,
    possible_keys,
    size_checked,
    text_of,
)
from target_xero.build.record_converter import RecordConverter
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.routes import (
    GENERIC_METHODS,
    Action,
    check_method,
    child_method,
    describe_methods,
    write_route,
)
from target_xero.build.stream_rule import StreamRule
from target_xero.build.templates import placeholders, render, render_path
from xero_client.entities.children import ATTACHMENTS
from xero_client.entities.table import Entity, Route
from xero_client.http import wire
from xero_client.settings.connection_settings import origin_of


class PublicationBuilder:
    """Builds the publications of one stream's records."""

    def __init__(
        self,
        rule: StreamRule,
        *,
        batch_size: int,
        origin: str = "",
        write_nulls: bool = False,
        is_import_template: bool = False,
        key_columns: Collection[str] = (),
        finds_id_later: bool = False,
    ) -> None:
        """Takes the stream's rule.

        Args:
            rule: How the stream is published.
            batch_size: The most records in one call.
            origin: Scheme and host of ``base_uri``; a path to another host is refused.
            write_nulls: Whether empty values are sent.
            is_import_template: Whether the records come from one of Xero's import templates.
            key_columns: The stream's key properties, which need not be fields of Xero.
            finds_id_later: Whether a removal may lack an id and a number, because the publish log
                is searched for the id.
        """
        self.rule = rule
        self._origin = origin
        self._batch_size = batch_size
        self._write_nulls = write_nulls
        self._converter = RecordConverter(
            rule,
            write_nulls=write_nulls,
            is_import_template=is_import_template,
            key_columns=key_columns,
        )
        self._document_type = document_type_of(rule.entity)
        # Of the record that is being built.
        self._ignores_unknown = False
        self._finds_id_later = finds_id_later

    def build(self, record: Record, warnings: Sequence[str] = ()) -> Publication:
        """Builds the publication of a record.

        Args:
            record: The record.
            warnings: What of it was left out before.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        self._ignores_unknown = self._converter.ignores_unknown(record)
        publication = self._build(record)
        if warnings:
            publication = replace(publication, warnings=(*warnings, *publication.warnings))
        return publication

    def _build(self, record: Record) -> Publication:
        rule = self.rule
        envelope = envelope_of(record)
        method = str(envelope.get("method") or rule.method).upper()
        own_path = envelope_path(envelope, is_allowed=rule.envelope_paths)
        path = own_path or rule.path
        destination = destination_of(rule.entity, path)
        if path is None and destination.is_generic and not rule.names_entity:
            raise InvalidRecordError(
                ["the record has no path, and the stream's settings have neither entity nor path"]
            )
        if method not in GENERIC_METHODS:
            raise InvalidRecordError(
                [f"{method} is not a method; use {', '.join(GENERIC_METHODS)}"]
            )
        payload = self._payload(record, envelope, destination)
        query = self._query(record, envelope)
        envelope_id = envelope.get("id")
        if path is not None:
            return self._build_by_path(destination, method, path, payload, query, record, envelope)
        if destination.entity is None:
            generic = generic_path(destination, envelope_id, method)
            return self._build_generic(destination, method, generic, payload, query)
        if destination.child is not None:
            return self._build_child(destination, method, payload, query, envelope_id)
        return self._build_entity(
            destination, destination.entity, method, payload, query, envelope_id
        )

    # Payload and query

    def _payload(self, record: Record, envelope: Record, destination: Destination) -> Any:  # noqa: ANN401  # any JSON
        payload = payload_of(record, envelope)
        extra = None
        if self.rule.payload:
            extra = render(self.rule.payload, record, f"streams.{self.rule.stream}.payload")
        if isinstance(payload, dict):
            if destination.shape is not None and destination.child is None:
                payload = self._converter.mapped(payload, destination, destination.shape)
                if self._document_type is not None and not payload.get("Type"):
                    payload = {**payload, "Type": self._document_type}
            return {**payload, **extra} if extra else payload
        if destination.is_generic and isinstance(payload, list) and not extra:
            return payload
        raise InvalidRecordError(["payload must be an object"])

    def _query(self, record: Record, envelope: Record) -> dict[str, str]:
        if not self.rule.query and "query" not in envelope:
            return {}
        setting = f"streams.{self.rule.stream}.query"
        query = {**render(self.rule.query, record, setting), **query_of(envelope)}
        return {
            name: "true" if value is True else "false" if value is False else str(value)
            for name, value in query.items()
            if value is not None
        }

    # Entities, children, paths

    def _build_entity(
        self,
        destination: Destination,
        entity: Entity,
        method: str,
        payload: Record,
        query: Mapping[str, str],
        envelope_id: str | None,
    ) -> Publication:
        check_method(entity, method)
        writing = entity.writing
        assert writing is not None  # noqa: S101  # check_method made sure
        record_id = envelope_id or text_of(payload, entity.id_field)
        if record_id:
            record_id = checked_id(entity, record_id)
        if method == "DELETE":
            keys = natural_keys(writing, payload)
            if not record_id and not keys and not self._finds_id_later:
                raise InvalidRecordError([missing_key_problem(writing, payload)])
            return Publication(
                destination,
                Action.REMOVE,
                "DELETE",
                entity.path,
                params=tuple(sorted(query.items())),
                fields={
                    name: payload[name]
                    for name in writing.match_fields
                    if payload.get(name) is not None
                },
                record_id=record_id,
                natural_keys=keys,
                batch_limit=min(self._batch_size, writing.batch_limit),
            )
        known_id = None if writing.caller_assigns_id else record_id
        route, action = write_route(entity, method, has_id=bool(known_id))
        return self._build_by_route(destination, entity, route, action, payload, query, known_id)

    def _build_by_route(
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
        assert writing is not None  # noqa: S101  # the callers checked the method
        coerced = self._converter.coerced(payload, destination, entity, has_id=bool(record_id))
        fields = with_accepted_discounts(coerced.fields)
        warnings = self._converter.warnings(coerced, destination, ignore=self._ignores_unknown)
        if record_id and entity.id_field:
            fields[entity.id_field] = record_id
        if not fields:
            raise InvalidRecordError([f"the record has no field of {entity.name}"])
        content = size_checked(wire.encode(fields))
        params = dict(query)
        if writing.unitdp:
            params = {"unitdp": "4"} | params
        if route in writing.summarize_errors:
            params = {"summarizeErrors": "false"} | params
        overwrite = None
        keys: tuple[MatchKey, ...] = ()
        if self.rule.checks_existing:
            overwrite = overwrite_of(entity, self.rule.overwrite)
            keys = () if record_id else match_keys(entity, fields, self.rule.match)
        single = route in writing.single_record_routes
        path = entity.path if route in (Route.PUT, Route.POST) else f"{entity.path}/{record_id}"
        return Publication(
            destination,
            action,
            route.method,
            path,
            params=tuple(sorted(params.items())),
            content=content,
            fields=fields,
            record_id=record_id,
            natural_keys=natural_keys(writing, fields),
            possible_keys=possible_keys(writing, fields),
            match_keys=keys,
            looks_up_first=bool(self.rule.match),
            overwrite=overwrite,
            matched_by_natural_key=action is not Action.CREATE and Route.POST in writing.routes,
            in_list=not writing.bare,
            batch_limit=1 if single else min(self._batch_size, writing.batch_limit),
            names=coerced.names,
            warnings=warnings,
        )

    def _build_child(
        self,
        destination: Destination,
        method: str,
        payload: Record,
        query: Mapping[str, str],
        envelope_id: str | None,
    ) -> Publication:
        child, parent = destination.child, destination.entity
        assert child is not None  # noqa: S101  # the caller checked it
        assert parent is not None  # noqa: S101  # every child has a parent
        reference = parent_reference(child, parent, payload, envelope_id)
        path = reference.path(parent)
        publication = self._build_child_at(destination, method, path, reference.body, query)
        if not reference.key:
            return publication
        named = f"{parent.name}/{shown(reference.key)}"
        return replace(publication, parent=named, parent_key=reference.key)

    def _build_child_at(
        self,
        destination: Destination,
        method: str,
        parent_path: str,
        body: Record,
        query: Mapping[str, str],
    ) -> Publication:
        child = destination.child
        assert child is not None  # noqa: S101  # the caller checked it
        path, parent = f"{parent_path}/{child.name}", parent_path.removeprefix("/")
        params = dict(query)
        if child.name == ATTACHMENTS:
            return self._build_attachment(destination, method, path, parent, body, params)
        coerced = self._converter.coerced_child(body, destination)
        fields = coerced.fields
        warnings = self._converter.warnings(coerced, destination, ignore=self._ignores_unknown)
        own_id = text_of(fields, child.id_field)
        own_paths = bool(child.own_routes)
        method, at_child, action = child_method(child, method, has_id=bool(own_id and own_paths))
        if at_child:
            own_id = checked_guid(child.id_field or "", own_id)
            path = f"{path}/{own_id}"
        removes = action is Action.REMOVE
        if child.shape and not fields:
            raise InvalidRecordError([f"the record has no field of {child.title}"])
        if child.summarize_errors and not at_child:
            params = {"summarizeErrors": "false"} | params
        return Publication(
            destination,
            action,
            method,
            path,
            params=tuple(sorted(params.items())),
            content=size_checked(wire.encode(fields)) if child.shape and not removes else None,
            fields=fields,
            record_id=own_id if at_child else None,
            in_list=bool(child.key) and not child.bare and not removes,
            batch_limit=1 if at_child else min(child.batch_limit, self._batch_size),
            parent=parent,
            warnings=warnings,
        )

    def _build_attachment(
        self,
        destination: Destination,
        method: str,
        path: str,
        parent: str,
        body: Record,
        params: dict[str, str],
    ) -> Publication:
        child = destination.child
        assert child is not None  # noqa: S101  # the caller checked it
        method, _, _ = child_method(child, method, has_id=True)
        attachment = attachment_of(body, self.rule.files)
        if attachment.include_online:
            params = {"IncludeOnline": "true"} | params
        warnings = self._converter.attachment_warnings(
            body, destination, ignore=self._ignores_unknown
        )
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
            warnings=warnings,
        )

    def _build_by_path(
        self,
        destination: Destination,
        method: str,
        template: str,
        payload: Any,  # noqa: ANN401  # any JSON
        query: Mapping[str, str],
        record: Record,
        envelope: Record,
    ) -> Publication:
        envelope_id = envelope.get("id")
        path = self._path_of(destination, template, payload, record, envelope)
        named: set[str] = set() if "path" in envelope else set(placeholders(template))
        if destination.is_generic:
            return self._build_generic(destination, method, path, payload, query)
        entity = destination.entity
        assert entity is not None  # noqa: S101  # not generic
        body = {name: value for name, value in payload.items() if name not in named}
        if destination.child is not None:
            if destination.is_single_record:
                return self._build_generic(destination, method, path, body, query)
            return self._build_child_at(destination, method, path.rpartition("/")[0], body, query)
        if not destination.is_single_record:
            return self._build_entity(destination, entity, method, payload, query, envelope_id)
        return self._build_at_record(destination, entity, method, path, body, query)

    def _path_of(
        self,
        destination: Destination,
        template: str,
        payload: Any,  # noqa: ANN401  # any JSON
        record: Record,
        envelope: Record,
    ) -> str:
        """The path of a record: the envelope's as it is, else the settings' template, rendered."""
        envelope_id = envelope.get("id")
        values = record
        if isinstance(payload, dict):
            values = {**record, **payload}
        if envelope_id and destination.entity and destination.entity.id_field:
            values = {"id": envelope_id, destination.entity.id_field: envelope_id} | values
        path = template
        if "path" not in envelope:
            path = render_path(template, values, f"streams.{self.rule.stream}.path")
        path = checked_path(path)
        if path.startswith(("http://", "https://")):
            if origin_of(path) != self._origin:
                problem = (
                    f"the path {path} is not on {self._origin}, the origin of 'base_uri'; "
                    "nothing is sent to another host"
                )
                raise InvalidRecordError([problem])
        elif not path.startswith("/"):
            path = f"/{path}"
        return path.removeprefix("/api.xro/2.0")

    def _build_at_record(
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
            return self._build_entity(destination, entity, method, body, query, record_id)
        if entity.writing is None or method != "POST" or Route.POST_ID not in entity.writing.routes:
            problem = f"{method} does not exist for {path}: {describe_methods(entity)}"
            raise InvalidRecordError([problem])
        return self._build_by_route(
            destination, entity, Route.POST_ID, Action.UPDATE, body, query, record_id
        )

    def _build_generic(
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
