"""The organisations that a run has connected to, for its progress, results and summary."""

from __future__ import annotations

from xero_client.auth.tenants import Tenant
from xero_client.http.transport import Transport


class Connections:
    """The connections of a run, in the order in which they were made; none at its start.

    Attributes:
        transports: The transports.
        tenant_id: The id of the organisation that was connected last; None before the first.
    """

    def __init__(self) -> None:
        self.transports: list[Transport] = []
        self.tenant_id: str | None = None

    def add(self, tenant: Tenant, transport: Transport) -> None:
        """Adds a connection."""
        self.transports.append(transport)
        self.tenant_id = tenant.tenant_id

    def limits_and_calls(self) -> str:
        """``, 3 calls; limits left: ...``, for the end of a line; empty without a connection."""
        if not self.transports:
            return ""
        calls = sum(
            usage.calls for transport in self.transports for usage in transport.usage.values()
        )
        latest = self.transports[-1].rate_limiter.latest
        return f", {calls:,} calls; limits left: {latest}"
