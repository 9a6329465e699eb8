"""The homes of a community: a new one is settled, an ended one is left."""

from datetime import datetime

from core import notices
from core.chat import CALENDAR
from storage import communities
from storage.communities import Home
from storage.database import Tx


def settle(
    tx: Tx,
    platform: str,
    external_id: str,
    name: str,
    now: datetime,
    *,
    trusted: bool = True,
    calendar: str = "",
) -> Home:
    """The community's home at this place, made if there is none; one that had ended begins again.

    One that is not trusted was brought by somebody whom nobody knows: its people are strangers,
    whatever e-mail addresses they have there, until an organizer says otherwise. `calendar`: what
    the platform calls the place of its own events, if it has them.
    """
    home = communities.home_on(tx, platform, external_id)
    if home is None:
        home = tx.add(Home(platform=platform, external_id=external_id, name=name, trusted=trusted))
        if not trusted:
            tx.flush()
            notices.of_new_home(tx, home, now)
    elif home.retired_at is not None:
        home.retired_at = None
    home.name = name
    if calendar:
        home.channels = {**home.channels, CALENDAR: calendar}
    tx.flush()
    communities.replan(tx)
    return home


def trust(tx: Tx, home: Home) -> None:
    """From now on the e-mail addresses of this home prove who somebody is."""
    home.trusted = True


def end(tx: Tx, home: Home, why: str, now: datetime) -> None:
    """The platform does not know us there any more. Its secret is forgotten, its channels are
    kept for when it comes back, and organizers are told where they can still be reached."""
    if home.retired_at is not None:
        return
    home.retired_at, home.secret = now, None
    communities.replan(tx)
    notices.of_ended_home(tx, home, why, now)
