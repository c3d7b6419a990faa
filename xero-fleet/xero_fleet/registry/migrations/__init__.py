"""The Alembic revisions of the fleet's tables."""
