"""The jobs that a login can be for, and the scopes that each needs.

The words are the values of ``xero login --for``. Besides ``JOBS`` there is one word for each API
beside the Accounting API, such as ``payroll``. These words are the first parts of the known scopes,
so a new row in the entity table brings its word along.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from xero_client.entities.reports import REPORT_BY_STREAM
from xero_client.entities.scopes import (
    ATTACHMENTS_SCOPE,
    KNOWN_SCOPES,
    required_scopes,
    select_streams,
    streams_with_scope,
)

READ, PUBLISH, COPY, VERIFY = "read", "publish", "copy", "verify"
REPORTS, ATTACHMENTS = "reports", "attachments"
JOBS: Mapping[str, str] = MappingProxyType(
    {
        READ: "read the selected streams",
        PUBLISH: "publish to the configured entities",
        COPY: "copy an organisation with its files, and its opening balances",
        VERIFY: "compare two organisations",
        REPORTS: "read all reports",
        ATTACHMENTS: "read attachments",
    }
)
# The first parts of scopes that belong to no job: identity, the Accounting API, and what needs an
# agreement with Xero for writing only.
_NO_API = ("accounting", "offline_access", "openid", "profile", "email", "paymentservices")
_WITHOUT_STREAMS = ("bankfeeds",)
APIS: tuple[str, ...] = tuple(
    sorted({scope.partition(".")[0] for scope in KNOWN_SCOPES} - {*_NO_API, *_WITHOUT_STREAMS})
)
PURPOSES: tuple[str, ...] = (*JOBS, *APIS)
_READ_SUFFIX = ".read"
_OPENING_BALANCES = ("trial_balances",)
_COMPARED_REPORTS = ("trial_balances", "profit_and_loss", "balance_sheets")


def scopes_for(
    purposes: Sequence[str], streams: Iterable[str], *, write: bool, attachments: bool = False
) -> tuple[str, ...]:
    """The granular scopes that jobs need together; a scope for writing includes reading.

    Args:
        purposes: Words of ``PURPOSES``.
        streams: Streams or entities to read and to publish, as in ``select_streams``; empty for
            those that are selected by default. They are read if no job reads or publishes.
        write: Whether everything is written, too.
        attachments: Whether attachments are needed, too.

    Raises:
        SettingsError: A stream does not exist.
    """
    streams = tuple(streams)
    if not purposes or (streams and not {READ, PUBLISH} & set(purposes)):
        purposes = (READ, *purposes)
    scopes = {
        scope
        for purpose in purposes
        for scope in _scopes_of(purpose, streams, write=write, attachments=attachments)
    }
    return without_included(scopes)


def without_included(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes, sorted, without those for reading that one for writing includes."""
    known = set(scopes)
    return tuple(
        sorted(
            scope
            for scope in known
            if not scope.endswith(_READ_SUFFIX) or scope.removesuffix(_READ_SUFFIX) not in known
        )
    )


def added_to(granted: Iterable[str], requested: Iterable[str]) -> tuple[str, ...]:
    """The scopes to request, so that none that was granted is lost.

    It is documented that scopes are additive, but not that a new token has those of an earlier
    consent (xero-facts.md: OAuth). So all are requested.

    Args:
        granted: The scopes that were granted before.
        requested: The scopes that are needed now.
    """
    before = tuple(granted)
    new = [scope for scope in requested if scope.removesuffix(_READ_SUFFIX) not in before]
    return tuple(dict.fromkeys((*new, *before)))


def login_for(scope: str) -> str:
    """The options of ``xero login`` that request a scope."""
    for purpose in (READ, ATTACHMENTS, *APIS, REPORTS, PUBLISH):
        if scope in scopes_for((purpose,), (), write=False):
            return f"--for {purpose}"
    for purpose in APIS:
        if scope in scopes_for((purpose,), (), write=True):
            return f"--for {purpose} --write"
    streams = streams_with_scope(scope)
    if streams:
        return f"--for {READ if scope.endswith(_READ_SUFFIX) else PUBLISH} {streams[0]}"
    if scope == ATTACHMENTS_SCOPE:
        return f"--for {COPY}"
    return f"--scopes {shlex.quote(scope)}"


def _scopes_of(
    purpose: str, streams: Sequence[str], *, write: bool, attachments: bool
) -> tuple[str, ...]:
    if purpose in APIS:
        return _scopes_of_api(purpose, write=write)
    if purpose == ATTACHMENTS:
        return (ATTACHMENTS_SCOPE if write else f"{ATTACHMENTS_SCOPE}{_READ_SUFFIX}",)
    if purpose == REPORTS:
        return required_scopes(tuple(REPORT_BY_STREAM.values()), read=True, write=False)
    if purpose == VERIFY:
        compared = (*select_streams(()), *(REPORT_BY_STREAM[name] for name in _COMPARED_REPORTS))
        return required_scopes(compared, read=True, write=False)
    if purpose == COPY:
        balances = (REPORT_BY_STREAM[name] for name in _OPENING_BALANCES)
        copied = (*select_streams(()), *balances)
        return required_scopes(copied, read=True, write=True, attachments=True)
    return required_scopes(
        select_streams(streams),
        read=purpose == READ,
        write=write or purpose == PUBLISH,
        attachments=attachments,
    )


def _scopes_of_api(api: str, *, write: bool) -> tuple[str, ...]:
    """The scopes of an API for reading; those for writing, too, where they exist."""
    of_api = {scope for scope in KNOWN_SCOPES if scope.partition(".")[0] == api}
    if write:
        return without_included(of_api)
    return tuple(sorted(scope for scope in of_api if scope.endswith(_READ_SUFFIX)))
