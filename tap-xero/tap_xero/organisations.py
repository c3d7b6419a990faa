"""The organisations of a run: their connections, the lists that are read next, and the summary."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol

from tap_xero.paging.list_reader import PageReader
from xero_client.auth.tenants import Tenant, chosen_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.errors import SettingsError
from xero_client.http.transport import Transport
from xero_client.settings.connection_settings import ConnectionSettings


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
        self._started: dict[str, PageReader | SettingsError] = {}

    def enqueue(self, streams: Iterable[ReadableStream]) -> None:
        """Adds streams that will be read, in order."""
        self._queue.extend(streams)

    def reader_for(self, stream: ReadableStream) -> PageReader:
        """The reader of ``stream``; also starts the lists after it.

        Raises:
            SettingsError: A template or date in the stream's settings is invalid.
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
        if isinstance(started, SettingsError):
            raise started
        return started

    def _start(self, stream: ReadableStream) -> PageReader | SettingsError:
        """A started reader, or the error that fails this stream when its turn comes."""
        try:
            reader = stream.list_reader(self._organisation)
        except SettingsError as error:
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
        asked_parents: For streams that are asked for by parent: the stream of the parents, and how
            many of them were asked.
    """

    tenant: Tenant
    transport: Transport
    max_concurrency: int
    record_counts: dict[str, int] = field(default_factory=dict)
    asked_parents: dict[str, tuple[str, int]] = field(default_factory=dict)
    read_ahead: ReadAhead = field(init=False)

    def __post_init__(self) -> None:
        self.read_ahead = ReadAhead(self, self.max_concurrency)

    def count_records(self, stream: str, count: int) -> None:
        """Counts records that were written."""
        self.record_counts[stream] = self.record_counts.get(stream, 0) + count

    def count_parents(self, stream: str, parents: str, count: int) -> None:
        """Counts parents that are asked for the records of a stream."""
        self.asked_parents[stream] = (parents, self.asked_parents.get(stream, ("", 0))[1] + count)


def connect_organisations(
    settings: ConnectionSettings, tenant_ids: Iterable[str], scopes: tuple[str, ...]
) -> Mapping[str, Organisation]:
    """The run's organisations, by tenant id.

    Args:
        settings: The connection settings.
        tenant_ids: The organisations to read; if empty, the setting ``tenant_id`` counts.
        scopes: The scopes that the selected streams need.

    Raises:
        XeroError: There is no token, or an organisation is not available.
    """
    tokens = token_source(settings, needed_scopes=scopes)
    tenants = chosen_tenants(settings, tokens, tenant_ids)
    open_transport = partial(transport_for, settings, tokens)
    return {
        tenant.tenant_id: Organisation(tenant, open_transport(tenant), settings.max_concurrency)
        for tenant in tenants
    }


def summary_lines(organisations: Mapping[str, Organisation], seconds: float) -> list[str]:
    """What the run read and what it cost: a line per stream, then a total with the limits."""
    lines = []
    for organisation in organisations.values():
        name = organisation.tenant.name or organisation.tenant.tenant_id
        usage = organisation.transport.usage
        for stream, used in usage.items():
            count = organisation.record_counts.get(stream, 0)
            lines.append(
                f"{name}: {stream}: {count:,} records, {used.calls:,} calls, "
                f"{used.received_bytes:,} bytes, {used.seconds:.1f} s{_cost(organisation, stream)}"
            )
        for stream, count in organisation.record_counts.items():
            if stream not in usage and count:
                lines.append(f"{name}: {stream}: {count:,} records, without calls of its own")
        total = sum(organisation.record_counts.values())
        calls = sum(used.calls for used in usage.values())
        received = sum(used.received_bytes for used in usage.values())
        lines.append(
            f"{name}: {total:,} records in {calls:,} calls, {received:,} bytes, {seconds:.1f} s; "
            f"limits left: {organisation.transport.rate_limiter.latest}"
        )
    return lines


def _cost(organisation: Organisation, stream: str) -> str:
    """How many parents were asked for the records of a stream; empty for other streams."""
    if stream not in organisation.asked_parents:
        return ""
    parents, count = organisation.asked_parents[stream]
    return f"; asked for {count:,} {parents}"
