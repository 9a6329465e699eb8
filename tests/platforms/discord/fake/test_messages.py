"""Messages over REST."""

import io

import discord
import pytest

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.samples import Bot, Moment, refused


@pytest.fixture
def room(bot: Bot, general: Channel) -> discord.TextChannel:
    found = bot.get_channel(general.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def test_a_message_is_posted_changed_read_and_deleted(
    room: discord.TextChannel, ada: Person, general: Channel
) -> None:
    sent = await room.send("Hello", embed=discord.Embed(title="Week 3"))
    assert ada.reads(general) == ["Hello\nWeek 3"]
    await sent.edit(content="Hello again")
    assert (await room.fetch_message(sent.id)).content == "Hello again"
    assert general.messages[0].edited is not None
    await sent.delete()
    assert ada.reads(general) == []
    assert await refused(room.fetch_message(sent.id)) == (404, 10008)


async def test_the_history_is_paged_from_either_side(room: discord.TextChannel) -> None:
    sent = [await room.send(str(number)) for number in range(5)]
    before = [one.content async for one in room.history(before=sent[3], limit=2)]
    assert before == ["2", "1"]
    after = [one.content async for one in room.history(after=sent[1], limit=10)]
    assert after == ["2", "3", "4"]


async def test_a_repeated_nonce_returns_the_first_message_for_some_minutes(
    fake: FakeDiscord, room: discord.TextChannel, clock: Moment
) -> None:
    first = await room.send("once", nonce="prompt-12")
    again = await room.send("twice", nonce="prompt-12")
    assert (again.id, again.content) == (first.id, "once")
    clock.at += 301
    later = await room.send("later", nonce="prompt-12")
    assert later.id != first.id
    assert [one.content for one in fake.posts] == ["once", "later"]


async def test_what_is_too_long_is_refused_with_its_place(room: discord.TextChannel) -> None:
    embed = discord.Embed(title="t" * 257)
    with pytest.raises(discord.HTTPException) as caught:
        await room.send("x" * 2001, embed=embed)
    assert (caught.value.status, caught.value.code) == (400, 50035)
    assert "In content: Must be 2000 or fewer in length." in caught.value.text
    assert "In embeds.0.title: Must be 256 or fewer in length." in caught.value.text


async def test_embeds_have_6000_characters_together(room: discord.TextChannel) -> None:
    embeds = [discord.Embed(description="x" * 3001) for _ in range(2)]
    assert await refused(room.send(embeds=embeds)) == (400, 50035)


async def test_an_empty_message_is_refused(room: discord.TextChannel) -> None:
    assert await refused(room.send("  ")) == (400, 50006)


async def test_only_allowed_mentions_ring(
    fake: FakeDiscord, room: discord.TextChannel, ada: Person
) -> None:
    cohort = fake.guild.add_role("Cohort 3")
    text = f"{ada.mention} {cohort.mention} @everyone"
    await room.send(text, allowed_mentions=discord.AllowedMentions.none())
    assert fake.mentions == []
    await room.send(text, allowed_mentions=discord.AllowedMentions(users=False, everyone=False))
    assert [(one.kind, one.id) for one in fake.mentions] == [("role", cohort.id)]
    await room.send(text)
    assert [one.kind for one in fake.mentions] == ["role", "user", "role", "everyone"]


async def test_without_its_permission_the_app_rings_no_role(
    fake: FakeDiscord, room: discord.TextChannel
) -> None:
    quiet = fake.guild.add_role("Quiet")
    loud = fake.guild.add_role("Loud", mentionable=True)
    fake.guild.forbid("mention_everyone")
    await room.send(f"{quiet.mention} {loud.mention} @everyone")
    assert [(one.kind, one.id) for one in fake.mentions] == [("role", loud.id)]


async def test_files_come_along_and_can_be_fetched(room: discord.TextChannel) -> None:
    file = discord.File(io.BytesIO(b"a,b"), "record.csv", description="Your record")
    sent = await room.send("Here", file=file)
    assert [one.filename for one in sent.attachments] == ["record.csv"]
    assert sent.attachments[0].description == "Your record"
    assert await sent.attachments[0].read() == b"a,b"
    kept = await sent.edit(content="Still here", attachments=sent.attachments)
    assert len(kept.attachments) == 1


async def test_a_message_is_pinned_and_unpinned(room: discord.TextChannel) -> None:
    sent = await room.send("This week")
    await sent.pin()
    assert [one.id async for one in room.pins()] == [sent.id]
    await sent.unpin()
    assert [one.id async for one in room.pins()] == []


async def test_the_app_cannot_change_what_others_wrote(
    room: discord.TextChannel, ada: Person, general: Channel
) -> None:
    said = await ada.say(general, "mine")
    call = room.get_partial_message(said.id).edit(content="yours")
    assert await refused(call) == (403, 50005)


async def test_a_reply_names_its_message_and_a_lost_one_is_refused(
    fake: FakeDiscord, room: discord.TextChannel, ada: Person, general: Channel
) -> None:
    said = await ada.say(general, "a question")
    await room.get_partial_message(said.id).reply("an answer", mention_author=False)
    assert fake.posts[0].reference is said
    assert fake.mentions == []
    await ada.delete(said)
    call = room.get_partial_message(said.id).reply("an answer")
    assert await refused(call) == (400, 50035)


async def test_direct_messages_can_be_closed_crowded_or_quarantined(
    fake: FakeDiscord, bot: Bot, ada: Person
) -> None:
    user = await bot.fetch_user(ada.id)
    await user.send("hello")
    assert ada.reads() == ["hello"]
    ada.user.accepts_direct = False
    assert await refused(user.send("again")) == (403, 50007)
    others = [await bot.fetch_user(fake.person(name).id) for name in ("Ben", "Cora")]
    fake.doors.opening_too_fast = True
    assert await refused(others[0].send("hello")) == (403, 40003)
    fake.doors.quarantined = True
    assert await refused(others[1].send("hello")) == (403, 20026)
    ada.user.accepts_direct = True
    await user.send("open channels still work")


async def test_without_a_common_server_there_are_no_direct_messages(
    fake: FakeDiscord, bot: Bot, ada: Person
) -> None:
    user = await bot.fetch_user(ada.id)
    await ada.leave()
    assert await refused(user.send("hello")) == (403, 50278)
