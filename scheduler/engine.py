"""The engine: lets time pass, and makes happen what is due."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from random import Random

import structlog

from core.cards.card import Compose
from core.cards.catalog import CARDS
from core.chat import Platform
from core.clock import Clock, MovableClock
from core.kinds import Kind
from scheduler import planner
from scheduler.courier import Courier
from storage import inbox, sending
from storage.database import CommunityStore, Tx, random_id

log = structlog.get_logger("scheduler")
REMEMBERED = timedelta(days=30)  # how long an event can be repeated, or a form be mended
AfterEach = Callable[[datetime], Awaitable[None]]


class Engine:
    """Plans and delivers for one community.

    In real time it is asked again and again to advance to the present; a rehearsal, the tests and
    the local chat's clock ask it to advance into the future, and it moves the clock along.
    """

    def __init__(
        self,
        store: CommunityStore,
        platforms: Mapping[str, Platform],
        clock: Clock,
        *,
        rng: Random | None = None,
        owner: str | None = None,
        cards: Mapping[Kind, Compose] = CARDS,
        after_each: AfterEach | None = None,
    ) -> None:
        """`platforms`: the connected homes by id; the mapping may change while it runs. `owner`
        names this process in its claims. `after_each` is awaited after each instant at which
        something was due: there a rehearsal lets its people act."""
        self.store, self.clock, self.after_each = store, clock, after_each
        self.courier = Courier(
            store,
            platforms,
            clock,
            cards,
            owner=owner or f"{socket.gethostname()}:{os.getpid()}:{random_id()}",
            rng=rng or Random(),  # noqa: S311 -- it only spreads retries
            prepare=_keep_planned,
        )
        self._lock = asyncio.Lock()
        self._took_back = not store.store.on_sqlite  # elsewhere leases run out by themselves

    async def advance(self, to: datetime) -> None:
        """Let time pass until `to`: for each instant at which something is due, in order, plan and
        deliver. What was due before now is late: sent if it is within its grace, else given up.

        An instant in the future needs a clock that can be moved (ValueError otherwise). Raises
        StoreError if the database cannot be written; nothing is lost, try again.
        """
        async with self._lock:
            if not self._took_back:
                await self.courier.take_back()
                self._took_back = True
            while not self.courier.stopping:
                due = await self.next_instant()
                if due > to:
                    break
                moved = self._move(due)
                worked = await self.courier.deliver()
                if worked and self.after_each:
                    await self.after_each(self.clock.now())
                if not worked and not moved and await self.next_instant() <= due:
                    break  # another process has it in hand
            if not self.courier.stopping:
                self._move(to)

    async def next_instant(self) -> datetime:
        """When something is due next; a moment in the past means at once."""
        return await self.store.read(self._next_instant)

    async def stop(self) -> None:
        """Claim nothing new, finish what is in flight, and write it down."""
        self.courier.stopping = True
        async with self._lock:
            await self.courier.finish()

    def _next_instant(self, tx: Tx) -> datetime:
        plan_at = planner.next_plan_at(tx)
        ready = sending.next_ready(tx)
        lapse = sending.next_lapse(tx, self.courier.busy)
        now = self.clock.now()
        moments = [now if plan_at is None else plan_at, ready, lapse]
        if self.courier.busy:
            moments.append(now)  # results wait to be written down
        return min(moment for moment in moments if moment is not None)

    def _move(self, to: datetime) -> bool:
        """Move the clock ahead, if it is not there yet; False if it is."""
        if to <= self.clock.now():
            return False
        if not isinstance(self.clock, MovableClock):
            raise ValueError(f"{to} is in the future, and this clock cannot be moved")
        self.clock.move_to(to)
        return True


def _keep_planned(tx: Tx, now: datetime) -> None:
    due = planner.next_plan_at(tx)
    if due is None or due <= now:
        planner.plan(tx, now)
        inbox.forget_before(tx, now - REMEMBERED)
