"""The composition: database, platforms, commands, engine and page, put together and run."""

import asyncio
import errno
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog

from bot.clock import RealClock, ShiftedClock
from bot.database import the_community
from bot.house import CommunityHouse
from bot.page_clock import PageClock
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.server import LocalServer
from bot.settings import Settings
from bot.site import Site
from commands.dispatcher import CommandDispatcher
from commands.registry import every_command
from core import claims, enrollment
from core.chat import Platform
from core.clock import Clock
from core.enrollment import Visitor
from core.errors import UserError
from scheduler.engine import Engine
from scheduler.realtime import RealTime
from storage import communities, members
from storage.communities import Community, Home
from storage.database import CommunityStore, Store, Tx

if TYPE_CHECKING:
    from bot.platforms.discord.service import Discord
    from bot.platforms.slack.service import Slack

log = structlog.get_logger("app")
MOVED_CLOCK = (
    "The clock of this community was moved ahead on the chat page, so it cannot live on a real "
    "platform: messages would carry dates that have not come. Take the tokens out of the settings, "
    "or begin with a fresh database (`staffroom init`, DATABASE_URL)."
)


class App:
    """Staffroom for the community of an open, up-to-date database, from `start` to `stop`.

    `clock` is for tests; otherwise the machine's, which goes ahead by what was stored while the
    local chat is the community's only home.
    """

    def __init__(self, store: Store, settings: Settings, clock: Clock | None = None) -> None:
        self.store, self.settings, self.clock = store, settings, clock
        self.slack: Slack | None = None
        self.discord: Discord | None = None
        self._open = AsyncExitStack()

    async def start(self) -> str:
        """Serve the page and begin to deliver; answers the page's address.

        Raises UserError when there is no community, or the port is taken.
        """
        found = the_community(self.store)
        self.community = self.store.community(found.id)
        here = await self.community.write(local_home)
        homes = await self.community.read(communities.homes)
        on_real = self.settings.on_slack or bool(self.settings.discord_bot_token)
        real = on_real or any(home.id != here.id for home in homes)
        if real and found.clock_offset_seconds:
            raise UserError(MOVED_CLOCK)
        clock = self.clock or _clock(found, sole_home=not real)
        local = LocalPlatform(self.community, here, clock.now)
        connected: dict[str, Platform] = {here.id: local}
        self.engine = Engine(self.community, connected, clock)
        self.real_time = RealTime(self.engine)
        page_clock = PageClock(self.community, self.engine, clock)

        async def after_each(moment: datetime) -> None:
            await page_clock.remember(moment)
            if self.slack is not None:
                self.slack.changed()

        self.engine.after_each = after_each
        registry = every_command()
        dispatcher = CommandDispatcher(
            self.community, registry, clock.now, changed=self.real_time.wake
        )
        self.house = CommunityHouse(
            self.community, dispatcher, registry, clock, connected, self.real_time.wake
        )
        self.slack = await self._slack()
        self.discord = await self._discord()
        self.site = Site(
            self.slack.routes() if self.slack else [],
            self.settings.public_host,
            self.settings.public_port,
        )
        self.server = LocalServer(
            local,
            dispatcher,
            page_clock,
            who_is=partial(who_is, self.community, here, clock),
            host=self.settings.host,
            port=self.settings.port,
            changed=self.real_time.wake,
        )
        async with AsyncExitStack() as opening:
            if self.discord is not None:
                opening.push_async_callback(self.discord.stop)
            if self.slack is not None:
                opening.push_async_callback(self.slack.stop)
            opening.push_async_callback(self.server.stop)
            address = await self._listen()
            if self.site.routes:
                opening.push_async_callback(self.site.stop)
                await self._open_site()
            opening.push_async_callback(self.real_time.stop)
            self.real_time.start()
            self._open = opening.pop_all()
        log.info("running", community=found.id, homes=len(homes), address=address)
        return address

    async def stop(self) -> None:
        """Deliver what is in flight, claim nothing new, close the page. Safe to call twice."""
        await self._open.aclose()

    async def _slack(self) -> "Slack | None":
        """Slack, if it is set up. Its SDK is loaded only then."""
        if not self.settings.on_slack:
            return None
        from bot.platforms.slack.service import Slack  # noqa: PLC0415 -- most starts need none

        slack = Slack(self.settings, self.house)
        try:
            await slack.start()
        except BaseException:
            await slack.stop()
            raise
        return slack

    async def _discord(self) -> "Discord | None":
        """Discord, if it is set up. Its library is loaded only then."""
        if not self.settings.discord_bot_token:
            return None
        from bot.platforms.discord.service import Discord  # noqa: PLC0415 -- as above

        discord = Discord(self.settings, self.house)
        try:
            await discord.start()
        except BaseException:
            await discord.stop()
            if self.slack is not None:
                await self.slack.stop()
            raise
        return discord

    async def _open_site(self) -> None:
        try:
            await self.site.start()
        except OSError as error:
            raise UserError(
                f"The public pages cannot be served at {self.site.host}:{self.site.port} "
                f"({error.strerror or error}). Set STAFFROOM_PUBLIC_PORT to another port."
            ) from error
        log.info("public pages", host=self.site.host, port=self.site.port)

    async def _listen(self) -> str:
        try:
            return await self.server.start()
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES, errno.EADDRNOTAVAIL):
                raise
            raise UserError(
                f"The page cannot be served at {self.settings.host}:{self.settings.port} "
                f"({error.strerror or error}). Set STAFFROOM_PORT to another port; 0 takes any "
                "free one."
            ) from error


async def run_until_told(app: App, say: Callable[[str], None]) -> None:
    """Run until SIGINT or SIGTERM, then shut down in order; a second signal ends it at once.

    `say` is told the page's address, once it can be opened.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, told.set)
    try:
        say(await app.start())
        await told.wait()
        log.info("stopping")
    finally:
        for number in signals:
            with suppress(ValueError):
                loop.remove_signal_handler(number)
        await app.stop()
    log.info("stopped")


def local_home(tx: Tx) -> Home:
    """The community's home on the local chat, made if there is none."""
    for home in communities.homes(tx):
        if home.platform == LocalPlatform.name:
            return home
    community = communities.current(tx)
    home = tx.add(Home(platform=LocalPlatform.name, external_id=community.id, name=community.name))
    tx.flush()
    return home


async def who_is(community: CommunityStore, home: Home, clock: Clock, token: str) -> str | None:
    """Whose account a personal link stands for: its token is a claim code, used up by this."""

    def enter(tx: Tx) -> str:
        member = claims.redeem(tx, token, clock.now())
        own = [one for one in members.accounts(tx, member.id) if one.home_id == home.id]
        if own:
            return own[0].external_id
        enrollment.welcome(tx, member, Visitor(home, member.id, member.name), clock.now())
        return member.id

    with suppress(UserError):
        return await community.write(enter)
    return None


def _clock(community: Community, *, sole_home: bool) -> Clock:
    """Only where local is the sole home the clock may be ahead, and be moved."""
    if sole_home:
        return ShiftedClock(timedelta(seconds=community.clock_offset_seconds))
    return RealClock()
