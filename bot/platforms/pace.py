"""The pace at which a platform lets an app post, in each channel and in all.

The turns are those of one process: two that post in the same place go twice as fast together.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

BETWEEN = 1.0  # seconds in one channel, https://docs.slack.dev/apis/web-api/rate-limits
MARGIN = 1.03  # what leaves evenly arrives a little unevenly
LATE = 0.01  # seconds: half of the margin for five messages
REMEMBERED = 1_000  # channels


class Timer(NamedTuple):
    """How seconds are counted, and waited for."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


REAL = Timer()


class Pace:
    """Gives out turns to post. `per_second`: in all; `between`: seconds in one channel."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        *,
        between: float = BETWEEN,
    ) -> None:
        self.between, self.in_channel = MARGIN / per_second, between * MARGIN
        self._clock, self._sleep = clock, sleep
        self._any = 0.0  # when the next message may go
        self._channels: dict[str, float] = {}

    async def turn(self, channel: str) -> None:
        """Wait until a message may go to this channel."""
        while (wait := self._wait(channel)) > 0:
            await self._sleep(wait)
        now = self._clock()
        due = max(self._any, self._channels.get(channel, 0.0))
        start = max(due, now - LATE)  # waking a little late does not add up
        self._any = start + self.between
        self._channels[channel] = start + self.in_channel
        if len(self._channels) > REMEMBERED:
            self._channels = {name: at for name, at in self._channels.items() if at > now}

    def _wait(self, channel: str) -> float:
        return max(self._any, self._channels.get(channel, 0.0)) - self._clock()
