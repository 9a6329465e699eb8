"""What members say to each other's reflections."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, col

from storage.database import Row, Tx
from storage.words import instant


class Comment(Row, table=True):
    """A member's answer to a reflection."""

    reflection_id: str = Field(foreign_key="reflection.id", index=True)
    member_id: str = Field(foreign_key="member.id", index=True)
    body: str  # CommonMark
    at: datetime = instant()


def of_reflection(tx: Tx, reflection_id: str) -> Sequence[Comment]:
    """Oldest first."""
    return tx.all(
        tx.select(Comment)
        .where(Comment.reflection_id == reflection_id)
        .order_by(col(Comment.at), col(Comment.id))
    )
