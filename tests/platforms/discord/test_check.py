"""What the doctor finds out about Discord, and the permissions that the invite link asks for."""

from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.findings import Finding, Health
from bot.platforms.discord import check
from bot.platforms.discord.calendar import PLACE
from bot.platforms.discord.invite import PERMISSIONS, link, permissions
from bot.platforms.discord.service import application_id
from bot.settings import Settings
from core.chat import Found, Message, Occasion, Refused
from core.errors import UserError
from core.text import fingerprint
from tests.faculty import TUESDAY, Faculty
from tests.platforms.discord.fake.channel import PINNED_POST, Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.permissions import NOTHING, PEOPLE, Permission
from tests.platforms.discord.world import World, discord_world

NOBODY = "http://127.0.0.1:9"  # the port that discards; nothing listens there
PINNED = Message("Some words.", title="Week 1", tag="A Tag", pinned=True)
SINCE = TUESDAY - timedelta(days=9_000)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as made:
        invited(made)
        yield made
        assert made.faults == []


def invited(fake: FakeDiscord, without: str = "") -> None:
    """The app has what the link gave it; what everybody may, it may not."""
    given = Permission(permissions().value)
    if without:
        given &= ~Permission[without.upper()]
    fake.guild.app_role.permissions = given
    fake.guild.roles[fake.guild.id].permissions = NOTHING
    people = fake.guild.add_role("People", permissions=PEOPLE)
    for member in fake.guild.members.values():
        if not member.user.bot:
            member.roles.append(people.id)


def settings_of(fake: FakeDiscord, **given: Any) -> Settings:
    wanted = {"DISCORD_BOT_TOKEN": fake.token, "DISCORD_API_URL": fake.api_url}
    return Settings(_env_file=None, **{**wanted, **given})


async def findings(
    fake: FakeDiscord, channels: Mapping[str, Channel] | None = None, **given: Any
) -> list[Finding]:
    chosen = {str(fake.guild.id): {one: str(at.id) for one, at in (channels or {}).items()}}
    return [one async for one in check.examine(settings_of(fake, **given), chosen)]


def bad(found: list[Finding]) -> Finding:
    """The one thing that is wrong."""
    (one,) = [finding for finding in found if finding.health is Health.BAD]
    return one


# The doctor


async def test_all_is_well_with_what_the_link_gives(fake: FakeDiscord) -> None:
    places = {
        "reflections": fake.guild.add_channel("prompts", "forum"),
        "coaching": fake.guild.add_channel("coaching"),
    }
    found = await findings(fake, places)
    assert not [one for one in found if one.health is Health.BAD]
    assert [one for one in found if "#coaching" in one.text and one.health is Health.GOOD]


async def test_a_token_that_is_refused_is_named(fake: FakeDiscord) -> None:
    found = bad(await findings(fake, DISCORD_BOT_TOKEN="of-another-app"))
    assert "DISCORD_BOT_TOKEN" in found.text


async def test_a_discord_that_cannot_be_reached_is_named(fake: FakeDiscord) -> None:
    found = bad(await findings(fake, DISCORD_API_URL=NOBODY))
    assert "cannot be reached" in found.text


async def test_without_a_server_there_is_the_link(fake: FakeDiscord) -> None:
    await fake.remove_app(fake.guild)
    found = await findings(fake)
    assert [one for one in found if link(fake.application_id) in one.remedy]


async def test_without_channels_there_is_the_command(fake: FakeDiscord) -> None:
    found = await findings(fake)
    assert [one for one in found if "/settings create-channels" in one.remedy]


async def test_an_intent_that_is_set_but_not_switched_on_is_named(fake: FakeDiscord) -> None:
    found = bad(await findings(fake, discord_members_intent=True))
    assert "Server Members Intent" in found.remedy
    fake.state.app.privileged = frozenset({"members"})
    found_all = await findings(fake, discord_members_intent=True)
    assert not [one for one in found_all if one.health is Health.BAD]


async def test_what_is_lost_without_the_intent_is_said(fake: FakeDiscord) -> None:
    found = await findings(fake)
    assert [one for one in found if "newcomers" in one.text and one.health is Health.NOTE]


async def test_a_channel_that_is_gone_or_hidden_is_named(fake: FakeDiscord) -> None:
    place = fake.guild.add_channel("prompts")
    fake.guild.forbid("view_channel", place=place)
    assert "cannot be seen" in bad(await findings(fake, {"reflections": place})).text


async def test_coaching_in_a_forum_is_named(fake: FakeDiscord) -> None:
    place = fake.guild.add_channel("coaching", "forum")
    assert "text channel" in bad(await findings(fake, {"coaching": place})).remedy


