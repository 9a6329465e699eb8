"""From a program, a start date and a zone to moments: when everything should happen. Pure."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core import weeks
from core.program import Program, Step, Week, WeekMoment


@dataclass(frozen=True)
class Span:
    """A stretch of time: after `since`, up to and including `until`."""

    since: datetime
    until: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.since < moment <= self.until


@dataclass(frozen=True)
class WeekPlan:
    """The moments of one teaching week, in UTC."""

    week: Week
    monday: date
    prompt: datetime
    announcement: datetime
    agenda: datetime
    webinar: datetime
    nudge: datetime
    due: datetime
    summary: datetime  # the first such moment of the rhythm after `due`


@lru_cache(maxsize=256)
def week_plans(program: Program, starts_on: date, zone: str) -> tuple[WeekPlan, ...]:
    """Every teaching week with its moments: `zone` is the cohort's."""
    return tuple(_plans(program, starts_on, zone))


def _plans(program: Program, starts_on: date, zone: str) -> Iterator[WeekPlan]:
    rhythm = program.rhythm
    for number, teaching in enumerate(weeks.teaching_weeks(program, starts_on)):

        def at(weekly: WeekMoment, monday: date = teaching.monday) -> datetime:
            return weeks.moment(monday, weekly, zone)

        due = at(rhythm.due)
        summary = at(rhythm.summary)
        if summary <= due:
            summary = at(rhythm.summary, teaching.monday + timedelta(days=7))
        yield WeekPlan(
            week=program.weeks[number],
            monday=teaching.monday,
            prompt=at(rhythm.prompt),
            announcement=at(rhythm.announcement),
            agenda=at(rhythm.agenda),
            webinar=at(rhythm.webinar),
            nudge=at(rhythm.nudge),
            due=due,
            summary=summary,
        )


def orientation(
    program: Program,
    starts_on: date,
    zone: str,
    since: datetime,
    without: Collection[str] = (),
) -> Sequence[tuple[Step, datetime]]:
    """When each orientation step reaches somebody who has been there since then.

    Each comes on its day before week 1. Those that were missed come one a day, in order, from the
    day after; the others queue up behind them. Those named in `without` have come before.
    """
    monday = weeks.monday_of(starts_on)
    here = ZoneInfo(zone)
    catching_up: date | None = None
    found = []
    for step in sorted(program.orientation, key=lambda step: -step.days_before):
        if step.step in without:
            continue
        day = monday - timedelta(days=step.days_before)
        missed = _local(day, program, here) < since
        if missed or (catching_up is not None and day <= catching_up):
            catching_up = (catching_up or since.astimezone(here).date()) + timedelta(days=1)
            day = catching_up
        found.append((step, _local(day, program, here)))
    return found


def orientation_ends(program: Program, starts_on: date, zone: str, since: datetime) -> datetime:
    """When the last step reaches somebody who has been there since then; `since` without any."""
    return max((at for _, at in orientation(program, starts_on, zone, since)), default=since)


def _local(day: date, program: Program, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, program.rhythm.orientation, zone).astimezone(UTC)
