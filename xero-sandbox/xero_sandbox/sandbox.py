"""The whole state of a sandbox: organisations, identity, limits, faults and traffic."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from xero_sandbox.faults.schedule import FaultSchedule
from xero_sandbox.http.idempotency import IdempotencyStore
from xero_sandbox.http.limits import Limits, RateLimiter
from xero_sandbox.http.traffic import Traffic
from xero_sandbox.identity.apps import preset_apps
from xero_sandbox.identity.connections import Connections
from xero_sandbox.identity.tokens import Tokens
from xero_sandbox.identity.users import preset_users
from xero_sandbox.model.behaviour import Behaviour
from xero_sandbox.model.clock import Clock
from xero_sandbox.model.organisation import Organisation


def _save_nothing() -> None:
    """Saves nothing: the state is in memory only."""


@dataclass
class Sandbox:
    """One running Xero. Hold ``lock`` while you read or change its organisations.

    Attributes:
        user: The user's name in the history of records.
        on_change: Called, under the lock, after every call that may have changed something.
        crashes: Exceptions of the sandbox itself.
    """

    organisations: dict[str, Organisation]
    clock: Clock
    tokens: Tokens
    connections: Connections
    limits: RateLimiter
    idempotency: IdempotencyStore
    behaviour: Behaviour = field(default_factory=Behaviour)
    faults: FaultSchedule = field(default_factory=FaultSchedule)
    traffic: Traffic = field(default_factory=Traffic)
    lock: threading.RLock = field(default_factory=threading.RLock)
    user: str = "Sandbox User"
    on_change: Callable[[], None] = field(default=_save_nothing)
    crashes: list[Exception] = field(default_factory=list)

    def reset_traffic(self) -> None:
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
    users: int = 1,
) -> Sandbox:
    """A sandbox with the preset apps; the Custom Connection reaches the first organisation."""
    by_tenant = {organisation.tenant_id: organisation for organisation in organisations}
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
        tokens=Tokens(
            clock,
            apps,
            connections,
            strict=strict_refresh,
            users={user.user_id: user for user in preset_users(users)},
        ),
        connections=connections,
        limits=RateLimiter(clock, limits or Limits()),
        idempotency=IdempotencyStore(clock),
    )
