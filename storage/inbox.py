"""Invocations that were handled, and forms that were refused and can be mended."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Field, UniqueConstraint, col, delete, update

from storage.database import Row, Tx
from storage.words import instant, mapping


class Handled(Row, table=True):
    """An invocation that had its effect, and what was answered. Kept for a month."""

    __table_args__ = (UniqueConstraint("community_id", "key"),)

    key: str  # the platform's event or interaction id, with its home
    answer: str  # JSON of core.interaction.Answer
    at: datetime = instant(index=True)


class Submission(Row, table=True):
    """A form that was refused: what was typed, so that it can be opened again and mended."""

    member_id: str | None = Field(default=None, foreign_key="member.id")
    account: str  # home and the platform's id of the person who typed it
    command: str
    values: dict[str, str] = mapping()
    at: datetime = instant(index=True)


def keep(
    tx: Tx,
    command: str,
    values: Mapping[str, str],
    at: datetime,
    *,
    home_id: str,
    account: str,
    member_id: str | None,
) -> Submission:
    """Keep what somebody typed for a command, so that a button finds it again."""
    return tx.add(
        Submission(
            member_id=member_id,
            account=f"{home_id}:{account}",
            command=command,
            values=dict(values),
            at=at,
        )
    )


def handled(tx: Tx, key: str) -> Handled | None:
    return tx.first(tx.select(Handled).where(Handled.key == key))


def forget_before(tx: Tx, moment: datetime) -> None:
    """Drop what is too old to be repeated or mended."""
    for table, at in ((Handled, Handled.at), (Submission, Submission.at)):
        tx.execute(
            delete(table).where(
                col(table.community_id) == tx.community_id,
                col(at) < moment,
            )
        )


def hand_over(tx: Tx, member_id: str, to_member_id: str) -> None:
    """Give one member's refused forms to another, who is the same person."""
    tx.execute(
        update(Submission)
        .where(
            col(Submission.community_id) == tx.community_id, col(Submission.member_id) == member_id
        )
        .values(member_id=to_member_id)
    )
