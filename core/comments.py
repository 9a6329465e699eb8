"""Comments on reflections: kept, posted in the discussion of what they are about, taken back."""

from datetime import datetime

from core import deliveries, posts
from core.chat import Purpose
from core.errors import UserError
from core.kinds import Kind
from core.posts import Post
from storage import comments, outbox
from storage.comments import Comment
from storage.database import Tx
from storage.members import Member
from storage.outbox import DELETED
from storage.reflections import Reflection
from storage.words import Audience, DeliveryState, MemberState

LONGEST = 3_000  # characters


def add(tx: Tx, row: Reflection, shown: Post, member: Member, body: str, now: datetime) -> Comment:
    """Say something to a published reflection that reaches this member.

    It is posted wherever `shown`, the reflection's own post, stands; and the author hears of it.
    What is for a coach alone stands nowhere, and so its comments are for its author alone.
    """
    made = tx.add(Comment(reflection_id=row.id, member_id=member.id, body=body, at=now))
    tx.flush()
    if row.audience is Audience.COMMUNITY:
        homes = posts.deliveries_of(tx, shown)
        posts.put(tx, [post_of(made, home_id) for home_id in homes], now)
    author = tx.need(Member, row.member_id)
    if author.id != member.id and author.state is MemberState.ACTIVE:
        deliveries.to_member(tx, Kind.COMMENTED, _told(made), author, now, {"comment": made.id})
    return made


def take_back(tx: Tx, made: Comment, by: Member, now: datetime) -> None:
    """Forget a comment, and remove it from where it stands.

    Raises UserError for somebody else's.
    """
    if made.member_id != by.id:
        raise UserError("Only its author can take a comment back.")
    posts.take_back(tx, post_of(made), now, "taken back")
    told = outbox.slots_under(tx, f"{_told(made)}:")
    planned = [slot.id for slot in told if slot.state == DeliveryState.PLANNED]
    outbox.cancel_all(tx, planned, DELETED)
    tx.delete(made)


def take_back_posts(tx: Tx, row: Reflection, now: datetime) -> None:
    """The reflection goes, and what was said to it in the channels with it; comments are kept."""
    for made in comments.of_reflection(tx, row.id):
        posts.take_back(tx, post_of(made), now, "the reflection was withdrawn")


def post_of(made: Comment, only_in: str | None = None) -> Post:
    """A comment in the discussion of its reflection."""
    name, subject = f"comment:{made.id}", {"comment": made.id}
    return Post(Kind.COMMENT, name, Purpose.REFLECTIONS, subject, only_in)


def _told(made: Comment) -> str:
    return f"commented:{made.id}"
