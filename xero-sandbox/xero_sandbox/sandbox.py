"""The whole of a sandbox's memory: organisations, identity, limits, faults, traffic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from xero_sandbox.clock import Clock
from xero_sandbox.faults import FaultBook
from xero_sandbox.identity.apps import preset_apps
from xero_sandbox.identity.connections import Connections
from xero_sandbox.identity.tokens import Tokens
from xero_sandbox.limits import LimitKeeper, Limits
from xero_sandbox.organisation import Organisation
from xero_sandbox.publishing.idempotency import IdempotencyStore
from xero_sandbox.traffic import Traffic


@dataclass
class Behaviour:
    """Where Xero's behaviour is undocumented or varies, and what the sandbox does.

    Attributes:
        latency: seconds that every call takes at least.
        high_volume_threshold: rows above which inefficient requests are refused (xero-facts.md: Paging).
        since_inclusive: whether If-Modified-Since shows records of that very second (xero-facts.md: Change capture).
    """

    latency: float = 0.0
    high_volume_threshold: int = 100_000
    since_inclusive: bool = True


def _nothing() -> None:
    """Keeps nothing: the state is in memory only."""


@dataclass
class Sandbox:
    """One running Xero. Hold ``lock`` while looking into or changing its organisations.

    Attributes:
        user: who writes, as history shows it.
        on_change: called, under the lock, after every call that may have changed something.
        crashes: exceptions of the sandbox's own, which no client should have to explain.
    """

    organisations: dict[str, Organisation]
    clock: Clock
    tokens: Tokens
    connections: Connections
    limits: LimitKeeper
    idempotency: IdempotencyStore
    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: FaultBook = field(default_factory=FaultBook)
    traffic: Traffic = field(default_factory=Traffic)
    lock: threading.RLock = field(default_factory=threading.RLock)
    user: str = "Sandbox User"
    on_change: Callable[[], None] = field(default=_nothing)
    crashes: list[Exception] = field(default_factory=list)

    def forget_traffic(self) -> None:
        """Clears faults, counters, the log and the limits' counts; records stay."""
        with self.lock:
            self.faults.clear()
            self.traffic.reset()
            self.limits.reset()


def new_sandbox(
    organisations: Iterable[Organisation],
    *,
    clock: Clock | None = None,
    limits: Limits | None = None,
    strict_refresh: bool = False,
) -> Sandbox:
    """A sandbox with the preset apps; the Custom Connection reaches the first organisation."""
    by_tenant = {one.tenant_id: one for one in organisations}
    clock = clock or Clock()
    first = next(iter(by_tenant))
    apps = preset_apps(first)
    connections = Connections()
    for app in apps.values():
        if app.tenant_id:
            connections.connect(app.client_id, app.tenant_id, "", clock.now())
    return Sandbox(
        organisations=by_tenant,
        clock=clock,
        tokens=Tokens(clock, apps, connections, strict=strict_refresh),
        connections=connections,
        limits=LimitKeeper(clock, limits or Limits()),
        idempotency=IdempotencyStore(clock),
    )
