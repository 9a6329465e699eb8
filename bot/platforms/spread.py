"""A form as a platform can show it: long values over several inputs, many inputs over pages.

Shared by the adapters. Nothing is lost: the name of each input says how it is joined to the one
before it, and names come back with what was typed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, unquote

from core.chat import Capabilities
from core.interaction import Input, OpenForm, Param

JOINERS = 8  # characters of white space that a name can carry
ROOM = 8_000  # characters, some 1,300 words, that an empty form has room for; when it is opened
# again there is room for more, so a form never grows to a wall of empty inputs
PARAGRAPH = "\n\n"  # how inputs that were empty are joined


@dataclass(frozen=True)
class FormInput:
    """One input of a form. `name` is what the platform hands back with its value."""

    name: str
    param: Param
    label: str
    value: str
    required: bool
    max_length: int


def spread(form: OpenForm, limits: Capabilities) -> list[list[FormInput]]:
    """The inputs of a form, by page."""
    inputs = [
        one
        for param in form.params
        for one in _inputs(param, form.values.get(param.name, ""), limits.max_form_input)
    ]
    size = limits.max_form_inputs
    return [inputs[start : start + size] for start in range(0, len(inputs), size)] or [[]]


def rejoin(filled: Mapping[str, str]) -> dict[str, str]:
    """The values of the parameters, from the names and values of all inputs in their order."""
    values: dict[str, str] = {}
    for name, value in filled.items():
        param, joiner, *_ = [*name.split("~"), ""]
        before = values.get(param)
        if before is None:
            values[param] = value
        elif value:
            values[param] = before + unquote(joiner) + value if before else value
    return values


def _inputs(param: Param, value: str, limit: int) -> list[FormInput]:
    if param.input is not Input.LONG:
        limit = max(limit, param.max_length)
    pieces = _pieces(value, limit)
    most = -(-param.max_length // limit)
    wanted = max(len(pieces), min(most, max(len(pieces) + bool(value), -(-ROOM // limit))))
    pieces += [(PARAGRAPH, "")] * (wanted - len(pieces))
    return [
        FormInput(
            name=param.name if number == 1 else f"{param.name}~{quote(joiner)}~{number}",
            param=param,
            label=param.label if number == 1 else f"{param.label}, continued ({number})",
            value=piece,
            required=param.required and number == 1,
            max_length=min(limit, param.max_length),
        )
        for number, (joiner, piece) in enumerate(pieces, 1)
    ]


def _pieces(text: str, limit: int) -> list[tuple[str, str]]:
    """The text in pieces of at most `limit` characters, each with what joins it to the last.

    Cut between paragraphs if that fills at least half of a piece, else between lines or words.
    """
    pieces, joiner = [], ""
    while len(text) > limit:
        at, end = _cut(text, limit)
        pieces.append((joiner, text[:at]))
        joiner, text = text[at:end], text[end:]
    return [*pieces, (joiner, text)]


def _cut(text: str, limit: int) -> tuple[int, int]:
    """Where the white space between two pieces begins and ends."""
    gaps = [
        (gap.start(), gap.end())
        for gap in re.finditer(rf"(?<=\S)\s{{1,{JOINERS}}}(?=\S)", text[: limit + JOINERS + 1])
        if limit // 2 <= gap.start() <= limit
    ]
    for border in (PARAGRAPH, "\n", ""):
        if fitting := [gap for gap in gaps if border in text[gap[0] : gap[1]]]:
            return fitting[-1]
    return limit, limit
