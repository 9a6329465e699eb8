"""Which teaching week it is: dates of weeks, breaks, and local moments. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.program import Break, Program, WeekMoment


@dataclass(frozen=True)
class TeachingWeek:
    number: int
    monday: date


@dataclass(frozen=True)
class Position:
    """Where a cohort is at some moment."""

    week: TeachingWeek | None  # the teaching week under way
    following: TeachingWeek | None  # the next one to begin
    in_break: str | None = None  # the break's name

    @property
    def before_start(self) -> bool:
        return self.week is None and self.following is not None and self.following.number == 1

    @property
    def over(self) -> bool:
        return self.week is None and self.following is None


def teaching_weeks(program: Program, starts_on: date) -> tuple[TeachingWeek, ...]:
    """Every teaching week with its Monday: breaks shift those that follow."""
    return tuple(
        TeachingWeek(number, monday) for number, monday, _ in _timetable(program, starts_on)
    )


def week_numbered(program: Program, starts_on: date, number: int) -> TeachingWeek | None:
    weeks = teaching_weeks(program, starts_on)
    return weeks[number - 1] if 1 <= number <= len(weeks) else None


def position(program: Program, starts_on: date, zone: str, now: datetime) -> Position:
    """Which teaching week is under way, or which break, in the cohort's zone."""
    today = now.astimezone(ZoneInfo(zone)).date()
    following = None
    for number, monday, break_before in _timetable(program, starts_on):
        if monday <= today < monday + timedelta(days=7):
            week = TeachingWeek(number, monday)
            return Position(week, week_numbered(program, starts_on, number + 1))
        if monday > today:
            following = TeachingWeek(number, monday)
            return Position(None, following, break_before if number > 1 else None)
    return Position(None, following)


def breaks(program: Program, starts_on: date) -> tuple[tuple[str, date, date], ...]:
    """The breaks that fall between teaching weeks: name, first Monday, last Sunday."""
    found = []
    previous: date | None = None
    for _, monday, name in _timetable(program, starts_on):
        if previous is not None and monday - previous > timedelta(days=7):
            found.append(
                (name or "Break", previous + timedelta(days=7), monday - timedelta(days=1))
            )
        previous = monday
    return tuple(found)


def moment(monday: date, weekly: WeekMoment, zone: str) -> datetime:
    """A weekly moment in the week of this Monday, in UTC. 09:00 stays 09:00 all year."""
    day = monday + timedelta(days=weekly.weekday)
    return datetime.combine(day, weekly.at, ZoneInfo(zone)).astimezone(UTC)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _timetable(program: Program, starts_on: date) -> tuple[tuple[int, date, str | None], ...]:
    """Number, Monday, and the name of the break just before it, for every teaching week."""
    return _lay_out(len(program.weeks), program.breaks, starts_on)


@lru_cache(maxsize=256)
def _lay_out(
    count: int, breaks: tuple[Break, ...], starts_on: date
) -> tuple[tuple[int, date, str | None], ...]:
    table = []
    monday = monday_of(starts_on)
    for number in range(1, count + 1):
        name = None
        for pause in breaks:
            if pause.after_week == number - 1 and pause.weeks:
                monday += timedelta(weeks=pause.weeks)
                name = pause.name
        while dated := _dated_break(breaks, monday):
            monday += timedelta(weeks=1)
            name = dated
        table.append((number, monday, name))
        monday += timedelta(weeks=1)
    return tuple(table)


def _dated_break(breaks: tuple[Break, ...], monday: date) -> str | None:
    """The break between two dates that this week's Monday to Friday touches."""
    friday = monday + timedelta(days=4)
    for pause in breaks:
        if (
            pause.first_day
            and pause.last_day
            and pause.first_day <= friday <= pause.last_day + (friday - monday)
        ):
            return pause.name
    return None
