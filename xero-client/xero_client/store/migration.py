"""Upgrades the tables of a schema by its Alembic revisions."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.engine import Connection

ENVIRONMENT = Path(__file__).parent / "alembic_environment"

logger = logging.getLogger("xero-client")


def upgrade(
    connection: Connection,
    name: str,
    version: str,
    version_table: str,
    migrations: Path | None,
) -> None:
    """Upgrades tables to the newest version, in the transaction of a connection.

    Args:
        connection: A connection in a transaction.
        name: The name of the tables' schema, for the log.
        version: The newest version.
        version_table: The name of the table that has the version.
        migrations: The folder of the revisions; None without revisions.
    """
    config = Config(attributes={"connection": connection, "version_table": version_table})
    # A percent sign begins a reference in Alembic's settings.
    config.set_main_option("script_location", str(ENVIRONMENT).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    folder = os.fspath(migrations or ENVIRONMENT)
    config.set_main_option("version_locations", folder.replace("%", "%%"))
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it logs each step
    command.upgrade(config, version)
    logger.info("Upgraded the tables %r of the state database to %s", name, version)
