"""A comment on a reflection: in its discussion, and for the author."""

from datetime import datetime

from core import reflections
from core.cards.card import Compose, Skip
from core.chat import Address, Button, Message
from core.deliveries import key
from core.interaction import button_id
from core.kinds import Kind
from storage.comments import Comment
from storage.database import Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.reflections import Reflection
from storage.words import Audience, ReflectionState


def post(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """In the discussion of the reflection, in the same home."""
    found = _found(tx, delivery)
    if isinstance(found, Skip):
        return found
    made, row = found
    if row.audience is not Audience.COMMUNITY:
        return Skip("the reflection is for the coach alone now")
    home_id = Address.parse(delivery.conversation).id
    return Message(
        f"**{_name(tx, made)}** comments:\n\n{made.body}",
        under=key(reflections.post_of(row).name, home_id),
        reply=True,
    )


def told(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For the author of the reflection."""
    found = _found(tx, delivery)
    if isinstance(found, Skip):
        return found
    made, row = found
    alone = "" if row.audience is Audience.COMMUNITY else " Nobody but you gets to read it."
    return Message(
        f"{_name(tx, made)} has commented on what you wrote.{alone}\n\n{_quoted(made.body)}",
        title=row.title,
        buttons=(comment_button(row, "Answer"),),
    )


def comment_button(row: Reflection, label: str = "Comment") -> Button:
    """Opens the form for a comment."""
    return Button(label, button_id("reflect comment", reflection=row.id))


def _found(tx: Tx, delivery: Delivery) -> tuple[Comment, Reflection] | Skip:
    made = tx.get(Comment, delivery.subject["comment"])
    row = tx.get(Reflection, made.reflection_id) if made else None
    if made is None or row is None:
        return Skip("the comment was taken back")
    if row.state is not ReflectionState.PUBLISHED:
        return Skip("the reflection was withdrawn")
    return made, row


def _name(tx: Tx, made: Comment) -> str:
    member = tx.get(Member, made.member_id)
    return member.name if member else "A former member"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


CARDS: dict[Kind, Compose] = {Kind.COMMENT: post, Kind.COMMENTED: told}
