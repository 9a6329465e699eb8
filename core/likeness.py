"""What a teacher and a coach have in common, as sets and in words. Pure.

Names are compared without regard to case; "9-11" among grades means 9, 10 and 11.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from core.wording import listed

# Words that say nothing about what somebody wants to get better at.
EMPTY_WORDS = frozenset(
    """
    about again also always another around become been before being best better building class
    classes course courses develop don't done each every feel find from gain getting give goal goals
    good great grow have help helping hope improve improving into keep know learn learning less like
    live made make making many more most much need never online other others over part people
    program really school schools should some something start still student students such take
    teach teacher teachers teaching than that their them then there these they thing things think
    this those through time toward towards under understand until using very want ways week weeks
    well were what when where which while will with work working would year years your
    """.split()  # noqa: SIM905 -- a list of a hundred literals is harder to read
)


@dataclass(frozen=True)
class Profile:
    """What a person has said about themselves, as far as a pairing cares."""

    id: str
    name: str
    zone: str  # IANA name
    subjects: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    goals: str = ""

    @cached_property
    def subject_names(self) -> Mapping[str, str]:
        return _by_key(self.subjects)

    @cached_property
    def grade_names(self) -> Mapping[str, str]:
        return _by_key(grade for text in self.grades for grade in _grades_in(text))

    @cached_property
    def language_names(self) -> Mapping[str, str]:
        return _by_key(self.languages)

    @cached_property
    def goal_words(self) -> Mapping[str, str]:
        return _meaningful(self.goals)


def shared(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """What two mappings of `Profile` have in common, as the first one writes it."""
    return [name for key, name in one.items() if key in other]


def hours_apart(one: str, other: str, at: datetime) -> float:
    """How far two zones are apart on the clock at some instant: 0 to 12 hours."""
    return clock_distance(offset(one, at) - offset(other, at))


def clock_distance(hours: float) -> float:
    """A difference of UTC offsets, as hours on the dial: 23 hours apart is one hour apart."""
    hours = abs(hours) % 24
    return min(hours, 24 - hours)


@lru_cache(maxsize=4096)
def offset(zone: str, at: datetime) -> float:
    """A zone's offset from UTC at some instant, in hours."""
    delta = ZoneInfo(zone).utcoffset(at.astimezone(ZoneInfo(zone)))
    return delta.total_seconds() / 3600 if delta is not None else 0.0


def reason(teacher: Profile, coach: Profile, at: datetime) -> str:
    """Why these two would do well together, in one sentence for people.

    `at` is when the teacher's cohort starts: the zones are compared there.
    """
    subjects = shared(teacher.subject_names, coach.subject_names)
    grades = shared(teacher.grade_names, coach.grade_names)
    languages = shared(teacher.language_names, coach.language_names)
    goals = shared(teacher.goal_words, coach.goal_words)
    parts = []
    levels = listed(_grade_words(grades)) if grades else ""
    if subjects and levels:
        joint = "in" if levels.startswith("grade") else "for"
        parts.append(f"both teach {listed(subjects)} {joint} {levels}")
    elif subjects or levels:
        parts.append(f"both teach {listed(subjects) if subjects else levels}")
    parts.append(_distance_words(hours_apart(teacher.zone, coach.zone, at)))
    if languages:
        parts.append(f"both speak {listed(languages)}")
    if goals:
        parts.append(f"goals in common: {', '.join(goals[:4])}")
    if len(parts) == 1:
        parts.insert(0, "little in common on paper")
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def _by_key(names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        clean = " ".join(name.split())
        if clean:
            found.setdefault(clean.casefold(), clean)
    return found


def _grades_in(text: str) -> list[str]:
    """ "9-11" and "9th to 11th" are three grades; "K-2" begins with K; others stay as written."""
    clean = re.sub(r"(?i)\bgrades?\b", "", text).strip()
    ends = re.fullmatch(
        r"(?i)(k|\d{1,2})(?:st|nd|rd|th)?(?:\s*(?:-|–|to)\s*(\d{1,2})(?:st|nd|rd|th)?)?", clean
    )
    if ends is None:
        return [clean]
    first = 0 if ends[1].lower() == "k" else int(ends[1])
    last = int(ends[2]) if ends[2] else first
    return ["K" if grade == 0 else str(grade) for grade in range(first, last + 1)]


def _grade_words(grades: list[str]) -> list[str]:
    """ "grade 9", "grades 9-10, 12": neighbors are drawn together; other names stay."""
    numbers = sorted(0 if grade == "K" else int(grade) for grade in grades if _is_grade(grade))
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    words = [
        f"{first or 'K'}" if first == last else f"{first or 'K'}-{last}" for first, last in runs
    ]
    if words:
        words[0] = f"{'grade' if len(numbers) == 1 else 'grades'} {words[0]}"
    return words + [grade for grade in grades if not _is_grade(grade)]


def _is_grade(grade: str) -> bool:
    return grade == "K" or grade.isdecimal()


def _distance_words(hours: float) -> str:
    whole, half = int(hours), hours % 1
    if hours == 0:
        return "in the same time zone"
    if hours == 1:
        return "one hour apart"
    if half == 0:
        return f"{whole} hours apart"
    return f"{hours:.2f}".rstrip("0") + " hours apart"


def _meaningful(goals: str) -> Mapping[str, str]:
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", goals.casefold())
    return {word: word for word in words if len(word) > 3 and word not in EMPTY_WORDS}
