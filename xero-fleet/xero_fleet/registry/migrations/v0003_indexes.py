"""Indexes with which `sync` finds the organisations of a grant, among thousands of others."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds them."""
    op.create_index("ix_fleet_organisations_grant_name", "fleet_organisations", ["grant_name"])
    op.create_index("ix_fleet_work_tenant_id", "fleet_work", ["tenant_id"])
