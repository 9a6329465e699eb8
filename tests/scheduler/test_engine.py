"""The engine: time passes, in steps or for real."""

import asyncio
from datetime import datetime, timedelta

import pytest

from core.chat import Message, Ref
from scheduler.realtime import RealTime
from storage.database import CommunityStore, StoreBusy
from storage.words import DeliveryState
from tests.scheduler.world import DAY, HOUR, MINUTE, START, RealLikeClock, World


async def test_the_future_needs_a_clock_that_can_be_moved(community: CommunityStore) -> None:
    world = World(community, clock=RealLikeClock())
    with pytest.raises(ValueError, match="cannot be moved"):
        await world.advance(HOUR)


async def test_somebody_may_act_after_each_instant(community: CommunityStore) -> None:
    world = World(community)
    seen: list[datetime] = []

    async def act(instant: datetime) -> None:
        seen.append(instant)
        if len(seen) == 1:
            world.plan("answer", instant + HOUR)

    world.engine.after_each = act
    world.plan("one", START + DAY)
    await world.advance(3 * DAY)
    assert seen == [START + DAY, START + DAY + HOUR]
    assert world.posted == ["one:1", "answer:1"]


async def test_only_one_advance_runs_at_a_time(community: CommunityStore) -> None:
    world = World(community)
    for number in range(10):
        world.plan(f"n{number}", START + number * MINUTE)
    await asyncio.gather(*(world.engine.advance(START + HOUR) for _ in range(5)))
    assert world.posted == [f"n{number}:1" for number in range(10)]


async def test_the_next_instant_is_that_of_the_next_delivery_or_plan(
    community: CommunityStore,
) -> None:
    world = World(community)
    assert await world.engine.next_instant() == START  # nothing is planned yet
    await world.advance()
    assert await world.engine.next_instant() == START + DAY
    world.plan("one", START + HOUR)
    assert await world.engine.next_instant() == START + HOUR


async def test_real_time_sends_what_is_due_and_wakes_for_what_is_new(
    community: CommunityStore,
) -> None:
    world = World(community, clock=RealLikeClock())
    sent = asyncio.Event()
    post = world.platform.post

    async def tells(place: str, message: Message, *, key: str, under: Ref | None = None) -> Ref:
        sent.set()
        return await post(place, message, key=key, under=under)

    world.platform.post = tells  # type: ignore[method-assign]
    world.plan("one")
    real_time = RealTime(world.engine)
    real_time.start()
    await asyncio.wait_for(sent.wait(), 5)
    sent.clear()
    world.plan("two")
    real_time.wake()
    await asyncio.wait_for(sent.wait(), 5)
    await real_time.stop()
    assert world.posted == ["one:1", "two:1"]
    assert world.row("two:1").state is DeliveryState.SENT


async def test_real_time_survives_a_database_that_is_busy(
    community: CommunityStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(community, clock=RealLikeClock())
    monkeypatch.setattr("scheduler.realtime.AFTER_TROUBLE", timedelta(milliseconds=5))
    sent, tries = asyncio.Event(), 0
    advance = world.engine.advance

    async def busy_at_first(to: datetime) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise StoreBusy("the database is in use")
        await advance(to)
        sent.set()

    world.engine.advance = busy_at_first  # type: ignore[method-assign]
    world.plan("one")
    real_time = RealTime(world.engine)
    real_time.start()
    await asyncio.wait_for(sent.wait(), 5)
    await real_time.stop()
    assert world.posted == ["one:1"]


async def test_a_stopped_engine_claims_nothing(community: CommunityStore) -> None:
    world = World(community)
    world.plan("one")
    await world.engine.stop()
    await world.advance()
    assert world.posted == []
