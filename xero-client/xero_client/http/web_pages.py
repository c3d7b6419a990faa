"""Web pages that a gateway in front of Xero sends in place of a response of Xero's."""

from __future__ import annotations

import re

from xero_client.http import wire

MAX_CHARACTERS = 200
# A page may begin with comments, before its first element.
START_BYTES = 4096
# Only the first words are shown.
SHOWN_BYTES = 65_536

# A tag ends at the next "<" too, so that a page of many of them is not searched again for each.
_TAG = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<[^<>]*>", re.DOTALL | re.IGNORECASE
)


def gateway_failure(subject: str, status: int, page: str) -> str:
    """The sentence for a refusal that is a web page, so that it is not Xero's own.

    Args:
        subject: What was asked for.
        status: The HTTP status.
        page: The words of the page.
    """
    return (
        f"{subject} failed with {status} at a gateway in front of Xero, which sent a web page "
        f"({page})"
    )


def text_of_web_page(body: bytes, content_type: str) -> str | None:
    """The words of a web page, in one short line; None if the body is not a web page.

    Args:
        body: The decompressed body of a response.
        content_type: Its ``Content-Type``; empty if it has none.
    """
    start = body.removeprefix(wire.BYTE_ORDER_MARK).lstrip()[:START_BYTES].lower()
    if start.startswith((b"{", b"[")):
        return None
    is_page = content_type.lower().startswith(("text/html", "application/xhtml")) or (
        start.startswith(b"<") and (b"<html" in start or b"<!doctype html" in start)
    )
    if not is_page:
        return None
    words = " ".join(_TAG.sub(" ", body[:SHOWN_BYTES].decode("utf-8", errors="replace")).split())
    return words[:MAX_CHARACTERS] or "without text"
