"""How channels are written for people.

A channel in a message is a link with the scheme `channel:` and the platform's id of it. A platform
that can lead there does so; every other shows the label, which is complete.
"""

from core.chat import Purpose
from storage.communities import Home


def channel(home: Home, purpose: Purpose) -> str:
    """The channel for a purpose, by its purpose's name: "[reflections](channel:C0123)"."""
    place = home.channels.get(purpose.value)
    return f"[{purpose.value}](channel:{place})" if place else purpose.value


def channels(home: Home) -> list[str]:
    """Those that were chosen, in the order of their purposes."""
    return [channel(home, purpose) for purpose in Purpose if purpose.value in home.channels]
