"""The organisations of a run: connection, lists under way, and what they cost."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Protocol

from xero_client.auth.tenants import Tenant, chosen_tenants, transport_for
from xero_client.auth.token_sources import token_source
from xero_client.errors import SettingsError
from xero_client.http.transport import Transport

if TYPE_CHECKING:
    from tap_xero.paging.list_reader import ListReading
    from xero_client.settings.connection_settings import ConnectionSettings


class Readable(Protocol):
    """A stream, as far as its organisations know it."""

    name: str

    def reading(self, organisation: Organisation) -> ListReading:
        """The list of one organisation, ready to be read."""
        ...


class ReadAhead:
    """The lists of one organisation in the order of their reading, the next ones under way.

    The first pages of lists that come later are fetched while an earlier one is written out, so
    that many short lists take as long as Xero's five calls at once allow.
    """

    def __init__(self, organisation: Organisation, window: int) -> None:
        self._organisation = organisation
        self._window = window
        self._waiting: deque[Readable] = deque()
        self._under_way: dict[str, ListReading | SettingsError] = {}

    def expect(self, streams: Iterable[Readable]) -> None:
        """Names the streams that will be read, in order."""
        self._waiting.extend(streams)

    def next(self, stream: Readable) -> ListReading:
        """The list of ``stream``, with those after it on their way.

        Raises:
            SettingsError: A template or date in the stream's settings is wrong.
        """
        if stream in self._waiting:
            while self._waiting[0] is not stream:
                self._waiting.popleft()
        elif stream.name not in self._under_way:
            return stream.reading(self._organisation)
        while self._waiting and len(self._under_way) < self._window:
            upcoming = self._waiting.popleft()
            self._under_way[upcoming.name] = self._begun(upcoming)
        begun = self._under_way.pop(stream.name)
        if isinstance(begun, SettingsError):
            raise begun
        return begun

    def _begun(self, stream: Readable) -> ListReading | SettingsError:
        """A list under way, or why it cannot be: it is that stream's failure, not this one's."""
        try:
            reading = stream.reading(self._organisation)
        except SettingsError as error:
            return error
        reading.prime()
        return reading


@dataclass
class Organisation:
    """One organisation of the run.

    Attributes:
        tenant: Its id and name.
        transport: Its connection.
        window: Calls in flight at most.
        records: Records read, by stream.
    """

    tenant: Tenant
    transport: Transport
    window: int
    records: dict[str, int] = field(default_factory=dict)
    read_ahead: ReadAhead = field(init=False)

    def __post_init__(self) -> None:
        self.read_ahead = ReadAhead(self, self.window)

    def count(self, stream: str, records: int) -> None:
        """Counts records that were written out."""
        self.records[stream] = self.records.get(stream, 0) + records


def connected(
    settings: ConnectionSettings, tenant_ids: Iterable[str], scopes: tuple[str, ...]
) -> Mapping[str, Organisation]:
    """The run's organisations, by tenant id.

    Args:
        settings: The connection.
        tenant_ids: Several organisations, or none to leave it to ``tenant_id``.
        scopes: What the selected streams need.

    Raises:
        XeroError: The token or the organisation cannot be had.
    """
    tokens = token_source(settings, needed_scopes=scopes)
    tenants = chosen_tenants(settings, tokens, tenant_ids)
    open_one = partial(transport_for, settings, tokens)
    return {
        tenant.tenant_id: Organisation(tenant, open_one(tenant), settings.max_concurrency)
        for tenant in tenants
    }


def summary(organisations: Mapping[str, Organisation], seconds: float) -> list[str]:
    """What the run read and what it cost: a line a stream and organisation, then the limits."""
    lines = []
    for organisation in organisations.values():
        name = organisation.tenant.name or organisation.tenant.tenant_id
        usage = organisation.transport.usage
        for stream, used in usage.items():
            records = organisation.records.get(stream, 0)
            lines.append(
                f"{name}: {stream}: {records:,} records, {used.calls:,} calls, "
                f"{used.received_bytes:,} bytes, {used.seconds:.1f} s"
            )
        total = sum(organisation.records.values())
        calls = sum(used.calls for used in usage.values())
        received = sum(used.received_bytes for used in usage.values())
        lines.append(
            f"{name}: {total:,} records in {calls:,} calls, {received:,} bytes, {seconds:.1f} s; "
            f"limits left: {organisation.transport.rate_limiter.latest}"
        )
    return lines
