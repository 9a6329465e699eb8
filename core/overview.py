"""My week at a glance: what one member needs to know now, gathered in a few queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from core import coaching, orientation, programs
from core.coaching import TeacherNews
from core.orientation import Progress
from core.programs import Standing
from storage import cohorts, overview, pairs, webinars
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.pairs import Pair
from storage.reflections import Reflection
from storage.webinars import Webinar
from storage.words import MemberState, ReflectionState, Role


@dataclass(frozen=True)
class Writing:
    """The prompt of a member's week and what became of it. `prompt` None: none this week."""

    prompt: str | None
    answer: Reflection | None
    due_at: datetime


@dataclass(frozen=True)
class CohortCount:
    """A cohort in numbers; what was written and met is of the week under way."""

    standing: Standing
    teachers: int
    invited: int
    paired: int
    wrote: int
    met: int


@dataclass(frozen=True)
class Overview:
    """What one member sees of their week."""

    member: Member
    standing: Standing | None  # None: in no running cohort
    writing: Writing | None
    drafts: tuple[Reflection, ...]
    coach: Member | None
    pair: Pair | None
    met: bool
    webinar: Webinar | None  # the next one
    coming: bool | None  # None: not answered
    steps: Progress | None
    teachers: tuple[TeacherNews, ...]  # of a coach
    cohorts: tuple[CohortCount, ...]  # for organizers, as are these
    waiting: int = 0
    uncertain: int = 0


def of(tx: Tx, member: Member, now: datetime) -> Overview:
    """A member's week as it stands now."""
    standing = programs.standing_of(tx, member, now)
    own = standing.cohort.id if standing else None
    drafts: list[Reflection] = []
    writing = None
    if standing:
        week = standing.position.week
        number = week.number if week else None
        mine = overview.drafts_and_answer(tx, member.id, standing.cohort.id, number)
        writing = _writing(tx, standing, mine)
        drafts = [one for one in mine if one.state is ReflectionState.DRAFT]
    pair = pairs.of_teacher(tx, member.id) if member.role is Role.TEACHER else None
    here = standing.position.week if standing else None
    webinar = _next_webinar(tx, own, now)
    answer = webinars.rsvp(tx, webinar.id, member.id) if webinar else None
    organizes = member.role is Role.ORGANIZER
    return Overview(
        member=member,
        standing=standing,
        writing=writing,
        drafts=tuple(drafts),
        coach=tx.get(Member, pair.coach_id) if pair else None,
        pair=pair,
        met=bool(pair and here and pairs.meeting(tx, pair.id, here.number)),
        webinar=webinar,
        coming=answer.coming if answer else None,
        steps=orientation.progress(tx, member) if standing else None,
        teachers=tuple(_teachers(tx, member, now)),
        cohorts=tuple(_counted(tx, one, now) for one in cohorts.running(tx)) if organizes else (),
        waiting=overview.how_many_wait(tx) if organizes else 0,
        uncertain=overview.how_many_uncertain(tx) if organizes else 0,
    )


def _teachers(tx: Tx, coach: Member, now: datetime) -> list[TeacherNews]:
    found = pairs.teachers_of(tx, coach.id) if coach.role.at_least(Role.COACH) else []
    return coaching.news(tx, found, now, coaching.under_way) if found else []


def _writing(tx: Tx, standing: Standing, mine: Sequence[Reflection]) -> Writing | None:
    week = standing.position.week
    if week is None:
        return None
    changes = cohorts.changes(tx, standing.cohort.id)
    answer = next(
        (
            one
            for one in mine
            if (one.cohort_id, one.week) == (standing.cohort.id, week.number)
            and one.state is not ReflectionState.WITHDRAWN
        ),
        None,
    )
    prompt = programs.prompt_text(standing.program, week.number, changes)
    return Writing(prompt, answer, standing.due_at(week.number))


def _next_webinar(tx: Tx, cohort_id: str | None, now: datetime) -> Webinar | None:
    """The next one for everybody or for this cohort; for somebody in no cohort, any."""
    ahead = webinars.upcoming(tx, now)
    mine = [one for one in ahead if cohort_id is None or one.cohort_id in (None, cohort_id)]
    return next(iter(mine), None)


def _counted(tx: Tx, cohort: Cohort, now: datetime) -> CohortCount:
    standing = programs.standing(tx, cohort, now)
    week = standing.position.week
    return CohortCount(
        standing=standing,
        teachers=overview.how_many_teach(tx, cohort.id),
        invited=overview.how_many_teach(tx, cohort.id, MemberState.INVITED),
        paired=overview.how_many_paired(tx, cohort.id),
        wrote=overview.how_many_wrote(tx, cohort.id, week.number) if week else 0,
        met=overview.how_many_met(tx, cohort.id, week.number) if week else 0,
    )
