"""`staffroom doctor`: what is well, and what is not, with the remedy."""

import typer
from rich.console import Console
from rich.text import Text

from bot import doctor as examination
from bot.cli import context
from bot.clock import RealClock
from bot.findings import Health

MARKS = {
    Health.GOOD: ("ok  ", "green"),
    Health.NOTE: ("note", "yellow"),
    Health.BAD: ("BAD ", "red"),
}


def doctor(ctx: typer.Context) -> None:
    """Look at configuration, database, clock, zones, platforms and channels.

    Changes nothing. Each finding comes with its remedy; the exit code is 1 if one is bad.
    """
    console = Console(highlight=False)
    bad = 0
    for finding in examination.examine(context.env_file(ctx), RealClock().now()):
        mark, color = MARKS[finding.health]
        console.print(Text(mark, color), Text(f" {finding.about}: {finding.text}"), soft_wrap=True)
        if finding.remedy:
            console.print(Text(f"      -> {finding.remedy}"), soft_wrap=True)
        bad += finding.health is Health.BAD
    if bad:
        raise typer.Exit(1)
