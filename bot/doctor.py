"""What stands between a community and a good day: findings, each with its remedy."""

import asyncio
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import settings as setting
from bot.about import our_version
from bot.database import busy
from bot.findings import Finding, Health
from bot.settings import Settings
from core import program_file
from core.chat import CALENDAR, Purpose
from core.errors import UserError
from core.wording import count
from storage import backup, cohorts, communities, members, migrate, outbox, programs
from storage.communities import Community, Home
from storage.database import Store, StoreError, Tx
from storage.words import DeliveryState, MemberState, Role

BUILT = datetime(2025, 1, 1, tzinfo=UTC)  # no clock that is right shows an earlier day
LEAST_FREE_MB = 100
TROUBLES = (DeliveryState.UNCERTAIN, DeliveryState.FAILED, DeliveryState.EXPIRED)


def examine(env_file: Path | None, now: datetime) -> Iterator[Finding]:
    """Look at everything, changing nothing."""
    try:
        settings = setting.load(env_file)
    except UserError as error:
        yield Finding(Health.BAD, "configuration", error.text, "Mend these lines, then look again.")
        return
    where = f"from {env_file}" if env_file and env_file.exists() else "defaults and environment"
    yield Finding(Health.GOOD, "configuration", f"Staffroom {our_version()}; {where}.")
    yield from _clock(now)
    yield from _page(settings)
    yield from _database(settings, now)
    yield from _platforms(settings)


def _clock(now: datetime) -> Iterator[Finding]:
    if now < BUILT:
        text = f"This machine believes that it is {now:%Y-%m-%d %H:%M} UTC."
        yield Finding(Health.BAD, "clock", text, "Set the clock, or switch on NTP.")
    else:
        text = f"It is {now:%Y-%m-%d %H:%M} UTC. Make sure that is right."
        yield Finding(Health.GOOD, "clock", text)
    try:
        ZoneInfo("America/Detroit")
        yield Finding(Health.GOOD, "time zones", f"tzdata {version('tzdata')} is installed.")
    except ZoneInfoNotFoundError:
        remedy = "Install the package tzdata."
        yield Finding(Health.BAD, "time zones", "The zone data is missing.", remedy)


def _page(settings: Settings) -> Iterator[Finding]:
    address = f"{settings.host}:{settings.port}"
    if settings.host in ("127.0.0.1", "localhost", "::1"):
        yield Finding(Health.GOOD, "page", f"Served at {address}, for this machine only.")
    else:
        text = f"Served at {address}: whoever reaches it can be any member."
        remedy = "Publish the port on 127.0.0.1 alone, or take STAFFROOM_HOST out."
        yield Finding(Health.NOTE, "page", text, remedy)


def _database(settings: Settings, now: datetime) -> Iterator[Finding]:
    path = backup.file_of(settings.database_url)
    try:
        if path:
            if not path.exists():
                text = f"There is no database at {path} yet."
                remedy = "Run `staffroom init`, or `staffroom run --demo` to look around."
                yield Finding(Health.NOTE, "database", text, remedy)
                return
            yield from _file(path)
            backup.check(path)
        found = migrate.version(settings.database_url)
    except (StoreError, OSError) as error:
        remedy = "Look at DATABASE_URL, or restore a backup with `staffroom restore`."
        yield Finding(Health.BAD, "database", f"It cannot be used: {error}.", remedy)
        return
    if found != migrate.head():
        text = f"Its tables are of version {found or 'none'}; ours are {migrate.head()}."
        remedy = "The next command brings it up to date, after a backup."
        yield Finding(Health.NOTE, "database", text, remedy)
        return
    running = " A Staffroom is running with it." if path and busy(settings) else ""
    yield Finding(Health.GOOD, "database", f"Sound, with tables of version {found}.{running}")
    store = Store(settings.database_url, inline=True)
    try:
        there = communities.every(store)
        if not there:
            remedy = "Run `staffroom init`."
            yield Finding(Health.NOTE, "community", "There is none yet.", remedy)
        for community in there:
            yield from store.read_now(community.id, lambda tx: list(_community(tx, now)))
    finally:
        store.close()


def _file(path: Path) -> Iterator[Finding]:
    free = shutil.disk_usage(path.parent).free // 1_000_000
    if free < LEAST_FREE_MB:
        text = f"The disk has {free} MB left."
        yield Finding(Health.BAD, "disk", text, "Free some space: a full disk stops everything.")
    open_to_others = path.stat().st_mode & 0o077
    if open_to_others:
        text = f"Other people on this machine can read {path}."
        yield Finding(Health.NOTE, "database", text, f"Run `chmod 600 {path}`.")


