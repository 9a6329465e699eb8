"""Counts and sets for one look at a cohort or at the whole community: a query each."""

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from storage.database import Tx
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
    return tx.all(
        tx.select(Reflection)
        .where(
            Reflection.member_id == member_id,
            (Reflection.state == ReflectionState.DRAFT)
            | ((Reflection.cohort_id == cohort_id) & (Reflection.week == week)),
        )
        .order_by(col(Reflection.changed_at).desc(), col(Reflection.id))
    )


def how_many_teach(tx: Tx, cohort_id: str, state: MemberState = MemberState.ACTIVE) -> int:
    """The teachers of a cohort."""
    return tx.count(_teachers(tx).where(Member.cohort_id == cohort_id, Member.state == state))


def how_many_wrote(tx: Tx, cohort_id: str, week: int) -> int:
    """Active teachers of a cohort who have answered a week's prompt."""
    return tx.count(
        _teachers(tx)
        .join(Reflection, col(Reflection.member_id) == col(Member.id))
        .where(
            Member.state == MemberState.ACTIVE,
            Member.cohort_id == cohort_id,
            Reflection.cohort_id == cohort_id,
            Reflection.week == week,
            Reflection.state == ReflectionState.PUBLISHED,
        )
    )


def how_many_paired(tx: Tx, cohort_id: str) -> int:
    """Active teachers of a cohort who have a coach."""
    return tx.count(_paired(tx, cohort_id))


def how_many_met(tx: Tx, cohort_id: str, week: int) -> int:
    """Those of them who had the one-on-one of a week."""
    return tx.count(
        _paired(tx, cohort_id)
        .join(OneOnOne, col(OneOnOne.pair_id) == col(Pair.id))
        .where(OneOnOne.week == week)
    )


def how_many_wait(tx: Tx) -> int:
    """Requests to join that no organizer has answered."""
    return tx.count(
        select(JoinRequest.id).where(
            JoinRequest.community_id == tx.community_id, col(JoinRequest.answered_at).is_(None)
        )
    )


def how_many_uncertain(tx: Tx) -> int:
    """Deliveries of which nobody knows whether they arrived."""
    return tx.count(
        select(Delivery.id).where(
            Delivery.community_id == tx.community_id, Delivery.state == DeliveryState.UNCERTAIN
        )
    )


def _teachers(tx: Tx) -> SelectOfScalar[str]:
    return select(Member.id).where(
        Member.community_id == tx.community_id, Member.role == Role.TEACHER
    )


def _paired(tx: Tx, cohort_id: str) -> SelectOfScalar[str]:
    return (
        _teachers(tx)
        .join(Pair, col(Pair.teacher_id) == col(Member.id))
        .where(
            Member.state == MemberState.ACTIVE,
            Member.cohort_id == cohort_id,
            Pair.state == PairState.ACTIVE,
        )
    )
