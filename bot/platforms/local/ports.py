"""What the local chat needs from the composition, and nothing more of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol


class LocalClock(Protocol):
    """The community's clock, as the page shows and moves it."""

    @property
    def impersonation(self) -> bool:
        """Local is the community's only home: anybody at the page may be any member, and may
        move the clock. Otherwise people come by personal link, and the clock is real."""
        ...

    def now(self) -> datetime:
        """The program's moment, in UTC. While `move` runs it advances from event to event."""
        ...

    async def next_event(self) -> datetime | None:
        """When something is due next (UTC), without moving; None when nothing is planned."""
        ...

    async def move(self, by: timedelta) -> None:
        """Move the clock ahead, make everything happen that is due until then, and remember it."""
        ...


WhoIs = Callable[[str], Awaitable[str | None]]
"""The account (external id) that a personal link's token stands for; None if it is not valid."""


async def nobody(token: str) -> str | None:
    """A check that knows no personal links."""
    return None
