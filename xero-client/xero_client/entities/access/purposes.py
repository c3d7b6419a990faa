"""The purposes of a login, and the scopes that each needs.

The words are the values of ``xero login --for``. Besides ``JOBS`` there is one word for each API
beside the Accounting API, such as ``payroll``. These words are the first parts of the known scopes,
so a new row in the entity table brings its word along.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xero_client.entities.access.scope_descriptions import SUBJECTS
from xero_client.entities.access.scopes import (
    ATTACHMENTS_SCOPE,
    KNOWN_SCOPES,
    OFFLINE_ACCESS,
    required_scopes,
    select_streams,
    streams_with_scope,
)
from xero_client.entities.reports import REPORT_BY_STREAM

READ, PUBLISH, COPY, VERIFY = "read", "publish", "copy", "verify"
REPORTS, ATTACHMENTS = "reports", "attachments"
JOBS: Mapping[str, str] = MappingProxyType(
    {
        READ: "read the selected streams",
        PUBLISH: "publish to the configured entities",
        COPY: "copy an organisation with its files and its opening balances",
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


@dataclass(frozen=True)
class Needs:
    """What a login is for.

    Attributes:
        purposes: Words of ``PURPOSES``; empty for reading.
        read: The streams to read, as in ``select_streams``; empty for those that are selected by
            default.
        publish: The entities to publish to, in the same way.
        attachments: Whether attachments are read or published, too.
        write: Whether what is read is written, too.
    """

    purposes: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    publish: tuple[str, ...] = ()
    attachments: bool = False
    write: bool = False

    @property
    def scopes(self) -> tuple[str, ...]:
        """The granular scopes, sorted; a scope for writing includes reading.

        Raises:
            SettingsError: A stream does not exist.
        """
        scopes = {
            scope for purpose in self.purposes or (READ,) for scope in self._scopes_of(purpose)
        }
        return without_included(scopes)

    def _scopes_of(self, purpose: str) -> tuple[str, ...]:
        if purpose in APIS:
            return _scopes_of_api(purpose, write=self.write)
        if purpose == ATTACHMENTS:
            return (ATTACHMENTS_SCOPE if self.write else f"{ATTACHMENTS_SCOPE}{_READ_SUFFIX}",)
        if purpose == REPORTS:
            return required_scopes(tuple(REPORT_BY_STREAM.values()), read=True, write=False)
        if purpose == VERIFY:
            reports = (REPORT_BY_STREAM[name] for name in _COMPARED_REPORTS)
            return required_scopes((*select_streams(()), *reports), read=True, write=False)
        if purpose == COPY:
            reports = (REPORT_BY_STREAM[name] for name in _OPENING_BALANCES)
            copied = (*select_streams(()), *reports)
            return required_scopes(copied, read=True, write=True, attachments=True)
        is_read = purpose == READ
        return required_scopes(
            select_streams(self.read if is_read else self.publish),
            read=is_read,
            write=self.write or not is_read,
            attachments=self.attachments,
        )


@dataclass(frozen=True)
class ScopeRequest:
    """The scopes that a login requests, and what happens to those that were granted before.

    Attributes:
        scopes: The scopes that are needed.
        replace: Whether those that were granted before are left out.
        read_only: Whether no scope for writing is requested, not even one that was granted before.
    """

    scopes: tuple[str, ...]
    replace: bool = False
    read_only: bool = False

    def with_granted(self, granted: Iterable[str]) -> tuple[str, ...]:
        """All scopes to request, so that none that was granted is lost.

        It is documented that scopes are additive, but not that a new token has those of an earlier
        consent (xero-facts.md: OAuth). So all are requested again.

        Args:
            granted: The scopes that were granted before.
        """
        together = {*self.scopes, *(() if self.replace else granted)} - {OFFLINE_ACCESS}
        scopes = for_reading(together) if self.read_only else without_included(together)
        return (OFFLINE_ACCESS, *scopes)


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


def for_reading(scopes: Iterable[str]) -> tuple[str, ...]:
    """The scopes, sorted, with that for reading in place of each one for writing.

    A scope that has none for reading stays as it is, because nothing can be read without it.
    """
    return tuple(
        sorted({f"{scope}{_READ_SUFFIX}" if scope in SUBJECTS else scope for scope in scopes})
    )


def login_for(scope: str, subject: str = "") -> str:
    """The options and arguments of ``xero login`` that request a scope.

    Args:
        scope: The scope.
        subject: The stream that needs it, if it is known.
    """
    for purpose in (ATTACHMENTS, *APIS):
        if scope in Needs((purpose,)).scopes:
            return f"--for {purpose}"
        if scope in Needs((purpose,), write=True).scopes:
            return f"--for {purpose} --write"
    streams = streams_with_scope(scope)
    job = READ if scope.endswith(_READ_SUFFIX) else PUBLISH
    if subject in streams:
        return f"--for {job} {subject}"
    for purpose in (job, REPORTS):
        if scope in Needs((purpose,)).scopes:
            return f"--for {purpose}"
    return f"--for {job} {streams[0]}" if streams else f"--scopes {shlex.quote(scope)}"


def _scopes_of_api(api: str, *, write: bool) -> tuple[str, ...]:
    """The scopes of an API for reading; those for writing instead, if they exist."""
    of_api = {scope for scope in KNOWN_SCOPES if scope.partition(".")[0] == api}
    if write:
        return without_included(of_api)
    return tuple(scope for scope in of_api if scope.endswith(_READ_SUFFIX))
