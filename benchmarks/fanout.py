"""The fan-out that benchmarks.kill kills: one message to each of many people."""

import asyncio
import logging
from datetime import datetime, timedelta

import structlog

from benchmarks.targets import Target
from bot.clock import RealClock
from core import deliveries
from core.chat import Address, Message
from core.kinds import Kind
from scheduler.engine import Engine
from storage import communities, outbox
from storage.communities import Community, Home
from storage.database import Store, Tx
from storage.members import Account, Member
from storage.outbox import Delivery, Plan
from storage.words import MemberState

COMMUNITY = "kill"


def fill(tx: Tx, count: int, target: Target) -> None:
    """A community with so many people, and one message planned for each."""
    now = RealClock().now()
    communities.found(
        tx, Community(id=COMMUNITY, name="Kill", zone="UTC", created_at=now, replan=False)
    )
    home = tx.add(Home(platform="recorder", external_id="kill", name="Kill"))
    people = [
        tx.add(Member(name=f"Person {number}", state=MemberState.ACTIVE, quiet_from="00:00",
                      quiet_until="00:00"))
        for number in range(count)
    ]  # fmt: skip
    tx.flush()
    plans: list[Plan] = []
    for number, member in enumerate(people):
        person = target.people[number] if target.people else member.id
        known = target.direct(person) if number % 2 else None  # half must be opened first
        tx.add(
            Account(member_id=member.id, home_id=home.id, external_id=person, name=member.name,
                    direct_conversation=known)
        )  # fmt: skip
        address = Address("direct", member.id)
        plans.append(
            deliveries.plan(
                Kind.WELCOME, f"welcome:{member.id}", address, now, {"member": member.id}
            )
        )
    outbox.put(tx, plans)
    communities.current(tx).planned_through = now + timedelta(days=30)


def _says(tx: Tx, delivery: Delivery, now: datetime) -> Message:
    return Message("Welcome!")


def work(database: str, target: Target) -> None:
    """The process that is killed: sends until nothing is left."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    asyncio.run(_send_all(Store(f"sqlite:///{database}"), target))


async def _send_all(store: Store, target: Target) -> None:
    community = store.community(COMMUNITY)
    home = (await community.read(communities.homes))[0]
    clock = RealClock()
    async with target.connected() as platform:
        engine = Engine(community, {home.id: platform}, clock, cards={Kind.WELCOME: _says})
        while True:
            await engine.advance(clock.now())
            if not await community.read(_unfinished):
                break
            await asyncio.sleep(0.01)
    store.close()


def _unfinished(tx: Tx) -> int:
    states = outbox.how_many(tx)
    return sum(states.get(state, 0) for state in outbox.UNFINISHED)
