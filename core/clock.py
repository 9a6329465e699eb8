"""What time it is. The clocks themselves are in bot/clock.py; everybody else is handed one."""

from datetime import datetime
from typing import Protocol, runtime_checkable


class Clock(Protocol):
    """Tells the community's time: an instant in UTC."""

    def now(self) -> datetime: ...


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that can be set: the virtual one, and the local chat's."""

    def move_to(self, moment: datetime) -> None:
        """From now on it is this instant (or a little later, if the clock goes on ticking)."""
        ...
