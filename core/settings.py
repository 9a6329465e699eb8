"""What organizers settle for the whole community: channels, quiet hours, zone."""

from datetime import time

from core.chat import Purpose
from storage import communities
from storage.communities import Home
from storage.database import Tx


def choose_channel(tx: Tx, home: Home, purpose: Purpose, channel: str) -> None:
    """Say which channel of a home serves a purpose, by the platform's id of it."""
    home.channels = {**home.channels, purpose.value: channel}
    communities.replan(tx)


def set_quiet_hours(tx: Tx, start: time, end: time) -> None:
    """Local times of each member who has not chosen their own. Equal: no quiet hours."""
    community = communities.current(tx)
    community.quiet_from, community.quiet_until = f"{start:%H:%M}", f"{end:%H:%M}"


def set_zone(tx: Tx, zone: str) -> None:
    """The IANA zone of cohorts and members who have none of their own."""
    communities.current(tx).zone = zone
    communities.replan(tx)
