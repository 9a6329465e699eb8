"""The real discord.py, led to the fake; and small things that the fake's own tests use."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import discord
import pytest
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket

from tests.platforms.discord.fake.discord import FakeDiscord


class Bot(discord.Client):
    """A client with commands and a list of everything that it heard."""

    def __init__(self, intents: discord.Intents, **options: Any) -> None:
        super().__init__(intents=intents, guild_ready_timeout=0.01, **options)
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.events: list[tuple[str, Any]] = []
        self.news = asyncio.Event()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """discord.py would sleep for five seconds before it identifies anew."""

    async def on_message(self, message: discord.Message) -> None:
        self.heard.append(message)
        self.news.set()

    def note(self, name: str, thing: Any) -> None:
        self.events.append((name, thing))
        self.news.set()

    async def on_member_join(self, member: discord.Member) -> None:
        self.note("join", member.id)

    async def on_raw_member_remove(self, event: discord.RawMemberRemoveEvent) -> None:
        self.note("leave", event.user.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self.note("removed", guild.id)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        self.note("available", guild.id)

    async def on_resumed(self) -> None:
        self.note("resumed", None)

    async def on_thread_create(self, thread: discord.Thread) -> None:
        self.note("thread", thread.id)

    async def on_raw_thread_update(self, event: discord.RawThreadUpdateEvent) -> None:
        self.note("thread update", event.thread_id)

    async def hears(self, number: int = 1) -> discord.Message:
        """Waits for so many messages; the last of them."""
        await self._wait(lambda: len(self.heard) >= number)
        return self.heard[number - 1]

    async def noted(self, name: str) -> Any:
        """Waits for something to be noted."""
        await self._wait(lambda: any(known == name for known, _ in self.events))
        return next(thing for known, thing in self.events if known == name)

    async def _wait(self, true: Any) -> None:
        async with asyncio.timeout(10):
            while not true():
                self.news.clear()
                await self.news.wait()


def lead(fake: FakeDiscord, patch: pytest.MonkeyPatch) -> None:
    """discord.py goes to the fake from now on."""
    patch.setattr(discord.http.Route, "BASE", fake.api_url)
    patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(fake.gateway_url))


@asynccontextmanager
async def running(fake: FakeDiscord, bot: Bot) -> AsyncIterator[Bot]:
    """The bot, connected; closed cleanly at the end."""
    task = asyncio.create_task(bot.start(fake.token))
    sessions = len(fake.gateway.live)
    ready = asyncio.create_task(fake.connected(sessions + 1))
    try:
        await asyncio.wait([task, ready], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        await bot.wait_until_ready()
        yield bot
    finally:
        ready.cancel()
        await bot.close()
        await asyncio.gather(task, ready, return_exceptions=True)


async def refused(call: Any) -> tuple[int, int]:
    """The status and code with which Discord refuses a call."""
    with pytest.raises(discord.HTTPException) as caught:
        await call
    return caught.value.status, caught.value.code


def field(error: discord.HTTPException) -> str:
    """What discord.py makes of the nested errors."""
    return error.text


class Moment:
    """A clock that stands still until it is moved."""

    def __init__(self, at: float = 0.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at
