"""Everything that a community has, table by table, without secrets."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, func
from sqlmodel import select

from storage.database import Tx
from storage.schema import metadata

ROWS_AT_ONCE = 500


def tables() -> list[str]:
    """The names of all tables, those that others refer to first."""
    return [table.name for table in metadata.sorted_tables]


def columns(name: str) -> list[str]:
    """The columns of a table that may leave the house: all but secrets and their hashes."""
    names = [column.name for column in metadata.tables[name].columns]
    return [name for name in names if not name.endswith(("_hash", "secret"))]


def how_many(tx: Tx, name: str) -> int:
    """The number of a community's rows in a table."""
    table = metadata.tables[name]
    query = select(func.count()).select_from(table).where(_owner(table) == tx.community_id)
    return tx.session.scalar(query) or 0


def rows(tx: Tx, name: str) -> Iterator[dict[str, Any]]:
    """A community's rows of a table by column, in the order of their ids."""
    table = metadata.tables[name]
    query = (
        select(*(table.c[column] for column in columns(name)))
        .where(_owner(table) == tx.community_id)
        .order_by(table.c.id)
    )
    for row in tx.session.execute(query.execution_options(yield_per=ROWS_AT_ONCE)).mappings():
        yield dict(row)


def _owner(table: Table) -> Any:
    return table.c.id if table.name == "community" else table.c.community_id
