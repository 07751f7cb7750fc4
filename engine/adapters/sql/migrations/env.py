"""What Alembic runs for each command."""

from alembic import context

from engine.adapters.sql.base import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
with context.begin_transaction():
    context.run_migrations()
