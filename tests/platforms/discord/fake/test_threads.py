"""Threads, forum posts, and whether the app may."""

import discord
import pytest

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.resolving import Refused
from tests.platforms.discord.fake.samples import Bot, refused


@pytest.fixture
def room(bot: Bot, general: Channel) -> discord.TextChannel:
    found = bot.get_channel(general.id)
    assert isinstance(found, discord.TextChannel)
    return found


@pytest.fixture
async def prompts(fake: FakeDiscord, bot: Bot) -> discord.ForumChannel:
    made = fake.guild.add_channel("prompts", "forum", tags=("A", "B"))
    await fake.until(lambda: fake.gateway.sessions)
    found = await bot.fetch_channel(made.id)
    assert isinstance(found, discord.ForumChannel)
    return found


async def private(room: discord.TextChannel) -> discord.Thread:
    return await room.create_thread(
        name="Ada and Cora", type=discord.ChannelType.private_thread, invitable=False
    )


async def test_a_private_thread_is_seen_by_those_who_were_added(
    fake: FakeDiscord, room: discord.TextChannel, ada: Person
) -> None:
    ben = fake.person("Ben Example")
    thread = await private(room)
    await thread.add_user(discord.Object(ada.id))
    await thread.send("Welcome")
    kept = fake.guild.channel("Ada and Cora")
    assert kept.kind == 12
    assert kept.thread is not None
    assert not kept.thread.invitable
    assert ada.reads("Ada and Cora") == ["Welcome"]
    with pytest.raises(Refused, match="does not see"):
        ben.reads(kept)
    ben_sees = fake.person(fake.state.owner).reads(kept)
    assert ben_sees == ["Welcome"]


async def test_an_archived_thread_cannot_be_changed_until_it_is_opened(
    fake: FakeDiscord, room: discord.TextChannel, ada: Person
) -> None:
    thread = await private(room)
    await thread.edit(archived=True)
    assert await refused(thread.add_user(discord.Object(ada.id))) == (400, 50083)
    assert await refused(thread.edit(name="Other")) == (400, 50083)
    assert [one.id async for one in room.archived_threads(private=True)] == [thread.id]
    await thread.edit(archived=False)
    await thread.add_user(discord.Object(ada.id))
    assert [one.id for one in await room.guild.active_threads()] == [thread.id]


async def test_a_message_opens_an_archived_thread_and_a_command_does_not_work_there(
    fake: FakeDiscord, bot: Bot, room: discord.TextChannel, ada: Person
) -> None:
    @bot.tree.command(description="Today")
    async def today(interaction: discord.Interaction[Bot]) -> None:
        await interaction.response.send_message("ok")

    await bot.tree.sync()
    thread = await private(room)
    await thread.add_user(discord.Object(ada.id))
    await thread.edit(archived=True)
    kept = fake.guild.channel("Ada and Cora")
    with pytest.raises(Refused, match="archived"):
        await ada.command("today", channel=kept)
    await ada.say(kept, "Still here")
    assert kept.thread is not None
    assert not kept.thread.archived
    assert (await ada.command("today", channel=kept)).text == "ok"


async def test_who_is_rung_in_a_thread_joins_it(
    fake: FakeDiscord, room: discord.TextChannel, ada: Person
) -> None:
    ben = fake.person("Ben Example")
    thread = await private(room)
    await thread.send(f"{ben.mention}", allowed_mentions=discord.AllowedMentions.none())
    with pytest.raises(Refused, match="does not see"):
        ben.reads("Ada and Cora")
    await thread.send(f"{ada.mention}, welcome")
    await ada.say("Ada and Cora", f"{ben.mention}, come in")
    with pytest.raises(Refused, match="does not see"):
        ben.reads("Ada and Cora")


async def test_a_message_begins_one_thread(
    fake: FakeDiscord, room: discord.TextChannel, ada: Person
) -> None:
    root = await room.send("Prompt")
    thread = await root.create_thread(name="Discussion")
    assert thread.id == root.id
    assert await refused(root.create_thread(name="Another")) == (400, 160004)
    await ada.say("Discussion", "I think...")
    assert ada.reads("Discussion") == ["I think..."]
    seen = [one.type async for one in thread.history()]
    assert seen == [discord.MessageType.default, discord.MessageType.thread_starter_message]


async def test_without_managing_threads_only_members_open_one_that_is_not_locked(
    fake: FakeDiscord, room: discord.TextChannel
) -> None:
    fake.guild.forbid("manage_threads")
    thread = await private(room)
    kept = fake.guild.channel("Ada and Cora")
    sent = await thread.send("x")
    await fake.archive(kept)
    await thread.edit(archived=False)
    await fake.archive(kept, locked=True)
    assert await refused(thread.edit(archived=False)) == (403, 50013)
    assert await refused(thread.send("x")) == (400, 160005)
    assert await refused(sent.edit(content="y")) == (400, 50083)


