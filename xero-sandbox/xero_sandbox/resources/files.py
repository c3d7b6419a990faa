"""What is special in the Files API: uploads, content, the inbox, associations by object.

(xero-facts.md: Files)
"""

from __future__ import annotations

import mimetypes
from datetime import datetime
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import (
    HttpError,
    HttpResponse,
    json_response,
    not_found,
    text_response,
)
from xero_sandbox.model.organisation import Organisation, Record
from xero_sandbox.model.transaction import Transaction
from xero_sandbox.resources.answers import refusal
from xero_sandbox.resources.records import ResourceRequest, Target, store_of, target_of
from xero_sandbox.resources.tables import FILES

MAX_FILE = 10 * 1024 * 1024
_ASSOCIATIONS = "Files/{FileId}/Associations"
# Xero's own list is not documented.
_EXTENSION_WORDS = (
    "7z bmp csv doc docx eml gif html jpeg jpg json key msg numbers ods odt pages pdf png ppt pptx "
    "rar rtf tif tiff txt xls xlsx xml zip"
)
_EXTENSIONS = frozenset(_EXTENSION_WORDS.split())
_USER = {
    "Id": "5b3d1e2a-6f0c-4a53-9d57-0c1f7c7f2f11",
    "Name": "sandbox.user@example.com",
    "FirstName": "Sandbox",
    "LastName": "User",
    "FullName": "Sandbox User",
}


def files_response(
    organisation: Organisation, path: str, call: Call, now: datetime
) -> HttpResponse:
    """Carries out a call to the Files API.

    Raises:
        HttpError: Any response but a success.
    """
    files = FilesRequest(organisation, call, now)
    parts = [part for part in path.split("/") if part]
    words = [part.lower() for part in parts]
    if words == ["inbox"] and call.method == "GET":
        return json_response(files.inbox())
    if words[:1] == ["files"] and call.method == "POST" and len(parts) < 3:  # noqa: PLR2004
        return files.upload(words[1] if len(words) > 1 else "")
    if words[:1] == ["files"] and words[2:] == ["content"] and call.method == "GET":
        return files.content(words[1])
    if words == ["associations", "count"]:
        return files.counts()
    if words[:1] == ["associations"] and len(words) == 2:  # noqa: PLR2004
        return files.of_object(words[1])
    target = target_of(FILES, path)
    files.check(target)
    response = ResourceRequest(organisation, FILES, target, call, now).response()
    files.count_folders()
    return response


