"""Failures that a test has asked for."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase


@dataclass
class Failure:
    """What goes wrong with one request."""

    status: int = 0
    code: int = 0
    retry_after: float = 0.0
    scope: str = "user"
    drop_connection_before: bool = False
    drop_connection_after: bool = False
    delay: asyncio.Event | Awaitable[object] | None = None

    async def wait(self) -> None:
        if isinstance(self.delay, asyncio.Event):
            await self.delay.wait()
        elif self.delay is not None:
            await self.delay


@dataclass
class _Plan:
    method: str
    route: str
    failure: Failure


@dataclass
class Failures:
    """The failures to come, in their order."""

    _planned: list[_Plan] = field(default_factory=list)

    def plan(self, method: str, route: str, failure: Failure, times: int = 1) -> None:
        self._planned.extend([_Plan(method, route, failure)] * times)

    def next(self, method: str, route: str, path: str) -> Failure | None:
        """The first plan for this request: by its route with {names}, or by its path."""
        for number, one in enumerate(self._planned):
            fits = one.method in ("*", method)
            if fits and (one.route == route or fnmatchcase(path, one.route)):
                del self._planned[number]
                return one.failure
        return None

    @property
    def left(self) -> list[str]:
        """What was planned and never came about."""
        return [f"{one.method} {one.route}" for one in self._planned]
