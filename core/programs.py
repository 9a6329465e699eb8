"""The program that a cohort follows, and where its people stand in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from core import program_file, weeks
from core.program import Program, Rhythm, Week
from storage import cohorts, communities
from storage.cohorts import Cohort, WeekChange
from storage.database import Tx
from storage.members import Member
from storage.programs import StoredProgram


@lru_cache(maxsize=64)
def read(text: str) -> Program:
    """The program of a stored text."""
    return program_file.read(text)


@lru_cache(maxsize=64)
def _adapted(text: str, moments: tuple[tuple[str, str], ...]) -> Program:
    program = read(text)
    return program.model_copy(update={"rhythm": adapt(program.rhythm, dict(moments))})


def adapt(rhythm: Rhythm, moments: Mapping[str, str]) -> Rhythm:
    """A rhythm with single moments replaced, as in {"prompt": "Monday 08:00"}."""
    return Rhythm.model_validate({**rhythm.model_dump(), **moments})


def program_of(tx: Tx, cohort: Cohort) -> Program:
    """The program of a cohort, as it was last loaded, in the cohort's own rhythm."""
    text = tx.need(StoredProgram, cohort.program_id).text
    return _adapted(text, tuple(sorted(cohort.rhythm.items()))) if cohort.rhythm else read(text)


def zone_of_cohort(tx: Tx, cohort: Cohort) -> str:
    return cohort.zone or communities.current(tx).zone


def zone_of(tx: Tx, member: Member | None) -> str:
    """The IANA zone in which a member lives: as they say, else as their platform tells."""
    return (member.known_zone if member else None) or communities.current(tx).zone


@dataclass(frozen=True)
class Standing:
    """A cohort at some moment: its program, zone and position."""

    cohort: Cohort
    program: Program
    zone: str
    position: weeks.Position

    @property
    def week(self) -> Week | None:
        """The teaching week under way."""
        here = self.position.week
        return self.program.week(here.number) if here else None

    def due_at(self, number: int) -> datetime:
        """When the reflection of a week is due."""
        week = weeks.week_numbered(self.program, self.cohort.starts_on, number)
        if week is None:
            raise LookupError(f"no week {number}")
        return weeks.moment(week.monday, self.program.rhythm.due, self.zone)


def standing(tx: Tx, cohort: Cohort, now: datetime) -> Standing:
    program = program_of(tx, cohort)
    zone = zone_of_cohort(tx, cohort)
    return Standing(cohort, program, zone, weeks.position(program, cohort.starts_on, zone, now))


def prompt_text(program: Program, number: int, changes: dict[int, WeekChange]) -> str | None:
    """The prompt of a week as the cohort gets it, or None for a week without one."""
    change = changes.get(number)
    if change and change.skipped:
        return None
    week = program.week(number)
    return (change.prompt if change and change.prompt else None) or (week.prompt if week else None)


def standing_of(tx: Tx, member: Member, now: datetime) -> Standing | None:
    """Where a member's cohort is, or None for someone in no cohort."""
    cohort = tx.get(Cohort, member.cohort_id)
    return standing(tx, cohort, now) if cohort and cohort.ended_at is None else None


def all_standings(tx: Tx, now: datetime) -> list[Standing]:
    return [standing(tx, cohort, now) for cohort in cohorts.running(tx)]
