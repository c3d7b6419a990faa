"""The budgets of calls that a transport shares with other processes."""

from __future__ import annotations

import atexit
import logging
import queue
import threading
import weakref
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from xero_client.budgets.budget import RENEWAL_SECONDS
from xero_client.budgets.shared_budget import SharedBudget
from xero_client.errors import StoreError
from xero_client.http.rate_limiter import SharedLimits
from xero_client.settings.connection_settings import ConnectionSettings

if TYPE_CHECKING:
    from xero_client.budgets.stored_budgets import StoredBudgets

logger = logging.getLogger(__name__)

# Calls in flight to one organisation (xero-facts.md: Limits), and no limit for an app.
CONCURRENT = 5
UNLIMITED = 1_000_000


def shared_limits(settings: ConnectionSettings, tenant_id: str | None) -> SharedLimits | None:
    """The budgets of an app and organisation, and that of the app.

    None if the limits are not shared: if the setting ``share_limits`` is false, or if the
    connection needs no state database.

    Args:
        settings: The connection.
        tenant_id: The organisation; None if the token alone selects it.

    Raises:
        StoreError: The state database cannot be opened.
    """
    needs_store = not settings.access_token and settings.grant_type != "client_credentials"
    if not settings.share_limits or not (settings.store_uri or needs_store):
        return None
    registry = _registry(settings.store_uri, settings.store_encryption)
    app = f"{settings.origin} {settings.client_id or ''}"
    capacity = max(CONCURRENT, settings.max_concurrency)
    organisation = f"{app} {(tenant_id or '').lower()}"
    day = registry.budget(f"day {organisation}", UNLIMITED)
    day.doubt_hold()
    return SharedLimits(
        minute=registry.budget(f"minute {organisation}", capacity),
        day=day,
        app=registry.budget(f"minute {app}", UNLIMITED),
        owner=registry,
    )


class _Registry:
    """The budgets of this process in one state database; it lasts as long as a transport uses it.

    At its end, and at that of the process, the leases are given back. The garbage collector may end
    it amid a transaction of the same thread, which locks the database. So another thread gives the
    leases back.
    """

    def __init__(self, table: StoredBudgets) -> None:
        self._table = table
        self._budgets: dict[str, SharedBudget] = {}
        self._lock = threading.Lock()
        finalizer = weakref.finalize(self, _ended.put, (table, self._budgets))
        finalizer.atexit = False  # see _release_all

    def budget(self, key: str, capacity: int) -> SharedBudget:
        """The budget of a key; all transports of the process have the same one."""
        with self._lock:
            if key not in self._budgets:
                self._budgets[key] = SharedBudget(self._table, key, capacity)
            return self._budgets[key]

    def release(self) -> None:
        """Gives all leases back."""
        _release(self._table, self._budgets)

    def renew(self) -> None:
        """Renews the leases of calls that take long."""
        with self._lock:
            current = list(self._budgets.values())
        for budget in current:
            # The next call tells of the failure.
            with suppress(StoreError):
                budget.renew_if_due()


# The budgets of registries that nothing uses any more; their leases are still to be given back.
_ended: queue.SimpleQueue[tuple[StoredBudgets, Mapping[str, SharedBudget]]] = queue.SimpleQueue()
_release_lock = threading.Lock()
_registries: weakref.WeakValueDictionary[tuple[str | None, str], _Registry] = (
    weakref.WeakValueDictionary()
)
_registries_lock = threading.Lock()


def _registry(store_uri: str | None, store_encryption: str) -> _Registry:
    # The import of SQLAlchemy is a fifth of the start-up time, so it waits until it is needed.
    from xero_client.budgets.stored_budgets import StoredBudgets  # noqa: PLC0415
    from xero_client.store.database import Store  # noqa: PLC0415
    from xero_client.store.encryption import cipher_for  # noqa: PLC0415

    key = (store_uri, store_encryption)
    _release_ended()
    with _registries_lock:
        found = _registries.get(key)
        if found is None:
            found = _Registry(StoredBudgets(Store(store_uri, cipher_for(store_encryption))))
            _registries[key] = found
            _start_renewal()
        return found


@cache
def _start_renewal() -> None:
    threading.Thread(target=_renew_for_ever, daemon=True).start()
    atexit.register(_release_all)


def _renew_for_ever() -> None:
    while True:
        with suppress(queue.Empty):
            ended = _ended.get(timeout=RENEWAL_SECONDS / 2)
            with _release_lock:
                _release(*ended)
        for registry in list(_registries.values()):
            registry.renew()


def _release_all() -> None:
    """Gives back all leases at the end of the process."""
    _release_ended()
    with _release_lock:
        for registry in list(_registries.values()):
            registry.release()


def _release_ended() -> None:
    with _release_lock, suppress(queue.Empty):
        while True:
            _release(*_ended.get_nowait())


def _release(table: StoredBudgets, current: Mapping[str, SharedBudget]) -> None:
    reports = {key: budget.last_report() for key, budget in current.items()}
    try:
        table.release({key: report for key, report in reports.items() if report})
    except StoreError as error:
        logger.debug("The leases of calls could not be given back: %s", error)
    table.close()
