"""What organizers settle for the whole community: channels, quiet hours, zone."""

import re
from datetime import datetime, time

from core.chat import Address, Purpose
from core.deliveries import plan
from core.errors import UserError
from core.kinds import Kind
from storage import communities, outbox
from storage.communities import Home
from storage.database import Tx
from storage.words import DeliveryState

NAME_LENGTH = 80  # of a channel; Slack takes no more


def choose_channel(tx: Tx, home: Home, purpose: Purpose, channel: str, now: datetime) -> None:
    """Say which channel of a home serves a purpose, by the platform's id of it.

    The first word there says what it is for; one that serves it already is left alone.
    """
    known = home.channels.get(purpose) == channel and purpose not in home.wanted
    home.has_channel(purpose, channel)
    if not known:
        _say_what_it_is_for(tx, home, purpose, now)


def wish_for_channel(tx: Tx, home: Home, purpose: Purpose, name: str, now: datetime) -> str:
    """Have a channel of this name serve a purpose; answers the name as it will be.

    The courier makes the channel, for which it asks the platform, and says there what it is for.
    Until then, one that serves the purpose now goes on to do so. Raises UserError for a name
    without letters.
    """
    name = "-".join(re.findall(r"[\w-]+", name.lower())).strip("-")[:NAME_LENGTH]
    if not name:
        text = "A channel's name has letters or digits, for instance `book-club`."
        raise UserError(text, {"name": text})
    if home.wanted.get(purpose) != name:
        home.wanted = {**home.wanted, purpose.value: name}
        _say_what_it_is_for(tx, home, purpose, now)
    return name


def wish_for_missing(tx: Tx, home: Home, now: datetime) -> list[str]:
    """Have a channel made for every purpose that has none; answers their names."""
    missing = [one for one in Purpose if one is not Purpose.GENERAL and not home.serves(one)]
    return [wish_for_channel(tx, home, one, one.value, now) for one in missing]


def _say_what_it_is_for(tx: Tx, home: Home, purpose: Purpose, now: datetime) -> None:
    stem = f"channel:{home.id}:{purpose}:"
    before = outbox.slots_under(tx, stem)
    planned = [slot.id for slot in before if slot.state == DeliveryState.PLANNED]
    outbox.cancel_all(tx, planned, "another channel was chosen")
    subject = {"home": home.id, "purpose": purpose.value}
    address = Address("channel", home.id, purpose)
    outbox.put(tx, [plan(Kind.CHANNEL, f"{stem}{len(before) + 1}", address, now, subject)])
    communities.replan(tx)


def set_quiet_hours(tx: Tx, start: time, end: time) -> None:
    """Local times of each member who has not chosen their own. Equal: no quiet hours."""
    community = communities.current(tx)
    community.quiet_from, community.quiet_until = f"{start:%H:%M}", f"{end:%H:%M}"


def spread_reflections(tx: Tx, everywhere: bool) -> None:
    """Whether reflections for everybody are posted in every home, or only where they are written.

    It holds for those that are published from now on.
    """
    communities.current(tx).spread_reflections = everywhere


def set_zone(tx: Tx, zone: str) -> None:
    """The IANA zone of cohorts and members who have none of their own."""
    communities.current(tx).zone = zone
    communities.replan(tx)
