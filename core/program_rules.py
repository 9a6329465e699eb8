"""What must hold between the parts of a program file, beyond each part being well written.

The rules look at every part that can be read, so that one bad week does not hide the faults of
the others.
"""

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from core import frameworks
from core.faults import Fault, nearest
from core.program import Break, Rhythm, Step, Term, WeekMoment
from core.yaml_lines import Lined, Path

M = TypeVar("M", bound=BaseModel)


def check(lined: Lined) -> list[Fault]:
    """Every rule that the file breaks."""
    return [
        *_standards(lined),
        *_week_numbers(lined),
        *_prompts(lined),
        *_agendas(lined),
        *_terms(lined),
        *_breaks(lined),
        *_steps(lined),
        *_moments(lined),
    ]


def _standards(lined: Lined) -> Iterator[Fault]:
    name = lined.data.get("framework")
    if not isinstance(name, str):
        return
    framework = frameworks.frameworks().get(name)
    if framework is None:
        known = list(frameworks.frameworks())
        close = nearest(name, known)
        mend = f"Did you mean {close}?" if close else f"Write one of: {', '.join(known)}."
        yield Fault(lined.line(("framework",)), f'There is no framework "{name}".', mend)
        return
    for path, week in _entries(lined, "weeks"):
        code = week.get("standard")
        if isinstance(code, str) and code not in framework.standards:
            what = f'Standard "{code}" is not in {name}.'
            codes = ", ".join(framework.standards)
            yield Fault(lined.line((*path, "standard")), what, f"Write one of: {codes}.")


def _week_numbers(lined: Lined) -> Iterator[Fault]:
    numbered = list(_numbers(lined))
    first_at: dict[int, int] = {}
    reached = 0
    present = {number for _, number in numbered}
    for line, number in numbered:
        if number in first_at:
            what = f"Week {number} is there twice, first in line {first_at[number]}."
            yield Fault(line, what, "Number the weeks 1, 2, 3 and so on.")
            continue
        first_at[number] = line
        if number < reached:
            what = f"Week {number} comes after week {reached}."
            yield Fault(line, what, "Put the weeks in order.")
            continue
        missing = sorted(set(range(reached + 1, number)) - present)
        if missing:
            what = f"{_weeks(missing).capitalize()} missing before week {number}."
            yield Fault(line, what, "Weeks count from 1 without gaps; add or renumber them.")
        reached = number


def _prompts(lined: Lined) -> Iterator[Fault]:
    first_at: dict[str, int] = {}
    for path, week in _entries(lined, "weeks"):
        prompt = week.get("prompt")
        if not isinstance(prompt, str):
            continue
        line = lined.line((*path, "prompt"))
        said = " ".join(prompt.split()).casefold()
        if said in first_at:
            what = f"This prompt is the same, word for word, as the one in line {first_at[said]}."
            yield Fault(line, what, "Ask something new, or take one of the two out.")
        first_at.setdefault(said, line)


def _agendas(lined: Lined) -> Iterator[Fault]:
    for path, week in _entries(lined, "weeks"):
        agenda = week.get("agenda")
        if not isinstance(agenda, list):
            continue
        if not agenda:
            mend = "Write 1 to 8 questions, or take the line out."
            yield Fault(lined.line((*path, "agenda")), "The agenda has no questions.", mend)
        for index, question in enumerate(agenda):
            if isinstance(question, str) and not question.strip():
                line = lined.line((*path, "agenda", index))
                yield Fault(line, "A question of the agenda is empty.", "Write it or delete it.")


def _terms(lined: Lined) -> Iterator[Fault]:
    """Terms follow each other without gap or overlap, from week 1 to the last."""
    last_week = max((number for _, number in _numbers(lined)), default=0)
    line, covered = 1, 0
    terms = list(_parts(lined, "terms", Term))
    for path, term in terms:
        line = lined.line((*path, "weeks"))
        first, last = (int(number) for number in term.weeks.split("-"))
        if last < first:
            yield Fault(line, f"{term.name} ends before it begins.", "Write the first week first.")
            return
        if first <= covered:
            what = f"Week {first} is in two terms."
            yield Fault(line, what, f"Let {term.name} begin with week {covered + 1}.")
        elif first > covered + 1:
            skipped = _weeks(list(range(covered + 1, first)))
            yield Fault(line, f"{skipped.capitalize()} in no term.", "Extend a term to cover them.")
        covered = max(covered, last)
    if not terms or not last_week:
        return
    if covered > last_week:
        what = f"The terms reach to week {covered}, but the last week is {last_week}."
        yield Fault(line, what, f"End the last term with week {last_week}.")
    elif covered < last_week and len(terms) == len(lined.data["terms"]):
        skipped = _weeks(list(range(covered + 1, last_week + 1)))
        mend = f"End the last term with week {last_week}."
        yield Fault(line, f"{skipped.capitalize()} in no term.", mend)


