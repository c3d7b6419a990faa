"""The Alembic revisions of the tables of a copy."""
