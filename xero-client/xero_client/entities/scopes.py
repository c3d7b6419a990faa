"""OAuth scopes: those that streams need, and those that Xero may refuse.

The facts are from xero-facts.md: OAuth, Scopes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from xero_client.entities.nested_lists import entity_of_stream
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

OFFLINE_ACCESS = "offline_access"
ATTACHMENTS_SCOPE = "accounting.attachments"

# Not available to apps that were created since 2 March 2026.
BROAD_SCOPES = frozenset(
    {"accounting.transactions", "accounting.transactions.read", "accounting.reports.read"}
)
APPROVAL_REQUIRED: Mapping[str, str] = MappingProxyType(
    {
        "accounting.journals.read": "needs Xero's approval and the Advanced tier",
        "paymentservices": "needs Xero's approval",
    }
)
APP_ONLY_SCOPES = frozenset({"app.connections", "marketplace.billing"})
REPORTS = (
    "aged",
    "balancesheet",
    "banksummary",
    "budgetsummary",
    "executivesummary",
    "profitandloss",
    "taxreports",
    "tenninetynine",
    "trialbalance",
)
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
        *("openid", "profile", "email", OFFLINE_ACCESS, "bankfeeds", "accounting.classicexpenses"),
        *(entity.read_scope for entity in ALL_ENTITIES if entity.read_scope),
        *(scope for entity in ENTITIES if (scope := entity.write_scope)),
        *(ATTACHMENTS_SCOPE, f"{ATTACHMENTS_SCOPE}.read"),
        *(f"accounting.reports.{name}.read" for name in REPORTS),
        *OTHER_APIS,
        *(f"{name}.read" for name in OTHER_APIS),
        *(
            f"finance.{name}.read"
            for name in ("bankstatementsplus", "cashvalidation", "statements")
        ),
        *APPROVAL_REQUIRED,
    }
)


def select_entities(patterns: Iterable[str]) -> tuple[Entity, ...]:
    """The entities that match the patterns: stream names, Xero's names, or shell-style patterns.

    Without a pattern: those that are selected by default.

    Raises:
        SettingsError: A pattern matches nothing.
    """
    patterns = list(patterns)
    if not patterns:
        return tuple(entity for entity in ENTITIES if entity.reading.selected_by_default)
    found: dict[str, Entity] = {}
    for pattern in patterns:
        named = entity_of_stream(pattern) or BY_NAME.get(pattern)
        matching = [named] if named else _matching(pattern)
        if not matching:
            message = f"There is no stream {pattern!r}; there are: {', '.join(ALL_BY_STREAM)}"
            raise SettingsError(message)
        found.update((entity.stream, entity) for entity in matching)
    return tuple(found.values())


def _matching(pattern: str) -> list[Entity]:
    """The entities of a shell-style pattern; ``*`` alone stays within the Accounting API."""
    entities = ENTITIES if pattern == "*" else ALL_ENTITIES
    return [entity for entity in entities if fnmatchcase(entity.stream, pattern)]


def matching_patterns(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns that match an entity, except for ``*``, which matches all of them."""
    return tuple(
        pattern
        for pattern in patterns
        if pattern != "*"
        and (
            pattern in BY_NAME
            or entity_of_stream(pattern)
            or any(fnmatchcase(stream, pattern) for stream in ALL_BY_STREAM)
        )
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
    entities: tuple[Entity, ...], *, read: bool, write: bool, attachments: bool = False
) -> tuple[str, ...]:
    """The granular scopes for ``entities``; a scope for writing includes reading.

    Args:
        entities: The entities to read or write.
        read: Whether they are read.
        write: Whether the writable ones are written.
        attachments: Whether attachments are copied too.
    """
    writing = set(write_scopes(entities)) if write else set()
    reading = set(read_scopes(entities)) if read else set()
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


def missing_scopes(requested: Iterable[str], granted: str) -> tuple[str, ...]:
    """The scopes that were requested but not granted; empty if the server did not say."""
    known = set(granted.split())
    return tuple(sorted(set(requested) - known)) if known else ()
