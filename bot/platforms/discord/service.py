"""Discord in this process: the client, and the servers that have it."""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.platforms.discord import calendar, opening
from bot.platforms.discord.adapter import DiscordPlatform
from bot.platforms.discord.asking import asking, without_voice
from bot.platforms.discord.commands import payloads, same
from bot.platforms.discord.errors import translated
from bot.platforms.discord.intake import Intake
from bot.platforms.discord.opening import Opening
from bot.platforms.discord.people import person
from bot.platforms.discord.seats import PLATFORM, Seats
from bot.platforms.discord.wire import Watch
from bot.platforms.house import House, NewHome
from bot.platforms.pace import Pace
from bot.settings import Settings
from core.errors import UserError

log = structlog.get_logger("discord")
WAIT_FOR_LIMIT = 30.0  # seconds: longer waits are the courier's
TRY_AGAIN = 15.0
REQUESTS = (
    50.0  # a second, https://discord.com/developers/docs/topics/rate-limits#global-rate-limit
)
POLL_EVERY = 600.0  # seconds between looks at who is interested in events
QUIET_FOR = 2.0  # seconds without another server, after which the library says which there are
REFUSED = (
    "Discord refuses DISCORD_BOT_TOKEN. Copy the token from the Developer Portal, under Bot; "
    "Reset Token makes a new one."
)


def intents(settings: Settings) -> discord.Intents:
    """What the gateway tells us. Only the list of members is privileged, and it is optional."""
    return discord.Intents(guilds=True, dm_messages=True, members=settings.discord_members_intent)


