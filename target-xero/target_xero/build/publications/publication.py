"""One record, ready to be put into a request: method, path, query and content."""

from __future__ import annotations

import hashlib

from msgspec import field

from target_xero.build.destinations.destination import ChildDestination, Destination
from target_xero.build.destinations.routes import Action
from target_xero.build.fields.name_references import NameReference
from target_xero.build.records import InvalidRecordError, PrivateStruct, Record
from target_xero.build.references.match_keys import MatchKey, Overwrite
from target_xero.build.references.parents import ParentKey
from target_xero.build.references.record_references import RecordReference
from xero_client.entities.table import WriteSpec
from xero_client.http.transport import JSON

MAX_BODY_BYTES = 3_000_000
# The most that all records of one body may have; the rest is for the list around them.
MAX_CONTENT_BYTES = MAX_BODY_BYTES - 100

Params = tuple[tuple[str, str], ...]
NaturalKeys = tuple[tuple[str, str], ...]


class Publication(PrivateStruct, frozen=True, eq=False):
    """One record, ready to be put into a request.

    Attributes:
        destination: What it is published to.
        action: What it does there.
        method: The HTTP method.
        path: The path below ``base_uri``, rendered.
        params: Query parameters, sorted.
        content: The record's part of the body, as JSON or as a file; None without a body.
        fields: The fields in ``content``, decoded.
        record_id: The record's id in Xero; None if it has none yet.
        natural_keys: Fields with their values that only one record in Xero can have.
        possible_keys: The same, if the record does not say whether they are unique.
        match_keys: The keys by which an existing record is found before it is changed, the best
            first; empty if nothing is to be found.
        looks_up_first: Whether that is done before sending, as the setting ``match`` asks.
        refusal_is_looked_up: Whether a refusal may come from what exists, and is looked up.
        overwrite: What may be changed that exists in Xero; None if that is not checked.
        matched_by_natural_key: Whether a POST finds the record by ``natural_keys``.
        in_list: Whether the body is a list under the destination's key.
        batch_limit: The most records in one call.
        content_type: The body's media type.
        parent: The parent of a child record: ``Invoices/12…``.
        names: Where names stand in ``fields`` that must be replaced by codes before it is sent.
        warnings: What was left out.
        parent_key: What the parent is looked up by, if the record does not give its id. The path
            has a place for it.
        references: The records that ``fields`` name without their ids; they are looked up before
            it is sent.
        collection: The path of the list that the record belongs to.
        list_path: The path at which that list is read.
        own_path: The path of the record itself, if it is of another API and names its id.
        found_by: The fields by which a new record is found whose response was lost.
        searched_by: The fields that tell a record from others, if it is new and Xero has no number,
            code or name by which it finds it, but a list of what has changed since a moment.
        is_completed: Whether it has what Xero's record has, since Xero clears what is left out.
    """

    destination: Destination
    action: Action
    method: str
    path: str
    params: Params = ()
    content: bytes | None = None
    fields: Record = field(default_factory=dict)
    record_id: str | None = None
    natural_keys: NaturalKeys = ()
    possible_keys: NaturalKeys = ()
    match_keys: tuple[MatchKey, ...] = ()
    looks_up_first: bool = False
    refusal_is_looked_up: bool = False
    overwrite: Overwrite | None = None
    matched_by_natural_key: bool = False
    in_list: bool = False
    batch_limit: int = 1
    content_type: str = JSON
    parent: str | None = None
    names: tuple[NameReference, ...] = ()
    warnings: tuple[str, ...] = ()
    parent_key: ParentKey | None = None
    references: tuple[RecordReference, ...] = ()
    collection: str = ""
    list_path: str = ""
    own_path: str = ""
    found_by: tuple[str, ...] = ()
    searched_by: tuple[str, ...] = ()
    is_completed: bool = False

    @property
    def parent_id(self) -> str:
        """The id of the parent of a child record; empty if it has no parent."""
        return (self.parent or "").rpartition("/")[2]

    @property
    def unique_in_parent(self) -> tuple[str, str] | None:
        """Of a new child: the field, and its value, that only one child of the parent can have."""
        destination = self.destination
        if self.action is not Action.SEND or not isinstance(destination, ChildDestination):
            return None
        field = destination.child.found_by
        value = text_of(self.fields, field)
        return None if field is None or value is None else (field, value)

    @property
    def would_duplicate(self) -> bool:
        """Whether sending it twice could make two records in Xero."""
        creates_by_put = self.method == "PUT" and self.action is not Action.UPDATE
        is_found = bool(self.found_by or self.searched_by)
        return creates_by_put or (is_found and self.record_id is None)

    @property
    def key(self) -> dict[str, str]:
        """The id and the natural keys: what identifies the record if its stream has no key."""
        own = {}
        if self.record_id and self.destination.id_field:
            own[self.destination.id_field] = self.record_id
        return own | dict(self.natural_keys)

    @property
    def digest(self) -> str:
        """SHA-256 of the request that the record alone would make."""
        parts: list[object] = [self.method, self.path, self.params, self.action.value, self.key]
        if self.parent_key is not None:
            parts.append(self.parent_key.fields)
        request = tuple(parts)
        return hashlib.sha256(repr(request).encode() + b"\0" + (self.content or b"")).hexdigest()


def natural_keys(writing: WriteSpec, fields: Record) -> NaturalKeys:
    """The fields of a record whose values only one record in Xero can have.

    The number of a bill is not unique (xero-facts.md: Writing by entity).
    """
    if writing.match_only_types and fields.get("Type") not in writing.match_only_types:
        return ()
    return _matching_fields(writing, fields)


def possible_keys(writing: WriteSpec, fields: Record) -> NaturalKeys:
    """The fields that are natural keys for some types, if the record does not say its type."""
    if writing.match_only_types and not fields.get("Type"):
        return _matching_fields(writing, fields)
    return ()


def _matching_fields(writing: WriteSpec, fields: Record) -> NaturalKeys:
    found: NaturalKeys = ()
    for name in writing.natural_fields:
        if value := text_of(fields, name):
            found = (*found, (name, value))
    return found


def missing_key_problem(writing: WriteSpec, payload: Record) -> str:
    """Why DELETE cannot find the record."""
    number = writing.match_fields[-1]
    if writing.match_only_types and text_of(payload, number):
        types = " or ".join(sorted(writing.match_only_types))
        if payload.get("Type"):
            return (
                f"DELETE needs the {writing.match_fields[0]}, because {number} finds only records "
                f"of the type {types}: others may share a number"
            )
        return (
            f"DELETE by {number} needs Type {types} beside it, since other types may share a "
            f"number: give that, or the {writing.match_fields[0]}"
        )
    return f"DELETE needs {' or '.join(writing.match_fields)}, and the record has none"


def text_of(record: Record, name: str | None) -> str | None:
    """A field's value as text without surrounding space; None if it is empty or absent."""
    value = record.get(name) if name else None
    return str(value).strip() or None if value not in (None, "") else None


def size_checked(content: bytes) -> bytes:
    """Returns the content, if it fits into a request.

    Raises:
        InvalidRecordError: It is too large.
    """
    if len(content) > MAX_CONTENT_BYTES:
        problem = f"the record has {len(content):,} bytes; a request can hold {MAX_CONTENT_BYTES:,}"
        raise InvalidRecordError([problem])
    return content
