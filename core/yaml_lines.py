"""YAML with the line of everything in it, composed by PyYAML's safe loader.

Scalars stay text as they were written (`16:00`, `No` and `2026-12-21` are that text), so that
the types are decided by whoever knows what is meant. Only an empty value is None.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

import yaml

from core.faults import Fault

Path = tuple[Hashable, ...]  # keys and indices from the top

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_DEEPEST = 20
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads `[Why?, How?]` rightly
_MENDS = (
    (r"mapping values are not allowed", 'Put text that contains ": " in quotes.'),
    (r"cannot start any token", "Put text that begins with this character in quotes."),
    (r"unexpected end of stream", "Close the quotation mark that is open."),
    (r"expected ',' or '[\]}]'", "Close the bracket, or put the text in quotes."),
    (r"another document", "Keep one program in a file, without lines that say ---."),
    (r"undefined alias", "Put text that begins with * in quotes."),
    (
        r"expected (<block end>|'-' indicator|key)",
        "Indent all entries of a block by the same spaces.",
    ),
    (r"could not find expected ':'", "Write a colon and a space after each key."),
)


@dataclass
class Lined:
    """What a YAML text holds, with the line of each value by its path, and what is wrong."""

    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def line(self, path: Path) -> int:
        """The line of a value, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


def read(text: str) -> Lined:
    """Read a YAML text; never raises. Where it is no YAML at all, `data` is None."""
    lined = Lined()
    for found in _CONTROL.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        what = f"There is an invisible character here (U+{ord(found.group()):04X})."
        lined.faults.append(Fault(line, what, "Delete it."))
    if lined.faults:
        return lined
    try:
        if deep := _too_deep(text):
            lined.faults.append(Fault(deep, "This is nested too deeply.", "Use fewer levels."))
            return lined
        node = yaml.compose(text, Loader=_LOADER)
        lined.data = _value(node, (), lined, set()) if node is not None else None
    except yaml.MarkedYAMLError as error:
        lined.faults.append(_syntax_fault(error, text))
    return lined


def _too_deep(text: str) -> int | None:
    """The line where blocks are nested too deeply to be composed, which goes down by itself."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                return event.start_mark.line + 1 if event.start_mark else 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _syntax_fault(error: yaml.MarkedYAMLError, text: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    line = mark.line + 1 if mark else 1
    problem = error.problem or "this cannot be read"
    began = error.context_mark.line + 1 if error.context_mark else line
    where = f", in what begins in line {began}" if began < line else ""
    mend = next(
        (mend for pattern, mend in _MENDS if re.search(pattern, problem)),
        "Compare the indentation and the punctuation with the lines above.",
    )
    if re.search("token|tab", problem) and "\t" in "".join(text.splitlines()[line - 1 : line]):
        mend = "Indent with spaces; tabs do not count in YAML."
    return Fault(line, f"This is not YAML: {problem}{where}.", mend)


def _value(node: yaml.Node, path: Path, lined: Lined, seen: set[int]) -> Any:
    lined.lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen:
        what = "A part is used a second time here by an alias (*)."
        lined.faults.append(Fault(lined.line(path), what, "Write it out once more."))
        return None
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lined, seen)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), lined, seen) for index, item in enumerate(node.value)]
    return None if node.tag == "tag:yaml.org,2002:null" else node.value


def _mapping(node: yaml.MappingNode, path: Path, lined: Lined, seen: set[int]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            lined.faults.append(Fault(line, "A key must be a plain word.", "Write key: value."))
            continue
        key = key_node.value
        if key in values:
            what = f"`{key}` is there twice, first in line {lined.lines[*path, key]}."
            lined.faults.append(Fault(line, what, "Keep one of the two."))
            continue
        lined.lines[*path, key] = line
        values[key] = _value(value_node, (*path, key), lined, seen)
    return values
