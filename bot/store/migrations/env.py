"""What Alembic runs for each command. The connection, its lock and its transaction are ours."""

from alembic import context
from sqlmodel import SQLModel

import bot.store.models  # noqa: F401 -- fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite changes a table by building it anew
)
context.run_migrations()