async def test_active_threads_are_capped(fake: FakeDiscord, room: discord.TextChannel) -> None:
    fake.guild.most_active_threads = 1
    await private(room)
    assert await refused(private(room)) == (400, 160006)


async def test_a_forum_post_has_tags_and_the_id_of_its_first_message(
    fake: FakeDiscord, prompts: discord.ForumChannel, ada: Person
) -> None:
    tag = prompts.get_tag(fake.guild.channel("prompts").tags[0].id)
    assert tag is not None
    made = await prompts.create_thread(
        name="Week 3", content="What went well?", applied_tags=[tag], file=discord.File(__file__)
    )
    assert made.thread.id == made.message.id
    kept = fake.guild.channel("Week 3")
    assert kept.thread is not None
    assert kept.thread.applied_tags == [tag.id]
    assert ada.reads(kept) == ["What went well?\ntest_threads.py"]
    await made.thread.edit(pinned=True)
    other = await prompts.create_thread(name="Week 4", content="And now?")
    assert await refused(other.thread.edit(pinned=True)) == (400, 30047)
    await made.thread.edit(pinned=False)
    await other.thread.edit(pinned=True, applied_tags=[tag])


async def test_a_forum_post_has_at_most_five_tags_and_a_name(
    prompts: discord.ForumChannel,
) -> None:
    tags = [discord.Object(number) for number in range(1, 7)]
    call = prompts.create_thread(name="n" * 101, content="x" * 2001, applied_tags=tags)  # type: ignore[arg-type]
    with pytest.raises(discord.HTTPException) as caught:
        await call
    assert "In name" in caught.value.text
    assert "In applied_tags" in caught.value.text
    with pytest.raises(discord.HTTPException) as second:
        await prompts.create_thread(name="n", content="x" * 2001)
    assert "In message.content" in second.value.text
    assert await refused(prompts.create_thread(name="n", content="x", applied_tags=tags[:1])) == (  # type: ignore[arg-type]
        404,
        10087,
    )


async def test_a_lost_permission_is_told_from_a_lost_view(
    fake: FakeDiscord, room: discord.TextChannel, general: Channel
) -> None:
    fake.guild.forbid("send_messages", place=general)
    assert await refused(room.send("x")) == (403, 50013)
    fake.guild.forbid("view_channel", place=general)
    assert await refused(room.send("x")) == (403, 50001)
    fake.guild.allow("view_channel", "send_messages", place=general)
    await room.send("x")


async def test_the_client_computes_the_same_permissions(
    fake: FakeDiscord, bot: Bot, room: discord.TextChannel, general: Channel
) -> None:
    fake.guild.forbid("create_private_threads", "embed_links")
    fake.guild.forbid("pin_messages", place=general)
    await room.send("x")
    held = fake.guild.permissions(fake.me.id, general)
    mine = room.permissions_for(room.guild.me)
    assert not mine.create_private_threads
    assert not mine.pin_messages
    assert mine.value & int(held) == int(held)
    assert await refused(private(room)) == (403, 50013)
    assert await refused(room.send(embed=discord.Embed(title="x"))) == (403, 50013)


async def test_a_channel_is_made_changed_and_deleted(
    fake: FakeDiscord, bot: Bot, room: discord.TextChannel
) -> None:
    made = await room.guild.create_text_channel("Staff Room", topic="Hello")
    assert fake.guild.channel("staff-room").topic == "Hello"
    await made.edit(topic="Goodbye")
    assert fake.guild.channel("staff-room").topic == "Goodbye"
    await made.delete()
    assert await refused(made.send("x")) == (404, 10003)
    forum = await room.guild.create_forum("posts", available_tags=[discord.ForumTag(name="A")])
    assert [one.name for one in forum.available_tags] == ["A"]


async def test_the_member_list_needs_its_intent(
    fake: FakeDiscord, room: discord.TextChannel, ada: Person
) -> None:
    assert (await room.guild.fetch_member(ada.id)).display_name == "Ada Example"
    assert await refused(bot_http(room).get_members(room.guild.id, 10, None)) == (403, 50001)
    fake.state.app.privileged = frozenset({"members"})
    assert len(await bot_http(room).get_members(room.guild.id, 10, None)) == 3


def bot_http(room: discord.TextChannel) -> discord.http.HTTPClient:
    return room._state.http
