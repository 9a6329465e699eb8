"""What people mean by a date and a time, as they write them in English."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import dateparser

from core import zones

YEARS = range(1990, 2200)
SPAN = re.compile(r"in\s.+\b(hours?|hrs?|minutes?|mins?)", re.IGNORECASE)
BARE_HOUR = re.compile(r"\bat (\d{1,2})$", re.IGNORECASE)


def understand_moment(raw: str, now: datetime, zone: str) -> datetime | None:
    """What a person in this zone meant by a date and time, in UTC.

    A zone at the end ("Friday 4pm Pacific") counts more than theirs. None when it cannot be read,
    or could mean two things: "at 4" may be in the morning.
    """
    text, zone = _zone_at_end(" ".join(raw.replace("@", " at ").split()), zone)
    coming = text.lower().startswith("next ")
    text = re.sub(r"^(next|this|on)\s+(?=[a-z])", "", text, flags=re.IGNORECASE)
    if not text or len(text) > 100 or text.isdigit():
        return None
    if hour := BARE_HOUR.search(text):
        if not 13 <= int(hour[1]) <= 23:
            return None
        text += ":00"
    if SPAN.fullmatch(text):
        zone = "UTC"  # three hours are three hours, also in the night when clocks change
    base = now.astimezone(ZoneInfo(zone))
    found = _parse(text, base.replace(tzinfo=None))
    if found is None or found.year not in YEARS:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=ZoneInfo(zone))
    if coming and found.date() <= base.date():
        found += timedelta(days=7)
    return found.astimezone(UTC)


def _zone_at_end(text: str, zone: str) -> tuple[str, str]:
    words = text.split(" ")
    for count in (2, 1):
        last = " ".join(words[-count:])
        if len(words) > count and last[0].isalpha() and (named := zones.resolve(last)):
            return " ".join(words[:-count]), named
    return text, zone


def _parse(text: str, base: datetime) -> datetime | None:
    return dateparser.parse(
        text,
        languages=["en"],
        settings={"RELATIVE_BASE": base, "PREFER_DATES_FROM": "future", "DATE_ORDER": "MDY"},
    )
