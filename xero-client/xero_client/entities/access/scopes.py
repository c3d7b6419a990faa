"""OAuth scopes: those that streams need, and those that Xero may refuse.

The facts are from xero-facts.md: OAuth, Scopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from xero_client.entities.access.scope_descriptions import APPROVAL_REQUIRED
from xero_client.entities.included_streams import included_streams
from xero_client.entities.nested_lists import CASH_JOURNALS, NESTED_LISTS
from xero_client.entities.other_apis import OTHER_ENTITIES
from xero_client.entities.reports import REPORT_BY_STREAM, ReportRow
from xero_client.entities.table import (
    ALL_BY_STREAM,
    ALL_ENTITIES,
    BY_NAME,
    ENTITIES,
    Entity,
    read_scopes,
    write_scopes,
)
from xero_client.errors import SettingsError
from xero_client.names import did_you_mean

OFFLINE_ACCESS = "offline_access"
ATTACHMENTS_SCOPE = "accounting.attachments"

# Not available to apps that were created since 2 March 2026.
BROAD_SCOPES = frozenset(
    {"accounting.transactions", "accounting.transactions.read", "accounting.reports.read"}
)
APP_ONLY_SCOPES = frozenset({"app.connections", "marketplace.billing"})
# Besides those of the reports that are streams.
OTHER_REPORTS = ("taxreports", "tenninetynine")
OTHER_APIS = (
    "assets",
    "files",
    "payroll.employees",
    "payroll.payruns",
    "payroll.payslip",
    "payroll.settings",
    "payroll.timesheets",
    "projects",
)
KNOWN_SCOPES = frozenset(
    {
        *("openid", "profile", "email", OFFLINE_ACCESS, "accounting.classicexpenses"),
        *(entity.read_scope for entity in ALL_ENTITIES if entity.read_scope),
        *(scope for entity in ENTITIES if (scope := entity.write_scope)),
        *(ATTACHMENTS_SCOPE, f"{ATTACHMENTS_SCOPE}.read"),
        *(report.read_scope for report in REPORT_BY_STREAM.values()),
        *(f"accounting.reports.{name}.read" for name in OTHER_REPORTS),
        *OTHER_APIS,
        *(f"{name}.read" for name in OTHER_APIS),
        *APPROVAL_REQUIRED,
    }
)


# All streams, each with what is read for it.
_SELECTABLE: Mapping[str, Entity | ReportRow] = MappingProxyType(
    {
        **ALL_BY_STREAM,
        CASH_JOURNALS: ALL_BY_STREAM["journals"],
        **{nested.stream: nested.parent for nested in NESTED_LISTS},
        **REPORT_BY_STREAM,
    }
)


def _path_parts(path: str) -> tuple[str, ...]:
    """API, version and list of a path of another API, in lower case."""
    return tuple(path.lower().split("/")[1:4])


def _scopes_by_path() -> tuple[dict[tuple[str, ...], set[str]], dict[str, set[str]]]:
    """The scopes of other APIs: by the path of their lists, and by the API."""
    of_lists: dict[tuple[str, ...], set[str]] = {}
    of_apis: dict[str, set[str]] = {}
    for entity in OTHER_ENTITIES:
        api, *parts = _path_parts(entity.path)
        if entity.is_of_other_api:
            of_apis.setdefault(api, set()).update(entity.scopes)
            of_lists.setdefault((api, *parts), set()).update(entity.scopes)
    return of_lists, of_apis


_SCOPES_OF_LISTS, _SCOPES_OF_APIS = _scopes_by_path()
_READ_SCOPES = {entity.path.strip("/").lower(): entity.read_scope for entity in ENTITIES}
_OTHERS = frozenset(entity.stream for entity in OTHER_ENTITIES)
_DEFAULT = tuple(entity.stream for entity in ENTITIES if entity.reading.selected_by_default)


def select_streams(patterns: Iterable[str]) -> tuple[Entity | ReportRow, ...]:
    """The entities and reports that match: stream names, Xero's names, or shell-style patterns.

    Without a pattern: those that are selected by default, which no report is.

    Raises:
        SettingsError: A pattern matches nothing.
    """
    found: dict[str, Entity | ReportRow] = {}
    for pattern in list(patterns) or _DEFAULT:
        matching = _matching(pattern)
        if not matching:
            near = did_you_mean(pattern, _SELECTABLE)
            hint = f"{near} The" if near else "; the"
            message = f"{pattern!r} is not a stream{hint} streams are: {', '.join(_SELECTABLE)}"
            raise SettingsError(message)
        found.update((each.stream, each) for each in matching)
    return tuple(found.values())


def with_included(selected: tuple[str, ...], words: Iterable[str]) -> tuple[str, ...]:
    """The selected streams, or else those that are selected by default, with those of ``include``.

    Args:
        selected: The selected streams; may be empty.
        words: The setting ``include``.

    Raises:
        SettingsError: A word means no stream.
    """
    included = included_streams(words, list(_SELECTABLE))
    return (*(selected or _DEFAULT), *included) if included else selected


def matching_patterns(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns that match a stream; ``*`` becomes the streams that are selected by default."""
    return tuple(
        name
        for pattern in patterns
        for name in (_DEFAULT if pattern == "*" else [pattern])
        if _matching(name)
    )


