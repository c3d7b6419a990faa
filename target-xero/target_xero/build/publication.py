"""One record, ready to be put into a request: method, path, query and content."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field

from target_xero.build.destinations import Destination
from target_xero.build.records import InvalidRecordError, Record
from target_xero.build.routes import Action
from xero_client.entities.table import STAMPS, Writing
from xero_client.http.transport import JSON

LARGEST_BODY = 3_000_000
# What a body's records may have together: the list around them takes the rest.
LARGEST_CONTENT = LARGEST_BODY - 100

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
        perhaps: What may be of that kind, and the record does not say whether it is.
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
    perhaps: tuple[tuple[str, str], ...] = ()
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


def computed_by_xero(destination: Destination) -> Collection[str]:
    """Fields of a destination's records that nobody sends."""
    entity = destination.entity
    return entity.writing.read_only if entity and entity.writing else STAMPS


def natural_keys(writing: Writing, sent: Record) -> tuple[tuple[str, str], ...]:
    """What Xero has only one record of; a bill's number is not of that kind (xero-facts.md: Writing by entity)."""
    if writing.match_types and sent.get("Type") not in writing.match_types:
        return ()
    return _matching(writing, sent)


def possible_keys(writing: Writing, sent: Record) -> tuple[tuple[str, str], ...]:
    """What may be a natural key: a number without the type that would tell."""
    if writing.match_types and not sent.get("Type"):
        return _matching(writing, sent)
    return ()


def _matching(writing: Writing, sent: Record) -> tuple[tuple[str, str], ...]:
    names = writing.match if writing.given_ids else writing.match[1:]
    found = ((name, text_of(sent, name)) for name in names)
    return tuple((name, value) for name, value in found if value)


def text_of(record: Record, name: str | None) -> str | None:
    """A field's value as text without margins; None where there is none."""
    value = record.get(name) if name else None
    return str(value).strip() or None if value not in (None, "") else None


def within(content: bytes) -> bytes:
    """The content, if a request can hold it.

    Raises:
        InvalidRecordError: It is too large.
    """
    if len(content) > LARGEST_CONTENT:
        problem = (
            f"the record has {len(content):,} bytes; {LARGEST_CONTENT:,} is the most for a request"
        )
        raise InvalidRecordError([problem])
    return content