class Discord:
    """Every server that has our bot, from `start` to `stop`."""

    def __init__(self, settings: Settings, house: House) -> None:
        self.settings, self.house = settings, house
        self.seats = Seats(house, Opening(settings.discord_daily_openings))
        self.intake = Intake(house, self.seats)
        self.watch = Watch()
        self.pace = Pace(REQUESTS, between=0.0)  # the library keeps to the limits of each channel
        self._polling: asyncio.Task[None] | None = None
        self._connecting: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Log in and connect; while Discord cannot be reached, it is tried again.

        Raises UserError for a token that Discord refuses.
        """
        Route.BASE = self.settings.discord_api_url.rstrip("/")
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(self.settings.discord_gateway_url)
        self.client = _client(self)
        try:
            await self.client.login(self.settings.discord_bot_token)
            await self._sync()
        except discord.LoginFailure as error:
            raise UserError(REFUSED) from error
        except Exception as error:
            log.warning("Discord cannot be reached; trying again", reason=str(translated(error)))
        self._connecting = asyncio.create_task(self._connect())
        self._polling = asyncio.create_task(self._poll())

    async def stop(self) -> None:
        """Take nothing new, finish what is being shown, and close."""
        await self.intake.answers.finish()
        for task in filter(None, (self._polling, self._connecting)):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.client.close()

    async def settle(self, guild: discord.Guild) -> None:
        """A server has us."""
        home = await self.house.settle(
            NewHome(PLATFORM, str(guild.id), guild.name, calendar=calendar.PLACE)
        )
        if guild.id not in self.seats.homes:
            opened = await self.house.opened(home, timedelta(seconds=opening.DAY))
            self.seats.opening.opened_before(age.total_seconds() for age in opened)
        self.seats.homes[guild.id] = home
        chosen = partial(self.house.channels, home)
        platform = DiscordPlatform(
            self.client, guild.id, chosen, self.seats.opening, self.watch, self.pace
        )
        self.house.connect(home, platform)
        log.info("connected", home=home, guild=guild.id)

    async def leave(self, guild: discord.Guild) -> None:
        """A server has removed us."""
        home = self.seats.homes.pop(guild.id, None)
        if home is not None:
            await self.house.leave(home, "the bot was removed from the server")

    async def met(
        self,
        guild: int,
        member: discord.Member | discord.User,
        *,
        new: bool = False,
        left: bool = False,
    ) -> None:
        """Somebody came or left."""
        home = self.seats.homes.get(guild)
        if home is not None and not member.bot:
            await self.house.met(home, [person(member, new=new, left=left)])

    async def ask_who_comes(self) -> None:
        """Whoever is interested in an event of ours is coming to its webinar. The gateway tells it
        only of people whom the library keeps in memory, and it keeps none."""
        for guild, home in list(self.seats.homes.items()):
            try:
                for event in await self.house.events(home):
                    interested = await calendar.Calendar(self.client, guild).interested(event)
                    await self.house.interested(home, event, interested)
            except Exception as error:
                log.warning("interest not read", home=home, reason=type(error).__name__)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(POLL_EVERY)
            await self.ask_who_comes()

    async def _connect(self) -> None:
        while True:
            try:
                if self.client.application_id is None:
                    await self._let_go()
                    await self.client.login(self.settings.discord_bot_token)
                    await self._sync()
                await self.client.connect()
                return
            except discord.LoginFailure:
                log.error("Discord refuses the token")
                return
            except discord.PrivilegedIntentsRequired:
                log.error("the members intent is not switched on in the Developer Portal")
                return
            except Exception as error:
                log.warning("Discord cannot be reached", reason=type(error).__name__)
            await asyncio.sleep(TRY_AGAIN)

    async def _let_go(self) -> None:
        """Close the connections of a login that failed: the library would open others beside."""
        await self.client.http.close()
        self.client.http.connector = discord.utils.MISSING

    async def _sync(self) -> None:
        """Register the commands, if they are not registered as they are now."""
        http, app = self.client.http, self.client.application_id
        assert app is not None
        wanted: Any = payloads(self.house.catalog)
        guild = self.settings.discord_dev_guild
        there = await (
            http.get_guild_commands(app, guild) if guild else http.get_global_commands(app)
        )
        by_name: Mapping[str, Any] = {one["name"]: one for one in there}
        if len(there) == len(wanted) and all(same(one, by_name.get(one["name"])) for one in wanted):
            return
        if guild:
            await http.bulk_upsert_guild_commands(app, guild, wanted)
        else:
            await http.bulk_upsert_global_commands(app, wanted)
        log.info("commands registered", number=len(wanted))


async def application_id(settings: Settings) -> int:
    """The id of the application that the token belongs to. UserError if Discord refuses it."""
    client = asking(settings)
    try:
        await client.login(settings.discord_bot_token)
    except discord.LoginFailure as error:
        raise UserError(REFUSED) from error
    except Exception as error:
        raise UserError(
            f"{translated(error)}. Look at the network, and at DISCORD_API_URL if it is set."
        ) from error
    finally:
        await client.close()
    assert client.application_id is not None
    return client.application_id


def _client(service: Discord) -> discord.Client:
    """The library's client. It only passes on what it hears: nothing of ours runs inside it."""
    settings = service.settings
    without_voice()
    how: dict[str, Any] = {
        "intents": intents(settings),
        "allowed_mentions": discord.AllowedMentions.none(),
        "max_messages": None,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "max_ratelimit_timeout": WAIT_FOR_LIMIT,
        "enable_raw_presences": False,
        "guild_ready_timeout": QUIET_FOR,
        "http_trace": service.watch.trace(),
    }
    client: discord.Client
    if settings.discord_shards > 1:
        client = discord.AutoShardedClient(shard_count=settings.discord_shards, **how)
    else:
        client = discord.Client(**how)

    async def on_interaction(interaction: discord.Interaction) -> None:
        await service.intake.interaction(interaction)

    async def on_message(message: discord.Message) -> None:
        await service.intake.message(message)

    async def on_guild_available(guild: discord.Guild) -> None:
        await service.settle(guild)

    async def on_guild_join(guild: discord.Guild) -> None:
        await service.settle(guild)

    async def on_guild_remove(guild: discord.Guild) -> None:
        await service.leave(guild)

    async def on_member_join(member: discord.Member) -> None:
        await service.met(member.guild.id, member, new=True)

    async def on_raw_member_remove(gone: discord.RawMemberRemoveEvent) -> None:
        await service.met(gone.guild_id, gone.user, left=True)  # the library keeps no members

    async def on_error(event: str, *_args: Any, **_more: Any) -> None:
        log.exception("event failed", event_name=event)

    for listener in (
        on_interaction, on_message, on_guild_available, on_guild_join, on_guild_remove,
        on_member_join, on_raw_member_remove, on_error,
    ):  # fmt: skip
        client.event(listener)
    return client
