"""`staffroom program`: check, load and list programs."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import context
from bot.cli.screen import complain, read, say
from core import program_file, program_load
from core.faults import Fault, FaultyFile
from core.program import Program
from core.wording import count
from storage import cohorts, programs
from storage.database import Tx

app = typer.Typer(help="Check, load and list programs.", no_args_is_help=True)
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A program file (YAML).")]


@app.command()
def check(file: File) -> None:
    """Look for everything that is wrong in a program file. Nothing is changed."""
    program, faults = program_file.check(_read(file))
    if program is None:
        _tell(file, faults)
        raise typer.Exit(1)
    say(f"{file} is fine: {_size(program)}.")


@app.command()
def load(ctx: typer.Context, file: File) -> None:
    """Take a program file into the community. One with the same name is replaced: what has been
    sent stays as it is, and what has not been sent moves."""
    text = _read(file)
    program, faults = program_file.check(text)
    if program is None:
        _tell(file, faults)
        complain("Nothing was changed.")
        raise typer.Exit(1)
    with context.community(ctx) as (community, now):
        loaded = community.write_now(lambda tx: program_load.load(tx, text, now))
    words = {"new": "is new", "changed": "is replaced", "same": "is the same as before"}
    say(f"{program.name} {words[loaded.change]}: {_size(program)}.")
    if loaded.cohorts:
        say(f"Followed by: {', '.join(loaded.cohorts)}.")
    elif loaded.change == "new":
        say("No cohort follows it yet: an organizer starts one with /cohort create.")


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """Show the programs of the community, and who follows them."""

    def look(tx: Tx) -> list[str]:
        lines = []
        for stored in programs.every(tx):
            program = program_file.read(stored.text)
            following = [cohort.name for cohort in cohorts.of_program(tx, stored.id)]
            who = f"followed by {', '.join(following)}" if following else "followed by nobody"
            lines.append(f"{stored.name}: {stored.title}; {_size(program)}; {who}.")
        return lines

    with context.community(ctx) as (community, _now):
        say(*community.read_now(look))


def _read(file: Path) -> str:
    try:
        return read(file, "program")
    except FaultyFile as error:
        _tell(file, error.faults)
        raise typer.Exit(1) from None


def _tell(file: Path, faults: Sequence[Fault]) -> None:
    for fault in faults:
        say(f"{file}:{fault.line}: {fault.what} {fault.mend}")
    complain(f"{count(len(faults), 'fault')} in {file}.")


def _size(program: Program) -> str:
    prompts = sum(week.prompt is not None for week in program.weeks)
    webinars = sum(week.webinar is not None for week in program.weeks)
    return (
        f"{count(len(program.weeks), 'week')}, {count(prompts, 'prompt')}, "
        f"{count(webinars, 'webinar')}, {count(len(program.orientation), 'orientation step')}"
    )
