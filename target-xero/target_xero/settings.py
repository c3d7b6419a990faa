"""What a user may set about publishing: the target's own settings, and the rules for streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from target_xero.build.destinations import destination_of
from target_xero.build.records import InvalidRecordError
from target_xero.build.routes import checked_method
from xero_client.errors import SettingsError

METHODS = ("POST", "PUT", "DELETE")
# What generic mode may send besides: other Xero APIs have PATCH.
GENERIC_METHODS = (*METHODS, "PATCH")

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


@dataclass(frozen=True)
class StreamRule:
    """How the records of one stream are published.

    Attributes:
        stream: The stream.
        entity: Xero's entity or a child, as named by the settings or by the stream.
        method: ``POST``, ``PUT``, ``DELETE``; in generic mode ``PATCH`` as well.
        path: A path template that overrides the entity's own.
        query: Query data, unrendered.
        payload: Payload data, unrendered.
        group_by: Columns by which consecutive records are one document.
        files: The folder that attachments are read from.
    """

    stream: str
    entity: str
    method: str = "POST"
    path: str | None = None
    query: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    group_by: tuple[str, ...] = ()
    files: str = "."

    @classmethod
    def from_config(cls, stream: str, config: Mapping[str, Any]) -> StreamRule:
        """The settings of a stream: what globs say, then what its own name says, later ones last.

        Args:
            stream: The stream's name.
            config: The target's configuration.
        """
        streams: Mapping[str, Any] = config.get("streams") or {}
        merged: dict[str, Any] = {}
        matching = [name for name in streams if name != stream and fnmatchcase(stream, name)]
        for name in [*matching, *([stream] if stream in streams else [])]:
            for key, value in (streams[name] or {}).items():
                if value is None:
                    continue
                if key in ("query", "payload"):
                    merged[key] = {**merged.get(key, {}), **value}
                else:
                    merged[key] = value
        group_by = merged.get("group_by") or ()
        return cls(
            stream=stream,
            entity=merged.get("entity") or stream,
            method=merged.get("method") or config.get("method") or "POST",
            path=merged.get("path"),
            query=merged.get("query") or {},
            payload=merged.get("payload") or {},
            group_by=(group_by,) if isinstance(group_by, str) else tuple(group_by),
            files=merged.get("files") or ".",
        )


def checked_streams(config: Mapping[str, Any]) -> None:
    """Checks what the settings say of streams, before anything is sent.

    Raises:
        SettingsError: Xero has no such method for an entity that is named there.
    """
    for stream in config.get("streams") or {}:
        rule = StreamRule.from_config(stream, config)
        if rule.path is not None or not (config["streams"][stream] or {}).get("entity"):
            continue
        destination = destination_of(rule.entity)
        try:
            if destination.entity is not None and destination.child is None:
                checked_method(destination.entity, rule.method)
        except InvalidRecordError as error:
            message = f"Setting 'streams.{stream}': {error}"
            raise SettingsError(message) from None
