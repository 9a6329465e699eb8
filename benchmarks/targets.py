"""What the fan-out of benchmarks.kill sends to: platforms in a process of their own.

What such a process has written down has really arrived, whatever became of the sender.
"""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import aiohttp
import discord
from discord.http import Route

from benchmarks.recorder import RecorderPlatform
from bot.platforms.discord import limits as discord_limits
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.messages import nonce
from bot.platforms.discord.opening import Opening
from bot.platforms.discord.wire import Watch
from bot.platforms.pace import Pace
from bot.platforms.slack.adapter import SlackPlatform, digest
from bot.platforms.slack.limits import LIMITS
from bot.platforms.slack.workspace import Workspace, client_for
from core.chat import Platform

UNHURRIED = 10_000.0  # messages a second: here crashes are tested, and not the pace
SEND_TIMEOUT = timedelta(milliseconds=500)


class Target(Protocol):
    """A running platform, as the sender and the one who counts see it. Can be pickled."""

    @property
    def people(self) -> Sequence[str]:
        """The platform's ids of those who can be written to; none: whatever one likes."""
        ...

    def connected(self) -> AbstractAsyncContextManager[Platform]: ...

    def known(self, key: str) -> str:
        """What a delivery's key is called in the file."""
        ...

    def arrived(self, line: str) -> str:
        """Which one a line of the file is, called as in `known`."""
        ...

    def direct(self, person: str) -> str:
        """The conversation with a person."""
        ...


@dataclass(frozen=True)
class RecorderTarget:
    """benchmarks.recorder."""

    port: int
    can_find: bool
    people: Sequence[str] = ()

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Platform]:
        yield RecorderPlatform(self.port, can_find=self.can_find)

    def known(self, key: str) -> str:
        return key

    def arrived(self, line: str) -> str:
        return str(json.loads(line)["key"])

    def direct(self, person: str) -> str:
        return f"direct-{person}"


@dataclass(frozen=True)
class SlackTarget:
    """The fake Slack of the tests, with the adapter and SDK that run in production."""

    url: str
    token: str = field(repr=False)
    directs: dict[str, str]  # conversations by person

    @property
    def people(self) -> Sequence[str]:
        return tuple(self.directs)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Platform]:
        async with aiohttp.ClientSession() as session:
            client = client_for(self.token, self.url, session)
            workspace = Workspace("home", "T1", "Kill", "U1", client, _nobody_hears)
            platform = SlackPlatform(workspace, UNHURRIED)
            platform.opens = Pace(UNHURRIED)
            platform.capabilities = replace(LIMITS, in_flight=3, send_timeout=SEND_TIMEOUT)
            yield platform

    def known(self, key: str) -> str:
        return digest(key)

    def arrived(self, line: str) -> str:
        return str(json.loads(line)["metadata"]["event_payload"]["key"])

    def direct(self, person: str) -> str:
        return self.directs[person]


@dataclass(frozen=True)
class DiscordTarget:
    """The fake Discord of the tests, with the adapter and discord.py that run in production."""

    url: str
    token: str = field(repr=False)
    directs: dict[str, str]  # conversations by person

    @property
    def people(self) -> Sequence[str]:
        return tuple(self.directs)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Platform]:
        Route.BASE = self.url
        async with discord.Client(intents=discord.Intents.none()) as client:
            await client.login(self.token)
            opening = Opening(daily=len(self.directs))
            for person in self.directs:
                opening.meets(person)
            platform = DiscordPlatform(
                client, 0, _nothing_chosen, opening, Watch(), Pace(UNHURRIED, between=0.0)
            )
            platform.capabilities = replace(
                discord_limits.LIMITS, in_flight=3, send_timeout=SEND_TIMEOUT
            )
            yield platform

    def known(self, key: str) -> str:
        return nonce(key)

    def arrived(self, line: str) -> str:
        return str(json.loads(line)["nonce"])

    def direct(self, person: str) -> str:
        return self.directs[person]


async def _nothing_chosen() -> dict[str, str]:
    return {}


async def _nobody_hears(code: str) -> None:
    return None


@contextmanager
def recorder(file: Path, *, can_find: bool) -> Iterator[RecorderTarget]:
    """The recording platform, as long as it is needed."""
    with _process("benchmarks.recorder", str(file)) as line:
        yield RecorderTarget(int(line), can_find)


@contextmanager
def slack(file: Path, people: int) -> Iterator[SlackTarget]:
    """The fake Slack with so many people, as long as it is needed."""
    module = "tests.platforms.slack.fake"
    with _process(module, "--state", str(file), "--people", str(people)) as line:
        told = json.loads(line)
        yield SlackTarget(told["url"], told["bot_token"], told["directs"])


@contextmanager
def fake_discord(file: Path, people: int) -> Iterator[DiscordTarget]:
    """The fake Discord with so many people, as long as it is needed."""
    module = "tests.platforms.discord.fake"
    with _process(module, "--state", str(file), "--people", str(people)) as line:
        told = json.loads(line)
        yield DiscordTarget(told["api_url"], told["token"], told["directs"])


@contextmanager
def _process(module: str, *arguments: str) -> Iterator[str]:
    """A process that says in its first line where it is."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
