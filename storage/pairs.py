"""Pairs of a teacher and a coach, their one-on-ones, and who must never be paired."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Index, bindparam, text
from sqlmodel import Field, UniqueConstraint, col, select
from sqlmodel.sql.expression import Select, SelectOfScalar

from storage.database import NAMES, Row, Tx, in_community
from storage.members import Member
from storage.words import MemberState, PairState, instant, mapping, maybe_instant, word


class Pair(Row, table=True):
    """A teacher and a coach: proposed, then active until it is ended."""

    __table_args__ = (
        Index(
            "pair_one_coach_each",
            "teacher_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    teacher_id: str = Field(foreign_key="member.id", index=True)
    coach_id: str = Field(foreign_key="member.id", index=True)
    state: PairState = word(PairState.PROPOSED, index=True)
    reason: str = ""  # in words, for people
    score: float = 0.0
    pinned: bool = False  # a new proposal must keep it
    created_at: datetime = instant()
    approved_by: str | None = Field(default=None, foreign_key="member.id")
    started_at: datetime | None = maybe_instant()
    end_reason: str = ""  # in an organizer's words; both are told
    ended_at: datetime | None = maybe_instant()
    conversations: dict[str, str] = mapping()  # home id -> the platform's id of their conversation


class NeverPair(Row, table=True):
    """Two people who must not be paired, in either direction."""

    __table_args__ = (UniqueConstraint("member_id", "other_id"),)

    member_id: str = Field(foreign_key="member.id")
    other_id: str = Field(foreign_key="member.id")


class OneOnOne(Row, table=True):
    """A weekly meeting of a pair: that it happened, never what was said."""

    __table_args__ = (UniqueConstraint("pair_id", "week"),)

    pair_id: str = Field(foreign_key="pair.id", index=True)
    week: int
    met_at: datetime = instant()
    said_by: str = Field(foreign_key="member.id")


def in_state(tx: Tx, state: PairState) -> Sequence[Pair]:
    return tx.all(
        tx.select(Pair).where(Pair.state == state).order_by(col(Pair.created_at), col(Pair.id))
    )


def proposed(tx: Tx) -> Sequence[Pair]:
    """The proposed pairs, locked where several processes share a database."""
    return tx.all(
        tx.select(Pair)
        .where(Pair.state == PairState.PROPOSED)
        .order_by(col(Pair.created_at), col(Pair.id))
        .with_for_update()
    )


def proposed_to(tx: Tx, teacher_id: str) -> Pair | None:
    """The proposed pair of a teacher."""
    return tx.first(
        tx.select(Pair).where(Pair.teacher_id == teacher_id, Pair.state == PairState.PROPOSED)
    )


def last_approved(tx: Tx) -> Pair | None:
    """The active pair that an organizer approved last."""
    return tx.first(
        tx.select(Pair)
        .where(Pair.state == PairState.ACTIVE, col(Pair.approved_by).is_not(None))
        .order_by(col(Pair.started_at).desc(), col(Pair.id))
    )


def of_teacher(tx: Tx, teacher_id: str) -> Pair | None:
    """The active pair of a teacher."""
    return tx.only(_of_teacher(), teacher=teacher_id)


@cache
def _of_teacher() -> SelectOfScalar[Pair]:
    return in_community(Pair).where(
        Pair.teacher_id == bindparam("teacher"), Pair.state == PairState.ACTIVE
    )


def of_coach(tx: Tx, coach_id: str) -> Sequence[Pair]:
    """The active pairs of a coach."""
    return tx.all(_of_coach(), coach=coach_id)


@cache
def _of_coach() -> SelectOfScalar[Pair]:
    return (
        in_community(Pair)
        .where(Pair.coach_id == bindparam("coach"), Pair.state == PairState.ACTIVE)
        .order_by(col(Pair.started_at), col(Pair.id))
    )


def teachers_of(tx: Tx, coach_id: str) -> list[tuple[str, Member]]:
    """A coach's active pairs, by id, with their teachers, by the teacher's name."""
    values = {"community": tx.community_id, "coach": coach_id}
    return [(pair_id, teacher) for pair_id, teacher in tx.session.execute(_teachers_of(), values)]


@cache
def _teachers_of() -> Select[str, Member]:
    return (
        select(Pair.id, Member)
        .join(Member, col(Member.id) == col(Pair.teacher_id))
        .where(
            Pair.community_id == bindparam("community"),
            Pair.coach_id == bindparam("coach"),
            Pair.state == PairState.ACTIVE,
            Member.state != MemberState.LEFT,
        )
        .order_by(col(Member.name), col(Member.id))
    )


def of_teachers(tx: Tx, teacher_ids: Sequence[str]) -> dict[str, Pair]:
    """The active pairs of these teachers, by teacher."""
    return {row.teacher_id: row for row in tx.among(_of_teachers(), teacher_ids)}


@cache
def _of_teachers() -> SelectOfScalar[Pair]:
    return in_community(Pair).where(col(Pair.teacher_id).in_(NAMES), Pair.state == PairState.ACTIVE)


def with_ids(tx: Tx, ids: Collection[str]) -> list[Pair]:
    """These pairs, in no particular order."""
    return list(tx.among(_with_ids(), sorted(ids)))


@cache
def _with_ids() -> SelectOfScalar[Pair]:
    return in_community(Pair).where(col(Pair.id).in_(NAMES))


def never(tx: Tx) -> Sequence[NeverPair]:
    return tx.all(tx.select(NeverPair))


def meetings(tx: Tx, pair_id: str) -> Sequence[OneOnOne]:
    return tx.all(
        tx.select(OneOnOne).where(OneOnOne.pair_id == pair_id).order_by(col(OneOnOne.week))
    )


def meetings_of_week(tx: Tx, pair_ids: Sequence[str], week: int) -> dict[str, OneOnOne]:
    """The one-on-ones that these pairs had in a week, by pair."""
    return {row.pair_id: row for row in tx.among(_of_week(), pair_ids, week=week)}


@cache
def _of_week() -> SelectOfScalar[OneOnOne]:
    return in_community(OneOnOne).where(
        col(OneOnOne.pair_id).in_(NAMES), OneOnOne.week == bindparam("week")
    )


def meeting(tx: Tx, pair_id: str, week: int) -> OneOnOne | None:
    return tx.only(_meeting(), pair=pair_id, week=week)


@cache
def _meeting() -> SelectOfScalar[OneOnOne]:
    return in_community(OneOnOne).where(
        OneOnOne.pair_id == bindparam("pair"), OneOnOne.week == bindparam("week")
    )


def met(tx: Tx, pair_ids: Sequence[str], weeks: Sequence[int]) -> set[tuple[str, int]]:
    """Which of these pairs met in which of these weeks."""
    values = {"community": tx.community_id, "pairs": pair_ids, "weeks": weeks}
    return {(pair_id, week) for pair_id, week in tx.session.execute(_met(), values)}


@cache
def _met() -> Select[str, int]:
    return select(OneOnOne.pair_id, OneOnOne.week).where(
        OneOnOne.community_id == bindparam("community"),
        col(OneOnOne.pair_id).in_(bindparam("pairs", expanding=True)),
        col(OneOnOne.week).in_(bindparam("weeks", expanding=True)),
    )
