"""The target's own settings, and the check of ``streams``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import msgspec

from target_xero.build.destinations.destination import EntityDestination
from target_xero.build.destinations.names import destination_of
from target_xero.build.destinations.routes import Method, check_method
from target_xero.build.records import InvalidRecordError
from target_xero.build.streams.stream_checks import check_date_format, check_stream_rule
from target_xero.build.streams.stream_rule import StreamRule
from target_xero.build.streams.stream_settings import (
    OnDeleted,
    Overwriting,
    StreamSettings,
    stream_settings,
)
from xero_client.errors import SettingsError
from xero_client.settings.settings_schema import setting, settings_schema


@dataclass(frozen=True, kw_only=True)
class TargetSettings:
    """The settings; singer-sdk checks a configuration by the JSON Schema that is made of them."""

    method: Annotated[
        Method,
        setting(
            "Method",
            "POST creates or updates, PUT creates only, DELETE removes.",
        ),
    ] = "POST"
    streams: Annotated[
        dict[str, StreamSettings] | None,
        setting(
            "Streams",
            f"Per stream name or glob: {', '.join(StreamSettings.__struct_fields__)}.",
        ),
    ] = field(default_factory=dict)
    batch_size: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=500)],
        setting(
            "Batch size",
            "The most records in one call; the entity's own limit and 3 MB hold too.",
        ),
    ] = 50
    on_reject: Annotated[
        Literal["fail", "fail_fast", "skip"],
        setting(
            "On rejects",
            "fail publishes everything, then exits with 1; fail_fast stops at the first; skip "
            "exits with 0.",
        ),
    ] = "fail"
    on_deleted: Annotated[
        OnDeleted,
        setting(
            "On deleted records",
            "A record that its source marks as deleted (_sdc_deleted_at): reject makes it "
            "invalid, remove removes it from Xero, skip leaves it out.",
        ),
    ] = "reject"
    dry_run: Annotated[
        bool,
        setting(
            "Dry run",
            "Build and validate every request, but only send those that read.",
        ),
    ] = False
    results_path: Annotated[
        str,
        setting(
            "Results",
            "File that gets one line for each record; {run_id} may be in the name.",
        ),
    ] = "xero-results.jsonl"
    rejects_path: Annotated[
        str,
        setting(
            "Rejects",
            "Singer file of the records that were not published, to be fed back.",
        ),
    ] = "xero-rejects-{run_id}.singer.jsonl"
    retry_rejects: Annotated[
        bool,
        setting(
            "Retry rejects",
            "Keep what was not published in the state database, and try it first when its "
            "stream comes in the next run, until it is published or newer content of the same "
            "key comes.",
        ),
    ] = False
    references: Annotated[
        Literal["keep", "translate"],
        setting(
            "References",
            "Ids in records: keep them, or translate those of another organisation that "
            "tap-xero has read. The latter copies that organisation.",
        ),
    ] = "keep"
    copy_voided: Annotated[
        bool,
        setting(
            "Copy voided documents",
            "Create voided and deleted documents too, and void or delete them again.",
        ),
    ] = False
    copy_attachments: Annotated[
        bool | None,
        setting(
            "Copy attachments",
            "Copy the files on records; each takes a call. Default: copy those in the input. "
            "tap-xero reads them only if its own copy_attachments is true.",
        ),
    ] = None
    copy_history: Annotated[
        bool | None,
        setting(
            "Copy notes",
            "Copy the notes in the history of records. Default: copy those in the input. "
            "tap-xero reads them only if its own copy_history is true.",
        ),
    ] = None
    opening_balances: Annotated[
        str | None,
        setting(
            "Opening balances",
            "File made by `target-xero opening-balances`. Copying writes it through /Setup, "
            "which replaces the organisation's opening balances.",
        ),
    ] = None
    copy_verify: Annotated[
        str | None,
        setting(
            "Verify the copy",
            "After a copy, compare the books with the source: the file of tap-xero's "
            "configuration, or the backup that is copied; ENV for the variables TAP_XERO_…. The "
            "run ends with exit code 1 if they differ.",
        ),
    ] = None
    yes: Annotated[
        bool,
        setting(
            "Copy into a used organisation",
            "Copy into an organisation that already has documents.",
        ),
    ] = False
    overwrite: Annotated[
        Overwriting | None,
        setting(
            "Overwrite",
            "What may be changed that exists in Xero: own = what this target published, or "
            "what the record names by id; any; never. Default: own for invoices, credit "
            "notes, quotes and purchase orders, any for contacts, items and settings.",
        ),
    ] = None
    write_nulls: Annotated[
        bool,
        setting(
            "Write nulls",
            "Send empty fields, which clears them: a null as null, an empty text as an empty "
            "text if the field is a text, else as null. Default: leave them out.",
        ),
    ] = False
    unknown_columns: Annotated[
        Literal["reject", "ignore"],
        setting(
            "Unknown columns",
            "If a record has a column or nested field that Xero does not have: reject makes "
            "the record invalid, and names the nearest field; ignore leaves it out, and lists "
            "it in the warnings of the result. Records that tap-xero read are always taken "
            "with ignore.",
        ),
    ] = "reject"
    date_format: Annotated[
        str | None,
        setting(
            "Date format",
            "How dates are written, such as %d/%m/%Y; excel for the serial numbers of a "
            "spreadsheet. Dates like 2026-01-31 are always understood, others only with this.",
        ),
    ] = None
    decimal_comma: Annotated[
        bool | None,
        setting(
            "Decimal comma",
            "Texts write numbers with a decimal comma: 1.234,56, 1 234,56 or 1234,56. If false: "
            "with a decimal point, 1234.56. Default: with a point too, but 1.000 makes a record "
            "invalid if no other number of the record shows that the point is a decimal point.",
        ),
    ] = None
    publish_log_days: Annotated[
        Annotated[int, msgspec.Meta(ge=1)] | None,
        setting(
            "Days of the publish log",
            "Forget what was published if it did not come again for so many days; default: "
            "never. Records with a key are always known, because their source can change them "
            "at any time. A record without a key that comes again later is published again.",
        ),
    ] = None
    resend_unknown: Annotated[
        bool,
        setting(
            "Send unknown records again",
            "Send records again whose outcome is unknown. Set it for one run, after you have "
            "checked that they are not in Xero.",
        ),
    ] = False


TARGET_PROPERTIES: Mapping[str, dict[str, Any]] = settings_schema(TargetSettings)


def check_streams(config: Mapping[str, Any]) -> None:
    """Checks the setting ``streams``, and those that need others, before anything is sent.

    Raises:
        SettingsError: Xero does not have the method for an entity that is named there, or a
            template, a field in ``columns`` or a ``date_format`` is not valid; or a setting does
            not go with the others.
    """
    check_date_format("date_format", config.get("date_format"))
    if config.get("retry_rejects") and config.get("references") == "translate":
        message = (
            "Setting 'retry_rejects' does not go with 'references': translate, since a copy reads "
            "the whole organisation again: leave one of them out"
        )
        raise SettingsError(message)
    if config.get("opening_balances") and config.get("references") != "translate":
        message = (
            "Setting 'opening_balances' is for a copy: set 'references' to translate, or leave "
            "'opening_balances' out"
        )
        raise SettingsError(message)
    for stream, own in stream_settings(config).items():
        rule = StreamRule.from_config(stream, config)
        check_stream_rule(rule)
        if config.get("references") == "translate":
            _check_copied(rule)
        if rule.path is not None or not own.entity:
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
