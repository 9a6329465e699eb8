"""A faculty in a simulated server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import simcord

from bot.house import CommunityHouse
from bot.platforms.discord import service as service_module
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.service import Discord
from bot.settings import Settings
from commands.dispatcher import CommandDispatcher
from commands.registry import every_command
from core.chat import Platform
from storage.communities import Home
from storage.database import Tx
from storage.members import Account
from tests.faculty import Faculty
from tests.platforms.discord.world import Watch


@dataclass
class Simulated:
    """`people` by first name; `general` is a channel of the server."""

    env: simcord.Env
    guild: simcord.GuildHandle
    general: simcord.ChannelHandle
    people: dict[str, simcord.MemberActor]
    faculty: Faculty
    service: Discord
    connected: dict[str, Platform]

    @property
    def platform(self) -> DiscordPlatform:
        found = self.connected[self.faculty.home.id]
        assert isinstance(found, DiscordPlatform)
        return found

    async def ask(self, who: str, command: str, **options: Any) -> simcord.InteractionResult:
        return await self.people[who].slash(self.general, command, **options)

    async def restart(self) -> None:
        """The process ends, and another one begins that remembers nothing but the database."""
        self.connected.clear()
        self.service = _service(self.faculty, self.connected)
        await self.env.restart_bot(self.service.client)
        await self.service._sync()
        for guild in self.service.client.guilds:  # simcord does not tell of them after a restart
            await self.service.settle(guild)

    def choose(self, purpose: str, channel: simcord.ChannelHandle) -> None:
        def choose(tx: Tx) -> None:
            home = tx.need(Home, self.faculty.home.id)
            home.channels = {**home.channels, purpose: str(channel.id)}

        self.faculty.write(choose)


def _service(faculty: Faculty, connected: dict[str, Platform]) -> Discord:
    registry, clock = every_command(), Watch()
    dispatcher = CommandDispatcher(faculty.community, registry, clock.now)
    house = CommunityHouse(faculty.community, dispatcher, registry, clock, connected, lambda: None)
    service = Discord(Settings(_env_file=None, DISCORD_BOT_TOKEN="simulated"), house)
    service.client = service_module._client(service)
    return service


def said(result: simcord.InteractionResult) -> str:
    """What somebody is answered, privately."""
    answer = result.response
    assert answer is not None
    assert answer.ephemeral
    shown = [
        answer.content,
        *(f"{one.title or ''}\n{one.description or ''}" for one in answer.embeds),
    ]
    return "\n".join(part for part in shown if part)


@asynccontextmanager
async def simulated(faculty: Faculty) -> AsyncIterator[Simulated]:
    """The faculty's home is a server of simcord's. It goes by a clock of the task that enters it,
    so this is no fixture."""
    connected: dict[str, Platform] = {}
    service = _service(faculty, connected)
    async with simcord.run(service.client) as env:
        guild = env.create_guild(name="Lakeside Virtual")
        people = {
            name: guild.add_member(env.create_user(account.name.replace(" ", "").lower()))
            for name, account in faculty.accounts.items()
        }

        def move_in(tx: Tx) -> None:
            home = tx.need(Home, faculty.home.id)
            home.platform, home.external_id, home.channels = "discord", str(guild.id), {}
            for name, account in faculty.accounts.items():
                if row := tx.get(Account, account.id):
                    row.external_id = str(people[name].id)

        faculty.write(move_in)
        await service._sync()
        await env.settle()
        general = guild.create_text_channel("general")
        yield Simulated(env, guild, general, people, faculty, service, connected)
        await service.intake.answers.finish()
        env.raise_errors()
