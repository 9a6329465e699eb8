"""A published reflection: whole in its channel, and in a few lines for the author's coach."""

from datetime import datetime

from core import programs, prompts
from core.cards.card import Compose, Skip
from core.cards.comment import comment_button
from core.chat import Address, Button, Message
from core.deliveries import key
from core.interaction import button_id
from core.kinds import Kind
from core.wording import shortened
from storage import pairs
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.reflections import Reflection
from storage.words import Audience, MemberState, ReflectionState

BEGINNING = 300  # characters that the coach is shown


def post(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """The whole text, under the week's prompt of the same home."""
    row = tx.get(Reflection, delivery.subject["reflection"])
    if row is None or row.state is not ReflectionState.PUBLISHED:
        return Skip("it was withdrawn")
    if row.audience is not Audience.COMMUNITY:
        return Skip("it is for the coach alone")
    home_id = Address.parse(delivery.conversation).id
    return Message(
        f"{byline(tx, row)}\n\n{row.body}",
        title=row.title,
        buttons=(comment_button(row),),
        under=key(prompts.post_of(row.cohort_id, row.week).name, home_id),
    )


def shared(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For the coach: that a teacher has published something, how it begins, and where it is."""
    row = tx.get(Reflection, delivery.subject["reflection"])
    if row is None or row.state is not ReflectionState.PUBLISHED:
        return Skip("it was withdrawn")
    pair = tx.foreseen(pairs.of_teacher, row.member_id)
    author = tx.get(Member, row.member_id)
    if pair is None or pair.coach_id != delivery.member_id:
        return Skip("they are not a pair any more")
    if row.audience is Audience.COACH and row.coach_id != delivery.member_id:
        return Skip("it is for another coach")
    if author is None or author.state is MemberState.LEFT:
        return Skip("the author has left")
    where = (
        "It is in the reflections channel, for everybody."
        if row.audience is Audience.COMMUNITY
        else "It is for you alone: nobody else can read it."
    )
    return Message(
        f"{author.name} wrote about {week_words(tx, row)}. {where}\n\n"
        f"> {shortened(' '.join(row.body.split()), BEGINNING)}",
        title=row.title,
        buttons=(Button("Read it all", button_id("reflect read", reflection=row.id), "primary"),),
    )


def byline(tx: Tx, row: Reflection) -> str:
    """Who wrote it, and to which week's prompt."""
    author = tx.get(Member, row.member_id)
    return f"By {author.name if author else 'a former member'}, about {week_words(tx, row)}"


def week_words(tx: Tx, row: Reflection) -> str:
    """The week of a reflection: "week 3, First feedback"."""
    cohort = tx.get(Cohort, row.cohort_id)
    week = programs.program_of(tx, cohort).week(row.week) if cohort else None
    return f"week {row.week}, {week.theme}" if week else f"week {row.week}"


CARDS: dict[Kind, Compose] = {Kind.REFLECTION: post, Kind.REFLECTION_SHARED: shared}
