"""The children of a record: its files, and its history."""

from __future__ import annotations

from tap_xero.records.schemas.shared import ATTACHMENT
from tap_xero.records.schemas.types import INSTANT, KEY, STRING, Properties

ATTACHMENT_WITH_CONTENT: Properties = {
    **ATTACHMENT,
    "AttachmentID": KEY,
    # Added by the tap: the file itself, in base64.
    "Content": STRING,
}

HISTORY_RECORD: Properties = {
    # Added by the tap: Xero gives entries no id.
    "_entry_id": KEY,
    "Changes": STRING,
    "DateUTC": INSTANT,
    "DateUTCString": STRING,
    "User": STRING,
    "Details": STRING,
}
