"""Staffroom on a fake Discord: the real adapter and discord.py, over the wire."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from bot.house import CommunityHouse
from bot.platforms.discord import service as service_module
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.service import Discord
from bot.settings import Settings
from commands.dispatcher import CommandDispatcher
from commands.registry import every_command
from core.chat import Platform
from scheduler.engine import Engine
from storage.communities import Home
from storage.database import Tx
from storage.members import Account
from tests.faculty import TUESDAY, Faculty
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.state import App
from tests.platforms.slack.waiting import MoodyStore


@dataclass
class Watch:
    """A clock that tests set."""

    moment: datetime = TUESDAY

    def now(self) -> datetime:
        return self.moment

    def move_to(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)


@dataclass
class World:
    """A faculty on Discord. `people` are its members there, by first name."""

    fake: FakeDiscord
    faculty: Faculty
    service: Discord
    engine: Engine
    clock: Watch
    connected: dict[str, Platform]
    store: MoodyStore
    people: dict[str, Person] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)  # the roles that are meant to be rung

    @property
    def home(self) -> Home:
        return self.faculty.now_is(self.faculty.home)

    @property
    def platform(self) -> DiscordPlatform:
        found = self.connected[self.faculty.home.id]
        assert isinstance(found, DiscordPlatform)
        return found

    async def deliver(self, until: datetime | None = None) -> None:
        """Let everything happen that is due, now or until then."""
        await self.engine.advance(until or self.clock.now())

    def channel(self, purpose: str, kind: str = "text") -> Channel:
        """Make a channel for a purpose, and choose it."""
        place = self.fake.guild.add_channel(purpose, kind)

        def choose(tx: Tx) -> None:
            home = tx.need(Home, self.faculty.home.id)
            home.channels = {**home.channels, purpose: str(place.id)}

        self.faculty.write(choose)
        return place


@asynccontextmanager
async def discord_world(
    faculty: Faculty,
    *,
    clock: Watch | None = None,
    app: App | None = None,
    before: Callable[[FakeDiscord], None] = lambda _fake: None,
    **settings: Any,
) -> AsyncIterator[World]:
    """The faculty's home is a server, and each of its members has an account there. `before` is
    done to Discord before we connect."""
    clock, store = clock or Watch(), MoodyStore(faculty.community)
    monkey = pytest.MonkeyPatch()
    monkey.setattr(service_module, "QUIET_FOR", 0.01)
    async with FakeDiscord(app=app) as fake:
        people = _move_in(faculty, fake)
        connected: dict[str, Platform] = {}
        registry = every_command()
        dispatcher = CommandDispatcher(store, registry, clock.now)
        house = CommunityHouse(store, dispatcher, registry, clock, connected, fake.state.changed)
        given: dict[str, Any] = {
            "DISCORD_BOT_TOKEN": fake.token,
            "DISCORD_API_URL": fake.api_url,
            "DISCORD_GATEWAY_URL": fake.gateway_url,
        }
        service = Discord(Settings(_env_file=None, **given, **settings), house)
        engine = Engine(faculty.community, connected, clock)
        before(fake)
        await service.start()
        try:
            await fake.connected()
            await fake.until(lambda: faculty.home.id in connected)
            world = World(fake, faculty, service, engine, clock, connected, store, people)
            yield world
            await service.intake.answers.finish()
        finally:
            await service.stop()
            monkey.undo()
        assert fake.faults == []
        assert [one for one in fake.mentions if one.id not in world.called] == []


def _move_in(faculty: Faculty, fake: FakeDiscord) -> dict[str, Person]:
    people = {
        name: fake.person(fake.guild.add_member(account.name))
        for name, account in faculty.accounts.items()
    }

    def move(tx: Tx) -> None:
        home = tx.need(Home, faculty.home.id)
        home.platform, home.external_id = "discord", str(fake.guild.id)
        home.channels = {}
        for name, account in faculty.accounts.items():
            if row := tx.get(Account, account.id):
                row.external_id = str(people[name].id)

    faculty.write(move)
    for name, account in list(faculty.accounts.items()):
        moved = Account(**account.model_dump())
        moved.external_id = str(people[name].id)
        faculty.accounts[name] = moved
    return people
