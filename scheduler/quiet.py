"""Quiet hours: when somebody must not be disturbed, in their own zone. Pure."""

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo


class QuietHours(NamedTuple):
    """From one local time to another, possibly over midnight. Equal times: never quiet."""

    start: time
    end: time
    zone: str  # IANA name


def ends_at(quiet: QuietHours, now: datetime) -> datetime | None:
    """When the quiet hours that hold at `now` are over, in UTC; None if nobody sleeps."""
    zone = ZoneInfo(quiet.zone)
    here = now.astimezone(zone)
    clock = here.time().replace(tzinfo=None)
    if quiet.start <= quiet.end:
        asleep, days = quiet.start <= clock < quiet.end, 0
    else:
        asleep = clock >= quiet.start or clock < quiet.end
        days = 1 if clock >= quiet.start else 0
    if not asleep:
        return None
    day = here.date() + timedelta(days=days)
    over = datetime.combine(day, quiet.end, zone).astimezone(UTC)
    if over <= now:  # the hour that clocks repeat in autumn: its second run
        over = datetime.combine(day, quiet.end, zone).replace(fold=1).astimezone(UTC)
    return over


@lru_cache(maxsize=4_096)
def first_waking(everyone: tuple[QuietHours, ...], now: datetime) -> datetime | None:
    """The first moment, from `now` on, at which none of these people has quiet hours.

    None if there is no such moment within two days: they are never awake together.
    """
    moment = now
    while moment - now <= timedelta(days=2):
        ends = [end for quiet in everyone if (end := ends_at(quiet, moment)) is not None]
        if not ends:
            return moment
        moment = max(ends)
    return None
