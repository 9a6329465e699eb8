"""Requests to join: who asked, what they said about themselves, and who answered."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, col, update

from storage.database import Row, Tx
from storage.words import instant, maybe_instant


class JoinRequest(Row, table=True):
    """An unknown person asked to join. `email` is what they typed: a hint, never a proof."""

    member_id: str = Field(foreign_key="member.id", index=True)
    email: str = ""  # lower case
    asked_at: datetime = instant()
    answered_at: datetime | None = maybe_instant()
    answered_by: str | None = Field(default=None, foreign_key="member.id")
    approved: bool = False


def latest(tx: Tx, member_id: str) -> JoinRequest | None:
    """The last request of a member."""
    return tx.first(
        tx.select(JoinRequest)
        .where(JoinRequest.member_id == member_id)
        .order_by(col(JoinRequest.asked_at).desc(), col(JoinRequest.id))
    )


def of_member(tx: Tx, member_id: str) -> Sequence[JoinRequest]:
    return tx.all(tx.select(JoinRequest).where(JoinRequest.member_id == member_id))


def waiting(tx: Tx) -> Sequence[JoinRequest]:
    """Requests that no organizer has answered, oldest first."""
    return tx.all(
        tx.select(JoinRequest)
        .where(col(JoinRequest.answered_at).is_(None))
        .order_by(col(JoinRequest.asked_at), col(JoinRequest.id))
    )


def answer(tx: Tx, request: JoinRequest, by: str, now: datetime, *, approved: bool) -> bool:
    """Write an answer down; False if it was answered before. Two at once: one of them is first."""
    tx.flush()
    done = tx.execute(
        update(JoinRequest)
        .where(
            col(JoinRequest.community_id) == tx.community_id,
            col(JoinRequest.id) == request.id,
            col(JoinRequest.answered_at).is_(None),
        )
        .values(answered_at=now, answered_by=by, approved=approved)
        .execution_options(synchronize_session=False)
    )
    tx.session.refresh(request)
    return done.rowcount == 1
