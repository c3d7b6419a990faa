"""Singer records as they came in, where they came from, and why one is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

Record = dict[str, Any]

NESTED_TOO_DEEPLY = "the record is nested too deeply"


class InvalidRecordError(Exception):
    """A record that is not sent, because something is wrong with it.

    Attributes:
        problems: What is wrong with it, one sentence each.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = list(problems)


class PrivateStruct(Struct, frozen=True):
    """A value with the contents of records: its ``repr`` does not show them."""

    def __repr__(self) -> str:
        """The name of its type."""
        return f"<{type(self).__name__}>"


class Provenance(PrivateStruct, frozen=True):
    """Where a publication comes from: one Singer message, or several that were grouped.

    Attributes:
        stream: The Singer stream, as ``stream_maps`` call it.
        messages: The messages as they came, for the rejects file.
        epochs: For each message, its epoch in ``Checkpoints``.
        key: What identifies the record in log lines and results.
        singer_key: The values of the stream's key properties; empty if it has none.
        subject_key: The values of ``group_by``, or of those key properties that identify the
            record; empty if it has none.
        content_key: The values of the key that do not identify the record, but tell it from
            another one with the same content.
        is_group: Whether it was made of rows by ``group_by``.
        is_row: Whether its line was made of columns, so that it may be a line of a document.
        origin: Where the record stands, for messages: ``record 12``, ``line 7 of bills.csv``.
        named: Xero's fields that the setting ``columns`` gives to columns of the record, with their
            values, for messages.
        document_type: The ``Type`` that the name or the settings of its stream give, for messages;
            empty if they give none.
        occurrence: The number of this record among identical records without a key, from 0;
            None if the message does not say.
        tap_stream: The stream as the tap calls it; empty if the message names no stream.
        tenant: The organisation's id, or before it is connected the text that the stream's
            ``tenant_id`` gives; empty for the organisation of the target's own settings.
        retry_key: The hash of what it keeps when it is corrected, if rejects are kept for the next
            run; empty if only its content identifies it.
        is_retry: Whether an earlier run has kept it.
        is_removal: Whether it was not in the input: the setting ``mirror`` removes it.
        is_deleted: Whether its source has marked it as deleted.
        input_digest: The digest of the record as it came, if that alone decides what it becomes;
            empty if not.
    """

    stream: str
    messages: tuple[bytes, ...]
    epochs: tuple[int, ...] = ()
    key: Mapping[str, Any] = {}
    singer_key: tuple[str, ...] = ()
    subject_key: tuple[str, ...] = ()
    content_key: tuple[str, ...] = ()
    is_group: bool = False
    is_row: bool = False
    origin: str = ""
    named: Mapping[str, Any] = {}
    document_type: str = ""
    occurrence: int | None = None
    tap_stream: str = ""
    tenant: str = ""
    retry_key: str = ""
    is_retry: bool = False
    is_removal: bool = False
    is_deleted: bool = False
    input_digest: str = ""


def is_empty(record: Record) -> bool:
    """Whether a record has no value, as a blank line of a spreadsheet.

    Columns with a leading underscore, which taps add themselves, do not count.
    """
    return all(
        value is None or (isinstance(value, str) and not value.strip())
        for name, value in record.items()
        if name[:1] != "_"
    )
