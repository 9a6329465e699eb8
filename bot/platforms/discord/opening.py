"""How fast the bot opens new direct conversations on Discord.

Nothing is documented; bots were quarantined after 25 to 50 in a short time. So one is opened when
that person has just done something, or at this pace.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable
from datetime import timedelta

from core.chat import TryLater

BETWEEN = 60.0  # seconds
DAY = 86_400.0
LATELY = 600.0  # seconds: who did something that recently expects an answer


class Opening:
    """Gives leave to open a conversation. `daily`: how many in 24 hours."""

    def __init__(self, daily: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.daily, self._clock = daily, clock
        self._opened: deque[float] = deque()
        self._met: dict[str, float] = {}

    def opened_before(self, ages: Iterable[float]) -> None:
        """What was opened before this process began, by how many seconds ago, counts, too."""
        now = self._clock()
        before = [now - age for age in ages if age < DAY]
        self._opened = deque(sorted([*before, *self._opened]))

    def meets(self, person: str) -> None:
        """This person has just done something with us."""
        now = self._clock()
        self._met = {name: at for name, at in self._met.items() if at > now - LATELY}
        self._met[person] = now

    def take(self, person: str) -> None:
        """Raises TryLater for this delivery alone, when it is not the time to open one more."""
        now = self._clock()
        if self._met.get(person, -LATELY) > now - LATELY:
            return
        while self._opened and self._opened[0] <= now - DAY:
            self._opened.popleft()
        wait = 0.0
        if self._opened:
            wait = self._opened[-1] + BETWEEN - now
        if len(self._opened) >= self.daily:
            wait = max(wait, self._opened[0] + DAY - now)
        if wait > 0:
            raise TryLater(
                "new conversations are opened slowly, so that Discord does not take the bot for "
                "a spammer",
                timedelta(seconds=wait),
                only_this=True,
            )
        self._opened.append(now)
