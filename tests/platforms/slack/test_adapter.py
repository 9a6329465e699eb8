"""Slack as a platform: posts, edits, conversations, and finding again what was sent."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.platforms.slack import adapter
from bot.platforms.slack.adapter import digest
from core.chat import Button, Found, Message, Ref, Refused, TryLater
from tests.faculty import BEFORE, Faculty
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.world import Watch, World, slack_world


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    """Before the term, when nothing else is due."""
    async with slack_world(faculty, clock=Watch(BEFORE)) as made:
        yield made


# What the platform does


async def test_a_post_says_all_of_its_message(world: World) -> None:
    place = world.channel("reflections")
    message = Message(
        "Some *words* & <more>",
        title="A title",
        fields=(("For", "everybody"),),
        buttons=(Button("Look", "reflect mine"),),
    )
    ref = await world.platform.post(place, message, key="k:1")
    (posted,) = world.slack.posts
    assert ref == Ref(place, posted.ts)
    assert text_of(posted) == "A title\nSome words & <more>\nFor: everybody\nLook"
    assert buttons_of(posted) == ["Look"]


async def test_a_key_goes_with_a_post_only_as_a_digest(world: World) -> None:
    place = world.channel("reflections")
    await world.platform.post(place, Message("x"), key="answer:ada.example:1")
    (posted,) = world.slack.posts
    assert posted.metadata == {
        "event_type": "staffroom_delivery",
        "event_payload": {"key": digest("answer:ada.example:1")},
    }
    assert "ada" not in str(posted.metadata)


async def test_links_unfold_only_where_it_helps(world: World) -> None:
    place = world.channel("reflections")
    await world.platform.post(place, Message("https://example.org"), key="a")
    await world.platform.post(place, Message("https://example.org", preview=True), key="b")
    assert [one.unfurl_links for one in world.slack.posts] == [False, True]


async def test_an_edit_changes_the_message_in_place(world: World) -> None:
    place = world.channel("reflections")
    ref = await world.platform.post(place, Message("before", buttons=(Button("Go", "x"),)), key="k")
    assert await world.platform.edit(ref, Message("after")) == ref
    (posted,) = world.slack.posts
    assert text_of(posted) == "after"
    assert posted.metadata is not None


async def test_a_message_is_deleted(world: World) -> None:
    place = world.channel("reflections")
    ref = await world.platform.post(place, Message("x"), key="k")
    await world.platform.delete(ref)
    assert world.slack.posts[0].deleted


async def test_deleting_what_is_gone_is_no_trouble(world: World) -> None:
    place = world.channel("reflections")
    ref = await world.platform.post(place, Message("x"), key="k")
    await world.platform.delete(ref)
    await world.platform.delete(ref)
    assert world.slack.calls["chat.delete"] == 2


async def test_a_pair_speaks_in_a_group_of_the_two_and_the_bot(world: World) -> None:
    ada, cora = world.people["ada"].id, world.people["cora"].id
    place = await world.platform.open_group([ada, cora], "Ada and Cora")
    group = world.slack.workspace.channels[place]
    assert (group.kind, set(group.members)) == (
        "mpim",
        {ada, cora, world.slack.workspace.bot_user_id},
    )
    assert await world.platform.open_group([cora, ada], "again") == place


async def test_a_channel_that_is_wished_for_is_made(world: World) -> None:
    place = await world.platform.open_channel("reflections")
    made = world.slack.workspace.channels[place]
    assert (made.name, made.kind) == ("reflections", "channel")
    assert world.slack.workspace.bot_user_id in made.members


async def test_a_channel_that_is_there_already_is_entered(world: World) -> None:
    for number in range(650):
        world.slack.workspace.add_channel(f"other-{number}", bot=False)
    there = world.slack.workspace.add_channel("reflections", bot=False)
    assert await world.platform.open_channel("reflections") == there.id
    assert world.slack.workspace.bot_user_id in there.members
    assert world.slack.calls["conversations.list"] > 1


@pytest.mark.parametrize("more", [{"private": True}, {"is_archived": True}])
async def test_a_name_that_only_a_hidden_channel_has_is_refused(
    world: World, more: dict[str, bool]
) -> None:
    world.slack.workspace.add_channel("reflections", bot=False, **more)
    with pytest.raises(Refused, match="choose another name"):
        await world.platform.open_channel("reflections")


# Finding again


async def test_a_message_is_found_by_its_key(world: World) -> None:
    place = world.channel("reflections")
    ref = await world.platform.post(place, Message("x"), key="k:1")
    await world.platform.post(place, Message("y"), key="k:2")
    assert await world.platform.find(place, "k:1", "", BEFORE) == ref
    assert await world.platform.find(place, "k:3", "", BEFORE) is Found.ABSENT


async def test_a_message_is_found_in_a_direct_conversation_and_in_a_group(world: World) -> None:
    ada, cora = world.people["ada"].id, world.people["cora"].id
    for place in (
        await world.platform.open_direct(ada),
        await world.platform.open_group([ada, cora], ""),
    ):
        ref = await world.platform.post(place, Message("x"), key="k")
        assert await world.platform.find(place, "k", "", BEFORE) == ref


async def test_a_message_is_found_behind_pages_of_others(world: World) -> None:
    place = world.channel("reflections")
    for number in range(250):
        await world.people["ada"].say(place, f"before {number}")
    ref = await world.platform.post(place, Message("x"), key="k")
    for number in range(250):
        await world.people["ada"].say(place, f"after {number}")
    assert await world.platform.find(place, "k", "", BEFORE) == ref


async def test_a_later_part_is_found_in_its_thread(world: World) -> None:
    place = world.channel("reflections")
    first = await world.platform.post(place, Message("1"), key="k:1")
    for number in range(250):
        await world.people["ada"].say(place, f"answer {number}", first.message)
    ref = await world.platform.post(place, Message("2"), key="k:2", under=first)
    assert await world.platform.find(place, "k:2", "", BEFORE, under=first) == ref
    assert await world.platform.find(place, "k:3", "", BEFORE, under=first) is Found.ABSENT


async def test_a_clock_that_is_fast_does_not_hide_a_message(world: World) -> None:
    place = world.channel("reflections")
    ref = await world.platform.post(place, Message("x"), key="k")
    ahead = datetime.fromtimestamp(float(ref.message), BEFORE.tzinfo) + timedelta(minutes=2)
    assert await world.platform.find(place, "k", "", ahead) == ref


async def test_what_a_history_too_long_to_read_holds_is_not_known(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adapter, "SEARCHED", 20)
    place = world.channel("reflections")
    for number in range(30):
        await world.people["ada"].say(place, f"{number}")
    assert await world.platform.find(place, "k", "", BEFORE) is Found.UNKNOWN


async def test_what_a_history_that_may_not_be_read_holds_is_not_known(world: World) -> None:
    place = world.channel("reflections")
    world.slack.workspace.channels[place].members.remove(world.slack.workspace.bot_user_id)
    assert await world.platform.find(place, "k", "", BEFORE) is Found.UNKNOWN


async def test_a_history_that_is_read_too_fast_is_read_on_after_a_while(world: World) -> None:
    place = world.channel("reflections")
    ref = await world.platform.post(place, Message("x"), key="k")
    world.slack.fail_next("conversations.history", retry_after=10)
    before = world.stopwatch.seconds
    assert await world.platform.find(place, "k", "", BEFORE) == ref
    assert world.stopwatch.seconds - before >= 10


async def test_a_history_that_makes_us_wait_too_long_is_read_another_time(world: World) -> None:
    place = world.channel("reflections")
    world.slack.fail_next("conversations.history", retry_after=60)
    with pytest.raises(TryLater):
        await world.platform.find(place, "k", "", BEFORE)


@pytest.mark.parametrize("messages", [10, 40])
async def test_what_a_history_holds_that_is_handed_out_in_morsels_is_not_known(
    world: World, messages: int
) -> None:
    """Apps outside of the Marketplace get one call a minute, with 15 messages."""
    world.slack.state.manifest = replace(world.slack.state.manifest, distributed=True)
    world.slack.limits.distributed = True
    _watched(world)
    place = world.channel("reflections")
    for number in range(messages):
        await world.people["ada"].say(place, f"{number}")
    known = Found.ABSENT if messages < 15 else Found.UNKNOWN
    assert await world.platform.find(place, "k", "", BEFORE) is known


async def test_a_channel_is_found_among_thousands(world: World) -> None:
    _watched(world)
    for number in range(5_000):
        world.slack.workspace.add_channel(f"number-{number}")
    wanted = world.slack.workspace.add_channel("reflections", bot=False)
    assert await world.platform.open_channel("reflections") == wanted.id


# Pace


async def test_posts_keep_to_the_pace_of_channels_and_workspace(world: World) -> None:
    _watched(world)
    before = world.stopwatch.seconds
    for number in range(4):
        for name, person in world.people.items():
            await world.platform.post(person.direct.id, Message(name), key=f"{name}-{number}")
    assert len(world.slack.posts) == 24
    assert _refused(world) == 0
    assert 4.5 < world.stopwatch.seconds - before < 5.0


async def test_conversations_and_edits_keep_to_the_pace_of_their_methods(world: World) -> None:
    _watched(world)
    place = world.channel("reflections")
    ref = await world.platform.post(place, Message("0"), key="k")
    for number in range(60):
        await world.platform.edit(ref, Message(f"{number}"))
        user = world.slack.workspace.add_user(f"Number {number}")
        await world.platform.open_direct(user.id)
    assert _refused(world) == 0


async def test_a_workspace_may_have_a_pace_of_its_own(faculty: Faculty) -> None:
    async with slack_world(faculty, clock=Watch(BEFORE), slack_per_second=0.5) as world:
        before = world.stopwatch.seconds
        for name, person in world.people.items():
            await world.platform.post(person.direct.id, Message(name), key=name)
        assert world.stopwatch.seconds - before >= 2 * (len(world.people) - 1)


def _watched(world: World) -> None:
    world.slack.limits.on = True
    world.slack.limits.clock = world.stopwatch.read


def _refused(world: World) -> int:
    return sum(
        1 for one in world.slack.requests if (one.answer or {}).get("error") == "ratelimited"
    )
