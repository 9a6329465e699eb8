"""Program files: YAML that a person can write, checked as a whole before anything changes.

All faults are found in one go, each with its line, what is wrong and how to mend it.
"""

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core import program_rules, yaml_lines
from core.faults import Fault, FaultyFile, nearest
from core.program import Break, Program, Rhythm, Step, Term, Visit, WebinarPlan, Week
from core.yaml_lines import Lined

_MODELS: Mapping[tuple[str, ...], type[BaseModel]] = {
    (): Program,
    ("rhythm",): Rhythm,
    ("terms",): Term,
    ("breaks",): Break,
    ("orientation",): Step,
    ("weeks",): Week,
    ("weeks", "webinar"): WebinarPlan,
    ("weeks", "visit"): Visit,
}
_PATTERNS = {
    "name": "Use small letters, digits and hyphens, for instance first-year-online.",
    "step": "Use up to 40 small letters, digits and hyphens, for instance meet-your-coach.",
    "weeks": 'Write the first and the last week, for instance "1-18".',
    "stage": "Write prepare, visit or debrief.",
}
_WANTED = {  # pydantic's error types -> what is wrong, how to mend it
    "string_type": ("is not a text", "Write a text; in quotes if it looks like something else."),
    "int_type": ("is not a number", "Write a whole number."),
    "int_parsing": ("is not a number", "Write a whole number."),
    "date_type": ("is not a date", "Write a date as 2026-12-21."),
    "date_parsing": ("is not a date", "Write a date as 2026-12-21."),
    "date_from_datetime_parsing": ("is not a date", "Write a date as 2026-12-21."),
    "tuple_type": ("is not a list", "Write a list: each entry on its own line, after a hyphen."),
    "model_type": ("is not a block", "Write `key: value` lines, indented under it."),
}


def check(text: str) -> tuple[Program | None, list[Fault]]:
    """The program that a file describes, or None and everything that is wrong, by line."""
    lined = yaml_lines.read(text.removeprefix("\ufeff"))
    if lined.data is None and not lined.faults:
        return None, [Fault(1, "The file is empty.", "Start from one of the shipped programs.")]
    if lined.data is None:
        return None, sorted(lined.faults)
    if not isinstance(lined.data, dict):
        mend = "Start with `name: my-program`, and see a shipped program for the rest."
        return None, [*lined.faults, Fault(1, "A program is a block of `key: value`.", mend)]
    program = None
    faults = list(lined.faults)
    try:
        program = Program.model_validate(lined.data)
    except ValidationError as error:
        faults += [_fault(detail, lined) for detail in error.errors()]
    faults += program_rules.check(lined)
    return (None, sorted(set(faults))) if faults else (program, [])


def read(text: str) -> Program:
    """The program that a file describes. Raises FaultyFile with all that is wrong."""
    program, faults = check(text)
    if program is None:
        raise FaultyFile("program", faults)
    return program


def _fault(detail: ErrorDetails, lined: Lined) -> Fault:
    path = detail["loc"]
    line = lined.line(path)
    name = f"`{path[-1]}`" if isinstance(path[-1], str) else f"Entry {path[-1] + 1}"
    kind, limits = detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return Fault(line, f"{name} is missing{_inside(path)}.", f"Add `{path[-1]}: ...`.")
    if kind == "extra_forbidden":
        return Fault(line, f"{name} is not known{_inside(path)}.", _meant(path))
    if detail["input"] is None:
        return Fault(line, f"{name} is empty.", "Give it a value, or take the line out.")
    if kind == "string_pattern_mismatch":
        return Fault(line, f"{name} is written in a way we cannot read.", _PATTERNS[str(path[-1])])
    if kind == "value_error":
        mend = str(limits["error"])
        return Fault(
            line, f"{name} is no moment that we can read.", mend[0].upper() + mend[1:] + "."
        )
    if kind in _WANTED:
        what, mend = _WANTED[kind]
        return Fault(line, f"{name} {what}.", mend)
    return Fault(line, *_limit(name, kind, limits, detail["input"]))


def _limit(name: str, kind: str, limits: Mapping[str, Any], given: object) -> tuple[str, str]:
    """What is too long, too short, too large or too small, and the limit."""
    if kind == "string_too_long":
        most = limits["max_length"]
        return f"{name} has {len(str(given))} characters.", f"Shorten it to {most} at most."
    if kind == "string_too_short":
        return f"{name} is empty.", "Give it a value, or take the line out."
    if kind == "too_long":
        return f"{name} has {limits['actual_length']} entries.", (
            f"Keep {limits['max_length']} at most."
        )
    if kind == "too_short":
        return f"{name} has no entries.", f"Write at least {limits['min_length']}."
    if kind == "greater_than_equal":
        return f"{name} is {given}, which is too small.", f"Write {limits['ge']} or more."
    if kind == "less_than_equal":
        return f"{name} is {given}, which is too large.", f"Write {limits['le']} or less."
    return f"{name} cannot be read.", "See a shipped program for how it is written."


def _keys(path: tuple[int | str, ...]) -> tuple[str, ...]:
    return tuple(part for part in path[:-1] if isinstance(part, str))


def _inside(path: tuple[int | str, ...]) -> str:
    around = _keys(path)
    return f" in `{around[-1]}`" if around else ""


def _meant(path: tuple[int | str, ...]) -> str:
    model = _MODELS.get(_keys(path))
    known = list(model.model_fields) if model else []
    typed = re.sub(r"[\s-]+", "_", str(path[-1]))
    close = nearest(typed, known)
    if close:
        return f"Did you mean `{close}`?"
    return f"Take it out; known here: {', '.join(known)}."
