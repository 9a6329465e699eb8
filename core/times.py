"""How moments are written for people.

A moment in a message is a link with the scheme `time:` and the Unix second. A platform that can
show times in each reader's own zone does so; every other shows the label, which is complete.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo


def moment(at: datetime, zone: str) -> str:
    """A moment for a message: "Wednesday, September 9, 4:00 PM EDT" as a `time:` link."""
    return f"[{plain(at, zone)}](time:{int(at.timestamp())})"


def plain(at: datetime, zone: str) -> str:
    """A moment as plain text in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    hour = local.hour % 12 or 12
    return f"{local:%A, %B} {local.day}, {hour}:{local:%M %p %Z}"


def day(on: date) -> str:
    """A date: "Monday, September 7"."""
    return f"{on:%A, %B} {on.day}"


def span(minutes: int) -> str:
    """A length: "45 minutes", "1 hour", "1 hour 30 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{hours} hour{'s' if hours != 1 else ''}")
    if rest or not hours:
        parts.append(f"{rest} minute{'s' if rest != 1 else ''}")
    return " ".join(parts)


def from_now(at: datetime, now: datetime) -> str:
    """How far away a moment is, roughly: "in 3 days", "in 2 hours", "2 days ago"."""
    gap = abs(at - now)
    if gap >= timedelta(days=2):
        text = f"{gap.days} days"
    elif gap >= timedelta(hours=2):
        text = f"{int(gap.total_seconds() // 3600)} hours"
    else:
        text = span(max(1, int(gap.total_seconds() // 60)))
    return f"in {text}" if at >= now else f"{text} ago"
