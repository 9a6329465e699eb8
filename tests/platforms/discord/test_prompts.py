"""The week's prompt in Discord's own idiom: tagged, in sight, and calling the cohort's role."""

from datetime import timedelta

import pytest

from core.chat import Message
from core.text import split_message
from storage.cohorts import Cohort
from tests.platforms.discord.fake.channel import PINNED_POST, Channel
from tests.platforms.discord.fake.ids import Snowflakes
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.users import Role
from tests.platforms.discord.world import World

A_WEEK = timedelta(days=7)


def prompt(week: int, calls: str = "") -> Message:
    title = f"Week {week}: Feedback"
    return Message("What did you say?", title=title, tag="G Assessment", pinned=True, calls=calls)


async def post(world: World, place: Channel, message: Message, key: str) -> None:
    await world.platform.post(str(place.id), message, key=key)


async def test_a_prompt_in_a_forum_is_tagged_with_its_standard(world: World) -> None:
    forum = world.channel("reflections", "forum")
    await post(world, forum, prompt(1), "week-1")
    (made,) = world.fake.guild.threads.values()
    assert [one.name for one in forum.tags] == ["G Assessment"]
    assert made.thread is not None
    assert made.thread.applied_tags == [forum.tags[0].id]


async def test_a_tag_is_made_once(world: World) -> None:
    forum = world.channel("reflections", "forum")
    await post(world, forum, prompt(1), "week-1")
    await world.fake.until(
        lambda: world.service.client.get_channel(forum.id).available_tags  # type: ignore[union-attr]
    )
    await post(world, forum, prompt(2), "week-2")
    assert len(forum.tags) == 1


async def test_without_leave_to_make_tags_the_prompt_goes_out_without(world: World) -> None:
    forum = world.channel("reflections", "forum")
    world.fake.guild.forbid("manage_channels")
    await post(world, forum, prompt(1), "week-1")
    assert forum.tags == []
    assert len(world.fake.guild.threads) == 1


async def test_only_the_present_weeks_post_is_pinned_in_a_forum(world: World) -> None:
    forum = world.channel("reflections", "forum")
    await post(world, forum, prompt(1), "week-1")
    await world.fake.until(lambda: world.service.client.get_channel(forum.id).threads)  # type: ignore[union-attr]
    await post(world, forum, prompt(2), "week-2")
    pinned = [one.name for one in world.fake.guild.threads.values() if one.flags & PINNED_POST]
    assert pinned == ["Week 2: Feedback"]


async def test_in_a_text_channel_last_weeks_prompt_is_unpinned(world: World) -> None:
    place = world.channel("reflections")
    await post(world, place, prompt(1), "week-1")
    later = world.fake.state.now() + A_WEEK.total_seconds()
    world.fake.state.ids = Snowflakes(lambda: later)
    await post(world, place, prompt(2), "week-2")
    assert ["Week 2" in text_of(one) for one in place.pins] == [True]


async def test_two_cohorts_prompts_of_one_week_are_both_pinned(world: World) -> None:
    place = world.channel("reflections")
    await post(world, place, prompt(1), "week-1")
    await post(world, place, prompt(3), "of-another-cohort")
    assert len(place.pins) == 2


async def test_a_prompt_that_may_not_be_pinned_is_posted_all_the_same(world: World) -> None:
    place = world.channel("reflections")
    world.fake.guild.forbid("pin_messages")
    await post(world, place, prompt(1), "week-1")
    assert place.pins == []
    assert "Week 1" in text_of(place.messages[-1])


async def test_a_long_reflection_before_its_prompt_is_one_post(world: World) -> None:
    world.channel("reflections", "forum")
    ada = world.people["ada"]
    modal = await (await ada.command("reflect write", {"week": 2})).opened()
    half = "\n\n".join(["What I tried, and what came of it. " * 10] * 9)
    await ada.submit(modal, {"Your reflection": half, "Your reflection, continued (2)": half})
    await world.service.intake.answers.finish()
    await world.deliver()
    said = [
        (thread.id, text_of(one))
        for thread in world.fake.guild.threads.values()
        for one in thread.messages
        if "What I tried" in text_of(one)
    ]
    assert sum(text.count("What I tried") for _thread, text in said) == 180
    assert len(said) > 1
    assert len({thread for thread, _text in said}) == 1


# The cohort's role


async def chosen(world: World) -> Role:
    """The organizer says whom prompts call."""
    guild = world.fake.guild
    role = guild.add_role("Autumn", mentionable=True)
    world.called.add(role.id)
    manages = guild.add_role("Organizers", permissions=Permission.MANAGE_GUILD)
    guild.members[world.people["olga"].id].roles.append(manages.id)
    general = guild.add_channel("general")
    answer = await world.people["olga"].command(
        "settings cohort-role", {"role": role}, channel=general
    )
    assert "mentions that role" in text_of(await answer.message())
    return role


@pytest.mark.parametrize("kind", ["text", "forum"])
async def test_the_weekly_prompt_calls_its_cohort_once(world: World, kind: str) -> None:
    place = world.channel("reflections", kind)
    role = await chosen(world)
    await world.deliver(world.clock.now() + A_WEEK)
    said = place.messages if kind == "text" else [
        one for thread in world.fake.guild.threads.values() for one in thread.messages
    ]  # fmt: skip
    prompts = [one for one in said if "Week " in text_of(one)]
    assert prompts
    assert all(one.mention_roles == [role.id] for one in prompts)
    assert all(text_of(one).count(f"<@&{role.id}>") == 1 for one in prompts)


async def test_a_long_prompt_calls_only_with_its_first_part(world: World) -> None:
    long = Message("words " * 1_500, title="Week 1", calls="7", tag="A", pinned=True)
    first, *rest = split_message(long, world.platform.capabilities)
    assert (first.calls, first.tag, first.pinned) == ("7", "A", True)
    assert rest
    assert {(one.calls, one.tag, one.pinned) for one in rest} == {("", "", False)}


async def test_what_people_write_calls_no_role(world: World) -> None:
    place = world.channel("reflections")
    role = world.fake.guild.add_role("Autumn", mentionable=True)
    words = Message(f"<@&{role.id}> @everyone <@{world.people['ada'].id}>", title="Mine")
    await post(world, place, words, "k:1")
    assert world.fake.mentions == []


async def test_an_organizer_can_let_prompts_call_nobody(world: World) -> None:
    await chosen(world)
    assert list(world.home.cohort_roles.values())
    general = world.fake.guild["general"]
    answer = await world.people["olga"].command("settings cohort-role", {}, channel=general)
    assert "call nobody" in text_of(await answer.message())
    assert world.home.cohort_roles == {}


async def test_a_role_is_kept_by_its_cohort(world: World) -> None:
    role = await chosen(world)
    (cohort,) = world.faculty.community.read_now(lambda tx: tx.all(tx.select(Cohort)))
    assert world.home.cohort_roles == {cohort.id: str(role.id)}
