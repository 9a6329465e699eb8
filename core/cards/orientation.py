"""An orientation step, before and after it is ticked."""

from datetime import datetime

from core import orientation, programs
from core.cards.card import Compose, Skip
from core.chat import Button, Message
from core.interaction import button_id
from core.kinds import Kind
from core.orientation import Progress
from core.program import Step
from core.wording import count
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.outbox import Delivery
from storage.words import MemberState

LATE = (
    "You are joining after the start; this step was written for the days before week 1, and it "
    "still helps."
)


def step(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """One step for one member."""
    member = tx.get(Member, delivery.subject["member"])
    if member is None or member.state is not MemberState.ACTIVE:
        return Skip("not a member here")
    if member.paused(now):
        return Skip("paused")
    progress = orientation.progress(tx, member)
    name = delivery.subject["step"]
    found = next((one for one in progress.steps if one.step == name), None) if progress else None
    if progress is None or found is None:
        return Skip("the program has no such step any more")
    if found not in progress.left:
        return Skip("ticked already")
    return show(found, progress, late=came_late(tx, member))


def came_late(tx: Tx, member: Member) -> bool:
    """Whether somebody joined when the program of their cohort had begun."""
    cohort = tx.get(Cohort, member.cohort_id)
    if cohort is None or member.here_since is None:
        return False
    return not programs.standing(tx, cohort, member.here_since).position.before_start


def show(step: Step, progress: Progress, *, late: bool = False) -> Message:
    """A step as it stands: with its button, or with its tick."""
    done = step.step in progress.done
    left = len(progress.left)
    opening = f"{LATE}\n\n" if late and not done else ""
    return Message(
        f"{opening}{step.text.strip()}\n\n*{_foot(done, left)}*",
        title=f"{'✓ ' if done else ''}Step {progress.number(step)} of {len(progress.steps)}: "
        f"{step.title}",
        buttons=() if done else (tick_button(step),),
    )


def tick_button(step: Step, label: str = "Done") -> Button:
    return Button(label, button_id("orientation done", step=step.step), "primary")


def _foot(done: bool, left: int) -> str:
    if not done:
        return "Press Done when you have; there is no hurry."
    return f"Done. {count(left, 'step')} left." if left else "Done, and that was the last one."


CARDS: dict[Kind, Compose] = {Kind.ORIENTATION: step}
