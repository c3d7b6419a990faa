"""Attachments: listed, downloaded, uploaded as bytes (xero-facts.md: Attachments and history)."""

from __future__ import annotations

import mimetypes
import uuid
from datetime import datetime

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import HttpError, HttpResponse, exception, not_found, text_response
from xero_sandbox.http.xero_json import encode, envelope
from xero_sandbox.model.endpoint import Endpoint
from xero_sandbox.model.organisation import Attachment, Organisation
from xero_sandbox.reading.fields import FIELDS
from xero_sandbox.reading.records import WITH_ONLINE, attachment_contents, find_record

MAX_ATTACHMENTS = 10
_FORBIDDEN = frozenset('<>:"/\\|?*+\0')


def attachments_response(
    organisation: Organisation, endpoint: Endpoint, path: tuple[str, ...], call: Call, now: datetime
) -> HttpResponse:
    """Any call below ``/{Endpoint}/{id}/Attachments``.

    Raises:
        HttpError: 404, if the record or file does not exist; 400 for a file that Xero refuses.
    """
    if not endpoint.attachments:
        raise not_found()
    record = find_record(organisation, endpoint, path[1])
    record_id = record[endpoint.id_field]
    attachments = organisation.attachments.setdefault((endpoint.name, record_id), [])
    name = "/".join(path[3:])
    if call.method == "GET":
        return (
            _download(attachments, name)
            if name
            else _list_response(endpoint, record_id, attachments, call, now)
        )
    if call.method not in ("PUT", "POST") or not name:
        raise HttpError(text_response(501, "Attachments take GET, PUT and POST only"))
    is_first = not attachments
    attachment = _store(attachments, name, call)
    if endpoint.name in WITH_ONLINE and str(record.get("Type", "")).startswith("ACCREC"):
        attachment.include_online = call.flag("IncludeOnline")
    if is_first:
        # Quotes have no HasAttachments, bank transfers and repeating invoices no UpdatedDateUTC
        # (xero-facts.md: Attachments and history, Change capture).
        marks = {"HasAttachments": True, "UpdatedDateUTC": now}
        changed = {name: mark for name, mark in marks.items() if name in FIELDS[endpoint.name]}
        organisation.collections[endpoint.name][record_id] = {**record, **changed}
    return _list_response(endpoint, record_id, [attachment], call, now)


def _store(attachments: list[Attachment], name: str, call: Call) -> Attachment:
    """Stores a file; it replaces one of the same name."""
    if _FORBIDDEN & set(name):
        raise exception(400, "ValidationException", 10, f"The file name is not valid: {name}")
    if not call.body:
        raise exception(400, "ValidationException", 10, "The attachment has no content")
    mime_type = call.headers.get("content-type", "").partition(";")[0].strip()
    guessed = mimetypes.guess_type(name)[0] or "application/octet-stream"
    for attachment in attachments:
        if attachment.file_name == name:
            attachment.content = call.body
            attachment.mime_type = mime_type or guessed
            return attachment
    if len(attachments) >= MAX_ATTACHMENTS:
        message = f"A document has at most {MAX_ATTACHMENTS} attachments"
        raise exception(400, "ValidationException", 10, message)
    attachment = Attachment(str(uuid.uuid4()), name, mime_type or guessed, call.body)
    attachments.append(attachment)
    return attachment


def _download(attachments: list[Attachment], key: str) -> HttpResponse:
    for attachment in attachments:
        if key in (attachment.attachment_id, attachment.file_name):
            return HttpResponse(200, attachment.content, attachment.mime_type)
    raise not_found()


def _list_response(
    endpoint: Endpoint, record_id: str, attachments: list[Attachment], call: Call, now: datetime
) -> HttpResponse:
    contents = map(encode, attachment_contents(endpoint, record_id, attachments, call))
    return HttpResponse(body=envelope("Attachments", contents, now))
