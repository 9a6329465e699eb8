"""Discord as a platform: what the courier sends becomes calls of the API, and nothing more."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any

import discord

from bot.platforms.discord import calendar, forum
from bot.platforms.discord.calendar import Calendar
from bot.platforms.discord.errors import translated
from bot.platforms.discord.limits import LIMITS, THREAD_NAME
from bot.platforms.discord.messages import called, fingerprint_of, new, nonce, said
from bot.platforms.discord.opening import Opening
from bot.platforms.discord.people import person
from bot.platforms.discord.wire import Watch, once
from bot.platforms.pace import Pace
from core.chat import Found, Message, Person, Purpose, Ref, Refused, TryLater
from core.wording import shortened

SEARCHED = 1_000  # messages of the history, after a crash
SKEW = timedelta(seconds=30)  # Discord's clock and ours
THREAD_EXISTS = 160004
NO_TEXT = 50008
ARCHIVED = 50083
NO_MENTIONS = discord.AllowedMentions.none()

Chosen = Callable[[], Awaitable[Mapping[str, str]]]


class DiscordPlatform:
    """A home in one server. Implements core.chat.Platform.

    `chosen` tells the home's channels by purpose: pairs get their private threads in the one for
    coaching. `opening`, `watch` and `pace` are shared by all servers of the process.
    """

    name = "discord"
    capabilities = LIMITS

    def __init__(
        self,
        client: discord.Client,
        guild_id: int,
        chosen: Chosen,
        opening: Opening,
        watch: Watch,
        pace: Pace,
    ) -> None:
        self.client, self.guild_id = client, guild_id
        self.chosen, self.opening, self.watch, self.pace = chosen, opening, watch, pace
        self.calendar = Calendar(client, guild_id)

    async def post(
        self, place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref:
        """https://discord.com/developers/docs/resources/message#create-message: the nonce makes a
        repetition within minutes answer with the first message; a forum post has none."""
        async with self._calling():
            if message.occasion is not None:
                return await self.calendar.create(message)
            channel = self._channel(place)
            answers: dict[str, Any] = {}
            if under is not None and (thread := await self._thread_of(under)):
                channel = thread
                if message.reply:
                    said = thread.get_partial_message(int(under.message))
                    answers = {"reference": said.to_reference(fail_if_not_exists=False)}
            elif under is not None:
                channel = self._channel(await self._thread(under))
            if isinstance(channel, discord.ForumChannel):
                return await forum.post(channel, message)
            try:
                sent = await channel.send(
                    **new(message), **answers, nonce=nonce(key), allowed_mentions=called(message)
                )
            except discord.HTTPException as error:
                if error.code != NO_TEXT or under is not None:
                    raise
                found = await self._fetched(place)  # too new to be known
                if not isinstance(found, discord.ForumChannel):
                    raise
                return await forum.post(found, message)
            if message.pinned and self.client.user is not None:
                await forum.pin(sent, self.client.user)
        return Ref(str(sent.channel.id), str(sent.id))

    async def edit(self, ref: Ref, message: Message) -> Ref:
        async with self._calling():
            if message.occasion is not None:
                await self.calendar.change(ref, message)
                return ref
            found = self._channel(ref.place).get_partial_message(int(ref.message))
            try:
                await found.edit(**said(message), allowed_mentions=NO_MENTIONS)
            except discord.HTTPException as error:
                if error.code != ARCHIVED:
                    raise
                await self._wake(ref.place)
                await found.edit(**said(message), allowed_mentions=NO_MENTIONS)
        return ref

    async def delete(self, ref: Ref) -> None:
        async with self._calling():
            if ref.place == calendar.PLACE:
                await self.calendar.cancel(ref)
                return
            with suppress(discord.NotFound):
                await self._channel(ref.place).get_partial_message(int(ref.message)).delete()

    async def open_direct(self, external_id: str) -> str:
        self.opening.take(external_id)
        async with self._calling():
            opened = await self.client.http.start_private_message(int(external_id))
        return str(opened["id"])

    async def open_group(self, external_ids: Sequence[str], name: str) -> str:
        """A private thread in the channel for coaching, to which the two cannot invite others.
        Whoever may manage threads there can read it."""
        place = (await self.chosen()).get(Purpose.COACHING)
        async with self._calling():
            channel = await self._fetched(place) if place else None
            if not isinstance(channel, discord.TextChannel):
                raise Refused(
                    "pairs talk in private threads of the channel for coaching, and there is no "
                    "text channel for it; choose one with `/settings channels`"
                )
            with once():
                thread = await channel.create_thread(
                    name=shortened(name or "Coaching", THREAD_NAME),
                    type=discord.ChannelType.private_thread,
                    invitable=False,
                    auto_archive_duration=forum.WEEK,
                )
            for external_id in external_ids:
                await thread.add_user(discord.Object(int(external_id)))
        return str(thread.id)

    async def open_channel(self, name: str) -> str:
        """The text channel of this name, made if there is none."""
        guild = self._guild()
        found = discord.utils.get(guild.text_channels, name=name)
        async with self._calling():
            return str((found or await guild.create_text_channel(name)).id)

    async def find(
        self, place: str, key: str, fingerprint: str, since: datetime, *, under: Ref | None = None
    ) -> Ref | Found:
        """Within minutes the nonce tells, so that it may simply be sent again; later, our own
        messages since then are looked through for these words."""
        async with self._calling():
            try:
                if place == calendar.PLACE:
                    return await self.calendar.find(fingerprint, since)
                if under is not None:
                    thread = await self._thread_of(under)
                    place = str(thread.id) if thread else under.message
                return await self._find_message(place, fingerprint, since)
            except discord.NotFound:
                return Found.ABSENT
            except discord.HTTPException as error:
                if error.status >= 500 or error.status == 429:
                    raise
                return Found.UNKNOWN

    async def people(self) -> Sequence[Person]:
        """Those whom Discord tells of: everybody with the members intent, else nobody."""
        if not self.client.intents.members:
            return ()
        return [person(member) async for member in self._guild().fetch_members(limit=None)]

    @asynccontextmanager
    async def _calling(self) -> AsyncIterator[None]:
        """Something is asked of Discord; what it says comes in the port's words."""
        if wait := self.watch.pause:
            raise TryLater("Discord would block the bot", timedelta(seconds=wait))
        await self.pace.turn("")
        try:
            yield
        except Exception as error:
            raise translated(error) from error

    async def _find_message(self, place: str, fingerprint: str, since: datetime) -> Ref | Found:
        me = self.client.user
        channel = self._channel(place)
        if isinstance(channel, discord.ForumChannel):
            return await forum.find(channel, fingerprint, since)
        seen = 0
        async for message in channel.history(after=since - SKEW, limit=SEARCHED):
            seen += 1
            mine = me is not None and message.author.id == me.id
            if mine and fingerprint_of(message) == fingerprint:
                return Ref(str(channel.id), str(message.id))
        return Found.UNKNOWN if seen >= SEARCHED else Found.ABSENT

    async def _wake(self, place: str) -> None:
        """Open a thread that was put away: a message opens it by itself, a change does not
        (https://discord.com/developers/docs/topics/threads#active--archived-threads)."""
        thread = await self._fetched(place)
        if isinstance(thread, discord.Thread):
            await thread.edit(archived=False)

    async def _thread_of(self, under: Ref) -> discord.Thread | None:
        """The thread in which a message stands: threads do not nest, so what belongs under it
        stands beside it. None for one that has a thread of its own."""
        if under.place == under.message or self.client.get_channel(int(under.message)):
            return None
        place = await self._fetched(under.place)
        return place if isinstance(place, discord.Thread) else None

    async def _thread(self, under: Ref) -> str:
        """The thread of a message: it has the message's id. Made if there is none yet."""
        if under.place == under.message or self.client.get_channel(int(under.message)):
            return under.message
        root = await self._channel(under.place).fetch_message(int(under.message))
        title = root.embeds[0].title if root.embeds else ""
        try:
            await root.create_thread(
                name=shortened(title or "Discussion", THREAD_NAME), auto_archive_duration=forum.WEEK
            )
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise
        return under.message

    def _channel(self, place: str) -> Any:
        """The channel, as far as it is known: everything but forums is written to alike."""
        return self.client.get_channel(int(place)) or self.client.get_partial_messageable(
            int(place)
        )

    async def _fetched(self, place: str) -> Any:
        """The channel as it is, be it new."""
        return self.client.get_channel(int(place)) or await self.client.fetch_channel(int(place))

    def _guild(self) -> discord.Guild:
        guild = self.client.get_guild(self.guild_id)
        if guild is None:
            raise Refused("the bot is not in the server any more")
        return guild
