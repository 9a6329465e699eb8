"""What tests wait for: seconds that pass at once, and a store that is slow or fails when told."""

import asyncio
from typing import TypeVar

from bot.platforms.pace import Timer
from storage.database import CommunityStore, StoreError, Work

R = TypeVar("R")


class Stopwatch:
    """Seconds that only waiting lets pass; the waits are over at once."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def read(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    @property
    def timer(self) -> Timer:
        return Timer(self.read, self.sleep)


class MoodyStore(CommunityStore):
    """A community's store that is slow, or fails, while a test wants it."""

    def __init__(self, store: CommunityStore) -> None:
        super().__init__(store.store, store.id)
        self._quick = asyncio.Event()
        self._quick.set()
        self.asked = asyncio.Event()  # somebody waits for it
        self.failures = 0  # how often it fails from now on

    def slow(self) -> None:
        """Let everything wait from now on."""
        self.asked.clear()
        self._quick.clear()

    def quick(self) -> None:
        """Let everything go on."""
        self._quick.set()

    async def write(self, work: Work[R]) -> R:
        await self._mood()
        return await super().write(work)

    async def read(self, work: Work[R]) -> R:
        await self._mood()
        return await super().read(work)

    async def _mood(self) -> None:
        self.asked.set()
        await self._quick.wait()
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is on fire")
