"""Staffroom in a fake Slack: the real adapter, Bolt and SDK, over the wire."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from bot.house import CommunityHouse
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.manifest import manifest
from bot.platforms.slack.service import Slack
from bot.settings import Settings
from bot.site import Site
from commands.dispatcher import CommandDispatcher
from commands.registry import Registry, every_command
from core.chat import Platform
from scheduler.engine import Engine
from storage.communities import Home
from storage.database import Tx
from storage.members import Account
from tests.faculty import TUESDAY, Faculty
from tests.platforms.slack.fake.documented import Manifest
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.waiting import MoodyStore, Stopwatch

R = TypeVar("R")
SECRET_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="


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
    """A faculty in Slack. `people` are its members there, by first name."""

    slack: FakeSlack
    faculty: Faculty
    service: Slack
    engine: Engine
    clock: Watch
    connected: dict[str, Platform]
    people: dict[str, Person] = field(default_factory=dict)
    woken: asyncio.Queue[None] = field(default_factory=asyncio.Queue)  # for the outbox
    store: MoodyStore = field(kw_only=True)  # of commands and of what Slack tells
    stopwatch: Stopwatch = field(kw_only=True)  # of the adapter's waits

    @property
    def home(self) -> Home:
        return self.faculty.now_is(self.faculty.home)

    @property
    def platform(self) -> SlackPlatform:
        found = self.connected[self.faculty.home.id]
        assert isinstance(found, SlackPlatform)
        return found

    async def deliver(self, until: datetime | None = None) -> None:
        """Let everything happen that is due, now or until then."""
        await self.engine.advance(until or self.clock.now())

    async def restart(self, during: Coroutine[Any, Any, R]) -> R:
        """The process ends and comes back; meanwhile this happens in Slack."""
        await self.service.stop()
        happening = asyncio.create_task(during)
        self.store.quick()
        self.service = Slack(self.service.settings, self.service.house, self.stopwatch.timer)
        await self.service.start()
        return await happening

    def channel(self, purpose: str) -> str:
        """Make a channel for a purpose; answers its id."""
        place = self.slack.workspace.add_channel(purpose, *(one.id for one in self.people.values()))

        def choose(tx: Tx) -> None:
            home = tx.need(Home, self.faculty.home.id)
            home.channels = {**home.channels, purpose: place.id}

        self.faculty.write(choose)
        return place.id


@asynccontextmanager
async def slack_world(
    faculty: Faculty,
    *,
    http: bool = False,
    clock: Watch | None = None,
    before: Callable[[FakeSlack], None] = lambda _slack: None,
    ack_within: float = 3.0,
    **settings: Any,
) -> AsyncIterator[World]:
    """The faculty's home is a workspace, and each of its members has an account there. `before`
    is done to it before we connect."""
    clock, stopwatch, store = clock or Watch(), Stopwatch(), MoodyStore(faculty.community)
    registry = every_command()
    app = registered(registry, settings.get("slack_prefix", ""))
    async with FakeSlack(manifest=app, ack_within=ack_within) as slack:
        people = _move_in(faculty, slack)
        connected: dict[str, Platform] = {}
        woken: asyncio.Queue[None] = asyncio.Queue()
        dispatcher = CommandDispatcher(store, registry, clock.now)
        house = CommunityHouse(
            store, dispatcher, registry, clock, connected, lambda: woken.put_nowait(None)
        )
        service = Slack(_settings(slack, http=http, **settings), house, stopwatch.timer)
        engine = Engine(faculty.community, connected, clock)
        before(slack)
        await service.start()
        site = Site(service.routes(), "127.0.0.1", 0)
        try:
            if http:
                await site.start()
                await slack.use_http(f"http://127.0.0.1:{site.port}/slack/events")
            else:
                await slack.connected()
            made = World(
                slack,
                faculty,
                service,
                engine,
                clock,
                connected,
                people,
                woken,
                store=store,
                stopwatch=stopwatch,
            )
            yield made
            service = made.service
            await service.intake.answers.finish()
        finally:
            await service.stop()
            await site.stop()
        assert slack.faults == []
        assert slack.mentions == []


def registered(registry: Registry, prefix: str) -> Manifest:
    """The app as our manifest registers it at Slack."""
    catalog = [registry.declared[path].command for path in sorted(registry.visible_paths())]
    ours = manifest(catalog, prefix=prefix)
    features = ours["features"]
    return Manifest(
        messages_tab=features["app_home"]["messages_tab_enabled"],
        should_escape=any(one["should_escape"] for one in features["slash_commands"]),
        commands=frozenset(one["command"] for one in features["slash_commands"]),
        events=frozenset(ours["settings"]["event_subscriptions"]["bot_events"]),
        shortcuts=frozenset(one["callback_id"] for one in features["shortcuts"]),
        scopes=tuple(ours["oauth_config"]["scopes"]["bot"]),
    )


def _settings(slack: FakeSlack, *, http: bool, **more: Any) -> Settings:
    way = (
        {"SLACK_SIGNING_SECRET": slack.signing_secret, "public_url": "https://staffroom.test"}
        if http
        else {"SLACK_APP_TOKEN": slack.app_token}
    )
    given = {"SLACK_BOT_TOKEN": slack.bot_token, "SLACK_API_URL": slack.url, **way, **more}
    return Settings(_env_file=None, **given)


def _move_in(faculty: Faculty, slack: FakeSlack) -> dict[str, Person]:
    people = {
        name: slack.person(
            slack.workspace.add_user(
                account.name, email=f"{name}@example.org", tz="America/Detroit"
            )
        )
        for name, account in faculty.accounts.items()
    }

    def move(tx: Tx) -> None:
        home = tx.need(Home, faculty.home.id)
        home.platform, home.external_id = "slack", slack.workspace.id
        for name, account in faculty.accounts.items():
            if row := tx.get(Account, account.id):
                row.external_id = people[name].id

    faculty.write(move)
    for name, account in list(faculty.accounts.items()):
        moved = Account(**account.model_dump())
        moved.external_id = people[name].id
        faculty.accounts[name] = moved
    return people
