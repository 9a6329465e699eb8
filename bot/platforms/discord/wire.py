"""What goes over the wire to Discord, as the library lets us watch it (`http_trace`).

The library tries a request again when Discord answers with an error of its own. What has no nonce
could be made twice then, so it says that it is to be tried `once`.

Discord blocks an address after 10,000 refused requests in ten minutes
(https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans).
They are counted here, and long before that nothing is sent any more.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import aiohttp
import structlog

from core.chat import MaybeSent

log = structlog.get_logger("discord")
REFUSED = (401, 403, 429)  # those that count; a limit that is shared with other bots does not
WINDOW = 600.0  # seconds
FEW, MANY = 1_000, 5_000  # refused in that time: from here on it is said, from there on we pause

_tries: ContextVar[list[int] | None] = ContextVar("tries", default=None)


@contextmanager
def once() -> Iterator[None]:
    """What is requested in here is sent a second time only if the first was certainly refused.

    Raises MaybeSent when the library would try again after an error of Discord's.
    """
    token = _tries.set([])
    try:
        yield
    finally:
        _tries.reset(token)


class Watch:
    """Watches the requests of one client."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._refused: deque[float] = deque()
        self._said = False

    @property
    def pause(self) -> float:
        """How many seconds nothing should be sent, because so much was refused; usually 0."""
        self._forget()
        if len(self._refused) < MANY:
            return 0.0
        return self._refused[-MANY] + WINDOW - self._clock()

    def trace(self) -> aiohttp.TraceConfig:
        """For discord.Client(http_trace=...)."""
        config = aiohttp.TraceConfig()
        config.on_request_start.append(_begin)
        config.on_request_end.append(self._end)
        return config

    async def _end(
        self, _session: Any, _context: Any, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        answer = ended.response
        tries = _tries.get()
        if tries and answer.status == 429:
            tries.clear()  # nothing was made
        shared = answer.headers.get("X-RateLimit-Scope") == "shared"
        if answer.status in REFUSED and not shared:
            self._refused.append(self._clock())
            self._forget()
            if len(self._refused) >= FEW and not self._said:
                log.warning("Discord refuses many requests", in_ten_minutes=len(self._refused))
            self._said = len(self._refused) >= FEW

    def _forget(self) -> None:
        while self._refused and self._refused[0] <= self._clock() - WINDOW:
            self._refused.popleft()


async def _begin(_session: Any, _context: Any, _started: Any) -> None:
    tries = _tries.get()
    if tries is None:
        return
    if tries:
        raise MaybeSent("Discord answered with an error of its own")
    tries.append(1)
