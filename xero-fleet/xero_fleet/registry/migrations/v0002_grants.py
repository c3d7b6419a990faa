"""When each grant was asked for its organisations."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the table; no grant was asked yet."""
    op.create_table(
        "fleet_grants",
        sa.Column("grant_name", sa.String(200), primary_key=True),
        sa.Column("asked_at", sa.Float, nullable=False),
    )
