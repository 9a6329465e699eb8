"""What teachers get about the week's prompt: the post, and one gentle reminder of it."""

from datetime import datetime

from core import frameworks, programs, prompts, times
from core.cards.card import Compose, Skip
from core.chat import Address, Button, Message
from core.interaction import button_id
from core.kinds import Kind
from core.program import Week
from core.programs import Standing
from core.wording import count
from storage import cohorts, reflections
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.words import Audience, MemberState, ReflectionState


def prompt(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """The prompt of a week, for the reflections channel."""
    number = int(delivery.subject["week"])
    found = _prompt_of(tx, delivery.subject["cohort"], number, now)
    if isinstance(found, Skip):
        return found
    standing, week, text = found
    early = _wrote_early(tx, standing, number)
    if early:
        have = "has" if early == 1 else "have"
        text += f"\n\n*{count(early, 'person', 'people')} {have} written already; look above.*"
    home = tx.get(Home, Address.parse(delivery.conversation).id)
    return Message(
        text,
        title=f"Week {number}: {week.theme}",
        tag=frameworks.title(standing.program.framework, week.standard),
        pinned=True,
        calls=home.cohort_roles.get(standing.cohort.id, "") if home else "",
        fields=(
            ("Standard", standard(standing.program.framework, week.standard)),
            ("Due", times.moment(standing.due_at(number), standing.zone)),
        ),
        buttons=(write_button(standing.cohort.id, number),),
    )


def nudge(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For somebody who has not answered the prompt: one friendly word before it is due."""
    member = tx.get(Member, delivery.member_id)
    cohort_id, number = delivery.subject["cohort"], int(delivery.subject["week"])
    if member is None or member.state is not MemberState.ACTIVE:
        return Skip("they are not a member any more")
    if member.cohort_id != cohort_id:
        return Skip("they are not in this cohort any more")
    if member.paused(now):
        return Skip("they are paused")
    written = tx.foreseen(reflections.answer, member.id, cohort_id, number)
    if written and written.published_at:
        return Skip("they have written already")
    found = _prompt_of(tx, cohort_id, number, now)
    if isinstance(found, Skip):
        return found
    standing, week, _ = found
    due = times.moment(standing.due_at(number), programs.zone_of(tx, member))
    drafted = written is not None and written.state is ReflectionState.DRAFT
    opening = (
        f"Your draft for week {number}, *{week.theme}*, is waiting for you."
        if drafted
        else f"There is still time to write about week {number}, *{week.theme}*."
    )
    return Message(
        f"{opening} Reflections are gathered until {due}; a few honest lines are plenty, "
        "and later is fine, too.\n\nIf this week is too full, pause me, and I will be quiet.",
        buttons=(
            write_button(cohort_id, number, "Go on writing" if drafted else "Write a reflection"),
            Button("Pause me", button_id("profile pause")),
        ),
    )


def standard(framework: str, code: str) -> str:
    """A standard with its framework, as people see it."""
    known = frameworks.frameworks().get(framework)
    source = f" ({known.title})" if known else ""
    return f"{frameworks.title(framework, code)}{source}"


def write_button(cohort_id: str, week: int, label: str = "Write a reflection") -> Button:
    """Opens the form for an answer to a week's prompt."""
    return Button(label, button_id("reflect write", cohort=cohort_id, week=str(week)), "primary")


def _wrote_early(tx: Tx, standing: Standing, number: int) -> int:
    """How many reflections for everybody were there before the prompt was."""
    changes = tx.foreseen(cohorts.changes, standing.cohort.id)
    asked_at = prompts.posts_at(standing, number, changes)
    return sum(
        row.audience is Audience.COMMUNITY and (row.published_at or asked_at) < asked_at
        for row in reflections.of_week(tx, standing.cohort.id, number)
    )


def _prompt_of(
    tx: Tx, cohort_id: str, number: int, now: datetime
) -> tuple[Standing, Week, str] | Skip:
    cohort = tx.get(Cohort, cohort_id)
    if cohort is None or cohort.ended_at is not None:
        return Skip("the cohort has ended")
    standing = programs.standing(tx, cohort, now)
    week = standing.program.week(number)
    text = programs.prompt_text(standing.program, number, tx.foreseen(cohorts.changes, cohort_id))
    if week is None or text is None:
        return Skip("this week has no prompt any more")
    return standing, week, text


CARDS: dict[Kind, Compose] = {Kind.PROMPT: prompt, Kind.NUDGE: nudge}
