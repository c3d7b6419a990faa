"""The organisations of a run: their connections, the lists that are read next, and the summary."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol

from tap_xero.paging.list_reader import PageReader
from tap_xero.run.outcomes import COMPLETE, FAILED, SKIPPED, Outcome
from xero_client.auth.tenants import Tenant, choose_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.entities.table import BY_STREAM
from xero_client.errors import (
    AccessDeniedError,
    NoResponseError,
    TenantNotConnectedError,
    XeroError,
)
from xero_client.http.transport import Request, Transport
from xero_client.http.wire import records_of
from xero_client.names import is_guid
from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.settings.login_command import login_command

logger = logging.getLogger("tap-xero")

ORGANISATION = BY_STREAM["organisations"]
# So many streams of an organisation without a usable response mean that it does not answer at all.
MAX_SILENT_STREAMS = 3


class ReadableStream(Protocol):
    """What an organisation needs of a stream."""

    name: str

    def list_reader(self, organisation: Organisation) -> PageReader:
        """A reader for the stream's list of one organisation."""
        ...


class ReadAhead:
    """Starts the lists of one organisation in the order in which they are read.

    The first pages of later lists are fetched while an earlier list is written. So many short lists
    are read as fast as Xero's limit of five calls at once allows.
    """

    def __init__(self, organisation: Organisation, max_concurrency: int) -> None:
        self._organisation = organisation
        self._max_concurrency = max_concurrency
        self._queue: deque[ReadableStream] = deque()
        self._started: dict[str, PageReader | XeroError] = {}

    def enqueue(self, streams: Iterable[ReadableStream]) -> None:
        """Adds streams that will be read, in order."""
        self._queue.extend(streams)

    def reader_for(self, stream: ReadableStream) -> PageReader:
        """The reader of ``stream``; also starts the lists after it.

        Raises:
            XeroError: A template or date in the stream's settings is invalid, or the organisation
                cannot have such records.
        """
        if stream in self._queue:
            while self._queue[0] is not stream:
                self._queue.popleft()
        elif stream.name not in self._started:
            return stream.list_reader(self._organisation)
        while self._queue and len(self._started) < self._max_concurrency:
            upcoming = self._queue.popleft()
            self._started[upcoming.name] = self._start(upcoming)
        started = self._started.pop(stream.name)
        if isinstance(started, XeroError):
            raise started
        return started

    def _start(self, stream: ReadableStream) -> PageReader | XeroError:
        """A started reader, or the error that fails this stream when its turn comes."""
        try:
            reader = stream.list_reader(self._organisation)
        except XeroError as error:
            return error
        reader.prefetch()
        return reader


