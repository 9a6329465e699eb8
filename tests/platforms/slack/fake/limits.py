"""How fast an app may call: https://docs.slack.dev/apis/web-api/rate-limits ."""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.platforms.slack.fake.documented import METHODS, SLOW, TIERS


@dataclass
class Limits:
    """Off unless switched on; `clock` says the seconds.

    Posting: about one message a second and channel, with short bursts, and a limit for the
    workspace; everything else by its tier, each method on its own, for each workspace.
    """

    clock: Callable[[], float]
    on: bool = False
    distributed: bool = False
    burst: int = 1
    posts_a_second: int = 5
    _calls: dict[tuple[str, ...], deque[float]] = field(default_factory=dict)

    def refuse(self, workspace: str, method: str, channel: str) -> int:
        """The seconds to wait, or 0 when the call may pass; a call that passes is counted."""
        if not self.on:
            return 0
        windows: list[tuple[tuple[str, ...], int, float]] = []
        if method == "chat.postMessage":
            windows.append(((workspace, method, channel), self.burst, float(self.burst)))
            windows.append(((workspace, method), self.posts_a_second, 1.0))
        else:
            slow = self.distributed and method in SLOW
            tier = TIERS[1 if slow else METHODS[method].tier]
            windows.append(((workspace, method), tier.calls, tier.seconds))
        now = self.clock()
        wait = max(self._wait(key, most, span, now) for key, most, span in windows)
        if wait > 0:
            return math.ceil(wait)
        for key, _most, _span in windows:
            self._calls[key].append(now)
        return 0

    def _wait(self, key: tuple[str, ...], most: int, span: float, now: float) -> float:
        calls = self._calls.setdefault(key, deque())
        while calls and calls[0] <= now - span:
            calls.popleft()
        return calls[0] + span - now if len(calls) >= most else 0.0
