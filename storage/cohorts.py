"""Cohorts, and what an organizer changed about single weeks."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Field, UniqueConstraint, col
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Row, Tx, in_community
from storage.words import instant, mapping, maybe_instant


class Cohort(Row, table=True):
    """The teachers who start together."""

    __table_args__ = (UniqueConstraint("community_id", "name"),)

    name: str
    program_id: str = Field(foreign_key="storedprogram.id")
    starts_on: date  # the Monday of week 1
    zone: str | None = None  # IANA name; None: the community's
    rhythm: dict[str, str] = mapping()  # its own moments: {"prompt": "Monday 08:00"}
    created_at: datetime = instant()
    ended_at: datetime | None = maybe_instant()


class WeekChange(Row, table=True):
    """What an organizer changed about one week's prompt, for one cohort."""

    __table_args__ = (UniqueConstraint("cohort_id", "week"),)

    cohort_id: str = Field(foreign_key="cohort.id")
    week: int
    prompt: str | None = None  # replaces the program's words
    skipped: bool = False
    post_at: datetime | None = maybe_instant()  # replaces the rhythm's moment


def running(tx: Tx) -> Sequence[Cohort]:
    """Cohorts that have not ended, oldest start first."""
    return tx.all(_running())


@cache
def _running() -> SelectOfScalar[Cohort]:
    return (
        in_community(Cohort)
        .where(col(Cohort.ended_at).is_(None))
        .order_by(col(Cohort.starts_on), col(Cohort.name))
    )


def by_name(tx: Tx, name: str) -> Cohort | None:
    return tx.first(tx.select(Cohort).where(Cohort.name == name))


def of_program(tx: Tx, program_id: str) -> Sequence[Cohort]:
    return tx.all(tx.select(Cohort).where(Cohort.program_id == program_id))


def change(tx: Tx, cohort_id: str, week: int) -> WeekChange | None:
    return tx.first(
        tx.select(WeekChange).where(WeekChange.cohort_id == cohort_id, WeekChange.week == week)
    )


def changes(tx: Tx, cohort_id: str) -> dict[int, WeekChange]:
    """The changed weeks of a cohort, by week number."""
    return {row.week: row for row in tx.all(_changes(), cohort=cohort_id)}


@cache
def _changes() -> SelectOfScalar[WeekChange]:
    return in_community(WeekChange).where(WeekChange.cohort_id == bindparam("cohort"))
