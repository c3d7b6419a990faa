"""The target's own settings, as JSON Schema, and the check of ``streams``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.build.destinations import destination_of
from target_xero.build.records import InvalidRecordError
from target_xero.build.routes import GENERIC_METHODS, METHODS, check_method
from target_xero.build.stream_rule import StreamRule
from xero_client.errors import SettingsError

STREAM_SETTINGS: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "entity": {
            "type": ["string", "null"],
            "description": (
                "Xero's entity, such as Invoices, or a child such as Invoices/History; default: "
                "the stream's name."
            ),
        },
        "method": {"type": ["string", "null"], "enum": [*GENERIC_METHODS, None]},
        "path": {
            "type": ["string", "null"],
            "description": "Path as a template over the record: /Invoices/{InvoiceID}/Email.",
        },
        "query": {
            "type": ["object", "null"],
            "description": "Query data; texts may be Jinja templates over record.",
        },
        "payload": {
            "type": ["object", "null"],
            "description": (
                "Payload data, merged over the record; texts may be Jinja templates over record."
            ),
        },
        "group_by": {
            "type": ["array", "string", "null"],
            "items": {"type": "string"},
            "description": "Consecutive records that agree in these columns are one document.",
        },
        "files": {
            "type": ["string", "null"],
            "description": "Folder that attachments are read from; default: the current one.",
        },
    },
}

TARGET_PROPERTIES: Mapping[str, dict[str, Any]] = {
    "method": {
        "type": "string",
        "title": "Method",
        "enum": list(METHODS),
        "default": "POST",
        "description": "POST creates or updates, PUT creates only, DELETE removes.",
    },
    "streams": {
        "type": ["object", "null"],
        "title": "Streams",
        "default": {},
        "additionalProperties": STREAM_SETTINGS,
        "description": (
            "Per stream name or glob: entity, method, path, query, payload, group_by, files."
        ),
    },
    "batch_size": {
        "type": "integer",
        "title": "Batch size",
        "minimum": 1,
        "maximum": 500,
        "default": 50,
        "description": "Records a call, never over the entity's own limit nor 3 MB.",
    },
    "on_reject": {
        "type": "string",
        "title": "On rejects",
        "enum": ["fail", "fail_fast", "skip"],
        "default": "fail",
        "description": (
            "fail publishes everything, then exits with 1; fail_fast stops at the first; skip "
            "exits with 0."
        ),
    },
    "dry_run": {
        "type": "boolean",
        "title": "Dry run",
        "default": False,
        "description": "Build and validate every request, send nothing but reads.",
    },
    "results_path": {
        "type": "string",
        "title": "Results",
        "default": "xero-results.jsonl",
        "description": "File that one line a record is added to; {run_id} may be part of the name.",
    },
    "rejects_path": {
        "type": "string",
        "title": "Rejects",
        "default": "xero-rejects-{run_id}.singer.jsonl",
        "description": "Singer file of what was not published, to be fed back.",
    },
    "references": {
        "type": "string",
        "title": "References",
        "enum": ["keep", "translate"],
        "default": "keep",
        "description": (
            "Ids inside records: keep, or translate those of another organisation that tap-xero "
            "has read, which copies it."
        ),
    },
    "copy_voided": {
        "type": "boolean",
        "title": "Copy voided documents",
        "default": False,
        "description": "Make voided and deleted documents too, and void or delete them again.",
    },
    "copy_attachments": {
        "type": ["boolean", "null"],
        "title": "Copy attachments",
        "description": (
            "Copy the files on records, a call each. Default: those that come, which tap-xero "
            "reads only if its own copy_attachments is true."
        ),
    },
    "copy_history": {
        "type": ["boolean", "null"],
        "title": "Copy notes",
        "description": (
            "Copy the notes in the history of records. Default: those that come, which tap-xero "
            "reads only if its own copy_history is true."
        ),
    },
    "opening_balances": {
        "type": ["string", "null"],
        "title": "Opening balances",
        "description": (
            "File of `target-xero opening-balances`: copying writes them through /Setup, which "
            "replaces those that the organisation has."
        ),
    },
    "yes": {
        "type": "boolean",
        "title": "Copy into a used organisation",
        "default": False,
        "description": "Copy into an organisation that has documents already.",
    },
    "write_nulls": {
        "type": "boolean",
        "title": "Write nulls",
        "default": False,
        "description": "Send null fields, which clears them; default: leave them out.",
    },
    "resend_unknown": {
        "type": "boolean",
        "title": "Send unknown ones again",
        "default": False,
        "description": (
            "Send records again whose outcome could not be found out: set it for one run, after "
            "looking in Xero that they are not there."
        ),
    },
}


def check_streams(config: Mapping[str, Any]) -> None:
    """Checks the methods in the setting ``streams``, before anything is sent.

    Raises:
        SettingsError: Xero does not have the method for an entity that is named there.
    """
    for stream in config.get("streams") or {}:
        rule = StreamRule.from_config(stream, config)
        if rule.path is not None or not (config["streams"][stream] or {}).get("entity"):
            continue
        destination = destination_of(rule.entity)
        try:
            if destination.entity is not None and destination.child is None:
                check_method(destination.entity, rule.method)
        except InvalidRecordError as error:
            message = f"Setting 'streams.{stream}': {error}"
            raise SettingsError(message) from None
