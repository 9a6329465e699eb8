"""The outbox: every act of the bot on its own initiative, planned, claimed, sent and kept.

The statements of the hot path (plan, claim, record) are Core statements over many rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Index, and_, bindparam, exists, insert, text
from sqlalchemy.orm import aliased
from sqlmodel import UniqueConstraint, col, func, select

from storage.database import Row, Tx
from storage.words import Act, DeliveryState, instant, mapping, maybe_instant, word

UNFINISHED = (DeliveryState.PLANNED, DeliveryState.CLAIMED)


class Delivery(Row, table=True):
    """One act on one conversation. `key` is unique in the community and never reused.

    A later part of a long message is a delivery of its own, with the next `part`.
    """

    __table_args__ = (
        UniqueConstraint("community_id", "key"),
        Index(
            "delivery_unfinished",
            "community_id",
            "conversation",
            "due_at",
            "seq",
            sqlite_where=text("state IN ('planned', 'claimed')"),
            postgresql_where=text("state IN ('planned', 'claimed')"),
        ),
        Index("delivery_ready", "community_id", "state", "ready_at"),
    )

    key: str
    kind: str  # finds the card that composes it
    act: Act = word(Act.POST)
    conversation: str  # core.chat.Address as text: within one, deliveries keep their order
    member_id: str | None = None  # the person a direct message is for
    subject: dict[str, str] = mapping()  # the ids (never texts) that the card needs
    from_calendar: bool = False  # the planner may move or cancel it while it is planned
    due_at: datetime = instant()  # when it should happen; orders its conversation
    ready_at: datetime = instant()  # when it may be tried: later than due after a shift or a retry
    expires_at: datetime = instant()  # after this it is not sent any more
    seq: int = 0  # order among those due at the same moment
    part: int = 1
    state: DeliveryState = word(DeliveryState.PLANNED)
    attempts: int = 0
    shifts: int = 0  # how often quiet hours moved it
    owner: str | None = None  # the process that claimed it
    lease_until: datetime | None = maybe_instant()
    claimed_at: datetime | None = maybe_instant()
    sent_at: datetime | None = maybe_instant()
    home_id: str | None = None  # where it went
    place: str | None = None  # the platform's id of the conversation it went to
    message: str | None = None  # the platform's id of the message
    fingerprint: str | None = None  # of the rendered message, to find it again after a crash
    note: str = ""  # why it failed, expired, was canceled or is uncertain


@dataclass(frozen=True)
class Plan:
    """A delivery as it is wished for. `subject` holds ids only."""

    key: str
    kind: str
    conversation: str
    due_at: datetime
    expires_at: datetime
    subject: dict[str, str]
    act: Act = Act.POST
    member_id: str | None = None
    part: int = 1
    seq: int = 0


@dataclass(frozen=True)
class Outcome:
    """What became of a claimed delivery."""

    id: str
    state: DeliveryState
    sent_at: datetime | None = None
    ready_at: datetime | None = None  # of one that goes back to planned
    attempts: int = 0
    home_id: str | None = None
    place: str | None = None
    message: str | None = None
    note: str = ""


def put(tx: Tx, plans: Iterable[Plan], *, from_calendar: bool = False) -> int:
    """Add deliveries whose keys are not there yet; answers how many were new."""
    wanted = {plan.key: plan for plan in plans}
    if not wanted:
        return 0
    tx.flush()
    known = keys_among(tx, wanted)
    rows = [
        {
            "id": tx.new_id(),
            "community_id": tx.community_id,
            "key": plan.key,
            "kind": plan.kind,
            "act": plan.act,
            "conversation": plan.conversation,
            "member_id": plan.member_id,
            "subject": plan.subject,
            "from_calendar": from_calendar,
            "due_at": plan.due_at,
            "ready_at": plan.due_at,
            "expires_at": plan.expires_at,
            "seq": plan.seq,
            "part": plan.part,
            "state": DeliveryState.PLANNED,
            "attempts": 0,
            "shifts": 0,
            "note": "",
        }
        for key, plan in wanted.items()
        if key not in known
    ]
    if rows:
        tx.execute(insert(Delivery), rows)
    return len(rows)


def keys_among(tx: Tx, keys: Iterable[str]) -> set[str]:
    """Those of these keys that a delivery already has."""
    names, found = list(keys), set[str]()
    for start in range(0, len(names), 500):
        query = select(Delivery.key).where(
            Delivery.community_id == tx.community_id,
            col(Delivery.key).in_(names[start : start + 500]),
        )
        found.update(tx.session.scalars(query))
    return found


def by_key(tx: Tx, key: str) -> Delivery | None:
    return tx.first(tx.select(Delivery).where(Delivery.key == key))


def with_prefix(tx: Tx, prefix: str) -> Sequence[Delivery]:
    """Deliveries whose key starts so, in the order of their parts."""
    return tx.all(
        tx.select(Delivery)
        .where(col(Delivery.key) >= prefix, col(Delivery.key) < prefix + "\uffff")
        .order_by(col(Delivery.part), col(Delivery.key))
    )


def planned_by_calendar(tx: Tx) -> Sequence[Delivery]:
    """Every planned delivery that the planner may still move or cancel."""
    return tx.all(
        tx.select(Delivery).where(
            Delivery.state == DeliveryState.PLANNED, col(Delivery.from_calendar).is_(True)
        )
    )


def move(delivery: Delivery, due_at: datetime, expires_at: datetime) -> None:
    """Give a planned delivery another moment."""
    delivery.due_at = delivery.ready_at = due_at
    delivery.expires_at = expires_at


def cancel(delivery: Delivery, note: str) -> None:
    """Take back a planned delivery; its key stays taken."""
    delivery.state, delivery.note = DeliveryState.CANCELED, note


def claimable(tx: Tx, now: datetime, limit: int) -> Sequence[Delivery]:
    """Deliveries that may be sent now: ready, and first of their conversation.

    On PostgreSQL the rows are locked, and those that another process holds are left out.
    """
    earlier = aliased(Delivery)
    query = (
        tx.select(Delivery)
        .where(
            Delivery.state == DeliveryState.PLANNED,
            col(Delivery.ready_at) <= now,
            ~exists().where(
                and_(
                    col(earlier.community_id) == Delivery.community_id,
                    col(earlier.conversation) == Delivery.conversation,
                    col(earlier.state).in_(UNFINISHED),
                    (col(earlier.due_at) < col(Delivery.due_at))
                    | (
                        (col(earlier.due_at) == col(Delivery.due_at))
                        & (col(earlier.seq) < col(Delivery.seq))
                    )
                    | (
                        (col(earlier.due_at) == col(Delivery.due_at))
                        & (col(earlier.seq) == col(Delivery.seq))
                        & (col(earlier.id) < col(Delivery.id))
                    ),
                )
            ),
        )
        .order_by(col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
        .limit(limit)
    )
    if tx.on_postgres:
        query = query.with_for_update(skip_locked=True)
    return tx.all(query)


def claimed_by_others(tx: Tx, owner: str, now: datetime) -> Sequence[Delivery]:
    """Claims of another process whose lease has run out."""
    return tx.all(
        tx.select(Delivery).where(
            Delivery.state == DeliveryState.CLAIMED,
            Delivery.owner != owner,
            col(Delivery.lease_until) <= now,
        )
    )


def record(tx: Tx, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of claimed deliveries, all in one statement."""
    if not outcomes:
        return
    table = Delivery.__table__  # type: ignore[attr-defined]
    statement = (
        table.update()
        .where(table.c.id == bindparam("row_id"), table.c.community_id == tx.community_id)
        .values(
            {
                "state": bindparam("new_state"),
                "sent_at": bindparam("new_sent_at"),
                "ready_at": func.coalesce(bindparam("new_ready_at"), table.c.ready_at),
                "attempts": bindparam("new_attempts"),
                "home_id": bindparam("new_home"),
                "place": bindparam("new_place"),
                "message": bindparam("new_message"),
                "note": bindparam("new_note"),
                "owner": None,
                "lease_until": None,
            }
        )
    )
    tx.session.connection().execute(
        statement,
        [
            {
                "row_id": outcome.id,
                "new_state": outcome.state,
                "new_sent_at": outcome.sent_at,
                "new_ready_at": outcome.ready_at,
                "new_attempts": outcome.attempts,
                "new_home": outcome.home_id,
                "new_place": outcome.place,
                "new_message": outcome.message,
                "new_note": outcome.note,
            }
            for outcome in outcomes
        ],
    )


def next_ready(tx: Tx) -> datetime | None:
    """When the next planned delivery may be tried."""
    return tx.session.scalar(
        select(func.min(Delivery.ready_at)).where(
            Delivery.community_id == tx.community_id, Delivery.state == DeliveryState.PLANNED
        )
    )


def in_state(tx: Tx, state: DeliveryState, limit: int = 100) -> Sequence[Delivery]:
    return tx.all(
        tx.select(Delivery)
        .where(Delivery.state == state)
        .order_by(col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
        .limit(limit)
    )


def how_many(tx: Tx) -> dict[str, int]:
    """The number of deliveries in each state."""
    rows = tx.session.execute(
        select(Delivery.state, func.count())
        .where(Delivery.community_id == tx.community_id)
        .group_by(col(Delivery.state))
    )
    return dict(rows.tuples().all())
