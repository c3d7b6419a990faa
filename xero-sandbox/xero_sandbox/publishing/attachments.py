"""Attachments: listed, downloaded, uploaded as raw bytes (xero-facts.md: Attachments and history)."""

from __future__ import annotations

import mimetypes
import uuid
from datetime import datetime
from urllib.parse import quote

from xero_sandbox.answers import Answer, Refused, as_text, exception, not_found
from xero_sandbox.calls import API_ROOT, Call
from xero_sandbox.catalogue import Endpoint
from xero_sandbox.organisation import Attachment, Organisation
from xero_sandbox.reading.singles import find_record
from xero_sandbox.wire import encode, envelope

MAX_ATTACHMENTS = 10
_FORBIDDEN = frozenset('<>:"/\\|?*+\0')
_ONLINE = frozenset({"Invoices", "CreditNotes"})


def answer_attachments(
    organisation: Organisation, endpoint: Endpoint, path: tuple[str, ...], call: Call, now: datetime
) -> Answer:
    """Any call below ``/{Endpoint}/{id}/Attachments``.

    Raises:
        Refused: 404 where there is no such parent or file, 400 for a file that is not taken.
    """
    if not endpoint.attachments:
        raise not_found()
    record = find_record(organisation, endpoint, path[1])
    record_id = record[endpoint.id_field]
    held = organisation.attachments.setdefault((endpoint.name, record_id), [])
    name = "/".join(path[3:])
    if call.method == "GET":
        return _download(held, name) if name else _listed(endpoint, record_id, held, call, now)
    if call.method not in ("PUT", "POST") or not name:
        raise Refused(as_text(501, "Attachments are only read, put and posted"))
    attachment = _stored(held, name, call)
    if endpoint.name in _ONLINE and str(record.get("Type", "")).startswith("ACCREC"):
        attachment.include_online = call.flag("IncludeOnline")
    if not record.get("HasAttachments"):
        changed = {**record, "HasAttachments": True, "UpdatedDateUTC": now}
        organisation.collections[endpoint.name][record_id] = changed
    return _listed(endpoint, record_id, [attachment], call, now)


def _stored(held: list[Attachment], name: str, call: Call) -> Attachment:
    """Keeps a file; one of the same name is overwritten."""
    if _FORBIDDEN & set(name):
        raise exception(400, "ValidationException", 10, f"The file name is not valid: {name}")
    if not call.body:
        raise exception(400, "ValidationException", 10, "The attachment has no content")
    mime_type = call.headers.get("content-type", "").partition(";")[0].strip()
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    for attachment in held:
        if attachment.file_name == name:
            attachment.content = call.body
            attachment.mime_type = mime_type or guessed
            return attachment
    if len(held) >= MAX_ATTACHMENTS:
        message = f"A document has {MAX_ATTACHMENTS} attachments at most"
        raise exception(400, "ValidationException", 10, message)
    attachment = Attachment(str(uuid.uuid4()), name, mime_type or guessed, call.body)
    held.append(attachment)
    return attachment


def _download(held: list[Attachment], key: str) -> Answer:
    for attachment in held:
        if key in (attachment.attachment_id, attachment.file_name):
            return Answer(200, attachment.content, attachment.mime_type)
    raise not_found()


def _listed(
    endpoint: Endpoint, record_id: str, held: list[Attachment], call: Call, now: datetime
) -> Answer:
    origin = f"http://{call.headers.get('host', '')}{API_ROOT}{endpoint.name}/{record_id}"
    contents = []
    for one in held:
        content = {
            "AttachmentID": one.attachment_id,
            "FileName": one.file_name,
            "Url": f"{origin}/Attachments/{quote(one.file_name)}",
            "MimeType": one.mime_type,
            "ContentLength": len(one.content),
        }
        if endpoint.name in _ONLINE:
            content["IncludeOnline"] = one.include_online
        contents.append(encode(content))
    return Answer(body=envelope("Attachments", contents, now))
