"""An index for the question of which record a record of the target is the copy."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the index."""
    columns = ["source_tenant", "target_tenant", "kind", "target_id"]
    op.create_index("copy_ids_by_target", "copy_ids", columns)
