"""Who should coach whom: the best pairing of teachers with coaches' free places. Pure.

As many teachers as possible are paired; among all ways to do that the total score is the highest;
among those the coaches' loads are the most even. The same input gives the same answer, in
whatever order it comes.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from core.likeness import Profile, clock_distance, offset, reason
from core.wording import count, listed

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

# What a pair can score: 100 whole points in all. What nobody has stated counts for nobody.
SUBJECT_POINTS = 35  # the share of the teacher's subjects that the coach teaches, too
GRADE_POINTS = 20  # the share of the teacher's grades
ZONE_POINTS = 20  # all on the same clock, none from ZONE_REACH hours on
LANGUAGE_POINTS = 10  # one language in common
GOAL_POINTS = 15  # GOAL_WORDS meaningful words of their goals in common, or the share of that
ZONE_REACH = 6
GOAL_WORDS = 3


@dataclass(frozen=True)
class Teacher:
    """Somebody to be paired. `starts_at`: when their cohort begins; zones are compared there."""

    profile: Profile
    starts_at: datetime


@dataclass(frozen=True)
class Coach:
    """Somebody to be paired with. `load`: the teachers they have already; `capacity`: how many
    they can have in all."""

    profile: Profile
    capacity: int
    load: int = 0

    @property
    def places(self) -> int:
        return max(0, self.capacity - self.load)


@dataclass(frozen=True)
class Match:
    teacher: Teacher
    coach: Coach
    score: int  # of 100
    reason: str


@dataclass(frozen=True)
class Unpaired:
    teacher: Teacher
    reason: str


@dataclass(frozen=True)
class Pairing:
    matches: tuple[Match, ...]  # by the teacher's id
    unpaired: tuple[Unpaired, ...]  # by the teacher's id

    @property
    def score(self) -> int:
        return sum(match.score for match in self.matches)


def pair_up(
    teachers: Sequence[Teacher],
    coaches: Sequence[Coach],
    never: Collection[frozenset[str]] = (),
) -> Pairing:
    """The best pairing. `never` holds pairs of ids that must not meet."""
    teachers = sorted(teachers, key=lambda teacher: teacher.profile.id)
    coaches = sorted(coaches, key=lambda coach: coach.profile.id)
    points = scores(teachers, coaches)
    ruled_out = barred(teachers, coaches, never)
    mute = speechless(teachers, coaches)
    chosen = assign(points, ~(ruled_out | mute), coaches)
    matches, unpaired = [], []
    for row, teacher in enumerate(teachers):
        column = chosen.get(row)
        if column is None:
            why = why_not(teacher, coaches, ruled_out[row], mute[row])
            unpaired.append(Unpaired(teacher, why))
            continue
        coach = coaches[column]
        words = reason(teacher.profile, coach.profile, teacher.starts_at)
        matches.append(Match(teacher, coach, int(points[row, column]), words))
    return Pairing(tuple(matches), tuple(unpaired))


def match(teacher: Teacher, coach: Coach) -> Match:
    """What these two would be as a pair, whether or not they may be one."""
    points = int(scores([teacher], [coach])[0, 0])
    words = reason(teacher.profile, coach.profile, teacher.starts_at)
    return Match(teacher, coach, points, words)


def scores(teachers: Sequence[Teacher], coaches: Sequence[Coach]) -> Matrix:
    """The points of every teacher (row) with every coach (column), whole numbers up to 100."""
    subjects = _share(teachers, coaches, lambda profile: profile.subject_names)
    grades = _share(teachers, coaches, lambda profile: profile.grade_names)
    languages = np.minimum(_common(teachers, coaches, lambda profile: profile.language_names), 1)
    goals = np.minimum(_common(teachers, coaches, lambda profile: profile.goal_words), GOAL_WORDS)
    clock = np.maximum(0, 1 - _hours_apart(teachers, coaches) / ZONE_REACH)
    points: Matrix = np.rint(
        SUBJECT_POINTS * subjects
        + GRADE_POINTS * grades
        + ZONE_POINTS * clock
        + LANGUAGE_POINTS * languages
        + GOAL_POINTS / GOAL_WORDS * goals
    )
    return points


def barred(
    teachers: Sequence[Teacher], coaches: Sequence[Coach], never: Collection[frozenset[str]]
) -> Mask:
    """Where a never-pair rule stands between two people, or both are the same person."""
    rows = {teacher.profile.id: row for row, teacher in enumerate(teachers)}
    columns = {coach.profile.id: column for column, coach in enumerate(coaches)}
    found = np.zeros((len(teachers), len(coaches)), dtype=np.bool_)
    rules = [*never, *(frozenset([name]) for name in rows if name in columns)]
    for rule in rules:
        one, other = min(rule), max(rule)
        for teacher, coach in ((one, other), (other, one)):
            if teacher in rows and coach in columns:
                found[rows[teacher], columns[coach]] = True
    return found


def speechless(teachers: Sequence[Teacher], coaches: Sequence[Coach]) -> Mask:
    """Where both have stated their languages and share none."""
    said = np.array([bool(teacher.profile.language_names) for teacher in teachers], dtype=np.bool_)
    heard = np.array([bool(coach.profile.language_names) for coach in coaches], dtype=np.bool_)
    common = _common(teachers, coaches, lambda profile: profile.language_names)
    silent: Mask = said[:, None] & heard[None, :] & (common == 0)
    return silent


def assign(points: Matrix, allowed: Mask, coaches: Sequence[Coach]) -> dict[int, int]:
    """The coach's column for each teacher's row that can be paired."""
    values, owner = places(points, allowed, coaches)
    if not values.size:
        return {}
    rows, columns = linear_sum_assignment(values, maximize=True)
    pairs = zip(rows.tolist(), owner[columns].tolist(), strict=True)
    return {row: column for row, column in pairs if allowed[row, column]}


def places(
    points: Matrix, allowed: Mask, coaches: Sequence[Coach]
) -> tuple[Matrix, NDArray[np.intp]]:
    """The matrix that is solved: a column for each free place; and whose place each column is.

    What is not allowed costs more than all points together, so that the solver pairs as many as
    it can. The fuller a coach would be at a place, the less it is worth, but all these
    differences together are less than one point.
    """
    teachers = len(points)
    free = np.array([min(coach.places, teachers) for coach in coaches], dtype=np.intp)
    owner = np.repeat(np.arange(len(coaches), dtype=np.intp), free)
    fullness = np.array(
        [(coach.load + place) / coach.capacity
         for coach, number in zip(coaches, free.tolist(), strict=True) for place in range(number)]
    )  # fmt: skip
    forbidden = -(100.0 + 1) * (teachers + 1)
    values = np.where(allowed, points, forbidden)[:, owner]
    values -= fullness / (teachers + 1)
    return values, owner


def why_not(teacher: Teacher, coaches: Sequence[Coach], ruled_out: Mask, speechless: Mask) -> str:
    """Why a teacher was not paired, in one sentence for people; the masks are over the coaches."""
    others = np.array([coach.profile.id != teacher.profile.id for coach in coaches], dtype=np.bool_)
    free = np.array([coach.places for coach in coaches], dtype=np.intp)
    fits = others & ~ruled_out & ~speechless
    if not others.any():
        return "There is no coach who could take anybody now."
    if fits.any():
        places = int(free[fits].sum())
        whom = "every coach" if fits.sum() == others.sum() else "every coach who could be theirs"
        if places == 0:
            return f"No free place: {whom} is full."
        return f"No free place left: {count(places, 'place')} for more teachers than that."
    spoken = listed(list(teacher.profile.language_names.values()) or [""], "or")
    if not (others & ~ruled_out).any():
        return "Every coach is excluded by a never-pair rule."
    if not (others & ruled_out).any():
        return f"No coach speaks {spoken}."
    return f"Every coach is excluded by a never-pair rule or does not speak {spoken}."


Names = Callable[[Profile], Mapping[str, str]]


def _share(teachers: Sequence[Teacher], coaches: Sequence[Coach], names: Names) -> Matrix:
    """Which part of what each teacher states each coach states, too."""
    stated = np.array([len(names(teacher.profile)) for teacher in teachers], dtype=np.float64)
    common = _common(teachers, coaches, names)
    return common / np.maximum(stated, 1)[:, None]


def _common(teachers: Sequence[Teacher], coaches: Sequence[Coach], names: Names) -> Matrix:
    """How many names each teacher shares with each coach: a product of two tables of marks."""
    ours = [names(teacher.profile) for teacher in teachers]
    theirs = [names(coach.profile) for coach in coaches]
    known = set().union(*ours) & set().union(*theirs)
    index = {name: column for column, name in enumerate(sorted(known))}
    product: Matrix = _marks(ours, index) @ _marks(theirs, index).T
    return product


def _marks(stated: Sequence[Mapping[str, str]], index: Mapping[str, int]) -> NDArray[Any]:
    """A row for each person with a 1 for each name that they state."""
    marks = np.zeros((len(stated), len(index)), dtype=np.float32)
    for row, names in enumerate(stated):
        marks[row, [index[name] for name in names if name in index]] = 1
    return marks


def _hours_apart(teachers: Sequence[Teacher], coaches: Sequence[Coach]) -> Matrix:
    """The distance on the clock of each teacher and each coach when the teacher starts.

    People share few zones and starts, so distances are looked up in a small table.
    """
    zones = sorted(
        {teacher.profile.zone for teacher in teachers} | {c.profile.zone for c in coaches}
    )
    starts = sorted({teacher.starts_at for teacher in teachers})
    number = {zone: index for index, zone in enumerate(zones)}
    table = np.array(
        [[[clock_distance(offset(one, start) - offset(other, start)) for other in zones]
          for one in zones] for start in starts]
    ).reshape(len(starts), len(zones), len(zones))  # fmt: skip
    when = [starts.index(teacher.starts_at) for teacher in teachers]
    ours = [number[teacher.profile.zone] for teacher in teachers]
    theirs = [number[coach.profile.zone] for coach in coaches]
    distances: Matrix = table[np.array(when, int), np.array(ours, int)][:, np.array(theirs, int)]
    return distances
