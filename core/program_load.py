"""Loading programs into a community: those that are shipped, new ones, corrected ones."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from core import program_file
from core.program import Program
from storage import cohorts, communities, programs
from storage.database import Tx
from storage.programs import StoredProgram


@dataclass(frozen=True)
class Loaded:
    """What loading a program did."""

    program: Program
    stored: StoredProgram
    change: Literal["new", "changed", "same"]
    cohorts: tuple[str, ...] = ()  # names of the cohorts that follow it


def load(tx: Tx, text: str, now: datetime) -> Loaded:
    """Take a program file; one with the same name is replaced.

    What has been sent stays as it is, and the planner moves the rest. Raises FaultyFile, and
    changes nothing, when the file has faults.
    """
    program = program_file.read(text)
    stored = programs.by_name(tx, program.name)
    if stored is None:
        stored = tx.add(
            StoredProgram(name=program.name, title=program.title, text=text, loaded_at=now)
        )
        tx.flush()
        return Loaded(program, stored, "new")
    following = tuple(cohort.name for cohort in cohorts.of_program(tx, stored.id))
    if stored.text == text:
        return Loaded(program, stored, "same", following)
    stored.text, stored.title, stored.loaded_at = text, program.title, now
    communities.replan(tx)
    return Loaded(program, stored, "changed", following)


@lru_cache(maxsize=1)
def shipped() -> dict[str, str]:
    """The texts of the programs that come with Staffroom, by name."""
    folder = files("core").joinpath("programs")
    return {
        entry.name.removesuffix(".yaml"): entry.read_text(encoding="utf-8")
        for entry in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".yaml")
    }
