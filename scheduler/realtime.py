"""Real time: APScheduler wakes the engine when something is due. That is all it does."""

import asyncio
from datetime import datetime, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from scheduler.engine import Engine
from storage.database import StoreError

log = structlog.get_logger("scheduler")
AT_MOST = timedelta(seconds=30)  # between two looks: a machine may sleep, a clock may jump
AT_LEAST = timedelta(seconds=1)
AFTER_TROUBLE = timedelta(seconds=5)


class RealTime:
    """Keeps a community's engine up with its clock, from `start` to `stop`."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._scheduler = AsyncIOScheduler(timezone="UTC")
        self._awake = asyncio.Lock()
        self._again = False

    def start(self) -> None:
        """Begin, in the running event loop: at once, then whenever something is due."""
        self._scheduler.start()
        self.wake()

    def wake(self) -> None:
        """Something may be due earlier than it seemed: look at once. Cheap to call."""
        if self._awake.locked():
            self._again = True
        elif self._scheduler.running:
            self._look_in(None)

    async def stop(self) -> None:
        """Finish what is in flight, claim nothing new, and end."""
        await self.engine.stop()
        async with self._awake:  # a look under way ends by itself; shutting down would cancel it
            if self._scheduler.running:
                self._scheduler.shutdown(wait=False)

    async def _look(self) -> None:
        if self._awake.locked():
            self._again = True
            return
        async with self._awake:
            self._again = False
            pause = await self._advance()
        if self._scheduler.running:
            self._look_in(None if self._again else pause)

    async def _advance(self) -> timedelta:
        """Advance to the present; answers how long nothing will be due."""
        clock = self.engine.clock
        try:
            await self.engine.advance(clock.now())
            due = await self.engine.next_instant()
        except StoreError as error:
            log.warning("the database could not be written", reason=str(error))
            return AFTER_TROUBLE
        except Exception:
            log.exception("advance failed")
            return AFTER_TROUBLE
        return _until(due, clock.now())

    def _look_in(self, pause: timedelta | None) -> None:
        trigger = IntervalTrigger(seconds=pause.total_seconds(), timezone="UTC") if pause else None
        self._scheduler.add_job(
            self._look,
            trigger,  # None: now
            id="look",
            replace_existing=True,
            misfire_grace_time=None,
            coalesce=True,
            max_instances=2,  # the one under way may put the next in its place
        )


def _until(due: datetime, now: datetime) -> timedelta:
    return min(max(due - now, AT_LEAST), AT_MOST)
