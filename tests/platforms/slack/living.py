"""The whole process in a fake Slack, put together as `staffroom run` does it."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.database import open_store
from bot.platforms import pace
from bot.settings import Settings
from commands.registry import every_command
from core import communities, roster, roster_file
from core.communities import Founding
from storage.database import Tx
from tests.platforms.slack.fake.people import Answer, Person
from tests.platforms.slack.fake.reading import text_of
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.workspace import Channel, Message, View, Workspace
from tests.platforms.slack.world import registered

MONDAY = datetime(2026, 8, 31, 13, 1, tzinfo=UTC)  # the prompt of week 1 is posted
THURSDAY = datetime(2026, 8, 27, 14, tzinfo=UTC)  # before week 1, in the morning of Detroit
PUBLIC = "https://staffroom.test"
WANTED = Founding(
    name="Lakeside Virtual",
    zone="America/Detroit",
    program="first-year-online",
    starts_on=date(2026, 8, 31),
    organizer="Olga Example",
    email="olga@example.org",
)
ROSTER = """\
name,email,role,cohort,coach,capacity,subjects
Ada Example,ada@example.org,teacher,Cohort 1,cora@example.org,,art
Ben Example,ben@example.org,teacher,Cohort 1,,,history
Eve Example,eve@example.org,teacher,Cohort 1,,,biology
Cora Example,cora@example.org,coach,,,2,history
Dan Example,dan@example.org,coach,,,1,biology
"""
NAMES = ("ada", "ben", "eve", "cora", "dan")


class HandClock:
    """Stands still until the test puts it ahead; the process itself cannot move it."""

    def __init__(self, moment: datetime = THURSDAY) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def put(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


@dataclass
class Living:
    """A founded community, and the process that serves it, from `start` to `stop`."""

    slack: FakeSlack
    settings: Settings
    clock: HandClock
    code: str  # makes its bearer the organizer
    people: dict[str, Person] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)
    _app: App | None = None

    @property
    def app(self) -> App:
        assert self._app is not None, "it does not run"
        return self._app

    async def start(self, **changed: Any) -> str:
        """Run, and be reached by Slack; answers the address of the chat page. `changed`: settings
        that somebody has changed before."""
        self.settings = self.settings.model_copy(update=changed)
        store = self._open.enter_context(open_store(self.settings, self.clock.now(), running=True))
        self._app = App(store, self.settings, self.clock)
        address = await self._app.start()
        if self.settings.slack_by_http:
            ack = await self.slack.use_http(f"{self.site}/slack/events")
            assert ack.ok
        else:
            await self.slack.connected()
        await self.settle()
        return address

    @property
    def site(self) -> str:
        """The address of the public pages."""
        return f"http://127.0.0.1:{self.app.site.port}"

    async def stop(self) -> None:
        if self._app is not None:
            await self._app.stop()
        self._app = None
        self._open.close()

    async def settle(self) -> None:
        """Everything that is due is done, and every answer is shown."""
        assert self.app.slack is not None
        await self.app.slack.intake.answers.finish()
        await self.app.engine.advance(self.clock.now())

    async def pass_until(self, moment: datetime) -> None:
        """Time passes, and what is due on the way happens when it is due."""
        await self.settle()
        while (due := await self.app.engine.next_instant()) <= moment:
            self.clock.put(due)
            await self.app.engine.advance(self.clock.now())
        self.clock.put(moment)
        await self.settle()

    async def types(self, who: str, command: str) -> Answer:
        """Somebody types a command; whatever follows from it happens."""
        name, _, text = command.partition(" ")
        said = await self.people[who].command(name, text)
        assert said.error == ""
        await self.settle()
        return said

    async def presses(self, who: str, shown: Message | View, what: str) -> Answer:
        said = await self.people[who].press(shown, what)
        assert said.error == ""
        await self.settle()
        return said

    def channel(self, name: str, workspace: Workspace | None = None) -> Channel:
        """The channel whose name has this in it."""
        places = (workspace or self.slack.workspace).channels.values()
        (found,) = [one for one in places if one.kind == "channel" and name in one.name]
        return found

    def told(self, who: str) -> list[str]:
        """What the bot has written to somebody."""
        return self.people[who].reads(self.people[who].direct)


def shown(said: Answer) -> Message | View:
    """What somebody sees in answer: a message, or a modal where the answer took its time."""
    return said.modal or said.messages[-1]


def words(said: Answer) -> str:
    return text_of(shown(said))


def said_in(channel: Channel) -> list[Message]:
    """The messages that stand in a channel itself, in their order."""
    return [one for one in channel.messages if one.thread_ts in ("", one.ts) and not one.deleted]


def with_text(messages: list[Message], words: str) -> Message:
    """The one message that says this."""
    (found,) = [one for one in messages if words in text_of(one)]
    return found


def way_in(slack: FakeSlack, *, http: bool) -> dict[str, Any]:
    """The settings by which Slack reaches us."""
    if http:
        return {"SLACK_SIGNING_SECRET": slack.signing_secret, "public_url": PUBLIC}
    return {"SLACK_APP_TOKEN": slack.app_token}


@asynccontextmanager
async def living(
    folder: Path, monkeypatch: pytest.MonkeyPatch, *, http: bool = False, **given: Any
) -> AsyncIterator[Living]:
    """A founded community whose settings lead to a fake Slack; it is not started yet.

    `given` are settings; by default one workspace with its token.
    """
    monkeypatch.setattr(pace, "MARGIN", 0.0)  # posts wait for nothing
    clock = HandClock()
    app = registered(every_command(), given.get("slack_prefix", ""))
    async with FakeSlack(manifest=app, now=lambda: clock.now().timestamp()) as slack:
        settings = Settings(
            _env_file=None,
            DATABASE_URL=f"sqlite:///{folder}/staffroom.db",
            **{
                "SLACK_API_URL": slack.url,
                "port": 0,
                "public_port": 0,
                **way_in(slack, http=http),
                **(given or {"SLACK_BOT_TOKEN": slack.bot_token}),
            },
        )
        made = Living(slack, settings, clock, _found(settings, clock.now()))
        olga = slack.workspace.add_user("Olga Example", email="olga@home.example")
        made.people = {"olga": slack.person(olga)} | {
            name: slack.person(
                slack.workspace.add_user(
                    f"{name.title()} Example", email=f"{name}@example.org", tz="America/Detroit"
                )
            )
            for name in NAMES
        }
        try:
            yield made
        finally:
            await made.stop()
        assert slack.faults == []
        assert slack.mentions == []


def _found(settings: Settings, now: datetime) -> str:
    def found(tx: Tx) -> str:
        code = communities.found(tx, WANTED, now).code
        roster.bring_in(tx, roster_file.read(ROSTER), now)
        return code

    with open_store(settings, now, create=True) as store:
        return store.write_now("", found)
