"""New files of the Files API: a form with the file, which Xero never finds again by its name.

(xero-facts.md: Files)
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from urllib3.filepost import encode_multipart_formdata

from target_xero.build.contents.attachments import Attachment, attachment_of
from target_xero.build.destinations.path_ids import checked_guid
from target_xero.build.records import InvalidRecordError, Record


@dataclass(frozen=True)
class Upload:
    """A new file, ready to be sent.

    Attributes:
        fields: What Xero will show of it, as far as it is known.
        path: The path, below that of the files: its folder, or empty for the inbox.
        body: The form.
        content_type: The media type of the form.
    """

    fields: Record
    path: str
    body: bytes
    content_type: str


def upload_of(fields: Record, folder: str | None) -> Upload:
    """The upload of a record.

    Args:
        fields: Its fields: ``FilePath`` below ``folder`` or ``Content`` in base64, ``Name``,
            ``MimeType``, ``FolderId``.
        folder: The folder that files are read from; None if no file may be read.

    Raises:
        InvalidRecordError: The file does not exist, or Xero would refuse it.
    """
    named = {**fields, "FileName": fields.get("Name") or fields.get("FileName")}
    file = attachment_of(named, folder, kind="file")
    shown: Record = {"Name": file.file_name, "Size": len(file.content)}
    path = ""
    if fields.get("FolderId"):
        shown["FolderId"] = checked_guid("FolderId", fields["FolderId"])
        path = f"/{shown['FolderId']}"
    body, content_type = _form(file)
    return Upload(shown, path, body, content_type)


def without_upload(fields: Record) -> Record:
    """The fields of a file that exists.

    Raises:
        InvalidRecordError: The record has a new content.
    """
    if fields.get("Content") or fields.get("FilePath"):
        problem = (
            "Xero cannot replace the content of a file: leave Content and FilePath out to rename "
            "or move it, or leave Id out to upload a new file"
        )
        raise InvalidRecordError([problem])
    name = fields.get("Name") or fields.get("FileName")
    kept = {field: value for field, value in fields.items() if field in ("Id", "FolderId")}
    return {**kept, "Name": name} if name else kept


def _form(file: Attachment) -> tuple[bytes, str]:
    # The boundary depends on the file alone: a repeat must have the same bytes, or Xero refuses its
    # Idempotency-Key (xero-facts.md: Idempotency).
    digest = hashlib.sha256(file.file_name.encode() + b"\0" + file.content).hexdigest()
    parts: Mapping[str, str | tuple[str, bytes, str]] = {
        "name": file.file_name,
        "filename": file.file_name,
        "mimeType": file.mime_type,
        "body": (file.file_name, file.content, file.mime_type),
    }
    return encode_multipart_formdata(parts, boundary=f"target-xero-{digest[:32]}")
