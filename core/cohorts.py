"""Cohorts: when they start and end, and who is in them."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from core import programs, times, webinars, weeks
from core.errors import UserError
from core.program import Rhythm, parse_week_moment
from core.programs import Standing
from storage import cohorts, communities, members, orientation, overview
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.programs import StoredProgram
from storage.words import MemberState

MOMENTS = ("prompt", "announcement", "agenda", "webinar", "nudge", "due", "summary")


def create(
    tx: Tx,
    name: str,
    program: StoredProgram,
    starts_on: date,
    now: datetime,
    *,
    zone: str | None = None,
    past: bool = False,
) -> Cohort:
    """Start a cohort in the week of that day. `past`: yes, it may have begun already.

    Raises UserError for a name that is taken, and for a day that has passed.
    """
    if cohorts.by_name(tx, name):
        text = f"There is a cohort called {name} already. Choose another name."
        raise UserError(text, {"name": text})
    today = now.astimezone(ZoneInfo(zone or communities.current(tx).zone)).date()
    monday = weeks.monday_of(starts_on)
    if starts_on < today and not past:
        text = (
            f"{times.day(starts_on)}, {starts_on.year} has passed. Give a day that lies ahead, "
            "or say “past: yes” if this cohort is under way already."
        )
        raise UserError(text, {"start": text})
    cohort = tx.add(
        Cohort(name=name, program_id=program.id, starts_on=monday, zone=zone, created_at=now)
    )
    tx.flush()
    communities.replan(tx)
    return cohort


def end(tx: Tx, cohort: Cohort, now: datetime) -> None:
    """End a cohort: nothing more is planned for it. What its people wrote stays."""
    if cohort.ended_at is not None:
        raise UserError(f"{cohort.name} has ended already.")
    cohort.ended_at = now
    webinars.keep_only(tx, cohort.id, (), now)
    communities.replan(tx)


def add(tx: Tx, cohort: Cohort, member: Member, now: datetime) -> None:
    """Put a member into a cohort, out of any other one."""
    if member.state in (MemberState.WAITING, MemberState.LEFT):
        raise UserError(
            f"{member.name} is not a member yet. `/member approve` lets somebody in, with a cohort."
        )
    if cohort.ended_at is not None:
        raise UserError(f"{cohort.name} has ended. Choose a cohort that is running.")
    member.put_into(cohort.id, now)
    communities.replan(tx)


def set_moment(tx: Tx, cohort: Cohort, name: str, typed: str | None) -> Rhythm:
    """Give a cohort its own weekly moment ("Monday 08:00"), or with None the program's again.

    Raises UserError for what is not a weekday with a time, or puts the week out of order.
    """
    own = {key: value for key, value in cohort.rhythm.items() if key != name}
    if typed is not None:
        try:
            own[name] = str(parse_week_moment(typed))
        except ValueError as error:
            text = f"“{typed[:40]}” is not a moment of the week: {error}."
            raise UserError(text, {"at": text}) from error
    program = programs.read(tx.need(StoredProgram, cohort.program_id).text)
    rhythm = programs.adapt(program.rhythm, own)
    _need_order(rhythm)
    cohort.rhythm = own
    communities.replan(tx)
    return rhythm


def _need_order(rhythm: Rhythm) -> None:
    for earlier, later in (("prompt", "nudge"), ("nudge", "due"), ("announcement", "webinar")):
        first, second = getattr(rhythm, earlier), getattr(rhythm, later)
        if (first.weekday, first.at) >= (second.weekday, second.at):
            text = f"Then {later} ({second}) would not come after {earlier} ({first}). "
            text += "A week runs from Monday to Sunday; move the other one first."
            raise UserError(text, {"at": text})


@dataclass(frozen=True)
class Stand:
    """One teacher of a cohort, as an organizer sees it."""

    member: Member
    ticked: int  # orientation steps
    wrote: bool  # to this week's prompt


@dataclass(frozen=True)
class Overview:
    """A cohort as it stands now."""

    standing: Standing
    people: tuple[Stand, ...]
    invited: int


def look(tx: Tx, cohort: Cohort, now: datetime) -> Overview:
    """Where a cohort is, and where its teachers are."""
    standing = programs.standing(tx, cohort, now)
    week = standing.position.week
    wrote = overview.writers(tx, cohort.id, week.number) if week else set()
    ticked = orientation.how_far(tx, cohort.id)
    people = tuple(
        Stand(member, ticked.get(member.id, 0), member.id in wrote)
        for member in members.teachers_of(tx, cohort.id)
    )
    return Overview(standing, people, overview.how_many_teach(tx, cohort.id, MemberState.INVITED))
