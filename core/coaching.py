"""How the teachers of a coach are doing: who wrote, who met, who is in orientation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import programs, weeks
from core.programs import Standing
from storage import cohorts, orientation, pairs, reflections
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.reflections import Published


@dataclass(frozen=True)
class WeekNews:
    """One teaching week of one teacher. `asked`: they were here, and it has a prompt to answer."""

    number: int
    asked: bool
    wrote: Published | None
    met: bool


@dataclass(frozen=True)
class TeacherNews:
    pair_id: str
    teacher: Member
    standing: Standing | None  # None: in no running cohort
    weeks: tuple[WeekNews, ...]
    steps: tuple[int, int] | None  # while in orientation: how many are ticked, of how many


Which = Callable[[Standing], Sequence[int]]
"""The numbers of the weeks to look at, for a cohort."""


def under_way(standing: Standing) -> Sequence[int]:
    """The teaching week of this moment."""
    return [standing.position.week.number] if standing.position.week else []


def due_between(since: datetime, until: datetime) -> Which:
    """The weeks whose reflection fell due after `since` and not after `until`."""

    def which(standing: Standing) -> Sequence[int]:
        due = standing.program.rhythm.due
        return [
            one.number
            for one in weeks.teaching_weeks(standing.program, standing.cohort.starts_on)
            if since < weeks.moment(one.monday, due, standing.zone) <= until
        ]

    return which


def news(
    tx: Tx, found: Sequence[tuple[str, Member]], now: datetime, which: Which
) -> list[TeacherNews]:
    """How these teachers, with the ids of their pairs, did in the weeks that `which` names."""
    standings = _standings(tx, (teacher for _, teacher in found), now)
    looked_at = {name: _weeks(tx, standing, which) for name, standing in standings.items()}
    numbers = sorted({number for some in looked_at.values() for number in some})
    wrote = reflections.published_by(tx, [teacher.id for _, teacher in found], numbers)
    met = pairs.met(tx, [pair_id for pair_id, _ in found], numbers)
    ticked = {
        name: orientation.how_far(tx, name)
        for name, standing in standings.items()
        if any(_in_orientation(standing, teacher, now) for _, teacher in found)
    }
    answer = []
    for pair_id, teacher in found:
        standing = standings.get(teacher.cohort_id or "")
        steps = None
        if standing and _in_orientation(standing, teacher, now):
            done = ticked[standing.cohort.id].get(teacher.id, 0)
            total = len(standing.program.orientation)
            if standing.position.before_start or done < total:
                steps = (min(done, total), total)
        some = [
            WeekNews(
                number,
                asked=due is not None and (teacher.here_since is None or teacher.here_since < due),
                wrote=wrote.get((teacher.id, standing.cohort.id, number)),
                met=(pair_id, number) in met,
            )
            for number, due in (looked_at[standing.cohort.id].items() if standing else ())
            if standing
        ]
        answer.append(TeacherNews(pair_id, teacher, standing, tuple(some), steps))
    return answer


def _weeks(tx: Tx, standing: Standing, which: Which) -> dict[int, datetime | None]:
    """When the reflections of a cohort's weeks are due, by number; None without a prompt."""
    numbers = which(standing)
    changes = cohorts.changes(tx, standing.cohort.id) if numbers else {}
    return {
        number: standing.due_at(number)
        if programs.prompt_text(standing.program, number, changes) is not None
        else None
        for number in numbers
    }


def _standings(tx: Tx, teachers: Iterable[Member], now: datetime) -> dict[str, Standing]:
    """Where the running cohorts of these teachers are, by the cohort's id."""
    names = sorted({teacher.cohort_id for teacher in teachers if teacher.cohort_id})
    found = [cohort for name in names if (cohort := tx.get(Cohort, name))]
    return {
        cohort.id: programs.standing(tx, cohort, now) for cohort in found if cohort.ended_at is None
    }


def _in_orientation(standing: Standing, teacher: Member, now: datetime) -> bool:
    """Before the start, and for those who join later as long as its steps would have taken."""
    steps = standing.program.orientation
    if not steps or teacher.cohort_id != standing.cohort.id:
        return False
    length = timedelta(days=max(step.days_before for step in steps))
    joined = teacher.here_since
    return standing.position.before_start or (joined is not None and now - joined < length)
