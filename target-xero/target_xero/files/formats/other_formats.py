"""Files that are not tables: web pages, XML, JSON and PDF, often in the place of a download."""

from __future__ import annotations

import json
import re

from target_xero.files.tables import FileError

PDF = b"%PDF-"
START_CHARACTERS = 2000
_DECLARATION = re.compile(r"<[!?]")
_TAG = re.compile(r"<[a-z_][\w:.-]*[\s/>]", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
# The first characters of an object, or of a list of objects, lists or texts.
_JSON = re.compile(r'\{\s*["}]|\[\s*[\[{"\]]')
_SINGER = "a file of Singer messages"
_MESSAGE_TYPES = ("SCHEMA", "RECORD", "STATE", "ACTIVATE_VERSION", "BATCH")


def check_bytes(content: bytes, name: str) -> None:
    """Checks that a file is not a PDF, which can look like text.

    Raises:
        FileError: It is one.
    """
    if content.startswith(PDF):
        message = f"{name} is a PDF, not a table: save the table as CSV or XLSX. Nothing was sent"
        raise FileError(message)


def check_text(text: str, name: str) -> None:
    """Checks that a text is not a web page, XML or JSON.

    A server often sends one of them, with an error in it, in the place of a file.

    Raises:
        FileError: It is one of them.
    """
    start = text.lstrip("\ufeff \t\r\n")[:START_CHARACTERS]
    found = _format_of(start, text)
    if found is None:
        return
    first = start.splitlines()[0][:80]
    advice = (
        "Save the table as CSV or XLSX; if the file was downloaded, see whether the address and "
        "the login were right"
    )
    if found == _SINGER:
        advice = "Publish it with target-xero --input, without import"
    message = (
        f"{name} is {found}, not a table. It begins with {first!r}. {advice}. Nothing was sent"
    )
    raise FileError(message)


def _format_of(start: str, text: str) -> str | None:
    """What a text is, by its first characters, in words; None if it may be a table."""
    is_tag = _TAG.match(start) is not None
    if (is_tag or _DECLARATION.match(start)) and _HTML.search(start):
        return "a web page (HTML)"
    # Some programs write headings like <DATE>, which no tag closes.
    if _DECLARATION.match(start) or (is_tag and ("</" in text or "/>" in text)):
        return "an XML file"
    if _JSON.match(start):
        return _SINGER if _is_message(start.splitlines()[0]) else "a JSON file"
    return None


def _is_message(line: str) -> bool:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return any(f'"{name}"' in line for name in _MESSAGE_TYPES) and '"stream"' in line
    return isinstance(message, dict) and message.get("type") in _MESSAGE_TYPES
