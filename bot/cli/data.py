"""`staffroom backup`, `restore` and `export`: the data, out and in."""

from pathlib import Path
from typing import Annotated

import typer

from bot import backup as backups
from bot import export as exports
from bot.cli import context
from bot.cli.screen import progress, say
from bot.clock import RealClock


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new file for the backup.")],
) -> None:
    """Copy the whole database into a file, also while Staffroom is running."""
    with progress("Copying") as tell:
        backups.save(context.settings(ctx), file, tell)
    say(f"{file} has everything ({file.stat().st_size / 1e6:.1f} MB). Keep it as safe as letters.")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", metavar="", help="Do not ask.")] = False,
) -> None:
    """Put a backup in the place of the database, which is kept. Staffroom must be stopped."""
    settings = context.settings(ctx)
    if not yes:
        typer.confirm(f"Replace the database by {file}?", abort=True)
    with progress("Restoring") as tell:
        kept = backups.put_back(settings, file, RealClock().now(), tell)
    say(f"The database is what it was in {file}.")
    if kept:
        say(f"What was there before is in {kept}.")


def export(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(file_okay=False, help="A new or empty folder.")],
) -> None:
    """Write everything as JSON Lines and as CSV, one file for each table."""
    with context.community(ctx) as (community, _now), progress("Writing") as tell:
        counts = exports.write(community, folder, tell)
    say(f"{folder} has {sum(counts.values())} rows of {len(counts)} tables. Keep it safe.")
