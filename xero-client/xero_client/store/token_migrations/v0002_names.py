"""Grants have a name, which is part of their key."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = "client_id, token_uri, refresh_token, access_token, expires_at, obtained_at, scopes, seed"


def upgrade() -> None:
    """Grants that exist have the empty name; locks may have longer names."""
    op.rename_table("grants", "grants_without_names")
    op.create_table(
        "grants",
        sa.Column("client_id", sa.String(200)),
        sa.Column("token_uri", sa.String(500)),
        sa.Column("refresh_token", sa.Text),
        sa.Column("access_token", sa.Text, nullable=False),
        sa.Column("expires_at", sa.DateTime, nullable=False),
        sa.Column("obtained_at", sa.DateTime, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("seed", sa.String(64)),
        sa.Column("name", sa.String(200)),
        # PostgreSQL keeps the name grants_pkey for the key of the renamed table.
        sa.PrimaryKeyConstraint("client_id", "token_uri", "seed", "name", name="grants_key"),
    )
    op.execute(
        f"INSERT INTO grants ({COLUMNS}, name) SELECT {COLUMNS}, '' FROM grants_without_names"  # noqa: S608  # constants
    )
    op.drop_table("grants_without_names")
    if op.get_bind().dialect.name != "sqlite":  # SQLite does not limit the length of texts
        op.alter_column("locks", "name", type_=sa.String(900))
