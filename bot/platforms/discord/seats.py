"""The servers that have the bot, as homes of the community."""

from dataclasses import dataclass, field

from bot.platforms.discord.opening import Opening
from bot.platforms.house import House

PLATFORM = "discord"


@dataclass
class Seats:
    """Home ids by server, and which of them somebody means who writes to the bot directly."""

    house: House
    opening: Opening
    homes: dict[int, str] = field(default_factory=dict)

    async def home_of(self, guild_id: int | None, person: str) -> str | None:
        """In a server, that server; in a direct message, where the person is known, or the only
        one there is."""
        if guild_id is not None:
            return self.homes.get(guild_id)
        if len(self.homes) == 1:
            return next(iter(self.homes.values()))
        known = await self.house.home_of(PLATFORM, person)
        return known if known in self.homes.values() else None
