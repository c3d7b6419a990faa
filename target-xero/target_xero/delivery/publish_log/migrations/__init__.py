"""The Alembic revisions of the publish log's tables."""
