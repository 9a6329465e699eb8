"""Fixtures of the fake's own tests."""

from collections.abc import AsyncIterator

import discord
import pytest

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.samples import Bot, Moment, lead, running


@pytest.fixture
def clock() -> Moment:
    return Moment(1000.0)


@pytest.fixture
async def fake(clock: Moment, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord(clock=clock) as made:
        lead(made, monkeypatch)
        yield made
        assert made.faults == []


@pytest.fixture
def general(fake: FakeDiscord) -> Channel:
    return fake.guild.add_channel("general")


@pytest.fixture
def ada(fake: FakeDiscord) -> Person:
    return fake.person("Ada Example")


@pytest.fixture
def intents() -> discord.Intents:
    return discord.Intents(guilds=True, guild_messages=True, dm_messages=True)


@pytest.fixture
async def bot(
    fake: FakeDiscord, general: Channel, ada: Person, intents: discord.Intents
) -> AsyncIterator[Bot]:
    async with running(fake, Bot(intents)) as made:
        yield made
