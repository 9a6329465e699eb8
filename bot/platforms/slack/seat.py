"""A workspace as people meet us there: its connection, its home, and who is in it."""

import asyncio
from dataclasses import dataclass, field

from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.people import person
from bot.platforms.slack.workspace import Workspace
from core.chat import Person

LOOK_UP_SECONDS = 1.0


@dataclass
class Seat:
    """One workspace in this process."""

    workspace: Workspace
    platform: SlackPlatform
    bot_id: str | None = None
    people: dict[str, Person] = field(default_factory=dict)
    meeting: asyncio.Lock = field(default_factory=asyncio.Lock)  # the house hears of them in order

    @property
    def home_id(self) -> str:
        return self.workspace.home_id

    async def who(self, user_id: str) -> Person:
        """What Slack tells of somebody; only their id if it cannot be had within a second."""
        known = self.people.get(user_id)
        if known is None:
            try:
                async with asyncio.timeout(LOOK_UP_SECONDS):
                    found = await self.workspace.ask("users.info", user=user_id)
                known = person(found["user"], self.workspace.team_id)
            except Exception:  # whoever speaks is answered, known or not
                return Person(user_id, "")
            known = self.people.setdefault(user_id, known)  # an event may have told what is newer
        return known
