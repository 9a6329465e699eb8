"""Scheduled events."""

from datetime import timedelta
from typing import Any

import discord
import pytest

from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.event import Status
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.samples import Bot, refused


@pytest.fixture
def guild(fake: FakeDiscord, bot: Bot) -> discord.Guild:
    found = bot.get_guild(fake.guild.id)
    assert found is not None
    return found


async def webinar(guild: discord.Guild, **more: Any) -> discord.ScheduledEvent:
    start = discord.utils.utcnow() + timedelta(days=1)
    given: dict[str, Any] = {
        "name": "Standard A",
        "start_time": start,
        "end_time": start + timedelta(hours=1),
        "entity_type": discord.EntityType.external,
        "privacy_level": discord.PrivacyLevel.guild_only,
        "location": "https://example.org/room",
    }
    return await guild.create_scheduled_event(**(given | more))


async def test_an_event_is_made_moved_and_canceled(fake: FakeDiscord, guild: discord.Guild) -> None:
    made = await webinar(guild, description="Bring a question")
    kept = fake.guild.events[made.id]
    assert (kept.name, kept.location) == ("Standard A", "https://example.org/room")
    assert made.end_time is not None
    await made.edit(name="Standard B", end_time=made.end_time + timedelta(hours=1))
    assert kept.name == "Standard B"
    assert kept.end is not None
    assert kept.end - kept.start == 7200
    await made.cancel()
    assert kept.status is Status.CANCELED
    assert await guild.fetch_scheduled_events() == []
    assert await refused(made.edit(name="x")) == (400, 180000)


async def test_an_external_event_needs_a_place_and_an_end(guild: discord.Guild) -> None:
    body: dict[str, Any] = {
        "name": "n" * 101,
        "privacy_level": 2,
        "scheduled_start_time": "2100-01-01T00:00:00+00:00",
        "entity_type": 3,
        "entity_metadata": {"location": "l" * 101},
        "description": "d" * 1001,
    }
    http = guild._state.http
    with pytest.raises(discord.HTTPException) as caught:
        await http.create_guild_scheduled_event(guild.id, **body)
    for name in ("name", "description", "entity_metadata.location"):
        assert f"In {name}:" in caught.value.text
    short = body | {"name": "n", "description": "d", "entity_metadata": {"location": "l"}}
    with pytest.raises(discord.HTTPException) as second:
        await http.create_guild_scheduled_event(guild.id, **short)
    assert "In scheduled_end_time: This field is required" in second.value.text
    past = discord.utils.utcnow() - timedelta(hours=1)
    assert await refused(webinar(guild, start_time=past)) == (400, 50035)


async def test_who_is_interested_can_be_asked(
    fake: FakeDiscord, guild: discord.Guild, ada: Person
) -> None:
    made = await webinar(guild)
    ben = fake.person("Ben Example")
    await ada.interested(fake.guild.events[made.id])
    await ben.interested(fake.guild.events[made.id])
    await ben.interested(fake.guild.events[made.id], yes=False)
    assert [one.id async for one in made.users()] == [ada.id]
    counted = await guild.fetch_scheduled_event(made.id, with_counts=True)
    assert counted.user_count == 1


async def test_without_permission_there_is_no_event(
    fake: FakeDiscord, guild: discord.Guild
) -> None:
    fake.guild.forbid("create_events", "manage_events")
    assert await refused(webinar(guild)) == (403, 50013)