@dataclass
class Organisation:
    """One organisation of the run.

    Attributes:
        tenant: Its id and name.
        transport: Its connection.
        max_concurrency: The most calls in flight.
        record_counts: The number of records written, by stream.
        outcomes: What became of each stream.
        failure: Why nothing more can be read of it; None if it can.
        asked_parents: For streams that are asked for by parent: the stream of the parents, and how
            many of them were asked.
    """

    tenant: Tenant
    transport: Transport
    max_concurrency: int
    record_counts: dict[str, int] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    failure: XeroError | None = None
    _silent_streams: int = 0
    _country: str | None = None
    asked_parents: dict[str, tuple[str, int]] = field(default_factory=dict)
    read_ahead: ReadAhead = field(init=False)

    def __post_init__(self) -> None:
        self.read_ahead = ReadAhead(self, self.max_concurrency)
        if not self.tenant.is_connected:
            message = f"it is not connected to this token: connect it with `{login_command()}`"
            if not is_guid(self.tenant.tenant_id):
                message = "that is not the id of an organisation: `xero tenants` shows the ids"
            self.fail(TenantNotConnectedError(message))

    def check_country(self, needed: str, stream: str, needs: str) -> None:
        """Checks that it is in the country of a stream, if the country can be read.

        Args:
            needed: The code of the country; empty for any.
            stream: The stream.
            needs: What the organisation and the user must have, as a sentence.

        Raises:
            AccessDeniedError: It is in another country.
        """
        if not needed:
            return
        if self._country is None:
            self._country = self._read_country()
        if self._country and self._country != needed:
            message = f"{stream}: the organisation is in {self._country}. {needs}"
            raise AccessDeniedError(message)

    def _read_country(self) -> str:
        """The code of its country, in one call; empty if it cannot be read."""
        subject, scope = ORGANISATION.stream, ORGANISATION.read_scope
        request = Request("GET", ORGANISATION.path, subject=subject, scope=scope)
        try:
            [organisation] = records_of(self.transport.send(request).json, ORGANISATION.key)
        except (XeroError, ValueError) as error:
            logger.info("The country of %s cannot be read: %s", self.tenant, error)
            return ""
        return str(organisation.get("CountryCode") or "")

    def begin(self, stream: str, read: str, began: datetime | None) -> None:
        """Notes that a stream is being read; the first call counts.

        Args:
            stream: The stream.
            read: Which records: ``all``, ``changes`` or ``ids``.
            began: When the first call was sent.
        """
        outcome = self.outcomes.setdefault(stream, Outcome(FAILED, read))
        outcome.began = outcome.began or began

    def complete(self, stream: str) -> None:
        """Notes that a stream was read to its end."""
        self._silent_streams = 0
        self.outcomes.setdefault(stream, Outcome()).end = COMPLETE

    def fail_stream(self, stream: str, error: XeroError, *, skipped: bool = False) -> None:
        """Notes that a stream could not be read."""
        outcome = self.outcomes.setdefault(stream, Outcome())
        outcome.end, outcome.error = SKIPPED if skipped else FAILED, error
        self._silent_streams += isinstance(error, NoResponseError)

    @property
    def has_complete_stream(self) -> bool:
        """Whether a stream was read to its end."""
        return any(outcome.end == COMPLETE for outcome in self.outcomes.values())

    @property
    def is_silent(self) -> bool:
        """Whether so many streams got no usable response that the others are not tried."""
        return self._silent_streams >= MAX_SILENT_STREAMS

    def fail(self, error: XeroError) -> None:
        """Ends the reading of the organisation; calls in flight are completed."""
        self.failure = error
        self.transport.stop(error)

    def count_records(self, stream: str, count: int) -> None:
        """Counts records that were written."""
        self.record_counts[stream] = self.record_counts.get(stream, 0) + count

    def count_parents(self, stream: str, parents: str, count: int) -> None:
        """Counts parents that are asked for the records of a stream."""
        self.asked_parents[stream] = (parents, self.asked_parents.get(stream, ("", 0))[1] + count)


@dataclass(frozen=True)
class ConnectedOrganisations:
    """The organisations of a run.

    Attributes:
        by_id: The organisations, by tenant id.
        are_all: Whether the login reaches no others; False if that is not known.
    """

    by_id: Mapping[str, Organisation]
    are_all: bool


def warn_of_unconnected(tenant_ids: Collection[str]) -> None:
    """Warns of organisations of the state that a run of all organisations does not reach."""
    if tenant_ids:
        logger.warning(
            "%d organisation(s) of the state are not connected to this token, so they are not "
            "read: %s. Connect them again with `%s`, or remove them from the state",
            len(tenant_ids),
            ", ".join(sorted(tenant_ids)),
            login_command(),
        )


def connect_organisations(
    settings: ConnectionSettings,
    tenant_ids: Iterable[str],
    scopes: tuple[str, ...],
    *,
    names: bool,
) -> ConnectedOrganisations:
    """Connects the run's organisations.

    Args:
        settings: The connection settings.
        tenant_ids: The organisations to read; if empty, the setting ``tenant_id`` counts.
        scopes: The scopes that the selected streams need.
        names: Whether the names of the organisations are needed.

    Raises:
        XeroError: The token is missing, or no organisation is available.
    """
    # The country decides which payroll an organisation has (see ``check_country``).
    has_payroll = any(scope.startswith("payroll.") for scope in scopes)
    optional_scopes = (ORGANISATION.read_scope,) if has_payroll else ()
    tokens = token_source(settings, needed_scopes=scopes, optional_scopes=optional_scopes)
    choice = choose_tenants(settings, tokens, tenant_ids, names=names, skip_missing=True)
    open_transport = partial(transport_for, settings, tokens)
    by_id = {
        tenant.tenant_id: Organisation(tenant, open_transport(tenant), settings.max_concurrency)
        for tenant in choice.tenants
    }
    return ConnectedOrganisations(by_id, choice.are_all)
