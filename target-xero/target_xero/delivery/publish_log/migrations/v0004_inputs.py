"""The digest of a record as it came, so that the same input is recognised before it is built."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds two columns and two indexes."""
    op.add_column("publish_records", sa.Column("input_digest", sa.String(32)))
    op.add_column("publish_records", sa.Column("input_method", sa.String(8)))
    known = sa.text("input_digest IS NOT NULL")
    op.create_index(
        "publish_records_by_input",
        "publish_records",
        ["tenant_id", "input_digest"],
        sqlite_where=known,
        postgresql_where=known,
    )
    op.create_index("publish_requests_by_tenant", "publish_requests", ["tenant_id"])
