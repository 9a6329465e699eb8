"""`/program`: for organizers, what is loaded and what a week holds."""

from typing import Annotated

from commands.cohort import ProgramPick, chosen
from commands.params import Whole
from commands.registry import Call, command
from core import frameworks, programs, weeks
from core.cards.coach import agenda_words
from core.chat import Message
from core.errors import UserError
from core.program import Program
from core.wording import count, listed
from storage import cohorts
from storage import programs as stored
from storage.programs import StoredProgram
from storage.words import Role


@command("program list", help="The loaded programs", least=Role.ORGANIZER, reads=True)
def list_programs(call: Call) -> Message:
    """Every program, and who follows it."""
    lines = []
    for row in stored.every(call.tx):
        program = programs.read(row.text)
        following = [cohort.name for cohort in cohorts.of_program(call.tx, row.id)]
        who = f"; followed by {listed(following)}" if following else ""
        lines.append(
            f"- **{program.title}** (`{row.name}`): {count(len(program.weeks), 'week')}{who}"
        )
    return Message(
        "\n".join(lines) or "No program is loaded. On the bot's machine: `staffroom program load`.",
        title="Programs",
    )


@command("program show", help="What a program is", least=Role.ORGANIZER, reads=True, default=True)
def show(call: Call, program: ProgramPick | None = None) -> Message:
    """Its terms, breaks, weekly rhythm and orientation, and all themes."""
    found = _program(call, program)
    themes = "\n".join(f"{week.week}. {week.theme}" for week in found.weeks)
    rhythm = found.rhythm
    fields = [
        ("Standards", _framework(found)),
        ("Terms", ", ".join(f"{term.name} (weeks {term.weeks})" for term in found.terms)),
        ("Breaks", ", ".join(_break(found, one.name) for one in found.breaks)),
        ("Prompt", f"{rhythm.prompt}, due {rhythm.due}"),
        ("Webinar", f"{rhythm.webinar}, {rhythm.webinar_minutes} minutes"),
        ("Orientation", count(len(found.orientation), "step")),
    ]
    return Message(
        "\n\n".join(part for part in (found.about, f"**Weeks**\n\n{themes}") if part),
        title=found.title,
        fields=tuple((label, value) for label, value in fields if value),
    )


@command("program week", help="What a week holds", least=Role.ORGANIZER, reads=True)
def week(
    call: Call,
    week: Annotated[int | None, Whole("Week", "Of the program", 1, 104)] = None,
    program: ProgramPick | None = None,
) -> Message:
    """Theme, standard, prompt, webinar and agenda; by default of the week under way."""
    found = _program(call, program)
    number = week or (_week_now(call) if program is None else 1)
    plan = found.week(number)
    if plan is None:
        text = f"{found.title} has {count(len(found.weeks), 'week')}. Give a number from 1 on."
        raise UserError(text, {"week": text})
    parts = [
        f"**Prompt**\n\n{plan.prompt}" if plan.prompt else "No prompt in this week.",
        f"**Webinar: {plan.webinar.title}**\n\n{plan.webinar.abstract}" if plan.webinar else "",
        f"**One-on-one**\n\n{agenda_words(plan)}" if plan.agenda or plan.visit else "",
    ]
    return Message(
        "\n\n".join(part for part in parts if part),
        title=f"{found.title}, week {plan.week}: {plan.theme}",
        fields=(("Standard", frameworks.title(found.framework, plan.standard)),),
    )


def _program(call: Call, row: StoredProgram | None) -> Program:
    if row is not None:
        return programs.read(row.text)
    return programs.program_of(call.tx, chosen(call, None))


def _week_now(call: Call) -> int:
    here = programs.standing(call.tx, chosen(call, None), call.now).position
    near = here.week or here.following or weeks.TeachingWeek(1, call.now.date())
    return near.number


def _framework(program: Program) -> str:
    known = frameworks.frameworks().get(program.framework)
    return known.title if known else program.framework


def _break(program: Program, name: str) -> str:
    one = next(pause for pause in program.breaks if pause.name == name)
    if one.after_week:
        return f"{name} (after week {one.after_week}, {count(one.weeks or 1, 'week')})"
    return f"{name} ({one.first_day} to {one.last_day})"
