"""Made-up people for rehearsals: who they are, and what they do when. Pure, and decided by a seed.

Everybody has a random source of their own for every week, so one person's year does not change
when another is added.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from core.program import Program, Week
from scheduler import calendar
from scheduler.calendar import WeekPlan
from storage.words import Audience

T = TypeVar("T")

ZONES = (
    ("America/Detroit", 40),
    ("America/Chicago", 25),
    ("America/Denver", 15),
    ("America/Los_Angeles", 12),
    ("America/Phoenix", 4),
    ("America/Anchorage", 2),
    ("Pacific/Honolulu", 2),
)
QUIET = (  # local times; None: the community's
    (None, 60),
    (("20:00", "08:00"), 15),
    (("22:00", "06:30"), 10),
    (("19:30", "10:30"), 10),
    (("23:00", "05:30"), 5),
)
SUBJECTS = (
    "Mathematics", "English", "Biology", "Chemistry", "Social studies", "Spanish", "Art",
    "Computer science", "Health",
)  # fmt: skip
GRADES = ("6", "7", "8", "9", "10", "11", "12")
LANGUAGES = ("Spanish", "Arabic", "French", "Vietnamese")
GOALS = (
    "giving feedback that changes the next draft",
    "reaching families early",
    "livelier discussion boards",
    "noticing who has gone quiet",
    "projects instead of quizzes",
    "accessible materials",
)
HOURS = (12, 16, 20)  # when people act, in the zone of their cohort: many at once, as time is short


@dataclass(frozen=True)
class Rates:
    """How often people do what they could do."""

    write: float = 0.80
    early: float = 0.05  # of those who write: before the prompt is posted
    after_nudge: float = 0.12
    late: float = 0.08  # after the due moment
    coach_only: float = 0.25  # of those who write: for the coach alone
    come: float = 0.60
    meet: float = 0.85
    pause: float = 0.05  # of the teachers, once, for PAUSE
    tick: float = 0.90


PAUSE = timedelta(weeks=2)
HOUR = timedelta(hours=1)
RATES = Rates()


@dataclass(frozen=True)
class Somebody:
    """A made-up member to be."""

    name: str
    email: str
    zone: str
    quiet: tuple[str, str] | None
    subjects: list[str]
    grades: list[str]
    languages: list[str]
    goals: str


class Doing(StrEnum):
    ARRIVE = "arrive"
    TICK = "tick"  # `what`: the step
    WRITE = "write"  # `what`: the audience
    COME = "come"
    MEET = "meet"
    PAUSE = "pause"


@dataclass(frozen=True, order=True)
class Act:
    """Somebody does something. `person`: their number in the cast; `week`: 0 when of no week."""

    at: datetime
    person: int
    doing: Doing
    week: int = 0
    what: str = ""


def cast(prefix: str, count: int, seed: int) -> list[Somebody]:
    """Made-up people: "Teacher 001", "Teacher 002" ..."""
    digits = max(3, len(str(count)))
    return [
        _somebody(f"{prefix} {n:0{digits}}", _chance(f"{seed}/{prefix}/{n}"))
        for n in range(1, count + 1)
    ]


def _somebody(name: str, chance: Random) -> Somebody:
    first = chance.randrange(len(GRADES) - 2)
    return Somebody(
        name=name,
        email=f"{name.lower().replace(' ', '-')}@example.org",
        zone=_weighted(chance, ZONES),
        quiet=_weighted(chance, QUIET),
        subjects=sorted(chance.sample(SUBJECTS, chance.choice((1, 1, 2)))),
        grades=list(GRADES[first : first + 3]),
        languages=["English", *chance.sample(LANGUAGES, chance.choice((0, 0, 0, 1)))],
        goals=chance.choice(GOALS),
    )


def _weighted(chance: Random, options: Sequence[tuple[T, int]]) -> T:
    values, shares = [value for value, _ in options], [share for _, share in options]
    return chance.choices(values, shares)[0]


class Life:
    """What the people of one cohort do. `zone` is the cohort's; `person` their number in it."""

    def __init__(
        self, program: Program, starts_on: date, zone: str, seed: int, rates: Rates = RATES
    ) -> None:
        self.program = program
        self.weeks = calendar.week_plans(program, starts_on, zone)
        self.steps = calendar.orientation(
            program, starts_on, zone, datetime.min.replace(tzinfo=UTC)
        )
        self.moments = _moments(starts_on, self.weeks[-1].monday, zone)
        self.seed = seed
        self.rates = rates

    def year_of(self, person: int, name: str) -> Iterator[Act]:
        """All that one teacher does, unordered. Nobody does anything while paused."""
        away = self._pause(person, name)
        if away:
            yield away
        acts = [*self._orientation(person, name)]
        for week in self.weeks:
            acts += self._week(person, name, week)
        for act in acts:
            if not (away and away.at <= act.at < away.at + PAUSE):
                yield act

    def _pause(self, person: int, name: str) -> Act | None:
        chance = _chance(f"{self.seed}/{name}/pause")
        if chance.random() >= self.rates.pause:
            return None
        start = chance.choice(self.weeks).prompt
        at = self._between(start + HOUR, start + 120 * HOUR, chance.random())
        return Act(at, person, Doing.PAUSE)

    def _orientation(self, person: int, name: str) -> Iterator[Act]:
        chance = _chance(f"{self.seed}/{name}/orientation")
        for step, arrives in self.steps:
            ticks, draw = chance.random() < self.rates.tick, chance.random()
            if ticks:
                at = self._between(arrives + HOUR, arrives + 40 * HOUR, draw)
                yield Act(at, person, Doing.TICK, 0, step.step)

    def _week(self, person: int, name: str, plan: WeekPlan) -> Iterator[Act]:
        number = plan.week.week
        chance = _chance(f"{self.seed}/{name}/{number}")
        rates = self.rates
        writes, comes, meets, for_coach = (
            chance.random() < rate
            for rate in (rates.write, rates.come, rates.meet, rates.coach_only)
        )
        writing, coming, meeting = (chance.random() for _ in range(3))
        if writes and plan.week.prompt:
            audience = Audience.COACH if for_coach else Audience.COMMUNITY
            yield Act(self._writing(plan, writing), person, Doing.WRITE, number, audience)
        if comes and plan.week.webinar:
            last = plan.webinar - timedelta(minutes=self.program.rhythm.reminder_minutes) - HOUR
            at = self._between(plan.announcement + HOUR, last, coming)
            yield Act(at, person, Doing.COME, number)
        if meets and plan.week.agenda:
            # on Thursday or Friday, where agendas come on Monday morning
            at = self._between(plan.agenda + 74 * HOUR, plan.agenda + 104 * HOUR, meeting)
            yield Act(at, person, Doing.MEET, number)

    def _writing(self, plan: WeekPlan, draw: float) -> datetime:
        """When an answer is written: some early, most in the week, some late."""
        rates = self.rates
        for share, first, last in (
            (rates.early, plan.prompt - 30 * HOUR, plan.prompt - HOUR),
            (rates.after_nudge, plan.nudge + HOUR, plan.due - HOUR),
            (rates.late, plan.due + HOUR, plan.due + 60 * HOUR),
        ):
            if draw < share:
                return self._between(first, last, draw / share)
            draw -= share
        rest = 1 - rates.early - rates.after_nudge - rates.late
        return self._between(plan.prompt + HOUR, plan.nudge - HOUR, draw / rest)

    def _between(self, first: datetime, last: datetime, draw: float) -> datetime:
        """One of the moments from first to last; any time there, if it holds none of them."""
        start, stop = bisect_left(self.moments, first), bisect_right(self.moments, last)
        if start == stop:
            return first + (last - first) * draw
        return self.moments[start + min(int(draw * (stop - start)), stop - start - 1)]


def _moments(starts_on: date, last_monday: date, zone: str) -> list[datetime]:
    """Every moment at which people act, from half a year before the start on, in UTC."""
    first, last = starts_on - timedelta(days=180), last_monday + timedelta(days=30)
    return [
        datetime.combine(first + timedelta(days=day), time(hour), ZoneInfo(zone)).astimezone(UTC)
        for day in range((last - first).days)
        for hour in HOURS
    ]


def _chance(seed: str) -> Random:
    return Random(seed)  # noqa: S311 -- people are made up, nothing is kept secret


def essay(name: str, week: Week) -> tuple[str, str]:
    """Title and body of a made-up answer."""
    return (
        f"Week {week.week}: {week.theme}"[:100],
        f"{name} thinks about “{week.theme}”. This text stands for an answer to the prompt.\n\n"
        "It was written for a rehearsal, and nobody will ever read it.",
    )
