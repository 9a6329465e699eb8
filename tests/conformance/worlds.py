"""The worlds in which every command must do the same: one for each way to a person."""

import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from itertools import count

from aiohttp import ClientSession

from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.server import LocalServer
from bot.platforms.local.visitors import welcome_newcomer
from commands.dispatcher import CommandDispatcher
from commands.registry import every_command
from core.interaction import Answer, Invocation, Origin, parse_button_id
from storage import schema
from storage.database import Store, Tx
from storage.local_chat import LocalMessage
from tests.conformance.discord import in_discord
from tests.conformance.seeing import Seen, Way, seen
from tests.conformance.slack import in_slack
from tests.faculty import TUESDAY, Faculty
from tests.platforms.local.world import Page, TurningClock

NOT_AN_EFFECT = re.compile(r"handled|submission|local.*|community")
KEYS = count(1)  # no two events have one key
ID = re.compile(r"\bi(\d{5})\b")


def numbered(first: int = 1) -> Callable[[], str]:
    """Ids that count, so that two databases with one history have the same ones."""
    numbers = count(first)
    return lambda: f"i{next(numbers):05}"


def effect(store: Store, faculty: Faculty, baseline: int) -> list[str]:
    """All that is stored, except for what a way keeps for itself; ids made since are "new"."""

    def known(match: re.Match[str]) -> str:
        return match[0] if int(match[1]) <= baseline else "new"

    def look(tx: Tx) -> list[str]:
        found = []
        for table in schema.metadata.sorted_tables:
            if not NOT_AN_EFFECT.fullmatch(table.name):
                rows = tx.session.execute(table.select()).mappings()
                found += [f"{table.name} {ID.sub(known, repr(dict(row)))}" for row in rows]
        return sorted(found)

    return store.read_now(faculty.community.id, look)


class Direct:
    """Straight to the dispatcher, everything given at once."""

    def __init__(self, faculty: Faculty) -> None:
        self.faculty = faculty
        self.dispatcher = CommandDispatcher(faculty.community, every_command(), lambda: TUESDAY)

    async def ask(self, who: str, path: str, args: Mapping[str, str]) -> Seen:
        return seen(await self._dispatch(who, path, args))

    async def _dispatch(
        self,
        who: str,
        path: str,
        args: Mapping[str, str],
        text: str = "",
        origin: Origin = Origin.TYPED,
    ) -> Answer:
        account = self.faculty.accounts[who]
        return await self.dispatcher.dispatch(
            Invocation(
                f"event-{next(KEYS)}",
                self.faculty.home.id,
                account.external_id,
                path,
                dict(args),
                text,
                origin,
                name=account.name,
            )
        )


class Local:
    """The local chat's server, over HTTP as its page asks."""

    def __init__(self, faculty: Faculty, pages: Callable[[str], Page]) -> None:
        self.faculty, self.pages = faculty, pages

    async def ask(self, who: str, path: str, args: Mapping[str, str]) -> Seen:
        account = self.faculty.accounts[who].external_id
        page, place = self.pages(account), f"d-{account}"
        await page.get("state")
        said = await page.ask(place, path=path, args=dict(args))
        if said["type"] == "form" and said["form"]["path"] == path:
            values = {**said["form"]["values"], **args}
            said = await page.ask(place, path=path, args=values, form=True)
        if said["type"] == "form":
            return Seen("form", said["form"]["path"], repr(sorted(said["form"]["values"].items())))
        if said["type"] == "rejected":
            return Seen("rejected", text=said["html"])
        return self._read(said["message"])

    def _read(self, message: str) -> Seen:
        row = self.faculty.community.read_now(lambda tx: tx.need(LocalMessage, message))
        return Seen(
            "reply",
            row.title,
            row.text,
            tuple((label, value) for label, value in row.fields),
            tuple((one["label"], parse_button_id(one["id"])[0]) for one in row.buttons),
        )


@asynccontextmanager
async def opened(name: str, faculty: Faculty) -> AsyncIterator[Way]:
    """A world by name, as long as it is needed."""
    if name == "slack":
        async with in_slack(faculty) as way:
            yield way
        return
    if name == "discord":
        async with in_discord(faculty) as way:
            yield way
        return
    if name == "direct":
        yield Direct(faculty)
        return
    clock = TurningClock(TUESDAY)
    platform = LocalPlatform(faculty.community, faculty.home, clock.now)
    dispatcher = CommandDispatcher(faculty.community, every_command(), clock.now)
    server = LocalServer(platform, dispatcher, clock)
    address = await server.start()
    nora = faculty.accounts["nora"]
    faculty.write(
        lambda tx: welcome_newcomer(tx, faculty.home.id, nora.external_id, nora.name, TUESDAY)
    )
    async with ClientSession() as session:
        yield Local(faculty, lambda account: Page(session, address, account))
    await server.stop()
