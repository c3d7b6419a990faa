"""The target's own settings, as JSON Schema, and the check of ``streams``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.names import destination_of
from target_xero.build.destinations.routes import GENERIC_METHODS, METHODS, check_method
from target_xero.build.records import InvalidRecordError
from target_xero.build.streams.stream_checks import check_date_format, check_stream_rule
from target_xero.build.streams.stream_rule import IGNORE, REJECT, StreamRule
from xero_client.errors import SettingsError

ON_DELETED = ("reject", "remove", "skip")

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
            "description": "Path, a template over the record: /Invoices/{InvoiceID}/Email.",
        },
        "query": {
            "type": ["object", "null"],
            "description": "Query data; strings may be Jinja templates over record.",
        },
        "payload": {
            "type": ["object", "null"],
            "description": (
                "Payload data, merged over the record; strings may be Jinja templates over record."
            ),
        },
        "group_by": {
            "type": ["array", "string", "null"],
            "items": {"type": "string"},
            "description": (
                "Consecutive records with the same values in these columns are one document."
            ),
        },
        "columns": {
            "type": ["object", "null"],
            "additionalProperties": {"type": "string"},
            "description": (
                'Xero\'s fields by column: {"Kunde": "Contact.Name", "Preis": '
                '"LineItems.UnitAmount"}; they win over every guess.'
            ),
        },
        "date_format": {
            "type": ["string", "null"],
            "description": "As the target's own date_format, for this stream.",
        },
        "decimal_comma": {
            "type": ["boolean", "null"],
            "description": "As the target's own decimal_comma, for this stream.",
        },
        "on_deleted": {"type": ["string", "null"], "enum": [*ON_DELETED, None]},
        "match": {
            "type": ["array", "string", "null"],
            "items": {"type": "string"},
            "description": (
                "Fields by which an existing record is found, such as EmailAddress, or "
                "Contact.Name and InvoiceNumber; several matches make the record invalid."
            ),
        },
        "overwrite": {"type": ["string", "null"], "enum": ["own", "any", "never", None]},
        "mirror": {
            "type": ["boolean", "string", "null"],
            "enum": [True, False, "all", None],
            "description": (
                "When the tap has sent a whole stream (ACTIVATE_VERSION), remove what this stream "
                "published and that did not come again; all removes even more than half."
            ),
        },
        "tenant_id": {
            "type": ["string", "null"],
            "description": (
                "The organisation that a record goes to, by id or name; a Jinja template over "
                "record. Default: the target's own tenant_id."
            ),
        },
        "files": {
            "type": ["string", "null"],
            "description": (
                "Folder that the files of attachments (FilePath) are read from. Without it, no "
                "file is read. Hidden files, and links out of the folder, are refused."
            ),
        },
        "envelope_paths": {
            "type": ["boolean", "null"],
            "description": (
                "Whether a record with the key path chooses the path that it is sent to. Set it "
                "only if you trust whoever writes the records. Default: false."
            ),
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
            "Per stream name or glob: entity, method, path, query, payload, group_by, columns, "
            "date_format, decimal_comma, on_deleted, match, overwrite, mirror, tenant_id, files, "
            "envelope_paths."
        ),
    },
    "batch_size": {
        "type": "integer",
        "title": "Batch size",
        "minimum": 1,
        "maximum": 500,
        "default": 50,
        "description": "The most records in one call; the entity's own limit and 3 MB hold too.",
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
    "on_deleted": {
        "type": "string",
        "title": "On deleted records",
        "enum": list(ON_DELETED),
        "default": "reject",
        "description": (
            "A record that its source marks as deleted (_sdc_deleted_at): reject makes it invalid, "
            "remove removes it from Xero, skip leaves it out."
        ),
    },
    "dry_run": {
        "type": "boolean",
        "title": "Dry run",
        "default": False,
        "description": "Build and validate every request, but only send those that read.",
    },
    "results_path": {
        "type": "string",
        "title": "Results",
        "default": "xero-results.jsonl",
        "description": "File that gets one line for each record; {run_id} may be in the name.",
    },
    "rejects_path": {
        "type": "string",
        "title": "Rejects",
        "default": "xero-rejects-{run_id}.singer.jsonl",
        "description": "Singer file of the records that were not published, to be fed back.",
    },
    "retry_rejects": {
        "type": "boolean",
        "title": "Retry rejects",
        "default": False,
        "description": (
            "Keep what was not published in the state database, and try it first when its stream "
            "comes in the next run, until it is published or newer content of the same key comes."
        ),
    },
    "references": {
        "type": "string",
        "title": "References",
        "enum": ["keep", "translate"],
        "default": "keep",
        "description": (
            "Ids in records: keep them, or translate those of another organisation that tap-xero "
            "has read. The latter copies that organisation."
        ),
    },
    "copy_voided": {
        "type": "boolean",
        "title": "Copy voided documents",
        "default": False,
        "description": "Create voided and deleted documents too, and void or delete them again.",
    },
    "copy_attachments": {
        "type": ["boolean", "null"],
        "title": "Copy attachments",
        "description": (
            "Copy the files on records; each takes a call. Default: copy those in the input. "
            "tap-xero reads them only if its own copy_attachments is true."
        ),
    },
    "copy_history": {
        "type": ["boolean", "null"],
        "title": "Copy notes",
        "description": (
            "Copy the notes in the history of records. Default: copy those in the input. "
            "tap-xero reads them only if its own copy_history is true."
        ),
    },
    "opening_balances": {
        "type": ["string", "null"],
        "title": "Opening balances",
        "description": (
            "File made by `target-xero opening-balances`. Copying writes it through /Setup, which "
            "replaces the organisation's opening balances."
        ),
    },
    "yes": {
        "type": "boolean",
        "title": "Copy into a used organisation",
        "default": False,
        "description": "Copy into an organisation that already has documents.",
    },
    "overwrite": {
        "type": "string",
        "title": "Overwrite",
        "enum": ["own", "any", "never"],
        "description": (
            "What may be changed that exists in Xero: own = what this target published, or what "
            "the record names by id; any; never. Default: own for invoices, credit notes, quotes "
            "and purchase orders, any for contacts, items and settings."
        ),
    },
    "write_nulls": {
        "type": "boolean",
        "title": "Write nulls",
        "default": False,
        "description": (
            "Send empty fields, which clears them: a null as null, an empty text as an empty text "
            "if the field is a text, else as null. Default: leave them out."
        ),
    },
    "unknown_columns": {
        "type": "string",
        "title": "Unknown columns",
        "enum": [REJECT, IGNORE],
        "default": REJECT,
        "description": (
            "If a record has a column or nested field that Xero does not have: reject makes the "
            "record invalid, and names the nearest field; ignore leaves it out, and lists it in "
            "the warnings of the result. Records that tap-xero read are always taken with ignore."
        ),
    },
    "date_format": {
        "type": ["string", "null"],
        "title": "Date format",
        "description": (
            "How dates are written, such as %d/%m/%Y; excel for the serial numbers of a "
            "spreadsheet. Dates like 2026-01-31 are always understood, others only with this."
        ),
    },
    "decimal_comma": {
        "type": ["boolean", "null"],
        "title": "Decimal comma",
        "default": None,
        "description": (
            "Texts write numbers with a decimal comma: 1.234,56, 1 234,56 or 1234,56. If false: "
            "with a decimal point, 1234.56. Default: with a point too, but 1.000 makes a record "
            "invalid if no other number of the record shows that the point is a decimal point."
        ),
    },
    "publish_log_days": {
        "type": ["integer", "null"],
        "minimum": 1,
        "title": "Days of the publish log",
        "description": (
            "Forget what was published if it did not come again for so many days; default: never. "
            "Records with a key are always known, because their source can change them at any "
            "time. A record without a key that comes again later is published again."
        ),
    },
    "resend_unknown": {
        "type": "boolean",
        "title": "Send unknown records again",
        "default": False,
        "description": (
            "Send records again whose outcome is unknown. Set it for one run, after you have "
            "checked that they are not in Xero."
        ),
    },
}


def check_streams(config: Mapping[str, Any]) -> None:
    """Checks the setting ``streams``, before anything is sent.

    Raises:
        SettingsError: Xero does not have the method for an entity that is named there, or a
            template, a field in ``columns`` or a ``date_format`` is not valid.
    """
    check_date_format("date_format", config.get("date_format"))
    if config.get("retry_rejects") and config.get("references") == "translate":
        message = (
            "Setting 'retry_rejects' does not go with 'references': translate, since a copy reads "
            "the whole organisation again: leave one of them out"
        )
        raise SettingsError(message)
    for stream in config.get("streams") or {}:
        rule = StreamRule.from_config(stream, config)
        check_stream_rule(rule)
        if config.get("references") == "translate":
            _check_copied(rule)
        if rule.path is not None or not (config["streams"][stream] or {}).get("entity"):
            continue
        destination = destination_of(rule.entity)
        try:
            if isinstance(destination, EntityDestination):
                check_method(destination.entity, rule.method)
        except InvalidRecordError as error:
            message = f"Setting 'streams.{stream}': {error}"
            raise SettingsError(message) from None


def _check_copied(rule: StreamRule) -> None:
    for name in ("tenant_id", "mirror"):
        if getattr(rule, name):
            message = (
                f"Setting 'streams.{rule.stream}.{name}' does not go with 'references': "
                "translate, which copies one organisation: leave one of them out"
            )
            raise SettingsError(message)
