"""Alembic's entry: runs migrations on the connection that the studio hands in."""

from alembic import context

from studio.sessions.schema import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True, compare_type=True)
context.run_migrations()
