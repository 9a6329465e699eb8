"""Connecting, and what the app then hears."""

from typing import Any

import discord
import pytest
from discord.gateway import DiscordWebSocket

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.samples import Bot, running


async def test_a_client_logs_in_and_knows_the_server(
    fake: FakeDiscord, bot: Bot, general: Channel
) -> None:
    assert bot.user is not None
    assert bot.user.id == bot.application_id == fake.application_id
    guild = bot.get_guild(fake.guild.id)
    assert guild is not None
    assert not guild.unavailable
    assert [one.name for one in guild.text_channels] == ["general"]
    assert guild.me.guild_permissions.send_messages
    assert not guild.me.guild_permissions.administrator
    assert guild.member_count == 3


async def test_a_wrong_token_is_refused(fake: FakeDiscord, intents: discord.Intents) -> None:
    bot = Bot(intents)
    with pytest.raises(discord.LoginFailure):
        await bot.start("wrong")
    await bot.close()


async def test_a_privileged_intent_must_be_switched_on(fake: FakeDiscord) -> None:
    bot = Bot(discord.Intents(guilds=True, members=True))
    with pytest.raises(discord.PrivilegedIntentsRequired):
        await bot.start(fake.token)
    await bot.close()


async def test_heartbeats_are_acknowledged(fake: FakeDiscord, bot: Bot) -> None:
    before = fake.gateway.links[0].heartbeats
    assert before >= 1
    fake.gateway.ask_heartbeat()
    await fake.until(lambda: fake.gateway.links[0].heartbeats > before)
    assert bot.latency < 10


async def test_plain_messages_arrive_without_their_content(
    bot: Bot, ada: Person, general: Channel
) -> None:
    await ada.say(general, "nobody reads this", [("notes.md", b"# Notes")])
    heard = await bot.hears()
    assert (heard.content, heard.attachments) == ("", [])
    assert isinstance(heard.author, discord.Member)
    assert heard.author.id == ada.id


async def test_a_mention_of_the_app_brings_the_content(
    fake: FakeDiscord, bot: Bot, ada: Person, general: Channel
) -> None:
    await ada.say(general, f"{fake.me.mention} hello")
    heard = await bot.hears()
    assert heard.content == f"{fake.me.mention} hello"
    assert bot.user in heard.mentions


@pytest.mark.parametrize(("ping", "content"), [(True, "an answer"), (False, "")])
async def test_a_reply_brings_its_content_when_it_rings_the_app(
    bot: Bot, ada: Person, general: Channel, fake: FakeDiscord, ping: bool, content: str
) -> None:
    channel = bot.get_partial_messageable(general.id)
    await channel.send("A question")
    await bot.hears(1)
    await ada.say(general, "an answer", reply_to=fake.posts[0], ping=ping)
    heard = await bot.hears(2)
    assert heard.content == content
    assert heard.reference is not None
    assert isinstance(heard.reference.resolved, discord.Message)
    assert heard.reference.resolved.content == "A question"


async def test_a_direct_message_arrives_whole(bot: Bot, ada: Person) -> None:
    await ada.dm("My draft", [("week.md", b"# Week 3")])
    heard = await bot.hears()
    assert isinstance(heard.channel, discord.DMChannel)
    assert heard.content == "My draft"
    assert await heard.attachments[0].read() == b"# Week 3"


async def test_with_the_members_intent_people_are_known_and_seen_to_come_and_go(
    fake: FakeDiscord, ada: Person
) -> None:
    fake.state.app.privileged = frozenset({"members"})
    async with running(fake, Bot(discord.Intents(guilds=True, members=True))) as bot:
        guild = bot.get_guild(fake.guild.id)
        assert guild is not None
        assert guild.get_member(ada.id) is not None
        await ada.leave()
        assert await bot.noted("leave") == ada.id
        await ada.join()
        assert await bot.noted("join") == ada.id


async def test_a_large_server_lists_its_members_when_asked(fake: FakeDiscord) -> None:
    for number in range(1100):
        fake.guild.add_member(f"Person {number}")
    fake.state.app.privileged = frozenset({"members"})
    intents = discord.Intents(guilds=True, members=True)
    async with running(fake, Bot(intents, chunk_guilds_at_startup=False)) as bot:
        guild = bot.get_guild(fake.guild.id)
        assert guild is not None
        assert guild.large
        assert (guild.member_count, len(guild.members)) == (1102, 1)
        assert len(await guild.chunk()) == 1102
        assert len(await guild.query_members("person 10", limit=5)) == 5


async def test_without_the_members_intent_nobody_is_known(
    fake: FakeDiscord, bot: Bot, ada: Person
) -> None:
    guild = bot.get_guild(fake.guild.id)
    assert guild is not None
    assert [one.id for one in guild.members] == [fake.application_id]
    found = await guild.query_members(user_ids=[ada.id])
    assert [one.display_name for one in found] == ["Ada Example"]


async def test_the_app_hears_that_it_was_thrown_out(fake: FakeDiscord, bot: Bot) -> None:
    await fake.remove_app(fake.guild)
    assert await bot.noted("removed") == fake.guild.id


async def test_without_compression_the_gateway_speaks_plain_text(
    fake: FakeDiscord, intents: discord.Intents, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = DiscordWebSocket.from_client

    async def plain(client: discord.Client, **options: Any) -> DiscordWebSocket:
        return await connect(client, **options, compress=False)

    monkeypatch.setattr(DiscordWebSocket, "from_client", staticmethod(plain))
    async with running(fake, Bot(intents)) as bot:
        assert bot.is_ready()
