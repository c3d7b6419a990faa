"""Builds the publications of children: notes, files, allocations, options, members, e-mails.

Facts: (xero-facts.md: Attachments and history, Writing by entity).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from urllib.parse import quote

from msgspec.structs import replace

from target_xero.build.contents.attachments import attachment_of
from target_xero.build.destinations.destination import ChildDestination
from target_xero.build.destinations.path_ids import checked_guid
from target_xero.build.destinations.routes import Action, child_method
from target_xero.build.publications.publication import Publication, size_checked, text_of
from target_xero.build.publications.record_converter import RecordConverter
from target_xero.build.publications.write_request import WriteRequest
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.references.match_keys import Overwrite, shown
from target_xero.build.references.parents import ParentKey, parent_reference
from target_xero.build.references.record_references import OWN_PLACE, record_references
from xero_client.entities.children import ATTACHMENTS
from xero_client.http import wire
from xero_client.names import normalized_name

# Children that can be removed without an id: they are found in their parent by their content.
FOUND_IN_PARENT = frozenset({"Allocations", "Options"})


class ChildBuilder:
    """Builds the publications of one stream's records to children."""

    def __init__(
        self,
        converter: RecordConverter,
        *,
        columns: Mapping[str, str],
        files: str | None,
        overwrite: str | None,
        batch_size: int,
    ) -> None:
        """Takes the stream's settings.

        Args:
            converter: Converts its records.
            columns: The setting ``columns``: fields of the child or of its parent, by column.
            files: The folder that attachments are read from; None if no file may be read.
            overwrite: The setting ``overwrite``.
            batch_size: The most records in one call.
        """
        self._changes_found = overwrite in (None, Overwrite.ANY.value)
        self._converter = converter
        self._columns = {normalized_name(name): field for name, field in columns.items()}
        self._files = files
        self._batch_size = batch_size

    def build(self, destination: ChildDestination, request: WriteRequest) -> Publication:
        """Builds the publication of a child; its record names its parent.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        child, parent = destination.child, destination.parent
        request = replace(request, payload=self._with_fields(request.payload))
        reference = parent_reference(child, parent, request.payload, request.envelope_id)
        at_parent = replace(request, payload=reference.body)
        publication = self._build_at(destination, at_parent, reference.path(parent))
        if not reference.key:
            return publication
        named = f"{parent.name}/{shown(reference.key)}"
        return replace(publication, parent=named, parent_key=ParentKey(parent, reference.key))

    def _with_fields(self, payload: Record) -> Record:
        """The record with the fields that the setting ``columns`` gives to its columns.

        Raises:
            InvalidRecordError: Two columns with different values are the same field.
        """
        if not self._columns:
            return payload
        renamed: Record = {}
        for column, value in payload.items():
            name = self._columns.get(normalized_name(column), column)
            if renamed.get(name, value) != value:
                problem = f"two columns are both {name}, one of them {column!r}"
                raise InvalidRecordError([problem])
            renamed[name] = value
        return renamed

    def build_at(
        self, destination: ChildDestination, request: WriteRequest, parent_path: str
    ) -> Publication:
        """Builds the publication of a child of a parent.

        Args:
            destination: The kind of child.
            request: What the record asks for, without the fields that name the parent.
            parent_path: The parent's path.

        Raises:
            InvalidRecordError: The record cannot be published; the message says why.
        """
        request = replace(request, payload=self._with_fields(request.payload))
        return self._build_at(destination, request, parent_path)

    def _build_at(
        self, destination: ChildDestination, request: WriteRequest, parent_path: str
    ) -> Publication:
        child = destination.child
        path, parent = f"{parent_path}/{child.name}", parent_path.removeprefix("/")
        params = dict(request.query)
        if child.name == ATTACHMENTS:
            return self._attachment(destination, request, path, parent)
        coerced = self._converter.coerced_child(request.payload, destination)
        fields = coerced.fields
        warnings = self._converter.warnings(coerced, destination, ignore=request.ignores_unknown)
        own_id = text_of(fields, child.id_field)
        references = record_references(child.shape, fields)
        # A member of a group is the contact that is named.
        is_named = any(found.id_path == (child.id_field,) for found in references)
        if is_named and request.method == "DELETE":
            references = tuple(dataclasses.replace(found, id_path=()) for found in references)
            own_id = OWN_PLACE
        elif not own_id and request.method == "DELETE" and child.name in FOUND_IN_PARENT and fields:
            own_id = OWN_PLACE
        has_own_path = bool(own_id and child.own_routes)
        method, at_child, action = child_method(child, request.method, has_id=has_own_path)
        if at_child:
            if own_id != OWN_PLACE:
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
            record_id=own_id if at_child and own_id != OWN_PLACE else None,
            overwrite=None if self._changes_found and request.method == "POST" else Overwrite.NEVER,
            in_list=bool(child.key) and not child.bare and not removes,
            batch_limit=1 if at_child else min(child.batch_limit, self._batch_size),
            parent=parent,
            warnings=warnings,
            references=references,
        )

    def _attachment(
        self, destination: ChildDestination, request: WriteRequest, path: str, parent: str
    ) -> Publication:
        method, _, _ = child_method(destination.child, request.method, has_id=True)
        attachment = attachment_of(request.payload, self._files)
        params = dict(request.query)
        if attachment.include_online:
            params = {"IncludeOnline": "true"} | params
        warnings = self._converter.attachment_warnings(
            request.payload, destination, ignore=request.ignores_unknown
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
