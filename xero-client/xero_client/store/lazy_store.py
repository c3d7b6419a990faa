"""The state database of a program that may not need it."""

from __future__ import annotations

from xero_client.settings.connection_settings import ConnectionSettings
from xero_client.store.database import Store


class LazyStore:
    """Opens the state database when it is first needed, once."""

    def __init__(self, settings: ConnectionSettings) -> None:
        """Opens nothing.

        Args:
            settings: The connection settings.
        """
        self._settings = settings
        self._store: Store | None = None

    def open(self) -> Store:
        """The state database.

        Raises:
            StoreError: It cannot be opened, or its key is missing.
        """
        if self._store is None:
            self._store = Store.of(self._settings)
        return self._store

    def close(self) -> None:
        """Closes it, if it was opened."""
        if self._store is not None:
            self._store.close()
