"""The clocks. Nothing else in the house asks the machine what time it is."""

from datetime import UTC, datetime, timedelta


class RealClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class ShiftedClock:
    """Ticks as the machine's clock does, so far ahead of it: the local chat's, which is moved."""

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def move_to(self, moment: datetime) -> None:
        """From now on it is this instant, and it goes on ticking. It never goes back."""
        self.ahead += max(moment - self.now(), timedelta())


class VirtualClock:
    """Stands still until it is moved: for rehearsals, tests and the making of the demo."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        """From now on it is this instant. Raises ValueError for one that has passed."""
        if moment < self._now:
            raise ValueError(f"it is {self._now} already, and {moment} has passed")
        self._now = moment
