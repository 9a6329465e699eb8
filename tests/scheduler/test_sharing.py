"""Several equal processes share one outbox on PostgreSQL."""

import asyncio
import os
from collections import Counter
from dataclasses import replace

import pytest

from bot.platforms.recording import UNLIMITED, RecordingPlatform
from core.chat import Address
from scheduler.engine import Engine
from storage import outbox
from storage.database import CommunityStore, Store
from tests.scheduler.world import START, World

pytestmark = pytest.mark.skipif(
    not os.environ.get("TEST_DATABASE_URL"),
    reason="SQLite has one process; TEST_DATABASE_URL names a PostgreSQL database",
)
MESSAGES = 120


async def test_three_processes_send_each_message_once(
    community: CommunityStore,
) -> None:
    world = World(community)
    people = [world.person(f"Person{number} Example") for number in range(7)]
    for number in range(MESSAGES):
        world.plan(f"m-{number:03}", to=Address("direct", people[number % 7]))
    url = community.store.engine.url.render_as_string(hide_password=False)
    stores = [Store(url) for _ in range(3)]
    able = replace(UNLIMITED, in_flight=2)  # nobody can take all
    platforms = [RecordingPlatform(world.clock.now, capabilities=able) for _ in stores]
    try:
        engines = [
            Engine(store.community(community.id), {world.home_id: platform}, world.clock,
                   cards=world.cards, owner=f"process-{number}")
            for number, (store, platform) in enumerate(zip(stores, platforms, strict=True))
        ]  # fmt: skip
        for _ in range(50):
            await asyncio.gather(*(engine.advance(START) for engine in engines))
            states = community.read_now(outbox.how_many)
            if set(states) == {"sent"}:
                break
    finally:
        for store in stores:
            store.close()
    sent = Counter(one.key for platform in platforms for one in platform.sent)
    assert len(sent) == MESSAGES
    assert set(sent.values()) == {1}
    assert all(platform.sent for platform in platforms)
