"""The outbox: every act of the bot on its own initiative, planned, claimed, sent and kept.

What the courier asks of it is storage/sending.py.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Index, Table, bindparam, text
from sqlmodel import UniqueConstraint, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import NAMES, Row, Tx, in_community
from storage.words import Act, DeliveryState, instant, mapping, maybe_instant, word

UNFINISHED = (DeliveryState.PLANNED, DeliveryState.CLAIMED)
DELETED = "deleted"  # the note of a delivery whose message was taken back


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
        Index("delivery_ready", "community_id", "state", "ready_at", "due_at", "seq", "id"),
        Index(
            "delivery_report",
            "community_id",
            "report",
            sqlite_where=text("report IS NOT NULL"),
            postgresql_where=text("report IS NOT NULL"),
        ),
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
    under: str | None = None  # key of the delivery under whose message it was to hang
    note: str = ""  # why it failed, expired, was canceled or is uncertain
    report: str | None = None  # the notice in which organizers are told of it


_table: Table = Delivery.__table__  # type: ignore[attr-defined]
_INSERT = _table.insert()


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
    id: str = ""  # empty: a new one


class Slot(NamedTuple):
    """What the planner must know of a delivery."""

    id: str
    key: str
    state: DeliveryState
    due_at: datetime
    expires_at: datetime
    note: str


_SLOTS: Any = select(
    *(_table.c[name] for name in ("id", "key", "state", "due_at", "expires_at", "note"))
)


def put(tx: Tx, plans: Iterable[Plan], *, from_calendar: bool = False) -> int:
    """Add deliveries whose keys are not there yet; answers how many were new."""
    wanted = {plan.key: plan for plan in plans}
    if not wanted:
        return 0
    tx.flush()
    known = keys_among(tx, wanted)
    rows = [
        {
            "id": plan.id or tx.new_id(),
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
        tx.session.connection().execute(_INSERT, rows)
    return len(rows)


def keys_among(tx: Tx, keys: Iterable[str]) -> set[str]:
    """Those of these keys that a delivery already has."""
    return set(tx.among(_keys_among(), keys))


@cache
def _keys_among() -> SelectOfScalar[str]:
    return select(Delivery.key).where(
        Delivery.community_id == bindparam("community"), col(Delivery.key).in_(NAMES)
    )


def by_key(tx: Tx, key: str) -> Delivery | None:
    return tx.only(_by_key(), name=key)


@cache
def _by_key() -> SelectOfScalar[Delivery]:
    return in_community(Delivery).where(Delivery.key == bindparam("name"))


def with_prefix(tx: Tx, prefix: str) -> Sequence[Delivery]:
    """Deliveries whose key starts so, in the order of their parts."""
    return tx.all(
        tx.select(Delivery)
        .where(col(Delivery.key) >= prefix, col(Delivery.key) < prefix + "\uffff")
        .order_by(col(Delivery.part), col(Delivery.key))
    )


def slots(tx: Tx, keys: Iterable[str]) -> dict[str, Slot]:
    """What stands under these keys."""
    names, found = list(keys), dict[str, Slot]()
    for start in range(0, len(names), 500):
        values = {"community": tx.community_id, "names": names[start : start + 500]}
        rows = tx.session.execute(_slots_among(), values)
        found.update((row[1], Slot(*row)) for row in rows)
    return found


@cache
def _slots_among() -> Any:
    return _SLOTS.where(
        Delivery.community_id == bindparam("community"), col(Delivery.key).in_(NAMES)
    )


def slots_under(tx: Tx, prefix: str) -> list[Slot]:
    """What stands under the keys that begin so."""
    query = _SLOTS.where(
        Delivery.community_id == tx.community_id,
        col(Delivery.key) >= prefix,
        col(Delivery.key) < prefix + "\uffff",
    )
    return [Slot(*row) for row in tx.session.execute(query)]


def planned_by_calendar(tx: Tx, since: datetime, until: datetime) -> list[Slot]:
    """Planned deliveries of the calendar that are due in this span: (since, until]."""
    query = _SLOTS.where(
        Delivery.community_id == tx.community_id,
        Delivery.state == DeliveryState.PLANNED,
        col(Delivery.from_calendar).is_(True),
        col(Delivery.due_at) > since,
        col(Delivery.due_at) <= until,
    )
    return [Slot(*row) for row in tx.session.execute(query)]


def move_all(tx: Tx, moves: Sequence[tuple[str, datetime, datetime]]) -> None:
    """Plan deliveries (id, due, expires) for another moment, also ones that were canceled."""
    if moves:
        statement = (
            _table.update()
            .where(_table.c.id == bindparam("row_id"), _table.c.community_id == tx.community_id)
            .values(
                state=DeliveryState.PLANNED,
                due_at=bindparam("due"),
                ready_at=bindparam("due"),
                expires_at=bindparam("expires"),
                attempts=0,
                note="",
            )
        )
        tx.session.connection().execute(
            statement,
            [{"row_id": name, "due": due, "expires": expires} for name, due, expires in moves],
        )


def cancel_all(tx: Tx, ids: Sequence[str], note: str) -> None:
    """Take back planned deliveries; their keys stay taken."""
    for start in range(0, len(ids), 500):
        tx.execute(
            _table.update()
            .where(
                _table.c.community_id == tx.community_id,
                _table.c.id.in_(ids[start : start + 500]),
                _table.c.state == DeliveryState.PLANNED,
            )
            .values(state=DeliveryState.CANCELED, note=note)
        )


def move(delivery: Delivery, due_at: datetime, expires_at: datetime) -> None:
    """Give a planned delivery another moment."""
    delivery.due_at = delivery.ready_at = due_at
    delivery.expires_at = expires_at


def cancel(delivery: Delivery, note: str) -> None:
    """Take back a planned delivery; its key stays taken."""
    delivery.state, delivery.note = DeliveryState.CANCELED, note


def mark_reported(tx: Tx, ids: Sequence[str], report: str) -> None:
    """Remember in which notice organizers are told of these deliveries."""
    for start in range(0, len(ids), 500):
        tx.execute(
            _table.update()
            .where(
                _table.c.community_id == tx.community_id,
                _table.c.id.in_(ids[start : start + 500]),
            )
            .values(report=report)
        )


def reported(tx: Tx, report: str) -> Sequence[Delivery]:
    """The deliveries of which a notice tells, in their order."""
    return tx.all(
        tx.select(Delivery)
        .where(Delivery.report == report)
        .order_by(col(Delivery.due_at), col(Delivery.seq), col(Delivery.id))
    )


def now_stands_at(tx: Tx, delivery_id: str, place: str, message: str) -> None:
    """An edited message may be a new one on its platform."""
    delivery = tx.need(Delivery, delivery_id)
    delivery.place, delivery.message = place, message


def is_deleted(tx: Tx, delivery_id: str) -> None:
    """The message of a sent delivery is gone from its platform."""
    delivery = tx.need(Delivery, delivery_id)
    delivery.state, delivery.message, delivery.note = DeliveryState.CANCELED, None, DELETED


def has_spoken(tx: Tx, conversation: str) -> bool:
    """Whether anything was ever sent in a conversation."""
    query = tx.select(Delivery).where(
        Delivery.conversation == conversation, Delivery.state == DeliveryState.SENT
    )
    return tx.first(query) is not None


def known_trouble(tx: Tx, delivery_id: str, note: str) -> str | None:
    """The notice in which organizers were told that the last delivery before this one in its
    conversation failed for the same reason; None if it did not, or nobody was told."""
    this = tx.need(Delivery, delivery_id)
    before = tx.first(
        tx.select(Delivery)
        .where(
            Delivery.conversation == this.conversation,
            Delivery.id != this.id,
            col(Delivery.state).in_((DeliveryState.SENT, DeliveryState.FAILED)),
            col(Delivery.due_at) <= this.due_at,
        )
        .order_by(col(Delivery.due_at).desc(), col(Delivery.seq).desc(), col(Delivery.id).desc())
    )
    if before is None or before.state is not DeliveryState.FAILED or before.note != note:
        return None
    return before.report


def first_words(tx: Tx, home_id: str, since: datetime) -> list[datetime]:
    """When each direct conversation of a home was first written in, of those since then."""
    earliest = func.min(Delivery.sent_at)
    query = (
        select(earliest)
        .where(
            Delivery.community_id == tx.community_id,
            Delivery.home_id == home_id,
            col(Delivery.conversation).startswith("direct:"),
            col(Delivery.sent_at).is_not(None),
        )
        .group_by(col(Delivery.place))
        .having(earliest > since)
    )
    return sorted(first for (first,) in tx.session.execute(query) if first is not None)


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
    return {row[0]: row[1] for row in rows}
