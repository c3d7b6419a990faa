"""Documents, removals, and fingerprints over content; columns of any length."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the columns and their indexes; rows that exist have fingerprints of version 1."""
    for column in (
        sa.Column("document", sa.String(64)),
        sa.Column("removes", sa.Integer, nullable=False, server_default="0"),
        sa.Column("fingerprint_version", sa.Integer, nullable=False, server_default="1"),
    ):
        op.add_column("publish_records", column)
    # A path may be longer than PostgreSQL allows in an index.
    op.drop_index("publish_records_by_xero_id", "publish_records")
    op.create_index("publish_records_by_id", "publish_records", ["tenant_id", "xero_id"])
    documents = sa.text("document IS NOT NULL")
    op.create_index(
        "publish_records_by_document",
        "publish_records",
        ["document"],
        sqlite_where=documents,
        postgresql_where=documents,
    )
    old = sa.text("fingerprint_version = 1")
    op.create_index(
        "publish_records_of_version_1",
        "publish_records",
        ["tenant_id"],
        sqlite_where=old,
        postgresql_where=old,
    )
    if op.get_bind().dialect.name != "sqlite":  # SQLite does not limit the length of texts
        op.alter_column("publish_records", "entity", type_=sa.Text())
        op.alter_column("publish_records", "xero_id", type_=sa.Text())
        op.alter_column("publish_requests", "content_type", type_=sa.Text())
