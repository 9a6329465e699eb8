"""People who come, and those who take no direct messages, on Discord."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.platforms.discord.opening import DAY, Opening
from core import deliveries, pairs
from core.chat import Address, Message, TryLater
from core.kinds import Kind
from storage import outbox
from storage import pairs as pair_rows
from storage.database import Tx
from storage.members import Member
from tests.faculty import BEFORE, Faculty
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.fake.state import App
from tests.platforms.discord.office import Office
from tests.platforms.discord.world import Watch, World, discord_world

CLOSED = "I cannot write to Ada Example directly"
SOON = "Hello, Ada Example: a step."


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    """Before the term, when nothing else is due."""
    async with discord_world(faculty, clock=Watch(BEFORE)) as made:
        for person in made.people.values():
            made.service.seats.opening.meets(str(person.id))
        yield made


@pytest.fixture
async def thread(world: World) -> Channel:
    """The private thread of Ada and her coach."""
    world.channel("coaching")
    two = [str(world.people[name].id) for name in ("ada", "cora")]
    place = await world.platform.open_group(two, "Ada and Cora")

    def remember(tx: Tx) -> None:
        pair = pair_rows.of_teacher(tx, world.faculty.members["ada"].id)
        assert pair is not None
        pair.conversations = {world.faculty.home.id: place}

    world.faculty.write(remember)
    world.called.add(world.people["ada"].id)
    return world.fake.state.channel(int(place))


def plan(world: World, kind: Kind, name: str) -> None:
    """A step for Ada: its card is the office's."""
    now = world.clock.now()
    address = Address("direct", world.faculty.members["ada"].id)
    wish = deliveries.plan(kind, name, address, now, {}, expires_at=now + timedelta(days=9))
    world.faculty.write(lambda tx: outbox.put(tx, [wish]))


def office(world: World) -> Office:
    made = Office(world)
    made.engine.courier.cards = {
        **made.engine.courier.cards,
        Kind.NUDGE: lambda *_: Message(SOON),
        Kind.SUMMARY: lambda *_: Message(SOON),
    }
    return made


def close_her_door(world: World) -> None:
    world.fake.fail_next(
        "POST", f"/channels/{world.people['ada'].direct.id}/messages", code=50007, times=9
    )


async def test_a_teacher_with_a_closed_door_is_told_in_the_pairs_thread(
    world: World, thread: Channel
) -> None:
    here = office(world)
    close_her_door(world)
    plan(world, Kind.NUDGE, "one")
    await here.wait()
    said = [text_of(one) for one in thread.messages]
    assert len([one for one in said if CLOSED in one]) == 1
    (nudge,) = [one for one in thread.messages if SOON in text_of(one)]
    assert f"<@{world.people['ada'].id}>" in text_of(nudge)
    assert [one.id for one in world.fake.mentions] == [world.people["ada"].id]


async def test_the_door_is_not_tried_again_every_week(world: World, thread: Channel) -> None:
    here = office(world)
    close_her_door(world)
    for number in range(3):
        plan(world, Kind.NUDGE, f"week-{number}")
        await here.wait()
        world.clock.move_to(world.clock.now() + timedelta(hours=1))
    tried = [
        one
        for one in world.fake.requests
        if str(world.people["ada"].direct.id) in one.path and one.status == 403
    ]
    assert len(tried) == 1
    said = [text_of(one) for one in thread.messages]
    assert len([one for one in said if CLOSED in one]) == 1
    assert len([one for one in said if SOON in one]) == 3


async def test_who_opens_their_door_and_asks_for_their_week_is_written_to_again(
    world: World, thread: Channel
) -> None:
    here, ada = office(world), world.people["ada"]
    world.fake.fail_next("POST", f"/channels/{ada.direct.id}/messages", code=50007)
    plan(world, Kind.NUDGE, "one")
    await here.wait()
    answer = await ada.command("staffroom today", channel=world.fake.guild.add_channel("lounge"))
    assert text_of(await answer.message())
    plan(world, Kind.NUDGE, "two")
    await here.wait()
    assert len([one for one in ada.reads() if SOON in one]) == 1


async def test_what_is_not_for_the_others_eyes_stays_out_of_the_thread(
    world: World, thread: Channel
) -> None:
    here = office(world)
    close_her_door(world)
    plan(world, Kind.SUMMARY, "one")
    await here.wait()
    assert not [one for one in thread.messages if SOON in text_of(one)]


# Openings


async def test_what_was_opened_before_a_restart_counts(world: World) -> None:
    home = world.faculty.home.id
    here = office(world)
    plan(world, Kind.NUDGE, "one")
    await here.wait()
    ages = await world.service.house.opened(home, timedelta(seconds=DAY))
    assert [age < timedelta(minutes=1) for age in ages] == [True]
    opening = Opening(1, lambda: 50_000.0)
    opening.opened_before(age.total_seconds() for age in ages)
    with pytest.raises(TryLater):
        opening.take("somebody")
    world.clock.move_to(world.clock.now() + timedelta(days=2))
    assert list(await world.service.house.opened(home, timedelta(seconds=DAY))) == []


# Coming


@pytest.fixture
async def open_house(faculty: Faculty) -> AsyncIterator[World]:
    """A server whose members we are told of."""
    app = App(privileged=frozenset({"members"}))
    async with discord_world(
        faculty, clock=Watch(BEFORE), app=app, discord_members_intent=True
    ) as made:
        yield made


async def test_who_comes_and_is_no_member_is_told_the_way_in_once(open_house: World) -> None:
    place = open_house.channel("announcements")
    stranger = open_house.fake.person("Some Body")
    open_house.called.add(stranger.id)
    await stranger.join()
    await open_house.fake.until(lambda: open_house.faculty.community.read_now(_greetings))
    await open_house.deliver()
    (greeting,) = [one for one in place.messages if "`/enroll`" in text_of(one)]
    assert f"<@{stranger.id}>" in text_of(greeting)
    await stranger.leave()
    await stranger.join()
    await open_house.deliver()
    assert len([one for one in place.messages if "`/enroll`" in text_of(one)]) == 1


def _greetings(tx: Tx) -> bool:
    return bool(outbox.with_prefix(tx, "greeting:"))


async def test_who_leaves_is_left_in_peace_and_kept(open_house: World) -> None:
    ada = open_house.people["ada"]
    await ada.leave()
    member = open_house.faculty.members["ada"]

    def paused(tx: Tx) -> bool:
        return tx.need(Member, member.id).paused_until is not None

    await open_house.fake.until(lambda: open_house.faculty.community.read_now(paused))
    assert open_house.faculty.community.read_now(lambda tx: pairs.profile(tx, member)).name
