"""The App Home: my week at a glance, https://docs.slack.dev/surfaces/app-home."""

import asyncio
import hashlib
import json

import structlog

from bot.platforms.house import House
from bot.platforms.pace import Timer
from bot.platforms.slack import modals
from bot.platforms.slack.naming import with_prefix
from bot.platforms.slack.seat import Seat
from core.interaction import Invocation, Origin, Reply

log = structlog.get_logger("slack")
GLANCE = "staffroom home"
REFRESH_AFTER = 2.0  # seconds: changes that follow each other are shown together
KEPT = 200  # Homes that are brought up to date: those that were opened last,
FOR = 3_600.0  # seconds, for so long


class HomeTabs:
    """Publishes each person's Home when they open it, and again when what it shows has changed."""

    def __init__(self, house: House, timer: Timer) -> None:
        self.house, self.timer = house, timer
        self._shown: dict[tuple[str, str], str] = {}  # home and user -> digest of the view
        self._opened: dict[tuple[str, str], float] = {}  # when, by the loop's clock
        self._seats: dict[str, Seat] = {}
        self._refreshing: asyncio.Task[None] | None = None
        self._again = False

    async def show(self, seat: Seat, user: str) -> None:
        """Publish somebody's Home."""
        self._seats[seat.home_id] = seat
        self._opened[seat.home_id, user] = asyncio.get_running_loop().time()
        self._shown.pop((seat.home_id, user), None)
        await self._publish(seat, user)

    def forget(self, home_id: str) -> None:
        """A workspace has ended."""
        self._seats.pop(home_id, None)
        for home, user in [one for one in self._shown if one[0] == home_id]:
            self._drop(home, user)

    def touch(self) -> None:
        """Something happened: bring the Homes that were opened up to date, in a moment."""
        if not self._shown:
            return
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh())
        else:
            self._again = True

    async def settled(self) -> None:
        """Wait until what changed is shown."""
        if self._refreshing is not None:
            await asyncio.wait({self._refreshing})

    async def stop(self) -> None:
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.wait({self._refreshing})

    async def _refresh(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            await self.timer.sleep(REFRESH_AFTER)
            since = asyncio.get_running_loop().time() - FOR
            for home, user in list(self._shown):
                if home not in self._seats or self._opened.get((home, user), 0.0) < since:
                    self._drop(home, user)
                else:
                    await self._publish(self._seats[home], user)

    async def _publish(self, seat: Seat, user: str) -> None:
        who = await seat.who(user)
        asked = Invocation(
            "", seat.home_id, user, GLANCE, origin=Origin.TYPED, name=who.name, place=""
        )
        answer = await self.house.dispatcher.dispatch(asked)
        if not isinstance(answer, Reply):
            return
        view = modals.home_view(with_prefix(answer.message, seat.platform.prefix))
        digest = hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()
        if self._shown.get((seat.home_id, user)) == digest:
            return
        try:
            await seat.workspace.ask("views.publish", user_id=user, view=view)
        except Exception as error:
            log.warning("home not shown", home=seat.home_id, account=user, reason=str(error))
            self._drop(seat.home_id, user)
            return
        self._shown.pop((seat.home_id, user), None)  # the latest stand last
        self._shown[seat.home_id, user] = digest
        while len(self._shown) > KEPT:
            self._drop(*next(iter(self._shown)))

    def _drop(self, home_id: str, user: str) -> None:
        self._shown.pop((home_id, user), None)
        self._opened.pop((home_id, user), None)
