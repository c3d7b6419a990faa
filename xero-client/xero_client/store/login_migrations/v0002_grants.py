"""An app can have several logins, one for each name of a grant."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

COLUMNS = "client_id, client_secret, settings, tenants, logged_in_at"


def upgrade() -> None:
    """Logins that exist have the empty name."""
    op.rename_table("logins", "logins_without_names")
    op.create_table(
        "logins",
        sa.Column("client_id", sa.String(200)),
        sa.Column("client_secret", sa.Text),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("tenants", sa.Text, nullable=False),
        sa.Column("logged_in_at", sa.DateTime, nullable=False),
        sa.Column("grant_name", sa.String(200)),
        # PostgreSQL keeps the name logins_pkey for the key of the renamed table.
        sa.PrimaryKeyConstraint("client_id", "grant_name", name="logins_key"),
    )
    op.execute(
        f"INSERT INTO logins ({COLUMNS}, grant_name) SELECT {COLUMNS}, '' FROM logins_without_names"  # noqa: S608  # constants
    )
    op.drop_table("logins_without_names")
