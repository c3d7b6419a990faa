"""Alembic's environment for every schema: it runs the revisions on a connection that is given."""

from alembic import context

connection = context.config.attributes["connection"]
schema = context.config.attributes["schema"]
context.configure(connection=connection, version_table=schema.version_table.name)
context.run_migrations()
