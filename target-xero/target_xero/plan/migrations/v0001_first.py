"""The table before it had another version; it exists already in each database of this version."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Does nothing, because the store notes this version when it finds the table."""
