"""Alembic's environment for every schema: it runs the revisions on a connection that is given."""

from alembic import context

connection = context.config.attributes["connection"]
version_table = context.config.attributes["version_table"]
context.configure(connection=connection, version_table=version_table)
context.run_migrations()
