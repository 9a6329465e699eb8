"""A server's scheduled events, among which webinars stand:
https://discord.com/developers/docs/resources/guild-scheduled-event. Ours take place elsewhere
("external"), so each needs an end and a location."""

from datetime import datetime, timedelta
from typing import Any, Final

import discord

from bot.platforms.discord.wire import once
from core.chat import Found, Message, Ref
from core.text import fingerprint

PLACE: Final = "events"  # how the port calls where they stand
EXTERNAL, GUILD_ONLY, CANCELED = 3, 2, 4  # entity_type, privacy_level, status
PAGE = 100  # of those who are interested
SKEW = timedelta(seconds=30)  # Discord's clock and ours
OVER = 180000  # nothing can be changed of an event that is over


class Calendar:
    """The events of one server that are ours."""

    def __init__(self, client: discord.Client, guild_id: int) -> None:
        self.client, self.guild_id = client, guild_id

    async def create(self, message: Message) -> Ref:
        """Raises what the library raises. It has no nonce, so it is tried only once."""
        with once():
            made = await self.client.http.create_guild_scheduled_event(
                self.guild_id, **_fields(message)
            )
        return Ref(PLACE, str(made["id"]))

    async def change(self, ref: Ref, message: Message) -> None:
        await self.client.http.edit_scheduled_event(
            self.guild_id, int(ref.message), **_fields(message)
        )

    async def cancel(self, ref: Ref) -> None:
        """Those who are interested see that it is called off. One that is gone or over stays so."""
        try:
            await self.client.http.edit_scheduled_event(
                self.guild_id, int(ref.message), status=CANCELED
            )
        except discord.NotFound:
            return
        except discord.HTTPException as error:
            if error.code != OVER:
                raise

    async def find(self, words: str, since: datetime) -> Ref | Found:
        """Ours with this fingerprint that was made since then."""
        earliest = discord.utils.time_snowflake(since - SKEW)
        for one in await self.client.http.get_scheduled_events(self.guild_id, False):
            ours = self.client.user and str(one.get("creator_id")) == str(self.client.user.id)
            said = Message(one.get("description") or "", title=one["name"])
            if ours and int(one["id"]) >= earliest and fingerprint(said) == words:
                return Ref(PLACE, str(one["id"]))
        return Found.ABSENT

    async def interested(self, event: str) -> list[str]:
        """Who has said to be interested in an event; nobody in one that is gone."""
        found: list[str] = []
        after = None
        while True:
            try:
                page = await self.client.http.get_scheduled_event_users(
                    self.guild_id, int(event), limit=PAGE, with_member=False, after=after
                )
            except discord.NotFound:
                return found
            found += [str(one["user"]["id"]) for one in page]
            if len(page) < PAGE:
                return found
            after = int(found[-1])


def _fields(message: Message) -> dict[str, Any]:
    assert message.occasion is not None
    return {
        "name": message.title,
        "description": message.text or None,
        "entity_type": EXTERNAL,
        "privacy_level": GUILD_ONLY,
        "entity_metadata": {"location": message.occasion.where},
        "scheduled_start_time": message.occasion.starts_at.isoformat(),
        "scheduled_end_time": message.occasion.ends_at.isoformat(),
    }
