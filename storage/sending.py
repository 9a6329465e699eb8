"""The courier's side of the outbox: what may be sent, who is sending it, what became of it.

Hot path: Core statements over many rows.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import Table, and_, bindparam, exists, literal_column, tuple_
from sqlalchemy.orm import aliased
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Instant, Tx
from storage.outbox import UNFINISHED, Delivery
from storage.words import DeliveryState

_table: Table = Delivery.__table__  # type: ignore[attr-defined]


class Outcome(NamedTuple):
    """What became of a delivery. Still `claimed`: it is in doubt until `lease_until`."""

    id: str
    state: DeliveryState
    sent_at: datetime | None = None
    ready_at: datetime | None = None  # of one that goes back to planned
    attempts: int = 0
    shifts: int = 0
    home_id: str | None = None
    place: str | None = None
    message: str | None = None
    note: str = ""
    owner: str | None = None
    lease_until: datetime | None = None


class Claim(NamedTuple):
    """A delivery that is about to be sent: where, and what it says."""

    id: str
    home_id: str
    place: str | None
    fingerprint: str | None
    under: str | None  # see Delivery.under


@cache
def _heads() -> SelectOfScalar[Delivery]:
    """Planned deliveries that are the first of their conversation, in the order of their turn.

    The statements of the hot path are made once: building one costs as much as running it.
    """
    earlier = aliased(Delivery)
    mine = tuple_(col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
    theirs = tuple_(col(earlier.due_at), col(earlier.seq), col(earlier.id))
    unfinished: list[Any] = [
        literal_column(f"'{state}'") for state in UNFINISHED
    ]  # as the index says it
    return (
        select(Delivery)
        .where(
            Delivery.community_id == bindparam("community"),
            Delivery.state == DeliveryState.PLANNED,
            ~exists().where(
                and_(
                    col(earlier.community_id) == Delivery.community_id,
                    col(earlier.conversation) == Delivery.conversation,
                    col(earlier.state).in_(unfinished),
                    theirs < mine,
                )
            ),
        )
        .order_by(col(Delivery.ready_at), col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
    )


@cache
def _ready_heads(locking: bool) -> SelectOfScalar[Delivery]:
    query = _heads().where(col(Delivery.ready_at) <= bindparam("now")).limit(bindparam("most"))
    return query.with_for_update(skip_locked=True) if locking else query


@cache
def _first_ready() -> Any:
    return _heads().with_only_columns(col(Delivery.ready_at)).limit(1)


def claimable(tx: Tx, now: datetime, limit: int) -> Sequence[Delivery]:
    """Deliveries that may be sent now: ready, and first of their conversation.

    On PostgreSQL the rows are locked, and those that another process holds are left out.
    """
    query = _ready_heads(tx.on_postgres)
    return tx.all(query, community=tx.community_id, now=now, most=limit)


@cache
def _claim() -> Any:
    mine = _table.c.id == bindparam("row_id")
    return (
        _table.update()
        .where(mine, _table.c.community_id == bindparam("community"))
        .values(
            state=DeliveryState.CLAIMED,
            owner=bindparam("new_owner"),
            claimed_at=bindparam("at"),
            lease_until=bindparam("until"),
            attempts=_table.c.attempts + 1,
            home_id=bindparam("home"),
            place=bindparam("where_to"),
            fingerprint=bindparam("print"),
            under=bindparam("root"),
        )
    )


@cache
def _behind() -> SelectOfScalar[Delivery]:
    mine = tuple_(col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
    first = tuple_(bindparam("due", type_=Instant()), bindparam("seq"), bindparam("row_id"))
    return (
        select(Delivery)
        .where(
            Delivery.community_id == bindparam("community"),
            Delivery.conversation == bindparam("conversation"),
            col(Delivery.state).in_([literal_column(f"'{state}'") for state in UNFINISHED]),
            mine > first,
        )
        .order_by(col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
        .limit(bindparam("most"))
    )


def behind(tx: Tx, head: Delivery, now: datetime, limit: int) -> list[Delivery]:
    """Those right behind the first of a conversation that may be sent now, too."""
    rows = tx.all(
        _behind(),
        community=tx.community_id,
        conversation=head.conversation,
        due=head.due_at,
        seq=head.seq,
        row_id=head.id,
        most=limit,
    )
    return list(
        takewhile(lambda row: row.state is DeliveryState.PLANNED and row.ready_at <= now, rows)
    )


def claim(tx: Tx, claims: Sequence[Claim], owner: str, now: datetime, until: datetime) -> None:
    """Mark deliveries as being sent by this process, until its lease runs out."""
    if claims:
        same = {"community": tx.community_id, "new_owner": owner, "at": now, "until": until}
        tx.session.connection().execute(
            _claim(),
            [
                {
                    **same,
                    "row_id": one.id,
                    "home": one.home_id,
                    "where_to": one.place,
                    "print": one.fingerprint,
                    "root": one.under,
                }
                for one in claims
            ],
        )


@cache
def _lapsed(locking: bool) -> SelectOfScalar[Delivery]:
    query = (
        select(Delivery)
        .where(
            Delivery.community_id == bindparam("community"),
            Delivery.state == DeliveryState.CLAIMED,
            col(Delivery.lease_until) <= bindparam("now"),
        )
        .order_by(col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
        .limit(bindparam("most"))
    )
    return query.with_for_update(skip_locked=True) if locking else query


def lapsed(tx: Tx, now: datetime, limit: int) -> Sequence[Delivery]:
    """Claims whose lease has run out: nobody knows whether they were sent."""
    query = _lapsed(tx.on_postgres)
    return tx.all(query, community=tx.community_id, now=now, most=limit)


def claimed_by_others(tx: Tx, owner: str) -> Sequence[Delivery]:
    """Claims of other processes."""
    return tx.all(
        tx.select(Delivery).where(
            Delivery.state == DeliveryState.CLAIMED, col(Delivery.owner) != owner
        )
    )


@cache
def _next_lapse() -> Any:
    return select(func.min(Delivery.lease_until)).where(
        Delivery.community_id == bindparam("community"),
        Delivery.state == DeliveryState.CLAIMED,
        col(Delivery.id).not_in(bindparam("busy", expanding=True)),
    )


def next_lapse(tx: Tx, but: Iterable[str] = ()) -> datetime | None:
    """When the next lease runs out, leaving out those that we are sending ourselves."""
    values = {"community": tx.community_id, "busy": list(but)}
    found: datetime | None = tx.session.scalar(_next_lapse(), values)
    return found


@cache
def _too_late() -> Any:
    return select(Delivery.id, Delivery.kind, Delivery.attempts).where(
        Delivery.community_id == bindparam("community"),
        Delivery.state == DeliveryState.PLANNED,
        col(Delivery.ready_at) <= bindparam("now"),
        col(Delivery.expires_at) < bindparam("now"),
    )


def too_late(tx: Tx, now: datetime) -> Sequence[tuple[str, str, int]]:
    """Ready deliveries whose time is over: id, kind and attempts."""
    rows = tx.session.execute(_too_late(), {"community": tx.community_id, "now": now})
    return [(row[0], row[1], row[2]) for row in rows]


@cache
def _record() -> Any:
    mine = _table.c.id == bindparam("row_id")
    return (
        _table.update()
        .where(mine, _table.c.community_id == bindparam("community"))
        .values(
            state=bindparam("new_state"),
            sent_at=bindparam("new_sent_at"),
            ready_at=func.coalesce(bindparam("new_ready_at", type_=Instant()), _table.c.ready_at),
            attempts=bindparam("new_attempts"),
            shifts=_table.c.shifts + bindparam("more_shifts"),
            home_id=bindparam("new_home"),
            place=bindparam("new_place"),
            message=bindparam("new_message"),
            note=bindparam("new_note"),
            owner=bindparam("new_owner"),
            lease_until=bindparam("new_lease"),
        )
    )


def record(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of deliveries, all in one statement."""
    if not outcomes:
        return
    tx.session.connection().execute(
        _record(),
        [
            {
                "community": tx.community_id,
                "row_id": outcome.id,
                "new_state": outcome.state,
                "new_sent_at": outcome.sent_at,
                "new_ready_at": outcome.ready_at,
                "new_attempts": outcome.attempts,
                "more_shifts": outcome.shifts,
                "new_home": outcome.home_id,
                "new_place": outcome.place,
                "new_message": outcome.message,
                "new_note": outcome.note,
                "new_owner": outcome.owner,
                "new_lease": outcome.lease_until,
            }
            for outcome in outcomes
        ],
    )


def next_ready(tx: Tx) -> datetime | None:
    """When the next delivery may be tried, of those that wait for no earlier one."""
    found: datetime | None = tx.session.scalar(_first_ready(), {"community": tx.community_id})
    return found
