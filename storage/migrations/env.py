"""How Alembic reaches the database: on the connection that storage.migrate hands over."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

from storage.schema import metadata


def render_item(kind: str, item: Any, _context: object) -> str | Literal[False]:
    """Write our own column types as the plain ones that the database knows."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    transactional_ddl=False,  # the caller has the transaction
)
context.run_migrations()
