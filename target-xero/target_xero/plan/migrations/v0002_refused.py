"""How many records of an applied plan were not published."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds a column; of plans that were applied before, it is not known."""
    op.add_column("plans", sa.Column("refused", sa.Integer))