class FilesRequest:
    """One call to the Files API."""

    def __init__(self, organisation: Organisation, call: Call, now: datetime) -> None:
        self._organisation = organisation
        self._call = call
        self._now = now
        self._files = store_of(organisation, FILES, "Files")
        self._folders = store_of(organisation, FILES, "Folders")
        if not self._folders:
            record_id = self._new_id()
            self._folders[record_id] = {
                "Id": record_id,
                "Name": "Inbox",
                "FileCount": 0,
                "Email": f"xero.inbox.{record_id[:8]}@xerofiles.com",
                "IsInbox": True,
            }

    def inbox(self) -> Record:
        """The folder of files that were sent to no other."""
        return next(folder for folder in self._folders.values() if folder["IsInbox"])

    def check(self, target: Target) -> None:
        """Refuses a change of the inbox, and drops the content of a deleted file.

        Raises:
            HttpError: 400.
        """
        changing = self._call.method in ("PUT", "DELETE")
        is_inbox = self._folders.get(target.record_id, {}).get("IsInbox")
        if target.resource.path == "Folders" and changing and is_inbox:
            raise refusal(FILES, {"Id": "the inbox cannot be renamed or deleted"})
        if target.resource.path == "Files" and self._call.method == "DELETE":
            self._organisation.file_contents.pop(target.record_id, None)

    def upload(self, folder_id: str) -> HttpResponse:
        """``POST /Files`` or ``POST /Files/{FolderId}``; the same name makes a second file.

        Raises:
            HttpError: 400, 404 or 413.
        """
        if folder_id and folder_id not in self._folders:
            raise not_found()
        kind = self._call.headers.get("content-type", "")
        message = message_from_bytes(
            f"Content-Type: {kind}\r\n\r\n".encode() + self._call.body, policy=HTTP
        )
        name, file_name, content, mime = "", "", None, ""
        for part in message.iter_parts() if message.is_multipart() else ():
            field = part.get_param("name", header="content-disposition")
            data: Any = part.get_payload(decode=True)
            if field in ("name", "filename", "fileName") and not part.get_filename():
                name = name or data.decode()
            elif field == "mimeType":
                mime = data.decode()
            elif part.get_filename() or field == "body":
                content, file_name = data, part.get_filename() or ""
                mime = mime or part.get_content_type()
        name = name or file_name
        if content is None or not name:
            raise refusal(FILES, {"body": "a file with a name is required"})
        return json_response(self.keep(name, mime, content, folder_id), 201)

    def keep(self, name: str, mime: str, content: bytes, folder_id: str) -> Record:
        """Stores a file, in the inbox without a folder.

        Raises:
            HttpError: 400 for an extension that Xero refuses, 413 above 10 MB.
        """
        if len(content) > MAX_FILE:
            raise HttpError(text_response(413, "The file is larger than 10 MB"))
        extension = name.rpartition(".")[2].lower() if "." in name else ""
        guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if extension not in _EXTENSIONS:
            raise refusal(FILES, {"Extension": f"{extension} is not a valid File extension."})
        record: Record = {
            "Id": self._new_id(),
            "Name": name,
            "MimeType": guessed if mime in ("", "application/octet-stream") else mime,
            "Size": len(content),
            "CreatedDateUtc": self._moment(),
            "UpdatedDateUtc": self._moment(),
            "User": _USER,
            "FolderId": folder_id or self.inbox()["Id"],
        }
        self._files[record["Id"]] = record
        self._organisation.file_contents[record["Id"]] = content
        self.count_folders()
        return record

    def content(self, file_id: str) -> HttpResponse:
        """``GET /Files/{FileId}/Content``."""
        record = self._files.get(file_id)
        if record is None:
            raise not_found()
        return HttpResponse(
            200, self._organisation.file_contents.get(file_id, b""), record["MimeType"]
        )

    def counts(self) -> HttpResponse:
        """``GET /Associations/Count?ObjectIds=a,b``: the number of files of each object."""
        asked = (self._call.parameter("ObjectIds") or "").lower().split(",")
        counts = {object_id: len(self._associated(object_id)) for object_id in asked if object_id}
        return json_response(counts)

    def of_object(self, object_id: str) -> HttpResponse:
        """``GET /Associations/{ObjectId}``: the files of one object."""
        return json_response(
            [
                {
                    **association,
                    "SendWithObject": association.get("SendWithObject", False),
                    **{
                        name: self._files[association["FileId"]][name]
                        for name in ("Name", "Size", "CreatedDateUtc")
                        if association["FileId"] in self._files
                    },
                }
                for association in self._associated(object_id)
            ]
        )

    def count_folders(self) -> None:
        """Counts the files of every folder anew, and dates changed files."""
        counts: dict[str, int] = {}
        for record in self._files.values():
            counts[record["FolderId"]] = counts.get(record["FolderId"], 0) + 1
        for folder_id, folder in self._folders.items():
            self._folders[folder_id] = {**folder, "FileCount": counts.get(folder_id, 0)}

    def _associated(self, object_id: str) -> list[Record]:
        return [
            record
            for record in store_of(self._organisation, FILES, _ASSOCIATIONS).values()
            if str(record["ObjectId"]).lower() == object_id
        ]

    def _new_id(self) -> str:
        return Transaction(self._organisation, self._now, "").new_id()

    def _moment(self) -> str:
        return f"{self._now:%Y-%m-%dT%H:%M:%S}.{self._now.microsecond:06d}0"
