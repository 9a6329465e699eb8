"""`staffroom init`: found a community of one's own."""

import shlex
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar
from zoneinfo import ZoneInfo

import typer

from bot import settings as setting
from bot.cli import context
from bot.cli.screen import complain, read, say
from bot.clock import RealClock
from bot.database import open_store
from bot.settings import Settings
from core import communities as founding
from core import program_file, program_load, times, weeks, zones
from core.communities import Founded, Founding
from core.errors import UserError
from core.faults import nearest
from core.roster_file import is_email
from storage import backup, communities

R = TypeVar("R")
LONGEST_NAME = 80
PROGRAM = "first-year-online"


def init(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Option(help="The community's name.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="Its time zone: America/Detroit, Eastern, PT ...")
    ] = None,
    start: Annotated[
        str | None, typer.Option(help="A day in week 1, as 2026-08-31.", metavar="DATE")
    ] = None,
    program: Annotated[
        str | None, typer.Option(help="The name of a shipped program, or a program file.")
    ] = None,
    organizer: Annotated[str | None, typer.Option(help="The first organizer's name.")] = None,
    email: Annotated[str | None, typer.Option(help="The first organizer's e-mail.")] = None,
    database_url: Annotated[
        str | None, typer.Option(help="Where everything is remembered, if not in staffroom.db.")
    ] = None,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", metavar="", help="Do not ask whether a past start is meant."),
    ] = False,
) -> None:
    """Found a community: a few questions, then .env, the database and the organizer's code.

    Every answer can be given as an option. Nothing is written before all of them are right.
    """
    env_file, now = context.env_file(ctx), RealClock().now()
    given = {"DATABASE_URL": database_url} if database_url else {}
    settings = setting.load(env_file, **given)
    _need_no_community(settings, now)
    _need_right(
        (name, _name), (zone, zones.need), (start, _day), (program, _program),
        (organizer, _name), (email, _email),
    )  # fmt: skip
    named = _ask("Name of the community", name, _name)
    in_zone = _ask("Time zone (Detroit, Eastern, America/Chicago ...)", zone, zones.need)
    today = now.astimezone(ZoneInfo(in_zone)).date()
    following = weeks.monday_of(today) + timedelta(weeks=1)
    starts_on = _ask("First day of week 1", start, _day, default=following.isoformat())
    _need_ahead(starts_on, today, yes)
    shipped = ", ".join(program_load.shipped())
    chosen, text = _ask(f"Program ({shipped}, or a file)", program, _program, default=PROGRAM)
    wanted = Founding(
        name=named,
        zone=in_zone,
        program=chosen,
        program_text=text,
        starts_on=starts_on,
        organizer=_ask("First organizer's name", organizer, _name),
        email=_ask("First organizer's e-mail", email, _email),
    )
    fresh = _write_env(env_file, settings)
    try:
        founded = _found(settings, wanted, now)
    except BaseException:
        if fresh:
            env_file.unlink()
        raise
    elsewhere = setting.load(env_file).database_url != settings.database_url
    before = f"DATABASE_URL={shlex.quote(settings.database_url)} " if elsewhere else ""
    if fresh:
        kept = f"The settings are in {env_file}."
    elif elsewhere:
        kept = (
            f"{env_file} was left as it is and names another database: set DATABASE_URL as below."
        )
    else:
        kept = f"{env_file} was left as it is."
    _tell(founded, starts_on, kept, f"{before}staffroom")


def _ask(
    label: str, given: str | None, understand: Callable[[str], R], default: str | None = None
) -> R:
    """The option that was given, or what is typed; asked again until it will do."""
    if given is not None:
        return understand(given)
    while True:
        try:
            return understand(typer.prompt(label, default=default))
        except UserError as error:
            complain(error.text)


def _need_right(*answers: tuple[str | None, Callable[[str], object]]) -> None:
    """Tell of everything that is wrong with the options at once."""
    wrong = []
    for given, understand in answers:
        try:
            if given is not None:
                understand(given)
        except UserError as error:
            wrong.append(error.text)
    if wrong:
        raise UserError("\n".join(wrong))


def _name(typed: str) -> str:
    text = " ".join(typed.split())
    if not text or len(text) > LONGEST_NAME:
        raise UserError(f"A name has 1 to {LONGEST_NAME} characters; this one has {len(text)}.")
    return text


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError:
        raise UserError(f'"{typed}" is not a date. Write it as 2026-08-31.') from None


def _email(typed: str) -> str:
    if not is_email(typed.strip()):
        raise UserError(f'"{typed}" is not an e-mail address. Write it like ada@example.org.')
    return typed.strip().lower()


def _program(typed: str) -> tuple[str, str | None]:
    """The name of a shipped program, or the name and the text of a file."""
    shipped = program_load.shipped()
    if typed in shipped:
        return typed, None
    path = Path(typed)
    if path.is_file():
        text = read(path, "program")
        return program_file.read(text).name, text
    close = nearest(typed, shipped)
    mend = f"Did you mean {close}?" if close else f"These are shipped: {', '.join(shipped)}."
    raise UserError(f'There is no program and no file "{typed}". {mend}')


def _need_ahead(starts_on: date, today: date, yes: bool) -> None:
    monday = weeks.monday_of(starts_on)
    if monday < today and not yes:
        say(f"Week 1 would have begun on {times.day(monday)}, {monday.year}, which has passed.")
        typer.confirm("Begin there all the same?", abort=True)


def _need_no_community(settings: Settings, now: datetime) -> None:
    path = backup.file_of(settings.database_url)
    if path and not path.exists():
        return
    with open_store(settings, now) as store:
        if there := communities.every(store):
            raise UserError(
                f"{there[0].name} lives in this database already. Name another one with "
                "--database-url, for instance sqlite:///second.db."
            )


def _write_env(env_file: Path, settings: Settings) -> bool:
    """Write the settings, unless there is such a file; answers whether it is new."""
    if env_file.exists():
        return False
    env_file.touch(mode=0o600)
    env_file.write_text(setting.explained({"database_url": settings.database_url}), "utf-8")
    return True


def _found(settings: Settings, wanted: Founding, now: datetime) -> Founded:
    from bot.app import local_home  # noqa: PLC0415 -- the questions come first, and at once

    with open_store(settings, now, create=True) as store:
        founded = store.write_now("", lambda tx: founding.found(tx, wanted, now))
        store.write_now(founded.community.id, local_home)
    return founded


def _tell(founded: Founded, given: date, kept: str, staffroom: str) -> None:
    monday = founded.cohort.starts_on
    first = f"{times.day(monday)}, {monday.year}"
    if monday != given:
        say(f"{times.day(given)} is in the week of {times.day(monday)}: week 1 begins on Monday.")
    say(
        f"{founded.community.name} is founded. Week 1 begins on {first}.",
        kept,
        "",
        f"Claim code of {founded.organizer.name}: {founded.code}",
        f"It works once, for 7 days. Start Staffroom with `{staffroom} run`, open the page,",
        f"choose {founded.organizer.name} in the switch at the top, and type:",
        f"  /enroll code: {founded.code}",
        "",
        f"Then bring the others with `{staffroom} roster import FILE`, and write a code for each "
        f"of them with `{staffroom} roster codes FILE`.",
    )
