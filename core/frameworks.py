"""Frameworks of teaching standards: versioned facts, read from frameworks.yaml.

The same letter means different things in different versions, so a standard is always named
together with its framework.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True)
class Standard:
    """One entry of a framework."""

    framework: str
    code: str
    title: str


@dataclass(frozen=True)
class Framework:
    """A version of a set of teaching standards."""

    id: str
    title: str
    publisher: str
    year: int | None  # None: the list that its publisher shows now
    standards: Mapping[str, Standard]  # by code, in order


def frameworks() -> Mapping[str, Framework]:
    """Every framework, by id."""
    return _read()[0]


def standard(framework: str, code: str) -> Standard | None:
    """The standard with this code in this version, or None."""
    known = frameworks().get(framework)
    return known.standards.get(code) if known else None


def title(framework: str, code: str) -> str:
    """How people see a standard: "B Digital Pedagogy"; the bare code when it is not known."""
    known = standard(framework, code)
    return f"{known.code} {known.title}" if known else code


def counterpart(of: Standard, framework: str) -> Standard | None:
    """The standard of another version that clearly has the same theme, if there is one."""
    if of.framework == framework:
        return of
    for step in _read()[1].get(of, ()):
        if found := counterpart(step, framework):
            return found
    return None


@lru_cache(maxsize=1)
def _read() -> tuple[dict[str, Framework], dict[Standard, list[Standard]]]:
    data: dict[str, Any] = yaml.safe_load(
        files("core").joinpath("frameworks.yaml").read_text(encoding="utf-8")
    )
    known = {
        entry["id"]: Framework(
            id=entry["id"],
            title=entry["title"],
            publisher=entry["publisher"],
            year=entry["year"],
            standards={
                item["code"]: Standard(entry["id"], item["code"], item["title"])
                for item in entry["standards"]
            },
        )
        for entry in data["frameworks"]
    }
    crosswalk: dict[Standard, list[Standard]] = {}
    for entry in data["crosswalk"]:
        old, new = (
            known[side["framework"]].standards[side["code"]]
            for side in (entry["from"], entry["to"])
        )
        crosswalk.setdefault(old, []).append(new)
    return known, crosswalk
