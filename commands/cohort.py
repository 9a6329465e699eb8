"""`/cohort`: for organizers, the groups of teachers who start together."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from commands.params import Day, Picked, Somebody, Text, YesNo, Zone
from commands.registry import Call, command
from core import cohorts, programs, times
from core.cards.coach import position_words
from core.chat import Message
from core.cohorts import Overview
from core.errors import UserError
from core.interaction import Choice
from core.wording import count
from storage import cohorts as stored
from storage import programs as stored_programs
from storage.cohorts import Cohort
from storage.members import Member
from storage.programs import StoredProgram
from storage.words import Role

SHOWN = 100


def _cohorts(call: Call, typed: str) -> Sequence[Choice]:
    return [Choice(one.id, one.name) for one in stored.running(call.tx)]


def _cohort(call: Call, typed: str) -> Cohort | None:
    return call.tx.get(Cohort, typed) or stored.by_name(call.tx, typed)


def _programs(call: Call, typed: str) -> Sequence[Choice]:
    return [Choice(one.name, one.title) for one in stored_programs.every(call.tx)]


def _program(call: Call, typed: str) -> StoredProgram | None:
    return stored_programs.by_name(call.tx, typed.lower())


CohortPick = Annotated[Cohort, Picked("Cohort", "By name", _cohorts, _cohort)]
ProgramPick = Annotated[StoredProgram, Picked("Program", "By name", _programs, _program)]


def chosen(call: Call, cohort: Cohort | None) -> Cohort:
    """The cohort that was named, else one's own, else the one that started last.

    Raises UserError when there is none.
    """
    found = cohort or call.tx.get(Cohort, call.me.cohort_id)
    if found is None:
        running = stored.running(call.tx)
        found = running[-1] if running else None
    if found is None:
        raise UserError("There is no cohort yet. `/cohort create` starts one.")
    return found


@command("cohort create", help="Start a cohort", least=Role.ORGANIZER, form=True, submit="Create")
def create(
    call: Call,
    name: Annotated[str, Text("Name", "Such as Fall 2027", 80)],
    program: ProgramPick,
    start: Annotated[date, Day("Start", "A day of its first week", ahead=False)],
    zone: Annotated[str | None, Zone("Time zone", "If it is not the community's")] = None,
    past: Annotated[bool, YesNo("Past", "Yes: it began before today")] = False,
) -> Message:
    """A cohort starts on the Monday of the week that is given."""
    made = cohorts.create(call.tx, name, program, start, call.now, zone=zone, past=past)
    moved = (
        ""
        if made.starts_on == start
        else f" ({times.day(start)} is in the week of that Monday; weeks begin on Mondays)"
    )
    return Message(
        f"**{made.name}** follows {program.title} from {times.day(made.starts_on)}, "
        f"{made.starts_on.year}{moved}. `/cohort add` puts people into it."
    )


@command("cohort list", help="All cohorts", least=Role.ORGANIZER, reads=True)
def list_cohorts(call: Call) -> Message:
    """The running cohorts, and where each is."""
    running = programs.all_standings(call.tx, call.now)
    if not running:
        return Message("There is no cohort yet. `/cohort create` starts one.")
    lines = [
        f"- **{one.cohort.name}** ({one.program.title}): {position_words(one)}" for one in running
    ]
    return Message("\n".join(lines), title=count(len(running), "running cohort"))


@command(
    "cohort show", help="Where a cohort stands", least=Role.ORGANIZER, reads=True, default=True
)
def show(call: Call, cohort: CohortPick | None = None) -> Message:
    """The week, who has written, and how far each is in orientation."""
    return _shown(cohorts.look(call.tx, chosen(call, cohort), call.now), call)


@command("cohort add", help="Put somebody into a cohort", least=Role.ORGANIZER)
def add(
    call: Call,
    member: Annotated[Member, Somebody("Member", "Name or e-mail")],
    cohort: CohortPick | None = None,
) -> Message:
    """The member leaves any other cohort."""
    into = chosen(call, cohort)
    cohorts.add(call.tx, into, member, call.now)
    return Message(f"{member.name} is in {into.name} now.")


@command("cohort end", help="End a cohort", least=Role.ORGANIZER)
def end(
    call: Call,
    cohort: CohortPick,
    sure: Annotated[bool, YesNo("Sure", "Yes: plan nothing more for it")] = False,
) -> Message:
    """Nothing more is planned for it; what people wrote stays."""
    if not sure:
        text = f"Ending {cohort.name} stops its prompts and messages. Say “sure: yes” to end it."
        raise UserError(text, {"sure": text})
    cohorts.end(call.tx, cohort, call.now)
    return Message(f"{cohort.name} has ended. What its people wrote stays where it is.")


def _shown(seen: Overview, call: Call) -> Message:
    standing, people = seen.standing, seen.people
    week, steps = standing.position.week, len(standing.program.orientation)
    fields = [
        ("Program", standing.program.title),
        ("Week", position_words(standing)),
        ("Starts", f"{times.day(standing.cohort.starts_on)}, {standing.cohort.starts_on.year}"),
        ("Teachers", f"{len(people)}" + (f", {seen.invited} invited" if seen.invited else "")),
    ]
    if standing.cohort.ended_at:
        fields[1] = ("Week", "Ended")
    if week:
        wrote = sum(one.wrote for one in people)
        fields.append(("Wrote this week", f"{wrote} of {len(people)}"))
    lines = []
    for one in people[:SHOWN]:
        notes = []
        if week:
            notes.append("wrote" if one.wrote else "not yet")
        if one.member.paused(call.now):
            notes.append("paused")
        if steps and one.ticked < steps:
            notes.append(f"orientation {one.ticked} of {steps}")
        lines.append(f"- {one.member.name}: {', '.join(notes) or 'orientation done'}")
    if len(people) > SHOWN:
        lines.append(f"- and {len(people) - SHOWN} more")
    empty = "Nobody is in it yet. `/cohort add` puts people into it."
    return Message("\n".join(lines) or empty, title=standing.cohort.name, fields=tuple(fields))