def _community(tx: Tx, now: datetime) -> Iterator[Finding]:
    community = communities.current(tx)
    people = members.everyone(tx)
    active = sum(one.state is MemberState.ACTIVE for one in people)
    number = count(len(people), "person", "people")
    text = f"{community.name}, zone {community.zone}; {number}, {active} of them here."
    yield Finding(Health.GOOD, "community", text)
    yield from _moved_clock(community)
    if not members.with_role(tx, Role.ORGANIZER):
        remedy = "Give one a code: `staffroom roster code EMAIL`. They type `/enroll code: XXXX`."
        yield Finding(Health.NOTE, "organizers", "No organizer has come yet.", remedy)
    if not cohorts.running(tx):
        remedy = "An organizer creates one with /cohort create."
        yield Finding(Health.NOTE, "cohorts", "No cohort is running.", remedy)
    for program in programs.every(tx):
        if faults := program_file.check(program.text)[1]:
            text = f"{program.name} has {len(faults)} faults in this version of Staffroom."
            remedy = f"See them with `staffroom program check`, then load it again: {faults[0]}"
            yield Finding(Health.BAD, "program", text, remedy)
    for home in communities.homes(tx):
        yield from _home(home)
    waiting = outbox.how_many(tx)
    for state in TROUBLES:
        if many := waiting.get(state):
            remedy = "Organizers get a message about each, with what they can do."
            yield Finding(Health.NOTE, "deliveries", f"{many} {state.value}.", remedy)


def _moved_clock(community: Community) -> Iterator[Finding]:
    ahead = timedelta(seconds=community.clock_offset_seconds)
    if ahead >= timedelta(minutes=1):
        text = f"Its clock is {ahead} ahead of the machine's: it was moved on the chat page."
        remedy = "That is fine for trying things. For real people, begin with a fresh database."
        yield Finding(Health.NOTE, "clock", text, remedy)


def _home(home: Home) -> Iterator[Finding]:
    needed = [purpose for purpose in Purpose if purpose is not Purpose.GENERAL]
    missing = [purpose.value for purpose in needed if purpose.value not in home.channels]
    if not home.channels.keys() - {CALENDAR}:
        text = f"{home.name} on {home.platform} has no channels yet."
        remedy = (
            "They are made when `staffroom run` starts."
            if home.platform == "local"
            else "An organizer types /settings create-channels there."
        )
        yield Finding(Health.NOTE, "channels", text, remedy)
    elif missing:
        text = f"{home.name} on {home.platform} lacks: {', '.join(missing)}."
        remedy = "An organizer chooses them with /settings channels."
        yield Finding(Health.NOTE, "channels", text, remedy)
    else:
        yield Finding(Health.GOOD, "channels", f"{home.name} on {home.platform} has them all.")


def _platforms(settings: Settings) -> Iterator[Finding]:
    yield Finding(Health.GOOD, "local chat", "Built in; it needs nothing.")
    if not settings.on_slack:
        yield Finding(Health.NOTE, "Slack", "Not set up.", "docs/slack.md leads through it.")
    else:
        yield from asyncio.run(_slack(settings))
    if not settings.discord_bot_token:
        yield Finding(Health.NOTE, "Discord", "Not set up.", "docs/discord.md leads through it.")
    else:
        yield from asyncio.run(_discord(settings))


async def _discord(settings: Settings) -> list[Finding]:
    from bot.platforms.discord import check  # noqa: PLC0415 -- only who is there loads its library

    homes = _homes(settings, "discord")
    roles = {home.external_id: [*home.cohort_roles.values()] for home in homes}
    return [finding async for finding in check.examine(settings, _channels(homes), roles)]


async def _slack(settings: Settings) -> list[Finding]:
    from bot.platforms.slack import check  # noqa: PLC0415 -- only who is on Slack loads its SDK

    homes = _homes(settings, "slack")
    kept = {home.name: home.secret for home in homes if home.secret}
    return [finding async for finding in check.examine(settings, _channels(homes), kept)]


def _channels(homes: Sequence[Home]) -> dict[str, dict[str, str]]:
    """The channels that were chosen in each home, by what its platform calls it."""
    return {
        home.external_id: {
            purpose: place for purpose, place in home.channels.items() if purpose != CALENDAR
        }
        for home in homes
    }


def _homes(settings: Settings, platform: str) -> list[Home]:
    """The homes on a platform, as far as the database can be read."""
    path = backup.file_of(settings.database_url)
    if path and not path.exists():
        return []
    store = Store(settings.database_url, inline=True)
    try:
        return [
            home
            for community in communities.every(store)
            for home in store.read_now(community.id, communities.homes)
            if home.platform == platform
        ]
    except StoreError:
        return []
    finally:
        store.close()
