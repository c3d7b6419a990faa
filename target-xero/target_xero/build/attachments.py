"""Files on records: bytes from a path or from base64, with a name that Xero takes."""

from __future__ import annotations

import base64
import binascii
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from target_xero.build.columns import plain
from target_xero.build.records import InvalidRecordError, Record

# Xero's pages name 3, 10 and 25 MB; 10 MB is the most that any request may have (xero-facts.md: Limits, Attachments and history).
LARGEST = 10_000_000
FORBIDDEN = frozenset('<>:"/\\|?*+\0')
# What the record says, by plain name; none of it goes into a JSON body.
NAMES = ("filename", "filepath", "path", "content", "contentbase64", "mimetype", "includeonline")


@dataclass(frozen=True)
class Attachment:
    """A file, ready to be sent."""

    file_name: str
    content: bytes
    mime_type: str
    include_online: bool


def attachment_of(record: Record, folder: str) -> Attachment:
    """The file that a record speaks of.

    Args:
        record: With ``FilePath`` (below ``folder``), or ``Content`` in base64 and ``FileName``;
            ``MimeType`` and ``IncludeOnline`` if wanted.
        folder: Where files are read from.

    Raises:
        InvalidRecordError: There is no such file, or Xero would not take it.
    """
    given = {plain(name): value for name, value in record.items() if value not in (None, "")}
    file_path = given.get("filepath")
    encoded = given.get("content") or given.get("contentbase64")
    if (file_path is None) == (encoded is None):
        raise InvalidRecordError(["an attachment needs either FilePath or Content (base64)"])
    name = str(given.get("filename") or (Path(str(file_path)).name if file_path else ""))
    problems = _name_problems(name)
    if problems:
        raise InvalidRecordError(problems)
    content = _read(str(file_path), folder) if file_path is not None else _decoded(str(encoded))
    if not content:
        raise InvalidRecordError([f"the attachment {name} is empty"])
    if len(content) > LARGEST:
        problem = f"the attachment {name} has {len(content):,} bytes; Xero takes {LARGEST:,}"
        raise InvalidRecordError([problem])
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    online = str(given.get("includeonline", "")).lower() in ("true", "1", "yes")
    return Attachment(name, content, str(given.get("mimetype") or guessed), online)


def _name_problems(name: str) -> list[str]:
    if not name:
        return ["an attachment needs a FileName"]
    bad = sorted(FORBIDDEN & set(name))
    return [f"Xero takes no {' '.join(map(repr, bad))} in the file name {name!r}"] if bad else []


def _read(file_path: str, folder: str) -> bytes:
    """A file below a folder: records may come from anywhere, and must not reach other files."""
    root = Path(folder).resolve()
    path = (root / file_path).resolve()
    if not path.is_relative_to(root):
        problem = f"the file {file_path} is not below {folder!r} (the stream's setting 'files')"
        raise InvalidRecordError([problem])
    try:
        if path.stat().st_size > LARGEST:
            problem = f"the file {file_path} has over {LARGEST:,} bytes, the most that Xero takes"
            raise InvalidRecordError([problem])
        return path.read_bytes()
    except OSError as error:
        problem = f"the file {file_path} cannot be read: {error.strerror}"
        raise InvalidRecordError([problem]) from None


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        problem = f"the attachment's Content is not base64: {error}"
        raise InvalidRecordError([problem]) from None
