"""The environment in which Alembic runs the revisions of any schema."""