def _breaks(lined: Lined) -> Iterator[Fault]:
    last_week = max((number for _, number in _numbers(lined)), default=0)
    for path, pause in _parts(lined, "breaks", Break):
        line = lined.line(path)
        shifted = (pause.after_week is not None, pause.weeks is not None)
        dated = (pause.first_day is not None, pause.last_day is not None)
        if (all(shifted), any(dated)) != (True, False) and (all(dated), any(shifted)) != (
            True,
            False,
        ):
            what = f"{pause.name} does not say when it is."
            mend = "Give it either after_week and weeks, or first_day and last_day."
            yield Fault(line, what, mend)
        elif pause.first_day and pause.last_day and pause.last_day < pause.first_day:
            what = f"{pause.name} ends before it begins."
            yield Fault(lined.line((*path, "last_day")), what, "Write the earlier day first.")
        elif pause.after_week and last_week and pause.after_week >= last_week:
            what = f"{pause.name} comes after week {pause.after_week}, where nothing follows."
            mend = f"Put it after a week from 1 to {last_week - 1}, or take it out."
            yield Fault(lined.line((*path, "after_week")), what, mend)


def _steps(lined: Lined) -> Iterator[Fault]:
    first_at: dict[str, int] = {}
    for path, entry in _entries(lined, "orientation"):
        name = entry.get("step")
        if not isinstance(name, str):
            continue
        line = lined.line((*path, "step"))
        if name in first_at:
            what = f'The step "{name}" is there twice, first in line {first_at[name]}.'
            yield Fault(line, what, "Give each step a name of its own.")
        first_at.setdefault(name, line)
    reached: tuple[int, str] | None = None
    for path, step in _parts(lined, "orientation", Step):
        if reached and step.days_before > reached[0]:
            what = f'"{step.title}" is sent before "{reached[1]}", which stands above it.'
            mend = "Put the steps in the order of their days, the largest days_before first."
            yield Fault(lined.line((*path, "days_before")), what, mend)
        reached = (step.days_before, step.title)


def _moments(lined: Lined) -> Iterator[Fault]:
    """Moments of the week that must come in this order."""
    given = lined.data.get("rhythm", {})
    if not isinstance(given, dict):
        return
    rhythm = _lenient(Rhythm, given)
    for earlier, later in (("prompt", "nudge"), ("nudge", "due"), ("announcement", "webinar")):
        first: WeekMoment = getattr(rhythm, earlier)
        second: WeekMoment = getattr(rhythm, later)
        if (first.weekday, first.at) >= (second.weekday, second.at):
            named = f"`{earlier}` ({first})", f"`{later}` ({second})"
            what = f"{named[1]} must come after {named[0]}."
            if later not in given:
                what = f"{named[0]} must come before {named[1]}."
            line = lined.line(("rhythm", later if later in given else earlier))
            yield Fault(line, what, "Move one of them; a week runs from Monday to Sunday.")


def _lenient(model: type[M], given: dict[str, Any]) -> M:
    """The model with those values that can be read, and defaults for the rest."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        bad = {detail["loc"][0] for detail in error.errors()}
        return model.model_validate({key: given[key] for key in given if key not in bad})


def _entries(lined: Lined, key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The blocks in a list of the file, with their paths."""
    entries = lined.data.get(key)
    for index, entry in enumerate(entries if isinstance(entries, list) else []):
        if isinstance(entry, dict):
            yield (key, index), entry


def _parts(lined: Lined, key: str, model: type[M]) -> Iterator[tuple[Path, M]]:
    """Those entries of a list that are well written."""
    for path, entry in _entries(lined, key):
        try:
            yield path, model.model_validate(entry)
        except ValidationError:
            continue


def _numbers(lined: Lined) -> Iterator[tuple[int, int]]:
    """The line and the number of each week that has a number."""
    for path, week in _entries(lined, "weeks"):
        number = week.get("week")
        if isinstance(number, str) and re.fullmatch(r"[1-9]\d{0,3}", number):
            yield lined.line((*path, "week")), int(number)


def _weeks(numbers: list[int]) -> str:
    """ "week 4 is", "weeks 4-6 are"."""
    if len(numbers) == 1:
        return f"week {numbers[0]} is"
    together = numbers[-1] - numbers[0] + 1 == len(numbers)
    named = f"{numbers[0]}-{numbers[-1]}" if together else ", ".join(map(str, numbers))
    return f"weeks {named} are"
