"""Failures that a test has asked for."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass, field


@dataclass
class Failure:
    """What goes wrong with one call."""

    error: str = ""
    http_status: int = 0
    drop_connection_before: bool = False
    drop_connection_after: bool = False
    retry_after: int = 0
    delay: asyncio.Event | Awaitable[object] | None = None

    async def wait(self) -> None:
        if isinstance(self.delay, asyncio.Event):
            await self.delay.wait()
        elif self.delay is not None:
            await self.delay


@dataclass
class Failures:
    """The failures to come, for each method in their order."""

    _planned: dict[str, deque[Failure]] = field(default_factory=dict)

    def plan(self, method: str, failure: Failure, times: int = 1) -> None:
        self._planned.setdefault(method, deque()).extend([failure] * times)

    def next(self, method: str) -> Failure | None:
        planned = self._planned.get(method) or (method != "response_url" and self._planned.get("*"))
        return planned.popleft() if planned else None

    @property
    def left(self) -> list[str]:
        """What was planned and never came about."""
        return [method for method, planned in self._planned.items() if planned]
