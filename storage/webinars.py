"""Webinars and who said they will come."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import Integer, bindparam
from sqlmodel import Field, UniqueConstraint, col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import NAMES, Row, Tx, in_community
from storage.words import WebinarState, instant, word


class Webinar(Row, table=True):
    """A live session. Those of a program carry its cohort and week."""

    __table_args__ = (UniqueConstraint("cohort_id", "week"),)

    title: str
    abstract: str = ""
    starts_at: datetime = instant(index=True)
    minutes: int = 60
    reminder_minutes: int = 60  # before the start, to those who said yes
    link: str = ""
    presenter: str = ""
    framework: str = ""
    standard: str = ""
    recording: str = ""
    state: WebinarState = word(WebinarState.SCHEDULED)
    cohort_id: str | None = Field(default=None, foreign_key="cohort.id")
    week: int | None = None
    moves: int = 0  # how often its start was moved: reminders and notices belong to one of them
    by_hand: bool = False  # an organizer announced or changed it: a reloaded program lets it be
    dropped: bool = False  # canceled by the program, which brings it back if it has it again
    returns: int = 0  # how often it was brought back: each time it is announced anew


class Rsvp(Row, table=True):
    """A member's yes or no to a webinar."""

    __table_args__ = (UniqueConstraint("webinar_id", "member_id"),)

    webinar_id: str = Field(foreign_key="webinar.id", index=True)
    member_id: str = Field(foreign_key="member.id", index=True)
    coming: bool
    at: datetime = instant()


def upcoming(tx: Tx, now: datetime, limit: int = 25) -> Sequence[Webinar]:
    """Scheduled webinars that have not started, soonest first."""
    return tx.all(_upcoming(), now=now, limit=limit)


@cache
def _upcoming() -> SelectOfScalar[Webinar]:
    return (
        in_community(Webinar)
        .where(Webinar.state == WebinarState.SCHEDULED, col(Webinar.starts_at) >= bindparam("now"))
        .order_by(col(Webinar.starts_at), col(Webinar.id))
        .limit(bindparam("limit", type_=Integer))
    )


def past(tx: Tx, now: datetime, limit: int = 25) -> Sequence[Webinar]:
    """Webinars that have started, latest first."""
    return tx.all(
        tx.select(Webinar)
        .where(Webinar.state == WebinarState.SCHEDULED, col(Webinar.starts_at) < now)
        .order_by(col(Webinar.starts_at).desc(), col(Webinar.id))
        .limit(limit)
    )


def of_week(tx: Tx, cohort_id: str, week: int) -> Webinar | None:
    return tx.first(tx.select(Webinar).where(Webinar.cohort_id == cohort_id, Webinar.week == week))


def of_cohort(tx: Tx, cohort_id: str) -> Sequence[Webinar]:
    return tx.all(tx.select(Webinar).where(Webinar.cohort_id == cohort_id))


def following_program(tx: Tx, cohort_id: str, now: datetime) -> Sequence[Webinar]:
    """Those of a cohort that are still to come and that no organizer took in hand."""
    return tx.all(
        tx.select(Webinar).where(
            Webinar.cohort_id == cohort_id,
            Webinar.state == WebinarState.SCHEDULED,
            col(Webinar.starts_at) > now,
            col(Webinar.by_hand).is_(False),
        )
    )


def rsvp(tx: Tx, webinar_id: str, member_id: str) -> Rsvp | None:
    return tx.only(_rsvp(), webinar=webinar_id, member=member_id)


@cache
def _rsvp() -> SelectOfScalar[Rsvp]:
    return in_community(Rsvp).where(
        Rsvp.webinar_id == bindparam("webinar"), Rsvp.member_id == bindparam("member")
    )


def answers(tx: Tx, webinar_id: str, member_ids: Sequence[str]) -> dict[str, Rsvp]:
    """What these members answered, by member."""
    return {row.member_id: row for row in tx.among(_answers(), member_ids, webinar=webinar_id)}


@cache
def _answers() -> SelectOfScalar[Rsvp]:
    return in_community(Rsvp).where(
        Rsvp.webinar_id == bindparam("webinar"), col(Rsvp.member_id).in_(NAMES)
    )


def starting_at(tx: Tx, moment: datetime) -> Sequence[Webinar]:
    """Scheduled webinars that start at this very moment."""
    return tx.all(
        tx.select(Webinar).where(
            Webinar.state == WebinarState.SCHEDULED, Webinar.starts_at == moment
        )
    )


def coming(tx: Tx, webinar_id: str) -> Sequence[Rsvp]:
    """Those who said yes."""
    return tx.all(
        tx.select(Rsvp)
        .where(Rsvp.webinar_id == webinar_id, col(Rsvp.coming).is_(True))
        .order_by(col(Rsvp.at), col(Rsvp.id))
    )


def how_many_come(tx: Tx, webinar_id: str) -> int:
    return tx.count(
        select(Rsvp.id).where(
            Rsvp.community_id == tx.community_id,
            Rsvp.webinar_id == webinar_id,
            col(Rsvp.coming).is_(True),
        )
    )


def answers_of(tx: Tx, member_id: str, webinar_ids: Sequence[str]) -> dict[str, bool]:
    """A member's answers, by webinar."""
    rows = tx.all(
        tx.select(Rsvp).where(
            Rsvp.member_id == member_id, col(Rsvp.webinar_id).in_(list(webinar_ids))
        )
    )
    return {row.webinar_id: row.coming for row in rows}
