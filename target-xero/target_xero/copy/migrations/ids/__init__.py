"""The Alembic revisions of the id map."""
