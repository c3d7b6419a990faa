"""Columns of any length."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = (
    ("copy_rows", "stream"),
    ("copy_rows", "record_id"),
    ("copy_steps", "sort"),
)


def upgrade() -> None:
    """Widens the columns; SQLite does not limit the length of texts."""
    if op.get_bind().dialect.name != "sqlite":
        for table, column in COLUMNS:
            op.alter_column(table, column, type_=sa.Text())
