"""The Alembic revisions of the spool."""
