"""Doubt, crashes, several processes, a stop, a clock set back, a database in trouble."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.platforms.recording import UNLIMITED
from core.chat import Address, MaybeSent, Message, Ref
from scheduler.engine import Engine
from storage import outbox
from storage.database import CommunityStore, Store, StoreBusy, StoreFull
from storage.words import DeliveryState, Role
from tests.scheduler.world import (
    DAY,
    HOUR,
    MINUTE,
    START,
    RealLikeClock,
    World,
)


def direct(member_id: str) -> Address:
    return Address("direct", member_id)


async def test_an_outage_of_the_answer_asks_whether_it_was_sent(community: CommunityStore) -> None:
    world = World(community, failures={"*": [MaybeSent("sent"), MaybeSent("lost")]})
    world.plan("arrived")
    world.plan("lost", START + HOUR)
    await world.advance(DAY)
    assert world.posted == ["arrived:1", "lost:1"]
    assert set(world.states().values()) == {"sent"}
    assert world.row("arrived:1").message == "m1"


async def test_an_unexpected_fault_of_an_adapter_counts_as_doubt(
    community: CommunityStore,
) -> None:
    world = World(community, failures={"*": [ZeroDivisionError("sent")]})
    world.plan("one")
    await world.advance(HOUR)
    assert world.posted == ["one:1"]
    assert world.row("one:1").state is DeliveryState.SENT


async def test_a_send_without_an_answer_in_time_is_in_doubt(community: CommunityStore) -> None:
    world = World(
        community, capabilities=replace(UNLIMITED, send_timeout=timedelta(milliseconds=10))
    )
    post = world.platform.post

    async def hangs(place: str, message: Message, *, key: str, under: Ref | None = None) -> Ref:
        await post(place, message, key=key, under=under)
        await asyncio.Event().wait()
        raise AssertionError

    world.platform.post = hangs  # type: ignore[method-assign]
    world.plan("one")
    await world.advance(HOUR)
    assert world.posted == ["one:1"]
    assert world.row("one:1").state is DeliveryState.SENT


async def test_doubt_that_cannot_be_settled_is_left_to_organizers(
    community: CommunityStore,
) -> None:
    world = World(community, can_find=False, failures={"*": [MaybeSent("broke")]})
    world.person("Olga Example", role=Role.ORGANIZER)
    world.plan("one")
    world.plan("two", START + MINUTE)
    await world.advance(HOUR)
    assert world.row("one:1").state is DeliveryState.UNCERTAIN
    assert world.posted[0].startswith("notice:doubt-")
    assert world.posted[1] == "two:1"


@pytest.mark.parametrize(
    ("arrived", "can_find", "state", "posts"),
    [
        (True, True, DeliveryState.SENT, 1),
        (False, True, DeliveryState.SENT, 1),
        (True, False, DeliveryState.UNCERTAIN, 1),
        (False, False, DeliveryState.UNCERTAIN, 0),
    ],
)
async def test_after_a_crash_nothing_is_sent_twice(
    community: CommunityStore, arrived: bool, can_find: bool, state: DeliveryState, posts: int
) -> None:
    world = World(community, can_find=can_find)
    world.plan("one")
    turn = await world.engine.courier._turn()  # claimed, and then the process is gone
    assert [job.about.key for row in turn.rows for job in row] == ["one:1"]
    if arrived:
        await world.platform.post("c-reflections", Message("about one:1"), key="one:1")
    world.engine = world.new_engine("second")
    await world.advance(HOUR)
    assert world.row("one:1").state is state
    assert world.posted == ["one:1"] * posts


async def test_a_claim_of_another_process_is_left_alone_until_its_lease_ends(
    community: CommunityStore,
) -> None:
    world = World(community)
    world.plan("one")
    await world.engine.courier._turn()
    other = world.new_engine("second")
    other._took_back = True  # as on PostgreSQL, where both may live
    await other.advance(START + MINUTE)
    assert world.row("one:1").owner == "first"
    assert world.posted == []
    await other.advance(START + 3 * MINUTE)
    assert world.posted == ["one:1"]


async def test_two_couriers_do_not_send_twice(community: CommunityStore) -> None:
    world = World(community, capabilities=replace(UNLIMITED, in_flight=3))
    other = world.new_engine("second")
    other._took_back = world.engine._took_back = True
    for number in range(60):
        world.plan(f"n{number}", to=Address("channel", world.home_id, "reflections"))
    everybody = [world.person(f"P{number} Example") for number in range(30)]
    for member_id in everybody:
        world.plan(f"direct-{member_id}", to=direct(member_id))
    await asyncio.gather(world.engine.advance(START), other.advance(START))
    await world.advance(MINUTE)
    assert len(world.posted) == len(set(world.posted)) == 90


async def test_never_more_is_claimed_than_the_platform_takes_at_once(
    community: CommunityStore,
) -> None:
    world = World(community, capabilities=replace(UNLIMITED, in_flight=4))
    for name in range(20):
        world.plan(f"d{name}", to=direct(world.person(f"P{name} Example")))
    most, post = 0, world.platform.post

    async def watched(place: str, message: Message, *, key: str, under: Ref | None = None) -> Ref:
        nonlocal most
        claimed = community.read_now(lambda tx: outbox.how_many(tx).get(DeliveryState.CLAIMED, 0))
        most = max(most, claimed)
        return await post(place, message, key=key, under=under)

    world.platform.post = watched  # type: ignore[method-assign]
    await world.advance()
    assert len(world.posted) == 20
    assert most == 4


async def test_an_orderly_stop_finishes_what_is_in_flight_and_claims_nothing_new(
    community: CommunityStore,
) -> None:
    world = World(community, capabilities=replace(UNLIMITED, in_flight=2))
    for number in range(6):
        world.plan(f"n{number}", to=direct(world.person(f"P{number} Example")))
    gate, started, post = asyncio.Event(), asyncio.Event(), world.platform.post

    async def slow(place: str, message: Message, *, key: str, under: Ref | None = None) -> Ref:
        started.set()
        await gate.wait()
        return await post(place, message, key=key, under=under)

    world.platform.post = slow  # type: ignore[method-assign]
    running = asyncio.create_task(world.advance())
    await started.wait()
    stopping = asyncio.create_task(world.engine.stop())
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(running, stopping)
    assert len(world.posted) == 2
    assert sorted(world.states("n").values()) == ["planned"] * 4 + ["sent"] * 2


async def test_a_clock_that_jumps_backwards_sends_nothing_twice_and_strands_nothing(
    community: CommunityStore,
) -> None:
    clock = RealLikeClock()
    world = World(community, clock=clock)
    world.plan("one")
    await world.advance()
    world.plan("claimed", START)
    await world.engine.courier._turn()
    clock.pass_by(-30 * DAY)
    world.engine = world.new_engine("second")
    await world.advance()
    clock.pass_by(2 * MINUTE)
    await world.advance()
    clock.pass_by(30 * DAY)
    await world.advance()
    assert world.posted == ["one:1", "claimed:1"]


async def test_results_survive_a_locked_database(
    store: Store, community: CommunityStore, tmp_path: Path
) -> None:
    world = World(community)
    world.plan("one")
    other = sqlite3.connect(tmp_path / "staffroom.db", isolation_level=None)

    def lock() -> None:
        _pragma(store, "busy_timeout=1")
        other.execute("BEGIN IMMEDIATE")

    _before_each_post(world, lock)
    with pytest.raises(StoreBusy):
        await world.advance()
    other.execute("ROLLBACK")
    other.close()
    await world.advance()
    assert world.posted == ["one:1"]
    assert world.row("one:1").state is DeliveryState.SENT


async def test_results_survive_a_full_disk(store: Store, community: CommunityStore) -> None:
    world = World(community)
    world.plan("one")
    post = world.platform.post

    async def long_id(place: str, message: Message, *, key: str, under: Ref | None = None) -> Ref:
        ref = await post(place, message, key=key, under=under)
        return Ref(ref.place, ref.message + "x" * 50_000)  # so that recording needs a new page

    world.platform.post = long_id  # type: ignore[method-assign]
    _before_each_post(world, lambda: _pragma(store, "max_page_count=1"))
    with pytest.raises(StoreFull):
        await world.advance()
    _pragma(store, "max_page_count=1073741823")
    await world.advance()
    assert world.posted == ["one:1"]
    assert world.row("one:1").state is DeliveryState.SENT


def _pragma(store: Store, text: str) -> None:
    with store.engine.connect() as connection:
        connection.exec_driver_sql(f"PRAGMA {text}")


def _before_each_post(world: World, act: Callable[[], None]) -> None:
    post = world.platform.post

    async def acts_first(
        place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref:
        act()
        return await post(place, message, key=key, under=under)

    world.platform.post = acts_first  # type: ignore[method-assign]


async def test_a_claim_in_a_home_that_never_comes_back_does_not_hold_its_conversation_forever(
    community: CommunityStore,
) -> None:
    world = World(community)
    world.person("Olga Example", role=Role.ORGANIZER)
    world.plan("one", expires=START + HOUR)
    await world.engine.courier._turn()  # claimed, and then the process is gone
    after = Engine(community, {"elsewhere": world.platform}, world.clock, owner="second")
    await after.advance(START + DAY)
    assert world.row("one:1").state is DeliveryState.UNCERTAIN
    assert world.row("one:1").report is not None
