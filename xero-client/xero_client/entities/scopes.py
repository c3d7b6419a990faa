"""OAuth scopes: which a login asks for, and why Xero may refuse one (xero-facts.md: OAuth, Scopes)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Any

from xero_client.entities.table import (
    BY_NAME,
    BY_STREAM,
    ENTITIES,
    Entity,
    read_scopes,
    write_scopes,
)
from xero_client.errors import SettingsError

REFRESH = "offline_access"
ATTACHMENTS = "accounting.attachments"

# Xero gave every app made since 2 March 2026 granular scopes only.
BROAD = frozenset(
    {"accounting.transactions", "accounting.transactions.read", "accounting.reports.read"}
)
BY_APPROVAL: Mapping[str, str] = MappingProxyType(
    {
        "accounting.journals.read": "needs Xero's approval and the Advanced tier",
        "paymentservices": "needs Xero's approval",
    }
)
WITHOUT_USER = frozenset({"app.connections", "marketplace.billing"})
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
KNOWN = frozenset(
    {
        *("openid", "profile", "email", REFRESH, "bankfeeds", "accounting.classicexpenses"),
        *(entity.read_scope for entity in ENTITIES),
        *(scope for entity in ENTITIES if (scope := entity.write_scope)),
        *(ATTACHMENTS, f"{ATTACHMENTS}.read"),
        *(f"accounting.reports.{name}.read" for name in REPORTS),
        *OTHER_APIS,
        *(f"{name}.read" for name in OTHER_APIS),
        *(
            f"finance.{name}.read"
            for name in ("bankstatementsplus", "cashvalidation", "statements")
        ),
        *BY_APPROVAL,
    }
)


def selected(patterns: Iterable[str]) -> tuple[Entity, ...]:
    """The entities that are named, by stream, Xero's own name or a shell-style pattern.

    Without any name: those that a new catalog selects.

    Raises:
        SettingsError: A name or pattern fits nothing.
    """
    wanted = list(patterns)
    if not wanted:
        return tuple(entity for entity in ENTITIES if entity.reading.selected_by_default)
    found: dict[str, Entity] = {}
    for pattern in wanted:
        named = BY_STREAM.get(pattern) or BY_NAME.get(pattern)
        fitting = (
            [named] if named else [one for one in ENTITIES if fnmatchcase(one.stream, pattern)]
        )
        if not fitting:
            message = f"There is no stream {pattern!r}; there are: {', '.join(BY_STREAM)}"
            raise SettingsError(message)
        found.update((entity.stream, entity) for entity in fitting)
    return tuple(found.values())


def known_names(patterns: Iterable[str]) -> tuple[str, ...]:
    """Those that name an entity; without them all, as ``*`` does, the usual ones are meant."""
    return tuple(
        one
        for one in patterns
        if one != "*" and (one in BY_NAME or any(fnmatchcase(name, one) for name in BY_STREAM))
    )


def selected_in_catalog(catalog: Mapping[str, Any]) -> tuple[str, ...]:
    """The streams that a Singer catalog selects."""
    return tuple(
        str(stream.get("tap_stream_id") or stream.get("stream"))
        for stream in catalog.get("streams") or []
        if any(
            not entry.get("breadcrumb") and entry.get("metadata", {}).get("selected")
            for entry in stream.get("metadata") or []
        )
    )


def needed(
    entities: tuple[Entity, ...], *, read: bool, write: bool, attachments: bool = False
) -> tuple[str, ...]:
    """The fewest granular scopes for ``entities``; a scope that writes reads as well.

    Args:
        entities: What is read or written.
        read: Whether they are read.
        write: Whether those that can be written are.
        attachments: Whether their attachments are copied too.
    """
    writing = set(write_scopes(entities)) if write else set()
    reading = set(read_scopes(entities)) if read else set()
    if attachments:
        (writing if write else reading).add(ATTACHMENTS if write else f"{ATTACHMENTS}.read")
    return tuple(sorted(writing | {one for one in reading if _wider(one) not in writing}))


def suspects(asked: Sequence[str]) -> Mapping[str, str]:
    """The scopes that may be why Xero refused a request, each with the reason."""
    reasons: dict[str, str] = {}
    for scope in asked:
        if scope in BROAD:
            reasons[scope] = "is broad, which an app made since 2 March 2026 cannot have"
        elif scope in BY_APPROVAL:
            reasons[scope] = BY_APPROVAL[scope]
        elif scope in WITHOUT_USER:
            reasons[scope] = "is for calls without a user only"
        elif scope not in KNOWN:
            reasons[scope] = "is not a scope of Xero"
    return reasons


def missing(asked: Iterable[str], granted: str) -> tuple[str, ...]:
    """What was asked for and not granted; nothing where the server did not say."""
    have = set(granted.split())
    return tuple(sorted(set(asked) - have)) if have else ()


def _wider(scope: str) -> str:
    return scope.removesuffix(".read")
