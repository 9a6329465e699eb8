"""`staffroom roster`: bring people in, and give out the codes by which they come."""

import csv
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.cli import context
from bot.cli.screen import complain, progress, read, say
from core import claims, roster, roster_file
from core.errors import UserError
from core.faults import nearest
from core.roster import Plan
from storage import communities, members
from storage.database import Tx
from storage.words import MemberState

ALIKE = 0.9  # of addresses with the same domain, so that only a slip of the fingers is near

app = typer.Typer(help="Bring people in, and give them codes.", no_args_is_help=True)


@app.command("import")
def import_(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A CSV file.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", metavar="", help="Only show what would change.")
    ] = False,
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad", metavar="", help="Import the good rows, and leave out the others."
        ),
    ] = False,
) -> None:
    """Bring the people of a CSV file into the community.

    Columns: name (or first and last name), e-mail, role, cohort, coach, subjects, grades, zone,
    languages, goals, capacity, in any order and under the usual headings. People are recognized by
    their e-mail; an empty cell changes nothing; nobody is ever removed.
    """
    sheet = roster_file.read(read(file, "roster"))
    with context.community(ctx) as (community, now), progress("Reading the roster"):
        plan = community.read_now(lambda tx: roster.plan(tx, sheet, skip_bad=skip_bad))
        good = not plan.faults or skip_bad
        if good and not dry_run:
            plan = community.write_now(
                lambda tx: roster.bring_in(tx, sheet, now, skip_bad=skip_bad)
            )
    _tell(file, plan, sheet.ignored, dry_run=dry_run, good=good)
    if not good:
        raise typer.Exit(1)


@app.command()
def codes(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A new CSV file, for your eyes only.")],
) -> None:
    """Write a code for everybody who is invited and has not come. Earlier codes stop working."""
    if file.exists():
        raise UserError(f"{file} is there already. Name a new file.")
    with context.community(ctx) as (community, now), progress("Making codes") as tell:
        rows = community.write_now(lambda tx: _issue(tx, now, tell))
    if not rows:
        say("Nobody is invited who has not come, so there are no codes.")
        return
    file.touch(mode=0o600, exist_ok=False)
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([("Name", "E-mail", "Code"), *rows])
    say(
        f"{file} has {len(rows)} codes. Each works once, for 30 days (an organizer's for 7): its "
        "owner types `/enroll code: XXXX` in the chat. Delete the file when you have sent them."
    )


@app.command()
def code(
    ctx: typer.Context,
    email: Annotated[str, typer.Argument(help="The e-mail address of a member.")],
) -> None:
    """Make a new code for one person, for instance an organizer who lost theirs."""
    with context.community(ctx) as (community, now):
        made, homes = community.write_now(lambda tx: _issue_one(tx, email, now))
    say(made)
    say(f"It works once. Its owner types in the chat: /enroll code: {made}")
    if homes > 1:
        address = context.settings(ctx)
        say(f"Or opens: http://{address.host}:{address.port}/enter?token={made}")


def _issue(tx: Tx, now: datetime, tell: Callable[[int, int], None]) -> list[tuple[str, str, str]]:
    invited = [one for one in members.everyone(tx) if one.state is MemberState.INVITED]
    rows = []
    for number, member in enumerate(invited, start=1):
        rows.append((member.name, member.email or "", claims.issue(tx, member, now)))
        tell(number, len(invited))
    return rows


def _issue_one(tx: Tx, email: str, now: datetime) -> tuple[str, int]:
    member = members.by_email(tx, email)
    if member is None or member.state in (MemberState.WAITING, MemberState.LEFT):
        close = nearest(email, [one.email for one in members.everyone(tx) if one.email], ALIKE)
        mend = f"Did you mean {close}?" if close else "Import the person first."
        raise UserError(f"Nobody with the address {email} is on the roster. {mend}")
    return claims.issue(tx, member, now), len(communities.homes(tx))


def _tell(file: Path, plan: Plan, ignored: tuple[str, ...], *, dry_run: bool, good: bool) -> None:
    for fault in plan.faults:
        say(f"{file}:{fault.line}: {fault.what} {fault.mend}")
    if dry_run and good:
        _table(plan)
    for note in plan.notes:
        say(note)
    if ignored:
        say(f"Columns that mean nothing to us, and were left out: {', '.join(ignored)}.")
    if plan.absent:
        names = "; ".join(f"{one.name} ({one.role})" for one in plan.absent)
        say(f"In the community and not in this file (they stay): {names}.")
    new = sum(change.new for change in plan.changes)
    changed = len(plan.changes) - new
    if good:
        would = "would be " if dry_run else ""
        say(f"{new} {would}new, {changed} {would}changed, {plan.same} the same.")
    if plan.faults:
        many = f"{len(plan.faults)} fault{'s' if len(plan.faults) != 1 else ''}"
        would = "would be" if dry_run else "were"
        end = f"these rows {would} left out" if good else "nothing was imported"
        hint = "" if good else " Mend them, or give --skip-bad to import the other rows."
        complain(f"{many} in {file}: {end}.{hint}")
    if dry_run:
        say("This was a dry run: nothing was changed.")
    elif good and new:
        say(
            "Next: `staffroom roster codes codes.csv` writes a code for everybody who has not "
            "come. Each types `/enroll code: XXXX` in the chat."
        )


def _table(plan: Plan) -> None:
    table = Table("Line", "Who", "What would change", show_edge=False)
    for change in plan.changes:
        said = [
            f"{field}: {before} -> {after}" if before else f"{field}: {after}"
            for field, (before, after) in change.fields.items()
            if not (change.new and field == "name")
        ]
        what = ("new; " if change.new else "") + "; ".join(said)
        table.add_row(*(escape(cell) for cell in (str(change.entry.line), change.entry.name, what)))
    if plan.changes:
        Console(highlight=False).print(table)
