"""The state database of a fleet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy.engine import Connection

from xero_client.store.database import Store, present_time
from xero_client.store.encryption import cipher_for
from xero_fleet.registry.tables import SCHEMA


@contextmanager
def open_store(config: Mapping[str, Any]) -> Iterator[Store]:
    """The state database of a connection, with the fleet's tables.

    Args:
        config: The configuration that has ``store_uri`` and ``store_encryption``.

    Raises:
        StoreError: It cannot be opened.
    """
    store = Store(config.get("store_uri"), cipher_for(config.get("store_encryption")))
    try:
        store.create(SCHEMA)
        yield store
    finally:
        store.close()


@contextmanager
def reading(store: Store) -> Iterator[Connection]:
    """A connection for reading, which does not wait for the write lock."""
    with store.translated_errors(), store.engine.connect() as connection:
        yield connection.execution_options(isolation_level="AUTOCOMMIT")


def present(store: Store) -> float:
    """The time of the fleet, in seconds since 1970: the same one on all its machines.

    Raises:
        StoreError: The database cannot be read.
    """
    with reading(store) as connection:
        return present_time(connection)
