"""A small community on the local chat: three people, a few commands, and a clock to move."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Annotated, Any
from uuid import uuid4

from aiohttp import ClientResponse, ClientSession, CookieJar

from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.ports import WhoIs, nobody
from bot.platforms.local.server import LocalServer
from commands.dispatcher import CommandDispatcher
from commands.params import LongText, OneOf, Somebody, Text, Whole
from commands.registry import Call, Registry, command
from core.chat import Button, Message
from core.errors import UserError
from core.interaction import button_id
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.words import Role
from tests import builders

NOW = datetime(2026, 9, 14, 13, tzinfo=UTC)  # a Monday, 9:00 in Detroit
NOTES = Registry()
AUDIENCES = OneOf("Who may read it", labels=(("coach", "My coach"), ("community", "Everybody")))


@command("note write", help="Write a note", form=True, submit="Publish", into=NOTES)
def write(
    call: Call,
    title: Annotated[str, Text("Title", "What it is about.", limit=60)],
    body: Annotated[str, LongText("Your note", "In your own words.", limit=6_000)],
    audience: Annotated[str, AUDIENCES] = "coach",
) -> Message:
    if "forbidden" in title:
        raise UserError("That title will not do.", {"title": "Please choose another title."})
    return Message(body, title=title, fields=(("For", audience),))


@command("note say", help="Say a few words to everybody", private=False, into=NOTES)
def say(call: Call, words: Annotated[str, Text("Words")]) -> Message:
    return Message(words)


@command("staffroom hear", help="Say something directly", least=None, hidden=True, into=NOTES)
def hear(call: Call, text: Annotated[str, LongText("Your message")]) -> Message:
    return Message(f"I heard: {text}")


@command("note read", help="Something only for you", reads=True, into=NOTES)
def read(call: Call) -> Message:
    return Message("Your **secret** note.")


@command("poll start", help="Ask everybody a question", private=False, into=NOTES)
def start(
    call: Call,
    question: Annotated[str, Text("Question", "What you would like to know.", limit=100)],
    days: Annotated[int, Whole("Days", "How long people may answer.", least=1, most=14)],
    chair: Annotated[Member | None, Somebody("Chair", "Who looks after it.")] = None,
    audience: Annotated[str, AUDIENCES] = "community",
) -> Message:
    led = f" {chair.name} looks after it." if chair else ""
    return Message(f"Open for {days} days.{led}", title=question, buttons=_buttons(0))


@command(
    "poll vote", help="Answer a question", hidden=True, replaces=True, private=False, into=NOTES
)
def vote(call: Call, yes: Annotated[int, Whole("Votes")]) -> Message:
    return Message(f"{yes} said yes.", title="The poll", buttons=_buttons(yes))


@command("note purge", help="Remove everything", least=Role.ORGANIZER, into=NOTES)
def purge(call: Call) -> Message:
    return Message("Removed.")


def _buttons(yes: int) -> tuple[Button, ...]:
    return (
        Button("Yes", button_id("poll vote", yes=str(yes + 1)), "primary"),
        Button("Show my note", button_id("note read")),
    )


@dataclass
class TurningClock:
    """A clock that stands still until it is moved; `plan` are things that then happen."""

    moment: datetime = NOW
    impersonation: bool = True
    plan: list[tuple[datetime, Callable[[], Awaitable[Any]]]] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    async def next_event(self) -> datetime | None:
        return min((due for due, _ in self.plan), default=None)

    async def move(self, by: timedelta) -> None:
        goal = self.moment + by
        for due, act in sorted(self.plan, key=lambda planned: planned[0]):
            if due <= goal:
                self.moment = due
                self.plan.remove((due, act))
                await act()
        self.moment = goal


class World:
    """Ada teaches, Ben coaches her, Cora organizes; all on one local home."""

    def __init__(self, store: CommunityStore, *, who_is: WhoIs = nobody) -> None:
        self.store = store
        self.clock = TurningClock()
        store.write_now(self._people)
        self.platform = LocalPlatform(store, self.home, self.clock.now)
        dispatcher = CommandDispatcher(store, NOTES, self.clock.now)
        self.server = LocalServer(self.platform, dispatcher, self.clock, who_is=who_is)

    def _people(self, tx: Tx) -> None:
        self.home: Home = builders.home(tx, channels={})
        self.ada = builders.member(tx, "Ada Example").id
        self.ben = builders.member(tx, "Ben Example", Role.COACH).id
        self.cora = builders.member(tx, "Cora Example", Role.ORGANIZER).id

    async def direct(self, account: str, text: str, **more: Any) -> None:
        """The bot writes to one person."""
        place = await self.platform.open_direct(account)
        await self.platform.post(place, Message(text, **more), key=uuid4().hex)


class Page:
    """One person's page, as its requests."""

    def __init__(self, session: ClientSession, address: str, account: str) -> None:
        self.session, self.address, self.account = session, address, account
        self.origin = address.rstrip("/")

    async def get(self, path: str, /, **query: Any) -> Any:
        async with self.session.get(
            f"{self.address}api/{path}", params={"as": self.account, **query}
        ) as response:
            return await _read(response)

    async def post(self, path: str, /, **body: Any) -> Any:
        async with self.session.post(
            f"{self.address}api/{path}",
            data=BytesIO(json.dumps({"as": self.account, **body}).encode()),
            headers={"Origin": self.origin, "Content-Type": "application/json"},
        ) as response:
            return await _read(response)

    async def ask(self, place: str, key: str | None = None, **what: Any) -> Any:
        return await self.post("ask", key=key or str(uuid4()), place=place, **what)

    async def say(self, place: str, text: str, **more: Any) -> Any:
        return await self.post("say", key=str(uuid4()), place=place, text=text, **more)

    async def messages(self, place: str, **query: Any) -> list[Any]:
        found: list[Any] = (await self.get("messages", place=place, **query))["messages"]
        return found

    async def unread(self, place: str) -> int:
        conversations = (await self.get("state"))["conversations"]
        return next(int(one["unread"]) for one in conversations if one["place"] == place)


@dataclass
class Refusal(Exception):
    status: int
    text: str


async def _read(response: ClientResponse) -> Any:
    body = await response.json()
    if response.status != 200:
        raise Refusal(response.status, body["problem"])
    return body


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[Callable[[str], Page]]:
    """The server runs; gives what opens a page as somebody."""
    address = await world.server.start()
    try:
        async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
            yield lambda account: Page(session, address, account)
    finally:
        await world.server.stop()
