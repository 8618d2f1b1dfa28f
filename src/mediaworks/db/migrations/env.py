"""Alembic's entrance: run the migrations on the connection that was handed over."""

from alembic import context

from mediaworks.db.metadata import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
