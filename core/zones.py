"""Time zones as people write them, and as IANA names them."""

import difflib
from functools import lru_cache
from zoneinfo import available_timezones

from core.errors import UserError

_WORDS = {
    "America/New_York": "et est edt eastern",
    "America/Chicago": "ct cst cdt central",
    "America/Denver": "mt mst mdt mountain",
    "America/Los_Angeles": "pt pst pdt pacific",
    "America/Anchorage": "akt akst akdt alaska alaskan",
    "Pacific/Honolulu": "hst hawaii hawaiian",
    "America/Phoenix": "arizona",
    "America/Halifax": "adt atlantic",
    "America/St_Johns": "nst ndt newfoundland",
    "America/Indiana/Indianapolis": "indiana",
    "America/Puerto_Rico": "puertorico",
    "Etc/UTC": "utc gmt z zulu",
    "Europe/London": "bst uk britain england",
    "Europe/Paris": "cet cest centraleuropean",
    "Europe/Athens": "eet eest easterneuropean",
    "Europe/Lisbon": "wet west westerneuropean",
    "Asia/Kolkata": "india",
    "Asia/Tokyo": "jst japan",
    "Australia/Sydney": "aest aedt",
}
_COMMON = {word: zone for zone, words in _WORDS.items() for word in words.split()}
_REGIONS = {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe"}
_REGIONS |= {"Indian", "Pacific", "US"}
_FILLER = ("time", "zone", "standard", "daylight", "us", "usa", "and", "canada")


def resolve(typed: str) -> str | None:
    """The IANA name that was meant: "Eastern", "ET", "detroit", "america/new york" ..."""
    name = typed.strip().lower().replace(" ", "_")
    return _COMMON.get(_bare(typed)) or _names().get(name)


def need(typed: str) -> str:
    """As `resolve`. Raises UserError with the nearest zones for one that is not known."""
    zone = resolve(typed)
    if zone is None:
        text = f'"{typed.strip()[:60]}" is not a time zone we know. {suggestion(typed)}'
        raise UserError(text, {"zone": text})
    return zone


def suggestion(typed: str) -> str:
    """What to write instead of a zone that is not known."""
    close = nearest(typed)
    if close:
        return f"Did you mean {' or '.join(close)}?"
    return "Write it like America/New_York, or Eastern, Central, Mountain or Pacific."


def nearest(typed: str, limit: int = 2) -> list[str]:
    """The zones whose names are most like what was typed."""
    names = _names() | {word: zone for word, zone in _COMMON.items() if len(word) > 4}
    words = (typed.strip().lower().replace(" ", "_"), _bare(typed))
    found: dict[str, None] = {}
    for word in words:
        for name in difflib.get_close_matches(word, names, n=limit, cutoff=0.72):
            found.setdefault(names[name])
    return list(found)[:limit]


def matching(typed: str, limit: int = 25) -> list[str]:
    """Zones whose names contain what was typed, for completion; those people write first."""
    wanted = typed.strip().lower().replace(" ", "_")
    meant = [zone] if (zone := resolve(typed)) else []
    names = [*meant, *_WORDS, *sorted(_zones())]
    return list(dict.fromkeys(name for name in names if name in meant or wanted in name.lower()))[
        :limit
    ]


def _bare(typed: str) -> str:
    """The word that matters in "US Eastern Time", "Eastern Standard Time" or "E.S.T."."""
    letters = "".join(c if c.isalpha() else "" if c == "." else " " for c in typed.lower())
    return "".join(word for word in letters.split() if word not in _FILLER)


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Zones by region and city, as in America/Detroit."""
    return frozenset(
        name for name in available_timezones() if "/" in name and name.partition("/")[0] in _REGIONS
    )


@lru_cache(maxsize=1)
def _names() -> dict[str, str]:
    """Zones by lower-case name, and by city where that says which one."""
    full = {name.lower(): name for name in _zones()}
    cities: dict[str, set[str]] = {}
    for name in _zones():
        cities.setdefault(name.rsplit("/", 1)[-1].lower(), set()).add(name)
    # America/Indianapolis and America/Indiana/Indianapolis are the same: the longer is current
    return {
        city: max(names, key=lambda name: (len(name), name)) for city, names in cities.items()
    } | full
