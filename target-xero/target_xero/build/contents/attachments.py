"""Attachments: a file's bytes, from a path or from base64, with a name that Xero accepts."""

from __future__ import annotations

import base64
import binascii
import mimetypes
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from target_xero.build.records import InvalidRecordError, Record
from xero_client.names import normalized_name

# Xero's pages name 3, 10 and 25 MB. 10 MB is the limit of any request
# (xero-facts.md: Limits; Attachments and history).
MAX_BYTES = 10_000_000
FORBIDDEN_CHARACTERS = frozenset('<>:"/\\|?*+\0')
# The fields of an attachment record, by normalized name; they are not sent as JSON.
ATTACHMENT_FIELDS = (
    "filename",
    "filepath",
    "path",
    "content",
    "contentbase64",
    "mimetype",
    "includeonline",
)


@dataclass(frozen=True)
class Attachment:
    """A file, ready to be sent."""

    file_name: str
    content: bytes
    mime_type: str
    include_online: bool


def attachment_of(record: Record, folder: str | None, kind: str = "attachment") -> Attachment:
    """The attachment in a record.

    Args:
        record: It has ``FilePath`` (below ``folder``), or ``Content`` in base64 and ``FileName``;
            ``MimeType`` and ``IncludeOnline`` are optional.
        folder: The folder that files are read from; None if no file may be read.
        kind: What it is called in messages.

    Raises:
        InvalidRecordError: The file does not exist, or Xero would refuse it.
    """
    fields = {
        normalized_name(name): value for name, value in record.items() if value not in (None, "")
    }
    file_path = fields.get("filepath")
    encoded = fields.get("content") or fields.get("contentbase64")
    if (file_path is None) == (encoded is None):
        article = "an" if kind[0] in "aeiou" else "a"
        problem = f"{article} {kind} needs either FilePath or Content (base64)"
        raise InvalidRecordError([problem])
    name = str(fields.get("filename") or (Path(str(file_path)).name if file_path else ""))
    problems = _name_problems(name)
    if problems:
        raise InvalidRecordError(problems)
    content = _read(str(file_path), folder) if file_path is not None else _decoded(str(encoded))
    if not content:
        raise InvalidRecordError([f"the {kind} {name} is empty"])
    if len(content) > MAX_BYTES:
        problem = f"the {kind} {name} has {len(content):,} bytes; Xero takes {MAX_BYTES:,}"
        raise InvalidRecordError([problem])
    guessed_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    online = str(fields.get("includeonline", "")).lower() in ("true", "1", "yes")
    return Attachment(name, content, str(fields.get("mimetype") or guessed_type), online)


def _name_problems(name: str) -> list[str]:
    if not name:
        return ["an attachment needs a FileName"]
    if name in (".", ".."):
        return [f"{name!r} is not a file name"]
    forbidden = sorted(FORBIDDEN_CHARACTERS & set(name))
    if not forbidden:
        return []
    return [f"Xero does not take {' '.join(map(repr, forbidden))} in the file name {name!r}"]


def _read(file_path: str, folder: str | None) -> bytes:
    """Reads a file below the folder; records are not trusted to name any other file."""
    if folder is None:
        problem = (
            f"the file {file_path} is not read, because the stream's setting 'files' does not name "
            "the folder that files are read from: set it"
        )
        raise InvalidRecordError([problem])
    problem = f"the file {file_path} is not below {folder!r} (the stream's setting 'files')"
    try:
        root = Path(folder).expanduser().resolve()
        path = (root / file_path).resolve()
        if not path.is_relative_to(root):  # also of a link that leads out of the folder
            raise InvalidRecordError([problem])
        named = Path(file_path).parts if not Path(file_path).is_absolute() else ()
        if any(part.startswith(".") for part in (*named, *path.relative_to(root).parts)):
            problem = f"the file {file_path} is hidden, or in a hidden folder; it is not read"
            raise InvalidRecordError([problem])
        return _read_regular_file(path, file_path)
    except (OSError, ValueError, RuntimeError) as error:  # also of a NUL, and a circle of links
        reason = error.strerror if isinstance(error, OSError) else str(error)
        problem = f"the file {file_path} cannot be read: {reason}"
        raise InvalidRecordError([problem]) from None


def _read_regular_file(path: Path, file_path: str) -> bytes:
    # A pipe without a writer would wait for ever, if it were opened without O_NONBLOCK.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0))
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        os.close(descriptor)
        problem = f"the file {file_path} is not a file with contents, but a folder or a device"
        raise InvalidRecordError([problem])
    with os.fdopen(descriptor, "rb") as file:
        if found.st_size > MAX_BYTES:
            problem = f"the file {file_path} has over {MAX_BYTES:,} bytes, the most that Xero takes"
            raise InvalidRecordError([problem])
        return file.read()


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        problem = f"the attachment's Content is not base64: {error}"
        raise InvalidRecordError([problem]) from None
