"""The values of the publish log: requests, records, and their states.

The package's README describes the states and their transitions.
"""

from __future__ import annotations

from msgspec import Struct

from target_xero.build.records import PrivateStruct

INTENDED = "intended"
PUBLISHED = "published"
REJECTED = "rejected"
SUPERSEDED = "superseded"


class LogEntry(Struct, frozen=True):
    """What the log knows about one record.

    Attributes:
        fingerprint: The hash by which the log recognises the record with this content.
        state: One of the states above.
        attempt: The number of its last attempt, from 1. Each attempt has a new Idempotency-Key.
        entity: The destination's name.
        identity: The hash of what the record keeps when its content changes: its subject.
        document: The hash of the number that people know the document by.
        request_key: The key of its request, while its outcome is unknown.
        position: Its place in that request.
        xero_id: Its id in Xero.
        run_id: The run that sent it.
        removes: 1 if it removes the record from Xero, else 0.
        input_digest: The digest of the record as it came, if that alone decides what it becomes.
        input_method: The method of a record with this input, before it is known what Xero has.
        source_key: The hash of its Singer key, if its subject is a number, code or name.
    """

    fingerprint: str
    state: str
    attempt: int
    entity: str
    identity: str | None = None
    document: str | None = None
    request_key: str | None = None
    position: int = 0
    xero_id: str | None = None
    run_id: str = ""
    removes: int = 0
    input_digest: str | None = None
    input_method: str | None = None
    source_key: str | None = None


class Intent(PrivateStruct, frozen=True):
    """A request that is about to be sent.

    Attributes:
        key: Its Idempotency-Key.
        method: HTTP method.
        path: Path or URL.
        params: Query parameters.
        content_type: The body's media type.
        body: The body; None if the request has none.
        first_sent_at: The time of the first attempt to send it, in seconds since 1970.
    """

    key: str
    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    content_type: str
    body: bytes | None
    first_sent_at: float


class IntendedRecord(Struct, frozen=True):
    """One record of a request that is about to be sent; see ``LogEntry``."""

    fingerprint: str
    identity: str | None
    entity: str
    attempt: int
    document: str | None = None
    removes: bool = False
    input_digest: str | None = None
    input_method: str | None = None
    source_key: str | None = None


class SettledRecord(Struct, frozen=True):
    """The final outcome of one record: it was published, or rejected.

    Attributes:
        fingerprint: The hash by which the log recognises the record with this content.
        published: Whether it was published.
        identity: The hash of its subject.
        document: The hash of its number.
        xero_id: Its id in Xero.
        id_is_shared: Whether other records may have the same id: files of one name. Then only its
            subject tells whether it was published before.
    """

    fingerprint: str
    published: bool
    identity: str | None = None
    document: str | None = None
    xero_id: str | None = None
    id_is_shared: bool = False