@pytest.mark.parametrize("name", sorted(set(PERMISSIONS) - {"manage_channels", "view_channel"}))
async def test_a_permission_that_is_missing_in_a_channel_is_named(
    fake: FakeDiscord, name: str
) -> None:
    only = {
        "create_events": ("webinars", "text"),
        "pin_messages": ("reflections", "text"),
        "manage_threads": ("reflections", "forum"),
    }
    purpose, kind = only.get(name, ("coaching", "text"))
    place = fake.guild.add_channel(purpose, kind)
    fake.guild.forbid(name, place=place)
    assert name in bad(await findings(fake, {purpose: place})).text


@pytest.mark.parametrize("name", ["manage_channels", "create_private_threads"])
async def test_what_a_channel_does_not_need_is_not_missed(fake: FakeDiscord, name: str) -> None:
    place = fake.guild.add_channel("reflections")
    fake.guild.forbid(name, place=place)
    found = await findings(fake, {"reflections": place})
    assert not [one for one in found if one.health is Health.BAD]


async def test_a_role_that_prompts_call_and_that_does_not_ring_is_named(fake: FakeDiscord) -> None:
    place = fake.guild.add_channel("announcements")
    quiet = fake.guild.add_role("Autumn")
    chosen = {str(fake.guild.id): {"announcements": str(place.id)}}

    async def about(role: int) -> list[Finding]:
        roles = {str(fake.guild.id): [str(role)]}
        found = [one async for one in check.examine(settings_of(fake), chosen, roles)]
        return [one for one in found if "role" in one.text]

    assert "does not ring" in bad(await about(quiet.id)).text
    loud = fake.guild.add_role("Spring", mentionable=True)
    assert [one.health for one in await about(loud.id)] == [Health.GOOD]
    assert "is gone" in bad(await about(12)).text


async def test_looking_warns_of_nothing_that_does_not_concern_us(
    fake: FakeDiscord, caplog: pytest.LogCaptureFixture
) -> None:
    await findings(fake)
    await application_id(settings_of(fake))
    assert [one.message for one in caplog.records if one.levelname == "WARNING"] == []


# The link


def test_the_link_asks_for_the_bot_its_commands_and_the_permissions_alone() -> None:
    query = parse_qs(urlsplit(link(42)).query)
    assert query["client_id"] == ["42"]
    assert query["scope"] == ["bot applications.commands"]
    assert query["permissions"] == [str(permissions().value)]


async def test_the_application_is_known_by_its_token(fake: FakeDiscord) -> None:
    assert await application_id(settings_of(fake)) == fake.application_id
    with pytest.raises(UserError, match="DISCORD_BOT_TOKEN"):
        await application_id(settings_of(fake, DISCORD_BOT_TOKEN="of-another-app"))


async def test_without_discord_the_link_cannot_be_made_and_that_is_said(fake: FakeDiscord) -> None:
    with pytest.raises(UserError, match="cannot be reached"):
        await application_id(settings_of(fake, DISCORD_API_URL=NOBODY))


async def everything(world: World) -> None:
    """All that the adapter does in a server; raises or fails where something is not allowed."""
    platform, message = world.platform, Message("Some words.", title="A title")
    made = await platform.open_channel("made")
    await world.fake.until(lambda: world.service.client.get_channel(int(made)))
    two = [str(world.people[name].id) for name in ("ada", "cora")]
    private = await platform.open_group(two, "Ada and Cora")
    await platform.post(private, message, key="private")
    begins = datetime.now(UTC) + timedelta(days=1)
    occasion = Occasion(begins, begins + timedelta(hours=1), "Online")
    await platform.post(PLACE, Message("", title="Live", occasion=occasion), key="event")
    for purpose in ("reflections", "webinars"):
        pinned = await platform.post(world.home.channels[purpose], PINNED, key=f"{purpose}:pinned")
        stands = world.fake.state.channel(int(pinned.place))
        assert stands.pins or stands.flags & PINNED_POST
        place = world.home.channels[purpose]
        root = await platform.post(place, message, key=f"{purpose}:root")
        await platform.post(place, message, key=f"{purpose}:under", under=root)
        await platform.edit(root, Message("Other words.", title="A title"))
        found = await platform.find(place, "x", fingerprint(Message("Never said")), SINCE)
        assert found is Found.ABSENT
        await platform.delete(root)


@pytest.mark.parametrize("without", ["", *sorted(PERMISSIONS)])
async def test_the_permissions_are_exactly_those_that_are_used(
    faculty: Faculty, without: str
) -> None:
    async with discord_world(faculty) as world:
        world.channel("reflections", "forum")
        world.channel("webinars")
        world.channel("coaching")
        invited(world.fake, without)
        if not without:
            await everything(world)
        else:
            with pytest.raises((Refused, AssertionError)):
                await everything(world)
