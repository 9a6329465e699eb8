"""What happened in a community, whole and in order: for reports over a long time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Table
from sqlmodel import col, select

from storage.database import Tx
from storage.outbox import Delivery
from storage.reflections import Reflection
from storage.words import Act, DeliveryState, ReflectionState

_table: Table = Delivery.__table__  # type: ignore[attr-defined]
_ROWS = 5_000  # fetched at a time


class Past(NamedTuple):
    """What became of a delivery."""

    key: str
    kind: str
    act: Act
    conversation: str
    subject: dict[str, str]
    due_at: datetime
    sent_at: datetime | None
    shifts: int
    state: DeliveryState
    note: str


def deliveries(tx: Tx) -> list[Past]:
    """Every delivery, in the order in which they were sent; then those that were not."""
    sent, due = _table.c.sent_at, _table.c.due_at
    query: Any = (
        select(*(_table.c[name] for name in Past._fields))
        .where(_table.c.community_id == tx.community_id)
        .order_by(sent.is_(None), sent, due, _table.c.seq, _table.c.id)
    )
    rows = tx.session.connection().execution_options(yield_per=_ROWS).execute(query)
    return [Past(*row) for row in rows]


def reflections(tx: Tx) -> Sequence[Reflection]:
    """Every reflection that is published now, in the order of their publication."""
    return tx.all(
        tx.select(Reflection)
        .where(Reflection.state == ReflectionState.PUBLISHED)
        .order_by(col(Reflection.published_at), col(Reflection.id))
    )
