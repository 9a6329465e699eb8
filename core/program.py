"""What a program is: the curriculum as data. Reading the file is core.program_file."""

import re
from datetime import date, time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class WeekMoment(BaseModel):
    """A weekday and a local time, as in "Monday 09:00"."""

    model_config = ConfigDict(frozen=True)

    weekday: int  # 0 is Monday
    at: time

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.at:%H:%M}"


def parse_clock(value: Any) -> Any:
    """A local time of day, as in "09:00"."""
    if isinstance(value, str) and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", value.strip()):
        hour, minute = value.strip().split(":")
        return time(int(hour), int(minute))
    if isinstance(value, time):
        return value
    raise ValueError('write a time of day as "09:00", in quotes')


def parse_week_moment(value: Any) -> Any:
    """A weekday with a local time, as in "Monday 09:00"."""
    if isinstance(value, WeekMoment):
        return value
    if isinstance(value, str):
        day, _, clock = value.strip().partition(" ")
        names = [
            name for name in WEEKDAYS if len(day) >= 3 and name.lower().startswith(day.lower())
        ]
        if len(names) == 1 and re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", clock.strip()):
            return WeekMoment(weekday=WEEKDAYS.index(names[0]), at=parse_clock(clock))
    raise ValueError("write a weekday and a time, for instance: Monday 09:00")


Weekly = Annotated[WeekMoment, BeforeValidator(parse_week_moment), PlainSerializer(str)]
Clock = Annotated[time, BeforeValidator(parse_clock)]


class Part(BaseModel):
    """A part of a program file: unknown keys are faults, and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Rhythm(Part):
    """When things happen in a teaching week, in the cohort's local time."""

    prompt: Weekly = WeekMoment(weekday=0, at=time(9))
    announcement: Weekly = WeekMoment(weekday=0, at=time(9, 30))
    agenda: Weekly = WeekMoment(weekday=0, at=time(10))
    webinar: Weekly = WeekMoment(weekday=2, at=time(16))
    webinar_minutes: int = Field(default=60, ge=5, le=480)
    reminder_minutes: int = Field(default=60, ge=5, le=1440)
    nudge: Weekly = WeekMoment(weekday=5, at=time(10))
    due: Weekly = WeekMoment(weekday=6, at=time(20))
    summary: Weekly = WeekMoment(weekday=0, at=time(8))  # the first such moment after `due`
    orientation: Clock = time(9)  # when an orientation step arrives on its day


class Term(Part):
    name: str = Field(min_length=1, max_length=80)
    weeks: str = Field(pattern=r"^\d+\s*-\s*\d+$")  # "1-18"


class Break(Part):
    """Weeks without program: some weeks after a teaching week, or between two dates."""

    name: str = Field(min_length=1, max_length=80)
    after_week: int | None = Field(default=None, ge=1)
    weeks: int | None = Field(default=None, ge=1, le=20)
    first_day: date | None = None
    last_day: date | None = None


class Step(Part):
    """An orientation step, sent so many days before the Monday of week 1."""

    step: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    title: str = Field(min_length=1, max_length=100)
    days_before: int = Field(ge=0, le=120)
    text: str = Field(min_length=1, max_length=3_000)


class WebinarPlan(Part):
    title: str = Field(min_length=1, max_length=100)
    abstract: str = Field(min_length=1, max_length=1_000)


class Visit(Part):
    """One stage of a visit to a partner teacher's classroom."""

    cycle: int = Field(ge=1)
    stage: str = Field(pattern=r"^(prepare|visit|debrief)$")
    focus: str = Field(min_length=1, max_length=200)
    look_fors: tuple[str, ...] = Field(min_length=1, max_length=8)


class Week(Part):
    week: int = Field(ge=1)
    theme: str = Field(min_length=1, max_length=100)
    standard: str = Field(min_length=1, max_length=8)
    prompt: str | None = Field(default=None, min_length=1, max_length=3_000)
    webinar: WebinarPlan | None = None
    agenda: tuple[str, ...] = Field(default=(), max_length=8)
    visit: Visit | None = None


class Program(Part):
    """A whole program, as its file says it."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,59}$")
    title: str = Field(min_length=1, max_length=100)
    about: str = Field(default="", max_length=2_000)
    framework: str
    rhythm: Rhythm = Rhythm()
    terms: tuple[Term, ...] = ()
    breaks: tuple[Break, ...] = ()
    orientation: tuple[Step, ...] = ()
    weeks: tuple[Week, ...] = Field(min_length=1, max_length=104)

    def week(self, number: int) -> Week | None:
        """The week with this number, from 1."""
        return self.weeks[number - 1] if 1 <= number <= len(self.weeks) else None

    def step(self, name: str) -> Step | None:
        return next((step for step in self.orientation if step.step == name), None)
