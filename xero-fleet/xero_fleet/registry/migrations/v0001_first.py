"""The first version; the store creates its tables."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Does nothing, because the store notes this version when it makes the tables."""
