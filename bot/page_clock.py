"""The clock that the local chat shows and moves, with the engine behind it."""

import math
from datetime import datetime, timedelta
from functools import partial

from bot.clock import RealClock
from core.clock import Clock, MovableClock
from scheduler import planner
from scheduler.engine import Engine
from storage import communities, sending
from storage.database import CommunityStore, Tx

LOOK_AHEAD = (timedelta(days=30), timedelta(days=120), timedelta(days=400))


class PageClock:
    """Implements bot.platforms.local.ports.LocalClock.

    A clock that can be moved is that of a community whose only home is local.
    """

    def __init__(self, store: CommunityStore, engine: Engine, clock: Clock) -> None:
        self.store, self.engine, self.clock = store, engine, clock
        self._kept: int | None = None

    @property
    def impersonation(self) -> bool:
        return isinstance(self.clock, MovableClock)

    def now(self) -> datetime:
        return self.clock.now()

    async def next_event(self) -> datetime | None:
        """When the next delivery is due. Where none is planned, the plan is carried on further."""
        moment = await self.store.read(sending.next_ready)
        for span in LOOK_AHEAD:
            if moment is None:
                moment = await self.store.write(partial(self._plan, span=span))
        return moment

    async def move(self, by: timedelta) -> None:
        await self.engine.advance(self.clock.now() + by)
        await self.remember(self.clock.now())

    async def remember(self, _moment: datetime) -> None:
        """Keep how far the clock is ahead, so that it goes on from here after a restart."""
        ahead = math.ceil((self.clock.now() - RealClock().now()).total_seconds())
        if self.impersonation and ahead != self._kept:
            await self.store.write(lambda tx: _keep(tx, ahead))
            self._kept = ahead

    def _plan(self, tx: Tx, span: timedelta) -> datetime | None:
        planner.plan(tx, self.clock.now(), span)
        return sending.next_ready(tx)


def _keep(tx: Tx, ahead: int) -> None:
    communities.current(tx).clock_offset_seconds = ahead
