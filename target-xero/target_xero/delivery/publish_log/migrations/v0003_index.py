"""An index for what the setting ``publish_log_days`` forgets."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the index."""
    may_be_forgotten = sa.text("state <> 'intended' AND (subject IS NULL OR state <> 'published')")
    op.create_index(
        "publish_records_to_forget",
        "publish_records",
        ["tenant_id", "changed_at"],
        sqlite_where=may_be_forgotten,
        postgresql_where=may_be_forgotten,
    )
