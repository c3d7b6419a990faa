"""Upgrades the tables of a schema by its Alembic revisions."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

from xero_client.store.schema import Schema

ENVIRONMENT = Path(__file__).parent / "alembic_environment"

logger = logging.getLogger("xero-client")


def upgrade(connection: Connection, schema: Schema) -> None:
    """Upgrades tables to the newest version, in the transaction of a connection.

    Args:
        connection: A connection in a transaction.
        schema: The tables.
    """
    config = Config(attributes={"connection": connection, "schema": schema})
    # A percent sign begins a reference in Alembic's settings.
    config.set_main_option("script_location", str(ENVIRONMENT).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    folder = os.fspath(schema.migrations or ENVIRONMENT)
    config.set_main_option("version_locations", folder.replace("%", "%%"))
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it logs each step
    command.upgrade(config, schema.version)
    logger.info("Upgraded the tables %r of the state database to %s", schema.name, schema.version)
