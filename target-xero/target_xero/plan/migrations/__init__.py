"""The Alembic revisions of the notes of plans."""
