"""Counts and sets for one look at a cohort or at the whole community: a query each."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import bindparam
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Tx, counting, in_community
from storage.enrollment import JoinRequest
from storage.members import Member
from storage.outbox import Delivery
from storage.pairs import OneOnOne, Pair
from storage.reflections import Reflection
from storage.words import DeliveryState, MemberState, PairState, ReflectionState, Role


def writers(tx: Tx, cohort_id: str, week: int) -> set[str]:
    """The ids of those who have published an answer to a week's prompt."""
    return set(
        tx.all(
            select(Reflection.member_id).where(
                Reflection.community_id == tx.community_id,
                Reflection.cohort_id == cohort_id,
                Reflection.week == week,
                Reflection.state == ReflectionState.PUBLISHED,
            )
        )
    )


def drafts_and_answer(
    tx: Tx, member_id: str, cohort_id: str, week: int | None
) -> Sequence[Reflection]:
    """A member's drafts, and what they wrote to one week's prompt; latest change first."""
    return tx.all(_drafts_and_answer(), member=member_id, cohort=cohort_id, week=week)


def how_many_teach(tx: Tx, cohort_id: str, state: MemberState = MemberState.ACTIVE) -> int:
    """The teachers of a cohort."""
    return tx.only(_how_many_teach(), cohort=cohort_id, state=state) or 0


def how_many_wrote(tx: Tx, cohort_id: str, week: int) -> int:
    """Active teachers of a cohort who have answered a week's prompt."""
    return tx.only(_how_many_wrote(), cohort=cohort_id, week=week) or 0


def how_many_paired(tx: Tx, cohort_id: str) -> int:
    """Active teachers of a cohort who have a coach."""
    return tx.only(_how_many_paired(), cohort=cohort_id) or 0


def how_many_met(tx: Tx, cohort_id: str, week: int) -> int:
    """Those of them who had the one-on-one of a week."""
    return tx.only(_how_many_met(), cohort=cohort_id, week=week) or 0


def how_many_wait(tx: Tx) -> int:
    """Requests to join that no organizer has answered."""
    return tx.only(_how_many_wait()) or 0


def how_many_uncertain(tx: Tx) -> int:
    """Deliveries of which nobody knows whether they arrived."""
    return tx.only(_how_many_uncertain()) or 0


@cache
def _drafts_and_answer() -> SelectOfScalar[Reflection]:
    of_week = (Reflection.cohort_id == bindparam("cohort")) & (Reflection.week == bindparam("week"))
    return (
        in_community(Reflection)
        .where(
            Reflection.member_id == bindparam("member"),
            (Reflection.state == ReflectionState.DRAFT) | of_week,
        )
        .order_by(col(Reflection.changed_at).desc(), col(Reflection.id))
    )


@cache
def _how_many_teach() -> SelectOfScalar[int]:
    return counting(_teachers().where(Member.state == bindparam("state")))


@cache
def _how_many_wrote() -> SelectOfScalar[int]:
    return counting(
        _teachers()
        .join(Reflection, col(Reflection.member_id) == col(Member.id))
        .where(
            Member.state == MemberState.ACTIVE,
            Reflection.cohort_id == bindparam("cohort"),
            Reflection.week == bindparam("week"),
            Reflection.state == ReflectionState.PUBLISHED,
        )
    )


@cache
def _how_many_paired() -> SelectOfScalar[int]:
    return counting(_paired())


@cache
def _how_many_met() -> SelectOfScalar[int]:
    return counting(
        _paired()
        .join(OneOnOne, col(OneOnOne.pair_id) == col(Pair.id))
        .where(OneOnOne.week == bindparam("week"))
    )


@cache
def _how_many_wait() -> SelectOfScalar[int]:
    return counting(in_community(JoinRequest).where(col(JoinRequest.answered_at).is_(None)))


@cache
def _how_many_uncertain() -> SelectOfScalar[int]:
    return counting(in_community(Delivery).where(Delivery.state == DeliveryState.UNCERTAIN))


def _teachers() -> SelectOfScalar[str]:
    return select(Member.id).where(
        Member.community_id == bindparam("community"),
        Member.role == Role.TEACHER,
        Member.cohort_id == bindparam("cohort"),
    )


def _paired() -> SelectOfScalar[str]:
    return (
        _teachers()
        .join(Pair, col(Pair.teacher_id) == col(Member.id))
        .where(Member.state == MemberState.ACTIVE, Pair.state == PairState.ACTIVE)
    )
