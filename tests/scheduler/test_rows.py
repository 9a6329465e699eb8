"""Several of one channel in a row, on a platform that allows it."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import event

from bot.platforms.recording import UNLIMITED
from core.chat import Message, Refused, TryLater
from storage.database import CommunityStore
from storage.words import DeliveryState
from tests.scheduler.world import MINUTE, START, World, all_saying

IN_A_ROW = replace(UNLIMITED, in_a_row=4)


def names(count: int) -> list[str]:
    return [f"post-{number}" for number in range(count)]


def plan(world: World, count: int) -> None:
    for number, name in enumerate(names(count)):
        world.plan(name, START - timedelta(seconds=count - number))


def keys(*numbers: int) -> list[str]:
    return [f"post-{number}:1" for number in numbers]


async def test_they_arrive_in_their_order_with_fewer_transactions(
    community: CommunityStore,
) -> None:
    begun = []
    event.listen(community.store.engine, "begin", lambda _connection: begun.append(1))
    world = World(community, capabilities=IN_A_ROW)
    plan(world, 12)
    begun.clear()
    await world.advance()
    assert world.posted == keys(*range(12))
    assert len(begun) <= 6


async def test_one_that_must_be_tried_later_holds_those_behind_it(
    community: CommunityStore,
) -> None:
    failures = {"c-reflections": [None, TryLater("busy")]}
    world = World(community, capabilities=IN_A_ROW, failures=failures)
    plan(world, 6)
    await world.advance()
    assert world.posted == keys(0)
    assert world.row("post-2:1").state is DeliveryState.PLANNED
    assert world.row("post-2:1").attempts == 0
    await world.advance(MINUTE)
    assert world.posted == keys(0, 1, 2, 3, 4, 5)
    assert world.row("post-1:1").attempts == 2


async def test_one_that_is_refused_lets_the_others_go_on(community: CommunityStore) -> None:
    failures = {"c-reflections": [None, Refused("no")]}
    world = World(community, capabilities=IN_A_ROW, failures=failures)
    plan(world, 4)
    await world.advance()
    assert world.posted == keys(0, 2, 3)
    assert world.row("post-1:1").state is DeliveryState.FAILED


async def test_the_parts_of_a_long_one_come_before_the_next(community: CommunityStore) -> None:
    cards = all_saying(
        lambda _tx, one, _now: Message("long\n\n" * 300 if "post-1" in one.key else one.key)
    )
    narrow = replace(IN_A_ROW, max_text=1_000)
    world = World(community, capabilities=narrow, cards=cards)
    plan(world, 3)
    await world.advance()
    assert world.posted == ["post-0:1", "post-1:1", "post-1:2", "post-2:1"]


async def test_without_that_each_is_claimed_alone(community: CommunityStore) -> None:
    claimed: list[int] = []
    world = World(community)
    plan(world, 3)
    platform = world.platform
    post = platform.post

    async def watching(place, message, *, key, under=None):  # type: ignore[no-untyped-def]
        states = list(world.states("post-").values())
        claimed.append(states.count("claimed"))
        return await post(place, message, key=key, under=under)

    platform.post = watching  # type: ignore[method-assign]
    await world.advance()
    assert claimed == [1, 1, 1]
