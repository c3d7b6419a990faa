"""Which format a call wants: JSON, or the PDF of a document (xero-facts.md: Formats)."""

from __future__ import annotations

from xero_sandbox.http.calls import Call
from xero_sandbox.http.responses import JSON, HttpError, text_response

PDF = "application/pdf"
_JSON_TYPES = frozenset({"application/json", "text/json"})
_XML_TYPES = frozenset({"application/xml", "text/xml"})
_ANY_TYPE = frozenset({"*/*", "application/*"})


def media_types(header: str) -> list[str]:
    """The media types of an ``Accept`` or ``Content-Type`` header, in lower case."""
    return [part.partition(";")[0].strip().lower() for part in header.split(",") if part.strip()]


def wants_pdf(call: Call) -> bool:
    """Whether a call accepts a PDF and nothing before it."""
    return media_types(call.headers.get("accept", ""))[:1] == [PDF]


def check_accepts_json(call: Call) -> None:
    """Refuses a call that Xero would answer in XML, which the sandbox does not cover.

    Xero answers in the type that ``Accept`` names. If it names none, Xero answers in the type of
    the request, else in XML.

    Raises:
        HttpError: 415.
    """
    accepted = media_types(call.headers.get("accept", ""))
    if _JSON_TYPES & set(accepted):
        return
    names_no_type = not accepted or _ANY_TYPE & set(accepted)
    sent = media_types(call.headers.get("content-type", ""))
    if names_no_type and not _XML_TYPES & set(accepted) and _JSON_TYPES & set(sent):
        return
    message = (
        "Xero answers this request in XML, which xero-sandbox does not cover: "
        f"send Accept: {JSON.partition(';')[0]}"
    )
    raise HttpError(text_response(415, message))
