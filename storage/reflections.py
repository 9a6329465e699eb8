"""Reflections and their revisions."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select
from sqlmodel import Field, UniqueConstraint, col
from sqlmodel.sql.expression import SelectOfScalar

from storage import comments
from storage.database import NAMES, Row, Tx, in_community
from storage.words import Audience, ReflectionState, instant, maybe_instant, word


class Reflection(Row, table=True):
    """A member's blog-style answer to the prompt of one week."""

    __table_args__ = (UniqueConstraint("member_id", "cohort_id", "week"),)

    member_id: str = Field(foreign_key="member.id", index=True)
    cohort_id: str = Field(foreign_key="cohort.id", index=True)
    week: int
    framework: str
    standard: str
    title: str
    body: str  # CommonMark
    audience: Audience = word(Audience.COMMUNITY)
    coach_id: str | None = Field(default=None, foreign_key="member.id")  # for whom alone it is
    state: ReflectionState = word(ReflectionState.DRAFT)
    revision: int = 0  # how many times it was written or rewritten
    posted: int = 0  # the revision with which it was posted in the channels; 0: it is not there
    home_id: str | None = None  # where it was written last
    changed_at: datetime = instant()
    published_at: datetime | None = maybe_instant()


class Revision(Row, table=True):
    """What a reflection said before, and says now, in order."""

    __table_args__ = (UniqueConstraint("reflection_id", "number"),)

    reflection_id: str = Field(foreign_key="reflection.id")
    number: int
    title: str
    body: str
    audience: Audience = word(Audience.COMMUNITY)
    at: datetime = instant()


def answer(tx: Tx, member_id: str, cohort_id: str, week: int) -> Reflection | None:
    """What a member wrote to a week's prompt, in whatever state."""
    return tx.first(
        tx.select(Reflection).where(
            Reflection.member_id == member_id,
            Reflection.cohort_id == cohort_id,
            Reflection.week == week,
        )
    )


def by_member(tx: Tx, member_id: str) -> Sequence[Reflection]:
    """Everything a member wrote, newest week first."""
    return tx.all(
        tx.select(Reflection)
        .where(Reflection.member_id == member_id)
        .order_by(col(Reflection.changed_at).desc(), col(Reflection.id))
    )


def open_draft(tx: Tx, member_id: str) -> Reflection | None:
    """The draft that a member worked on last."""
    return tx.first(
        tx.select(Reflection)
        .where(Reflection.member_id == member_id, Reflection.state == ReflectionState.DRAFT)
        .order_by(col(Reflection.changed_at).desc(), col(Reflection.id))
    )


def of_week(tx: Tx, cohort_id: str, week: int) -> Sequence[Reflection]:
    """Published answers to one week's prompt, oldest first."""
    return tx.all(
        tx.select(Reflection)
        .where(
            Reflection.cohort_id == cohort_id,
            Reflection.week == week,
            Reflection.state == ReflectionState.PUBLISHED,
        )
        .order_by(col(Reflection.published_at), col(Reflection.id))
    )


class Published(NamedTuple):
    """What a list says of a published reflection: everything but the text."""

    id: str
    member_id: str
    cohort_id: str
    week: int
    title: str
    audience: Audience
    coach_id: str | None


def published_by(
    tx: Tx, member_ids: Sequence[str], weeks: Sequence[int]
) -> dict[tuple[str, str, int], Published]:
    """What these members published to the prompts of these weeks, by member, cohort and week."""
    values = {"community": tx.community_id, "members": member_ids, "weeks": weeks}
    found = map(Published._make, tx.session.execute(_published_by(), values))
    return {(one.member_id, one.cohort_id, one.week): one for one in found}


@cache
def _published_by() -> Any:
    return select(*(getattr(Reflection, name) for name in Published._fields)).where(
        col(Reflection.community_id) == bindparam("community"),
        col(Reflection.member_id).in_(bindparam("members", expanding=True)),
        col(Reflection.week).in_(bindparam("weeks", expanding=True)),
        col(Reflection.state) == ReflectionState.PUBLISHED,
    )


def answers(tx: Tx, member_ids: Sequence[str], cohort_id: str, week: int) -> dict[str, Reflection]:
    """What these members wrote to one week's prompt, in whatever state, by member."""
    rows = tx.among(_answers(), member_ids, cohort=cohort_id, week=week)
    return {row.member_id: row for row in rows}


@cache
def _answers() -> SelectOfScalar[Reflection]:
    return in_community(Reflection).where(
        col(Reflection.member_id).in_(NAMES),
        Reflection.cohort_id == bindparam("cohort"),
        Reflection.week == bindparam("week"),
    )


def with_ids(tx: Tx, ids: Sequence[str]) -> list[Reflection]:
    """These reflections, in no particular order."""
    return list(tx.among(_with_ids(), ids))


@cache
def _with_ids() -> SelectOfScalar[Reflection]:
    return in_community(Reflection).where(col(Reflection.id).in_(NAMES))


def readable(
    tx: Tx,
    reader_id: str,
    taught_ids: Sequence[str],
    *,
    author_id: str | None = None,
    week: int | None = None,
    limit: int = 25,
) -> Sequence[Reflection]:
    """Published reflections that reach this reader, newest first.

    Those shared with the community, the reader's own, and, of the teachers whom the reader
    coaches (`taught_ids`), those shared with this very coach.
    """
    query = (
        tx.select(Reflection)
        .where(
            Reflection.state == ReflectionState.PUBLISHED,
            (col(Reflection.audience) == Audience.COMMUNITY)
            | (col(Reflection.member_id) == reader_id)
            | (col(Reflection.member_id).in_(taught_ids) & (col(Reflection.coach_id) == reader_id)),
        )
        .order_by(col(Reflection.published_at).desc(), col(Reflection.id))
        .limit(limit)
    )
    if author_id is not None:
        query = query.where(Reflection.member_id == author_id)
    if week is not None:
        query = query.where(Reflection.week == week)
    return tx.all(query)


def revisions(tx: Tx, reflection_id: str) -> Sequence[Revision]:
    return tx.all(
        tx.select(Revision)
        .where(Revision.reflection_id == reflection_id)
        .order_by(col(Revision.number))
    )


def remove(tx: Tx, row: Reflection) -> None:
    """Forget a reflection with all that it ever said."""
    for part in (*revisions(tx, row.id), *comments.of_reflection(tx, row.id)):
        tx.delete(part)
    tx.flush()  # they refer to their reflections
    tx.delete(row)
