"""`staffroom rehearse`: a whole program with made-up people or a real roster, in a minute."""

import asyncio
import sys
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from bot import rehearsal, rehearsal_tables
from bot.cli.screen import progress, read
from bot.rehearsal import Script
from bot.rehearsal_report import write_json
from core import program_load, zones
from core.errors import UserError


def _number(least: int, help: str) -> Any:
    """An option for a whole number that is not too small."""

    def parse(typed: str) -> int:
        try:
            number = int(typed)
        except ValueError:
            number = least - 1
        if number < least:
            raise typer.BadParameter(
                f'"{typed}" will not do. Write a whole number, {least} or more.'
            )
        return number

    return typer.Option(parser=parse, metavar="NUMBER", help=help)


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise typer.BadParameter(f'"{typed}" is not a date. Write it as 2026-08-31.') from None


def rehearse(
    weeks: Annotated[int | None, _number(1, "How many teaching weeks; all, if not given.")] = None,
    teachers: Annotated[
        int | None, _number(0, "How many made-up teachers; 24, if not given.")
    ] = None,
    coaches: Annotated[int | None, _number(0, "How many made-up coaches; 3, if not given.")] = None,
    seed: Annotated[
        int, typer.Option(help="Another number, other people: who writes, who pauses, and when.")
    ] = 1,
    start: Annotated[
        date | None,
        typer.Option(
            parser=_day, metavar="DATE", help="A day in week 1; 2026-08-31, if not given."
        ),
    ] = None,
    zone: Annotated[
        str, typer.Option(help="The community's time zone, such as America/Detroit.")
    ] = "America/Detroit",
    roster: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="A CSV file: its people play."),
    ] = None,
    program: Annotated[
        str, typer.Option(help="A YAML file, or the name of a shipped program.")
    ] = rehearsal.DEFAULT_PROGRAM,
    as_json: Annotated[
        bool,
        typer.Option("--json", metavar="", help="Everything as JSON: each delivery on a line."),
    ] = False,
) -> None:
    """Play a program and show who would get what, and when. Nobody is written to.

    The real engine runs on a virtual clock with a scratch database. The same options give the
    same result, byte for byte.
    """
    if roster is not None and (teachers is not None or coaches is not None):
        raise typer.BadParameter("Give --roster, or --teachers and --coaches; not both.")
    script = Script(
        teachers=Script.teachers if teachers is None else teachers,
        coaches=Script.coaches if coaches is None else coaches,
        seed=seed,
        start=start or Script.start,
        weeks=weeks,
        program=_program(program),
        roster=read(roster, "roster") if roster else None,
        zone=zones.need(zone),
    )
    with progress("Rehearsing") as tell:
        report = asyncio.run(rehearsal.rehearse(script, tell))
    if as_json:
        write_json(report, rehearsal_tables.summary(report), sys.stdout)
    else:
        rehearsal_tables.show(report, Console())


def _program(name: str) -> str:
    """The text of a shipped program, or of a file."""
    shipped = program_load.shipped()
    if name in shipped:
        return shipped[name]
    path = Path(name)
    if not path.is_file():
        raise UserError(
            f'There is no file "{name}", and no shipped program of that name. '
            f"These are shipped: {', '.join(shipped)}."
        )
    return read(path, "program")
