"""The whole process on a fake Discord, put together as `staffroom run` does it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from bot.app import App
from bot.database import open_store
from bot.platforms.discord import service as service_module
from bot.settings import Settings
from core import claims, communities, roster, roster_file
from storage import members
from storage.database import Tx
from tests.platforms.discord.fake.answers import Answer
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.message import Message, text_of
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.state import PATIENCE
from tests.platforms.slack.living import NAMES, ROSTER, WANTED, HandClock


@dataclass
class Living:
    """A founded community, and the process that serves it, from `start` to `stop`.

    `codes` are personal codes by first name; Olga's makes its bearer the organizer.
    """

    fake: FakeDiscord
    settings: Settings
    clock: HandClock
    codes: Mapping[str, str]
    people: dict[str, Person] = field(default_factory=dict)
    _open: ExitStack = field(default_factory=ExitStack)
    _app: App | None = None

    @property
    def app(self) -> App:
        assert self._app is not None, "it does not run"
        return self._app

    async def start(self) -> str:
        """Run, and be reached by Discord; answers the address of the chat page."""
        store = self._open.enter_context(open_store(self.settings, self.clock.now(), running=True))
        self._app = App(store, self.settings, self.clock)
        address = await self._app.start()
        await self.fake.connected()
        await self.known("discord")
        await self.settle()
        return address

    async def known(self, platform: str) -> None:
        """A home there is connected."""
        async with asyncio.timeout(PATIENCE):
            while all(  # noqa: ASYNC110 -- the library tells nobody else
                one.name != platform for one in self.app.house.connected.values()
            ):
                await asyncio.sleep(0)

    async def stop(self) -> None:
        if self._app is not None:
            await self._app.stop()
        self._app = None
        self._open.close()

    async def settle(self) -> None:
        """Everything that is due is done, and every answer is shown."""
        assert self.app.discord is not None
        await self.app.discord.intake.answers.finish()
        await self.app.engine.advance(self.clock.now())

    async def pass_until(self, moment: datetime) -> None:
        """Time passes, and what is due on the way happens when it is due."""
        await self.settle()
        while (due := await self.app.engine.next_instant()) <= moment:
            self.clock.put(due)
            await self.app.engine.advance(self.clock.now())
        self.clock.put(moment)
        await self.settle()

    async def asks(self, who: str, command: str, **options: Any) -> Answer:
        """Somebody uses a command in the server; whatever follows from it happens."""
        answer = await self.people[who].command(
            command, options, channel=self.fake.guild["general"]
        )
        assert answer.error == ""
        await self.settle()
        return answer

    async def presses(self, who: str, shown: Message, what: str) -> Answer:
        answer = await self.people[who].press(shown, what)
        assert answer.error == ""
        await self.settle()
        return answer

    def channel(self, name: str) -> Channel:
        """The channel whose name has this in it."""
        (found,) = [one for one in self.fake.guild.channels.values() if name in one.name]
        return found

    def told(self, who: str) -> list[str]:
        """What the bot has written to somebody."""
        return [plain(text) for text in self.people[who].reads()]


def plain(text: str) -> str:
    """As it is read: bold is no part of the words."""
    return text.replace("**", "")


def words(said: Answer) -> str:
    return plain(said.text)


def with_text(messages: list[Message], words: str) -> Message:
    """The one message that says this."""
    (found,) = [one for one in messages if words in text_of(one) and not one.deleted]
    return found


@asynccontextmanager
async def living(
    folder: Path, monkeypatch: pytest.MonkeyPatch, **given: Any
) -> AsyncIterator[Living]:
    """A founded community whose settings lead to a fake Discord; it is not started yet."""
    monkeypatch.setattr(service_module, "QUIET_FOR", 0.01)
    clock = HandClock()
    async with FakeDiscord(now=lambda: clock.now().timestamp()) as fake:
        fake.guild.add_channel("general")
        settings = Settings(
            _env_file=None,
            DATABASE_URL=f"sqlite:///{folder}/staffroom.db",
            DISCORD_BOT_TOKEN=fake.token,
            DISCORD_API_URL=fake.api_url,
            DISCORD_GATEWAY_URL=fake.gateway_url,
            port=0,
            public_port=0,
            **given,
        )
        made = Living(fake, settings, clock, _found(settings, clock.now()))
        made.people = {"olga": fake.person(fake.state.owner)} | {
            name: fake.person(f"{name.title()} Example") for name in NAMES
        }
        try:
            yield made
        finally:
            await made.stop()
        assert fake.faults == []
        assert fake.mentions == []


def _found(settings: Settings, now: datetime) -> dict[str, str]:
    def found(tx: Tx) -> dict[str, str]:
        codes = {"olga": communities.found(tx, WANTED, now).code}
        roster.bring_in(tx, roster_file.read(ROSTER), now)
        for name in NAMES:
            member = members.by_email(tx, f"{name}@example.org")
            assert member is not None
            codes[name] = claims.issue(tx, member, now)
        return codes

    with open_store(settings, now, create=True) as store:
        return store.write_now("", found)
