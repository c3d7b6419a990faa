"""The organisations that a run has connected to, for its progress, results and summary."""

from __future__ import annotations

from collections.abc import Iterator

from xero_client.auth.tenants import Tenant
from xero_client.http.transport import Transport


class Connections:
    """The connections of a run, in the order in which they were made; none at its start.

    Attributes:
        tenant_id: The id of the organisation of the settings; None before it is connected.
    """

    def __init__(self) -> None:
        self._transports: dict[str, Transport] = {}
        self.tenant_id: str | None = None

    def add(self, tenant: Tenant, transport: Transport) -> None:
        """Adds a connection."""
        self._transports = {**self._transports, str(tenant): transport}

    def choose(self, tenant: Tenant) -> None:
        """Notes which organisation the settings choose."""
        self.tenant_id = tenant.tenant_id

    def progress(self) -> str:
        """``, 3 calls; limits left: ...``, for the end of a line; empty without a connection.

        The limits of several organisations are too long for a line of progress.
        """
        transports = self._transports
        parts = [self._calls(), *(self.limits() if len(transports) == 1 else ())]
        return "; ".join(parts) if transports else ""

    def summary(self) -> str:
        """``, 3 calls; limits left: ...``, with the limits of each organisation."""
        return "; ".join([self._calls(), *self.limits()]) if self._transports else ""

    @property
    def seconds_to_wait(self) -> float:
        """For how long Xero takes no calls to any organisation; 0 if it takes them."""
        waits = [each.rate_limiter.seconds_to_wait for each in self._transports.values()]
        return min(waits, default=0.0)

    def limits(self) -> Iterator[str]:
        """The limits that are left, one text for each organisation."""
        transports = self._transports
        for organisation, transport in transports.items():
            whose = f" of {organisation}" if len(transports) > 1 else ""
            yield f"limits left{whose}: {transport.rate_limiter.latest}"

    def _calls(self) -> str:
        transports = self._transports.values()
        calls = sum(usage.calls for each in transports for usage in each.usage.values())
        return f", {calls:,} calls"
