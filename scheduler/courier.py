"""The courier: claims what is due, sends it, records what came of it, until nothing is due."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from random import Random

import structlog

from core.cards.card import Compose
from core.chat import Capabilities, Platform
from core.clock import Clock
from core.kinds import Kind
from scheduler import claiming, outcomes
from scheduler.claiming import Claimed, Desk
from scheduler.jobs import End, Job, Result
from scheduler.sending import attempt_row
from storage import sending
from storage.database import CommunityStore, Tx


class Courier:
    """Sends one community's deliveries. Each turn is one transaction, which records the results
    so far and claims as many deliveries as can be sent at once; then they are sent.
    """

    def __init__(
        self,
        store: CommunityStore,
        platforms: Mapping[str, Platform],
        clock: Clock,
        cards: Mapping[Kind, Compose],
        *,
        owner: str,
        rng: Random,
        prepare: Callable[[Tx, datetime], None],
    ) -> None:
        """`platforms`: by home, and may change while it runs. `owner`: names this process.
        `prepare` is called in each claim's transaction, before it: there the planner keeps up."""
        self.store, self.platforms, self.clock, self.cards = store, platforms, clock, cards
        self.owner, self.rng, self.prepare = owner, rng, prepare
        self.log = structlog.get_logger("scheduler").bind(community=store.id)
        self.stopping = False
        self._flying: dict[asyncio.Task[list[Result]], list[Job]] = {}
        self._landed: list[Result] = []  # not yet written down
        self._holds: dict[str, datetime] = {}

    @property
    def busy(self) -> frozenset[str]:
        """The deliveries that are being sent, or whose result is not written down yet."""
        flying = (job.about.id for row in self._flying.values() for job in row)
        return frozenset([*flying, *(result.job.about.id for result in self._landed)])

    async def take_back(self) -> None:
        """Look after the claims of a predecessor that is certainly gone: each is asked for as soon
        as its send must have ended."""
        await self.store.write(self._take_back)

    async def deliver(self) -> bool:
        """Send all that is due, and wait for it. False if there was nothing to do.

        When the database cannot be written, raises StoreError; results are kept and recorded by
        the next call. After `stopping` is set nothing new is claimed.
        """
        worked, first = False, True
        while True:
            worked = worked or bool(self._flying or self._landed)
            claimed = await self._turn(first)
            first = False
            for row in claimed.rows:
                platform = self.platforms[row[0].about.home_id]
                task = asyncio.create_task(attempt_row(row, platform, self.log))
                self._flying[task] = row
            worked = worked or claimed.settled > 0
            if self._flying:
                await self._wait()
            elif not claimed.settled and not self._landed:
                return worked

    async def finish(self) -> None:
        """Claim nothing more; wait for what is on its way and write it down."""
        self.stopping = True
        while self._flying:
            await self._wait()
        if self._landed:
            await self._turn()

    async def _wait(self) -> None:
        done, _ = await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
        for task in [task for task in self._flying if task in done]:
            del self._flying[task]
            self._landed += task.result()

    async def _turn(self, first: bool = False) -> Claimed:
        results = list(self._landed)
        self._heed(results)
        claimed = await self.store.write(lambda tx: self._record_and_claim(tx, results, first))
        del self._landed[: len(results)]
        return claimed

    def _record_and_claim(self, tx: Tx, results: list[Result], first: bool) -> Claimed:
        now, capabilities = self.clock.now(), self._capabilities()
        outcomes.settle(tx, results, capabilities, self.owner, now, self.rng)
        if self.stopping:
            return Claimed()
        self.prepare(tx, now)
        late = claiming.give_up_late(tx, now) if first else 0
        desk = Desk(self.owner, capabilities, self.cards, self._holds)
        flying = frozenset(job.about.id for row in self._flying.values() for job in row)
        claimed = claiming.claim(tx, desk, now, self._room(capabilities), flying)
        claimed.settled += late
        return claimed

    def _take_back(self, tx: Tx) -> None:
        now, capabilities = self.clock.now(), self._capabilities()
        for delivery in sending.claimed_by_others(tx, self.owner):
            able = capabilities.get(delivery.home_id or "")
            patience = able.send_timeout if able else claiming.PATIENCE
            began = min(delivery.claimed_at or now, now)  # a clock may have been set back
            delivery.lease_until = began + patience

    def _capabilities(self) -> dict[str, Capabilities]:
        return {home: platform.capabilities for home, platform in self.platforms.items()}

    def _room(self, capabilities: Mapping[str, Capabilities]) -> dict[str, int]:
        """How many more sends each home takes now."""
        flying = Counter(job.about.home_id for row in self._flying.values() for job in row)
        return {home: able.in_flight - flying[home] for home, able in capabilities.items()}

    def _heed(self, results: list[Result]) -> None:
        """When a platform asks us to wait, it means all of its conversations."""
        for result in results:
            if result.end is End.LATER and result.after is not None and not result.only_this:
                until = self.clock.now() + result.after
                home = result.job.about.home_id
                self._holds[home] = max(until, self._holds.get(home, until))