def _matching(pattern: str) -> tuple[Entity | ReportRow, ...]:
    if pattern in BY_NAME:
        return (BY_NAME[pattern],)
    # ``*`` alone does not mean the streams of the other APIs, some of which need Xero's approval.
    left_out = _OTHERS if pattern == "*" else frozenset()
    return tuple(
        each
        for stream, each in _SELECTABLE.items()
        if fnmatchcase(stream, pattern) and stream not in left_out
    )


def streams_with_scope(scope: str) -> tuple[str, ...]:
    """The streams of the entities and reports that a scope lets read or write."""
    return tuple(
        stream
        for stream, each in _SELECTABLE.items()
        if scope
        in ((each.read_scope, each.write_scope) if isinstance(each, Entity) else (each.read_scope,))
    )


def streams_in_catalog(catalog: Mapping[str, Any]) -> tuple[str, ...]:
    """The streams that a Singer catalog selects."""
    return tuple(
        str(stream.get("tap_stream_id") or stream.get("stream"))
        for stream in catalog.get("streams") or []
        if any(
            not entry.get("breadcrumb") and entry.get("metadata", {}).get("selected")
            for entry in stream.get("metadata") or []
        )
    )


def required_scopes(
    selected: tuple[Entity | ReportRow, ...], *, read: bool, write: bool, attachments: bool = False
) -> tuple[str, ...]:
    """The granular scopes for what is selected; a scope for writing includes reading.

    Args:
        selected: The entities to read or write, and the reports to read.
        read: Whether they are read.
        write: Whether the writable ones are written.
        attachments: Whether attachments are copied too.
    """
    entities = tuple(each for each in selected if isinstance(each, Entity))
    reports = tuple(each for each in selected if isinstance(each, ReportRow))
    writing = set(write_scopes(entities)) if write else set()
    reading = set(read_scopes(entities)) if read else set()
    if read:
        reading.update(*(report.read_scopes for report in reports))
    if attachments:
        (writing if write else reading).add(
            ATTACHMENTS_SCOPE if write else f"{ATTACHMENTS_SCOPE}.read"
        )
    return tuple(
        sorted(writing | {scope for scope in reading if scope.removesuffix(".read") not in writing})
    )


def suspect_scopes(requested: Sequence[str]) -> Mapping[str, str]:
    """The scopes that Xero may have refused, each with a reason."""
    reasons: dict[str, str] = {}
    for scope in requested:
        if scope in BROAD_SCOPES:
            reasons[scope] = "is a broad scope, which an app made since 2 March 2026 cannot have"
        elif scope in APPROVAL_REQUIRED:
            reasons[scope] = APPROVAL_REQUIRED[scope]
        elif scope in APP_ONLY_SCOPES:
            reasons[scope] = "is only for calls without a user"
        elif scope not in KNOWN_SCOPES:
            reasons[scope] = "is not a scope of Xero"
    return reasons


def scope_of_path(path: str) -> str | None:
    """The scope, without ``.read``, of a path of another API than Accounting; None if not known.

    A path that the entity table does not have needs the scope of the list that it begins with:
    approving a timesheet that of timesheets.

    Args:
        path: A path such as ``/payroll.xro/2.0/Timesheets/1…/Approve``; case does not matter.
    """
    parts = _path_parts(path)
    api = parts[0] if parts else ""
    scopes = _SCOPES_OF_LISTS.get(parts) or _SCOPES_OF_APIS.get(api, set())
    return next(iter(scopes)) if len(scopes) == 1 else None


def scope_of_custom_stream(scope: str | None, path: str) -> str:
    """The scope that a stream of the setting ``custom_streams`` needs; empty if nothing says it.

    Args:
        scope: Its ``scope``.
        path: Its ``path``.
    """
    if given := (scope or "").strip():
        return given
    of_other_api = scope_of_path(path.strip())
    if of_other_api:
        return f"{of_other_api}.read"
    return _READ_SCOPES.get(path.strip().strip("/").partition("/")[0].lower(), "")


def missing_scopes(requested: Iterable[str], granted: str) -> tuple[str, ...]:
    """The scopes that were requested but not granted; empty if the server did not say."""
    known = set(granted.split())
    return tuple(sorted(set(requested) - known)) if known else ()
