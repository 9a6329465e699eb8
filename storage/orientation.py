"""Which orientation steps a member has ticked."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import Field, UniqueConstraint, col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Row, Tx
from storage.members import Member
from storage.words import instant


class StepDone(Row, table=True):
    """A member ticked an orientation step."""

    __table_args__ = (UniqueConstraint("member_id", "step"),)

    member_id: str = Field(foreign_key="member.id", index=True)
    step: str  # the step's id in the program
    done_at: datetime = instant()


def done(tx: Tx, member_id: str) -> set[str]:
    """The ids of the steps that a member has ticked."""
    return set(tx.all(_done(), member=member_id))


@cache
def _done() -> SelectOfScalar[str]:
    return select(StepDone.step).where(
        StepDone.community_id == bindparam("community"), StepDone.member_id == bindparam("member")
    )


def done_by(tx: Tx, member_ids: Sequence[str]) -> dict[str, set[str]]:
    """The ids of the steps that these members have ticked, by member."""
    found: dict[str, set[str]] = {name: set() for name in member_ids}
    for start in range(0, len(member_ids), 500):
        query = select(StepDone.member_id, StepDone.step).where(
            StepDone.community_id == tx.community_id,
            col(StepDone.member_id).in_(member_ids[start : start + 500]),
        )
        for row in tx.session.execute(query):
            found[row[0]].add(row[1])
    return found


def ticked(tx: Tx, member_id: str, step: str) -> StepDone | None:
    return tx.first(
        tx.select(StepDone).where(StepDone.member_id == member_id, StepDone.step == step)
    )


def how_far(tx: Tx, cohort_id: str) -> dict[str, int]:
    """How many steps each member of a cohort has ticked, by member; those with none are absent."""
    rows = tx.session.execute(
        select(StepDone.member_id, func.count())
        .join(Member, Member.id == StepDone.member_id)  # type: ignore[arg-type]
        .where(StepDone.community_id == tx.community_id, Member.cohort_id == cohort_id)
        .group_by(StepDone.member_id)
    )
    return dict(rows.all())
