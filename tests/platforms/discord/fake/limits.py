"""How fast an app may call: https://discord.com/developers/docs/topics/rate-limits .

The limits of single routes stand on no page and can change; these are those that apps see now. A
window begins with its first request and is full or empty until it ends.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

FREE = ("POST /interactions/{interaction}/{token}/callback",)
"""Interaction endpoints do not count against the global limit, nor do webhooks by token."""


@dataclass
class Window:
    """So many requests, until it ends."""

    most: int
    seconds: float
    ends: float = 0.0
    used: int = 0

    def room(self, now: float) -> bool:
        if now >= self.ends:
            self.used = 0
        return self.used < self.most

    def use(self, now: float) -> None:
        if self.used == 0:
            self.ends = now + self.seconds
        self.used += 1


@dataclass(frozen=True)
class Verdict:
    """Whether a request may pass, and the headers that say so."""

    headers: dict[str, str]
    retry_after: float = 0.0
    scope: str = ""

    @property
    def everywhere(self) -> bool:
        return self.scope == "global"


@dataclass
class Limits:
    """Off unless switched on; `clock` says the seconds.

    `routes` maps "METHOD /route" to requests and seconds, for each channel, guild or webhook.
    """

    clock: Callable[[], float]
    on: bool = False
    each_second: int = 50
    routes: dict[str, tuple[int, float]] = field(
        default_factory=lambda: {
            "POST /channels/{channel}/messages": (5, 5.0),
            "PATCH /channels/{channel}/messages/{message}": (5, 5.0),
            "DELETE /channels/{channel}/messages/{message}": (5, 1.0),
            "PATCH /channels/{channel}": (5, 15.0),
            "POST /users/@me/channels": (10, 10.0),
        }
    )
    other: tuple[int, float] = (50, 5.0)
    refused: int = 0
    _windows: dict[str, Window] = field(default_factory=dict)
    _overall: Window = field(default_factory=lambda: Window(50, 1.0))

    def judge(self, route: str, major: str) -> Verdict:
        """Counts a request that may pass."""
        if not self.on:
            return Verdict(self._headers(route, Window(1000, 1.0, self.clock() + 1, 1)))
        now = self.clock()
        most, seconds = self.routes.get(route, self.other)
        window = self._windows.setdefault(f"{route} {major}", Window(most, seconds))
        self._overall.most = self.each_second
        counted = route not in FREE and "{token}" not in route
        if not window.room(now):
            self.refused += 1
            wait = window.ends - now
            return Verdict(self._headers(route, window, "user", wait), wait, "user")
        if counted and not self._overall.room(now):
            self.refused += 1
            wait = self._overall.ends - now
            headers = {"X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"}
            return Verdict(headers | {"Retry-After": str(math.ceil(wait))}, wait, "global")
        window.use(now)
        if counted:
            self._overall.use(now)
        return Verdict(self._headers(route, window))

    def _headers(
        self, route: str, window: Window, scope: str = "", wait: float = 0.0
    ) -> dict[str, str]:
        left = max(window.ends - self.clock(), 0.0)
        headers = {
            "X-RateLimit-Bucket": f"{hash_of(route):032x}",
            "X-RateLimit-Limit": str(window.most),
            "X-RateLimit-Remaining": str(max(window.most - window.used, 0)),
            "X-RateLimit-Reset": f"{time.time() + left:.3f}",
            "X-RateLimit-Reset-After": f"{left:.3f}",
        }
        if scope:
            headers |= {"X-RateLimit-Scope": scope, "Retry-After": str(math.ceil(wait))}
        return headers


def hash_of(route: str) -> int:
    """A number for a route that is the same in every process."""
    return int.from_bytes(sha256(route.encode()).digest()[:16])
