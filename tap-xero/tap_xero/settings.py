"""The settings of tap-xero, besides those of the connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tap_xero.custom.settings import CUSTOM_STREAMS
from tap_xero.reports.settings import REPORT_SETTINGS
from tap_xero.requests.parameters import MAX_PAGE_SIZE, STREAM_SETTINGS

TAP_PROPERTIES: Mapping[str, dict[str, Any]] = {
    "start_date": {
        "type": ["string", "null"],
        "title": "Start date",
        "description": (
            "The first run reads records changed since then, as 2026-01-31 or "
            "2026-01-31T00:00:00Z. Default: all records."
        ),
    },
    "tenant_ids": {
        "type": ["array", "string", "null"],
        "items": {"type": "string"},
        "title": "Tenant ids",
        "description": (
            'Read several organisations in one run: a list of ids, or "all" for every organisation '
            "that is connected when the run begins."
        ),
    },
    "page_size": {
        "type": "integer",
        "minimum": 1,
        "maximum": MAX_PAGE_SIZE,
        "default": MAX_PAGE_SIZE,
        "title": "Page size",
        "description": "Records per page. Xero allows 1,000.",
    },
    "include_archived": {
        "type": "boolean",
        "default": True,
        "title": "Include archived",
        "description": "Read archived and deleted records, which some endpoints hide.",
    },
    "copy_attachments": {
        "type": "boolean",
        "default": False,
        "title": "Attachments",
        "description": (
            "Also read the files of records, as streams such as invoices_attachments. This takes "
            "a call for each record that has files, and a call for each file."
        ),
    },
    "copy_history": {
        "type": "boolean",
        "default": False,
        "title": "History",
        "description": (
            "Also read the history and notes of records, as streams such as invoices_history. "
            "This takes a call for each record."
        ),
    },
    "copy_file_contents": {
        "type": "boolean",
        "default": False,
        "title": "File contents",
        "description": (
            "Also read the content of the files in Xero's file library, as the stream "
            "file_contents. This takes a call for each new or changed file."
        ),
    },
    "include": {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "title": "Streams to include",
        "description": (
            "Streams to read beside the selected ones, also if the catalog does not select them: "
            "names, patterns, or words such as warehouse (what the dbt project reads), journals, "
            "line_items, tracking, reports (the monthly ones), payroll_nz, projects, assets."
        ),
    },
    "unavailable_streams": {
        "type": "string",
        "enum": ["fail", "skip"],
        "default": "fail",
        "title": "Unavailable streams",
        "description": (
            "If Xero refuses a stream because of scope, plan or role: fail reads the others and "
            "exits with 1, skip warns and exits with 0."
        ),
    },
    "streams": {
        "type": ["object", "null"],
        "default": {},
        "additionalProperties": STREAM_SETTINGS,
        "title": "Streams",
        "description": (
            "Options per stream: params, pagination, page_size, ids, full_refresh_every."
        ),
    },
    "custom_streams": {**CUSTOM_STREAMS},
    "unknown_fields": {
        "type": "string",
        "enum": ["drop", "pass"],
        "default": "drop",
        "title": "Unknown fields",
        "description": (
            "What happens to a field of Xero's that the schema does not know: drop it and name it "
            "once, or pass it on as Xero sends it."
        ),
    },
    "reports": {**REPORT_SETTINGS},
    "outcome_path": {
        "type": ["string", "null"],
        "title": "Outcome file",
        "description": (
            "A file that gets a line of JSON for each organisation and stream at the end of the "
            "run: how it ended, records, calls, bytes, limits left, error."
        ),
    },
    "emit_activate_version_messages": {
        "type": "boolean",
        "title": "ACTIVATE_VERSION messages",
        "description": (
            "Whether ACTIVATE_VERSION messages tell the target that a whole table was read, so "
            "that it can delete all other rows of the table. Default: yes, but if the login or "
            "the state has organisations that the run does not read, with versions that delete "
            "nothing."
        ),
    },
}
