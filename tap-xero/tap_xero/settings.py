"""The settings of tap-xero, besides those of the connection."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

from tap_xero.custom.options import CustomStream
from tap_xero.reports.settings import ReportOptions
from tap_xero.requests.parameters import MAX_PAGE_SIZE, PageSize, StreamOptions
from xero_client.auth.tenants import ALL
from xero_client.errors import SettingsError
from xero_client.settings.environment import parse_list
from xero_client.settings.settings_schema import setting, settings_schema

logger = logging.getLogger("tap-xero")


@dataclass(frozen=True, kw_only=True)
class TapSettings:
    """The settings; singer-sdk checks a configuration by the JSON Schema that is made of them."""

    start_date: Annotated[
        str | None,
        setting(
            "Start date",
            "The first run reads records changed since then, as 2026-01-31 or "
            "2026-01-31T00:00:00Z. Default: all records.",
        ),
    ] = None
    tenant_ids: Annotated[
        list[str] | str | None,
        setting(
            "Tenant ids",
            'Read several organisations in one run: a list of ids, or "all" for every organisation '
            "that is connected when the run begins.",
        ),
    ] = None
    page_size: Annotated[PageSize, setting("Page size", "Records per page. Xero allows 1,000.")] = (
        MAX_PAGE_SIZE
    )
    include_archived: Annotated[
        bool,
        setting(
            "Include archived", "Read archived and deleted records, which some endpoints hide."
        ),
    ] = True
    copy_attachments: Annotated[
        bool,
        setting(
            "Attachments",
            "Also read the files of records, as streams such as invoices_attachments. This takes "
            "a call for each record that has files, and a call for each file.",
        ),
    ] = False
    copy_history: Annotated[
        bool,
        setting(
            "History",
            "Also read the history and notes of records, as streams such as invoices_history. "
            "This takes a call for each record.",
        ),
    ] = False
    copy_file_contents: Annotated[
        bool,
        setting(
            "File contents",
            "Also read the content of the files in Xero's file library, as the stream "
            "file_contents. This takes a call for each new or changed file.",
        ),
    ] = False
    include: Annotated[
        list[str] | None,
        setting(
            "Streams to include",
            "Streams to read beside the selected ones, also if the catalog does not select them: "
            "names, patterns, or words such as warehouse (what the dbt project reads), journals, "
            "line_items, tracking, reports (the monthly ones), payroll_nz, projects, assets.",
        ),
    ] = None
    unavailable_streams: Annotated[
        Literal["fail", "skip"],
        setting(
            "Unavailable streams",
            "If Xero refuses a stream because of scope, plan or role: fail reads the others and "
            "exits with 1, skip warns and exits with 0.",
        ),
    ] = "fail"
    streams: Annotated[
        dict[str, StreamOptions] | None,
        setting(
            "Streams",
            f"Options per stream: {', '.join(StreamOptions.__struct_fields__)}.",
        ),
    ] = field(default_factory=dict)
    custom_streams: Annotated[
        dict[str, CustomStream] | None,
        setting(
            "Custom streams",
            "Streams of any other GET of Xero's APIs, by name. Each has path, and optionally "
            "records, key_properties, params, paging (none, page, offset), page_parameter, "
            "page_size_parameter, page_size, modified_since, replication_key, scope, schema.",
        ),
    ] = field(default_factory=dict)
    unknown_fields: Annotated[
        Literal["drop", "pass"],
        setting(
            "Unknown fields",
            "What happens to a field of Xero's that the schema does not know: drop it and name it "
            "once, or pass it on as Xero sends it.",
        ),
    ] = "drop"
    reports: Annotated[
        ReportOptions | None,
        setting(
            "Reports",
            "Options of the report streams: from (first month, as 2025-01; default: start_date, "
            "else twelve months back; of aged reports: last month), basis (accrual, cash), again "
            "(months read again in each run; default 3), tracking (names of categories; default: "
            "all), streams (report streams to read without selecting them in a catalog, as "
            "trial_balances for a backup).",
        ),
    ] = None
    outcome_path: Annotated[
        str | None,
        setting(
            "Outcome file",
            "A file that gets a line of JSON for each organisation and stream at the end of the "
            "run: how it ended, records, calls, bytes, limits left, error.",
        ),
    ] = None
    emit_activate_version_messages: Annotated[
        bool | None,
        setting(
            "ACTIVATE_VERSION messages",
            "Whether ACTIVATE_VERSION messages tell the target that a whole table was read, so "
            "that it can delete all other rows of the table. Default: yes, but if the login or "
            "the state has organisations that the run does not read, with versions that delete "
            "nothing.",
        ),
    ] = None


TAP_PROPERTIES: Mapping[str, dict[str, Any]] = settings_schema(TapSettings)


def tenant_ids_of(config: Mapping[str, Any]) -> list[str]:
    """The setting ``tenant_ids``: ids, or only ``ALL``; empty if it is not set.

    A text that is not an id is left as it is: it fails alone, and the others are read. An empty
    list beside ``tenant_id`` counts as not set. So an environment of Meltano can replace an
    inherited list, which null would not do.

    Raises:
        SettingsError: It is empty, or its JSON is invalid.
    """
    value = config.get("tenant_ids")
    listed = _ids_in(value) if isinstance(value, str) else value
    if listed is None:
        return []
    if not listed and not _is_one_named(config):
        message = (
            "Setting 'tenant_ids' is an empty list, so there is nothing to read: list the ids that "
            f"`xero tenants` shows, or set {ALL!r}, or remove the setting"
        )
        raise SettingsError(message)
    return [str(each).strip() for each in listed]


def warn_of_two_choices(config: Mapping[str, Any]) -> None:
    """Warns if both ``tenant_id`` and ``tenant_ids`` are set."""
    if _is_one_named(config) and tenant_ids_of(config):
        logger.warning(
            "Settings 'tenant_id' and 'tenant_ids' are both set. The run reads those of "
            "'tenant_ids': remove one of the settings"
        )


def _is_one_named(config: Mapping[str, Any]) -> bool:
    """Whether the setting ``tenant_id`` is set."""
    return bool((config.get("tenant_id") or "").strip())


def _ids_in(text: str) -> list[str] | None:
    """The ids in a text: JSON, which is all that Meltano has of a variable, or with commas.

    None if the text is empty.
    """
    if not text.strip():
        return None
    try:
        return list(parse_list(text.strip()))
    except ValueError:
        message = f"Setting 'tenant_ids' is {text!r}; set it to a JSON list of ids, or {ALL!r}"
        raise SettingsError(message) from None
