"""The steps before week 1: how far somebody is, and ticking one."""

from dataclasses import dataclass
from datetime import datetime

from core import programs
from core.errors import UserError
from core.program import Step
from storage import orientation
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.orientation import StepDone


@dataclass(frozen=True)
class Progress:
    """A member's steps in their order, and which of them are ticked."""

    steps: tuple[Step, ...]
    done: frozenset[str]

    @property
    def left(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.step not in self.done)

    @property
    def ticked(self) -> int:
        return len(self.steps) - len(self.left)

    def number(self, step: Step) -> int:
        """The place of a step in the order, from 1."""
        return self.steps.index(step) + 1


def progress(tx: Tx, member: Member) -> Progress | None:
    """How far a member is; None for somebody whose program has no orientation, or in no cohort."""
    cohort = tx.get(Cohort, member.cohort_id)
    steps = programs.program_of(tx, cohort).orientation if cohort else ()
    if not steps:
        return None
    return Progress(steps, frozenset(tx.foreseen(orientation.done, member.id)))


def tick(tx: Tx, member: Member, name: str, now: datetime) -> tuple[Step, Progress]:
    """Note that a member has done a step; doing it twice changes nothing.

    Raises UserError when their program has no such step (any more).
    """
    before = progress(tx, member)
    step = next((one for one in before.steps if one.step == name), None) if before else None
    if before is None or step is None:
        raise UserError(
            "This step is not part of your program any more, so there is nothing to tick. "
            "`/staffroom orientation` shows your steps."
        )
    if name not in before.done:
        tx.add(StepDone(member_id=member.id, step=name, done_at=now))
    return step, Progress(before.steps, before.done | {name})
