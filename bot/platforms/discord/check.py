"""What `staffroom doctor` asks Discord: token, intents, servers, permissions in each channel."""

from collections.abc import AsyncIterator, Collection, Mapping

import discord

from bot.findings import Finding, Health
from bot.platforms.discord.asking import asking
from bot.platforms.discord.errors import translated
from bot.platforms.discord.invite import PERMISSIONS, link
from bot.settings import Settings
from core.chat import Purpose

ABOUT = "Discord"
NO_ROLES: Mapping[str, Collection[str]] = {}
MEMBERS_FLAGS = (1 << 14) | (1 << 15)
# https://discord.com/developers/docs/resources/application#application-object-application-flags


async def examine(
    settings: Settings,
    channels: Mapping[str, Mapping[str, str]],
    roles: Mapping[str, Collection[str]] = NO_ROLES,
) -> AsyncIterator[Finding]:
    """Look at what DISCORD_BOT_TOKEN opens. `channels`: by server, purpose -> channel id; `roles`:
    by server, those that prompts call."""
    client = asking(settings)
    try:
        await client.login(settings.discord_bot_token)
    except discord.LoginFailure:
        remedy = "Copy the token from the Developer Portal, under Bot, into .env."
        yield Finding(Health.BAD, ABOUT, "Discord refuses DISCORD_BOT_TOKEN.", remedy)
        await client.close()
        return
    except Exception as error:
        remedy = "Look at the network, and at DISCORD_API_URL if it is set."
        text = f"Discord cannot be reached: {translated(error)}."
        yield Finding(Health.BAD, ABOUT, text, remedy)
        await client.close()
        return
    try:
        async for finding in _inside(client, settings, channels, roles):
            yield finding
    finally:
        await client.close()


async def _inside(
    client: discord.Client,
    settings: Settings,
    channels: Mapping[str, Mapping[str, str]],
    roles: Mapping[str, Collection[str]],
) -> AsyncIterator[Finding]:
    app = await client.application_info()
    yield Finding(Health.GOOD, ABOUT, f"Logged in as {client.user}.")
    yield _intent(app, settings)
    yield Finding(
        Health.NOTE,
        ABOUT,
        "Without the message content intent, what people write in threads stays in Discord.",
        "That is meant so: the Comment button under a reflection keeps what is said with it.",
    )
    guilds = [guild async for guild in client.fetch_guilds()]
    if not guilds:
        remedy = f"Open this link and choose your server: {link(app.id)}"
        yield Finding(Health.NOTE, ABOUT, "The bot is in no server yet.", remedy)
    for found in guilds:
        guild = await client.fetch_guild(found.id)
        chosen = channels.get(str(guild.id), {})
        if not chosen:
            remedy = "As organizer, type `/settings create-channels` or `/settings channels`."
            yield Finding(Health.NOTE, ABOUT, f"{guild.name}: no channel is chosen yet.", remedy)
        if chosen and client.user:
            me = await guild.fetch_member(client.user.id)
            there = {str(one.id): one for one in await guild.fetch_channels()}
            for purpose, place in chosen.items():
                yield _channel(me, there.get(place), guild.name, purpose)
            for role in roles.get(str(guild.id), ()):
                yield _role(me, guild, role)


def _intent(app: discord.AppInfo, settings: Settings) -> Finding:
    on = bool(app.flags.value & MEMBERS_FLAGS)
    if settings.discord_members_intent and not on:
        return Finding(
            Health.BAD,
            ABOUT,
            "STAFFROOM_DISCORD_MEMBERS_INTENT is set, but the intent is off.",
            "Switch on Server Members Intent in the Developer Portal, under Bot.",
        )
    if not settings.discord_members_intent:
        return Finding(
            Health.NOTE,
            ABOUT,
            "Without the members intent, newcomers are not greeted, and who leaves is noticed only "
            "when a message does not reach them.",
            "That is fine. To have it, switch it on in the Developer Portal and in .env.",
        )
    return Finding(Health.GOOD, ABOUT, "The members intent is on.")


def _role(me: discord.Member, guild: discord.Guild, called: str) -> Finding:
    """A role rings if everybody may mention it, or the bot may mention every role
    (https://discord.com/developers/docs/resources/message#allowed-mentions-object)."""
    role = guild.get_role(int(called))
    if role is None:
        text = f"{guild.name}: a role that prompts call is gone."
        return Finding(Health.BAD, ABOUT, text, "Choose another with /settings cohort-role.")
    if not role.mentionable and not me.guild_permissions.mention_everyone:
        text = f"{guild.name}: prompts mention the role {role.name}, but it does not ring."
        remedy = "Server Settings, Roles: allow anyone to @mention this role."
        return Finding(Health.BAD, ABOUT, text, remedy)
    return Finding(Health.GOOD, ABOUT, f"{guild.name}: prompts call the role {role.name}.")


def _channel(
    me: discord.Member, channel: discord.abc.GuildChannel | None, guild: str, purpose: str
) -> Finding:
    """The channel must be that of the guild which was fetched: that one knows its roles."""
    granted = channel.permissions_for(me) if channel else discord.Permissions.none()
    if channel is None or not granted.view_channel:
        text = f"{guild}: the channel for {purpose} cannot be seen."
        remedy = "Give the bot View Channel there, or choose another with /settings channels."
        return Finding(Health.BAD, ABOUT, text, remedy)
    name = f"#{channel.name} of {guild}"
    if purpose == Purpose.COACHING and not isinstance(channel, discord.TextChannel):
        text = f"{name} is for {purpose}, but private threads need a text channel."
        remedy = "Choose a text channel with /settings channels."
        return Finding(Health.BAD, ABOUT, text, remedy)
    unneeded = {"manage_channels"}  # once the channels are there
    if purpose != Purpose.COACHING:
        unneeded.add("create_private_threads")
    if purpose != Purpose.WEBINARS:
        unneeded.add("create_events")
    in_forum = isinstance(channel, discord.ForumChannel)
    if purpose != Purpose.REFLECTIONS or not in_forum:
        unneeded.add("manage_threads")
    if purpose != Purpose.REFLECTIONS or in_forum:
        unneeded.add("pin_messages")
    missing = [
        f"{permission} ({why})"
        for permission, why in PERMISSIONS.items()
        if permission not in unneeded and not getattr(granted, permission)
    ]
    if missing:
        text = f"{name}, for {purpose}, lacks: {'; '.join(missing)}."
        return Finding(Health.BAD, ABOUT, text, "Give the bot's role these permissions there.")
    return Finding(Health.GOOD, ABOUT, f"{name} is for {purpose}.")
