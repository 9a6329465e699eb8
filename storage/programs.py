"""Programs as they were loaded."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import UniqueConstraint, col

from storage.database import Row, Tx
from storage.words import instant


class StoredProgram(Row, table=True):
    """A program file, checked: `text` is the YAML, read by core.programs."""

    __table_args__ = (UniqueConstraint("community_id", "name"),)

    name: str
    title: str
    text: str
    loaded_at: datetime = instant()


def by_name(tx: Tx, name: str) -> StoredProgram | None:
    return tx.first(tx.select(StoredProgram).where(StoredProgram.name == name))


def every(tx: Tx) -> Sequence[StoredProgram]:
    return tx.all(tx.select(StoredProgram).order_by(col(StoredProgram.name)))
