"""Columns of any length."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = (
    ("copy_ids", "kind"),
    ("copy_ids", "source_id"),
    ("copy_ids", "target_id"),
)


def upgrade() -> None:
    """Widens the columns; SQLite does not limit the length of texts."""
    if op.get_bind().dialect.name != "sqlite":
        for table, column in COLUMNS:
            op.alter_column(table, column, type_=sa.Text())
