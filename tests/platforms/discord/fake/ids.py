"""Snowflakes and moments: https://discord.com/developers/docs/reference#snowflakes ."""

from collections.abc import Callable
from datetime import UTC, datetime

EPOCH = 1_420_070_400_000
"""The first millisecond of 2015."""
FOUNDED = 1_700_000_000_000
"""What a test arranges is as old as this, and has the same ids at every start."""


def moment(seconds: float) -> str:
    """A point in time as Discord writes it."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="microseconds")


def seconds(text: str) -> float:
    """The other way round; raises ValueError."""
    when = datetime.fromisoformat(text)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()


class Snowflakes:
    """Ids that tell the time and are never given twice."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._things = 0
        self._last = 0

    def thing(self) -> int:
        """For what a test arranges."""
        self._things += 1
        return (FOUNDED - EPOCH + self._things * 1000) << 22

    def next(self) -> int:
        """For what happens now; later ids are greater."""
        self._last = max((int(self._now() * 1000) - EPOCH) << 22, self._last + 1)
        return self._last

    def used(self, known: int) -> None:
        """An id from an earlier life of the process."""
        self._last = max(self._last, known)
