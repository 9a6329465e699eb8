"""Pairing 2,000 teachers with 400 coaches: what our rules cost beside the bare solver.

Both are timed on the same matrix, ours with everything around it: reading the profiles, scoring,
rules, reasons in words. The totals are set against two simpler ways to pair.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from scipy.optimize import linear_sum_assignment

from benchmarks.report import BenchRow
from core import pairing
from core.likeness import Profile
from core.pairing import Coach, Mask, Matrix, Teacher

TEACHERS, COACHES = 2_000, 400
ROUNDS = 3
SEED = 7
START = datetime(2026, 8, 31, 4, tzinfo=UTC)

SUBJECTS = (
    "algebra", "geometry", "biology", "chemistry", "physics", "English", "history", "Spanish",
    "art", "music", "economics", "health", "civics", "French", "statistics",
)  # fmt: skip
GRADES = ("K-2", "3-5", "6-8", "9-10", "11-12", "9-12")
ZONES = (
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "America/Anchorage", "Pacific/Honolulu",
)  # fmt: skip
GOALS = (
    "feedback", "discussions", "rubrics", "accessibility", "families", "pacing", "groups",
    "engagement", "video", "integrity", "reading", "questions", "routines", "grading", "presence",
)  # fmt: skip


def run() -> list[BenchRow]:
    """Time against the bare solve; the total against greedy and random pairs."""
    teachers, coaches, never = people()
    pairing.pair_up(teachers[:20], coaches[:5], never)  # so that nothing is loaded in the race
    ours = fastest(lambda: pairing.pair_up(*people()), fastest(people))
    points = pairing.scores(teachers, coaches)
    allowed = ~(pairing.barred(teachers, coaches, never) | pairing.speechless(teachers, coaches))
    matrix, _ = pairing.places(points, allowed, coaches)
    bare = fastest(lambda: linear_sum_assignment(matrix, maximize=True))
    best = pairing.pair_up(teachers, coaches, never)
    size = f"{len(teachers):,} teachers, {len(coaches)} coaches"
    rows = [
        BenchRow(
            name="pairing: time against the bare solve",
            ours=ours,
            baseline=bare,
            ratio=ours / bare,
            aim=2.0,
            unit="s",
            note=f"{size}, a matrix of {matrix.shape[0]:,} x {matrix.shape[1]:,}",
        )
    ]
    for name, total, paired in (
        ("greedy", *greedy(points, allowed, coaches)),
        ("random", *at_random(points, allowed, coaches)),
    ):
        rows.append(
            BenchRow(
                name=f"pairing: total score, {name} against ours",
                ours=best.score,
                baseline=total,
                ratio=total / best.score,
                aim=1.0,
                unit="points",
                note=f"{len(best.matches):,} paired, {name} {paired:,}",
            )
        )
    return rows


def people() -> tuple[list[Teacher], list[Coach], set[frozenset[str]]]:
    """Made-up people with places for nearly everybody, and some never-pair rules."""
    chance = random.Random(SEED)

    def profile(name: str) -> Profile:
        return Profile(
            id=name,
            name=name,
            zone=chance.choice(ZONES),
            subjects=tuple(chance.sample(SUBJECTS, chance.randint(1, 3))),
            grades=tuple(chance.sample(GRADES, chance.randint(1, 2))),
            languages=("English", *chance.sample(("Spanish", "French"), chance.randint(0, 1))),
            goals=f"I want to get better at {' and '.join(chance.sample(GOALS, 4))}.",
        )

    teachers = [Teacher(profile(f"teacher-{n:04}"), START) for n in range(TEACHERS)]
    coaches = [Coach(profile(f"coach-{n:04}"), chance.randint(4, 7)) for n in range(COACHES)]
    never = {
        frozenset([chance.choice(teachers).profile.id, chance.choice(coaches).profile.id])
        for _ in range(200)
    }
    return teachers, coaches, never


def greedy(points: Matrix, allowed: Mask, coaches: Sequence[Coach]) -> tuple[int, int]:
    """The best pair first, then the best that is left: total score and number of pairs."""
    order = [
        divmod(int(cell), len(coaches)) for cell in (-points).argsort(axis=None, kind="stable")
    ]
    return _take(order, points, allowed, coaches)


def at_random(points: Matrix, allowed: Mask, coaches: Sequence[Coach]) -> tuple[int, int]:
    """Whoever comes, with whoever has a place: total score and number of pairs."""
    order = [(row, column) for row in range(len(points)) for column in range(len(coaches))]
    random.Random(SEED).shuffle(order)
    return _take(order, points, allowed, coaches)


def _take(
    order: Sequence[tuple[int, int]], points: Matrix, allowed: Mask, coaches: Sequence[Coach]
) -> tuple[int, int]:
    free = [coach.places for coach in coaches]
    paired: set[int] = set()
    total = 0.0
    for row, column in order:
        if row not in paired and free[column] and allowed[row, column]:
            paired.add(row)
            free[column] -= 1
            total += points[row, column]
    return int(total), len(paired)


def fastest(work: Callable[[], object], without: float = 0.0) -> float:
    """Seconds of the fastest of a few rounds, less what is not to be counted."""
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return min(taken) - without
