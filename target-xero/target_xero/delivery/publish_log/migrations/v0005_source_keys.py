"""The Singer key beside a number, code or name: a record that was deleted may have had the same."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds a column; it is empty in the rows of earlier versions."""
    op.add_column("publish_records", sa.Column("source_key", sa.String(64)))
