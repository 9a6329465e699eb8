"""Posts of a forum channel: each is a thread with its first message,
https://discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel."""

from datetime import datetime, timedelta
from typing import Any, Final

import discord
import structlog

from bot.platforms.discord.limits import TAG, TAGS, THREAD_NAME
from bot.platforms.discord.messages import called, fingerprint_of, new
from bot.platforms.discord.wire import once
from core.chat import Found, Message, Ref
from core.wording import shortened

log = structlog.get_logger("discord")
SKEW = timedelta(seconds=30)  # Discord's clock and ours
WEEK: Final = 10_080  # minutes until an idle thread is put away
CURRENT = timedelta(days=6)  # what is pinned and younger is another cohort's of the same week


async def post(forum: discord.ForumChannel, message: Message) -> Ref:
    """It has no nonce, so it is tried only once. Raises what the library raises."""
    name = message.title or next(iter(message.text.strip().splitlines()), "") or "Staffroom"
    words: Any = new(message)
    tags = [tag] if message.tag and (tag := await _tag(forum, message.tag)) else []
    with once():
        made = await forum.create_thread(
            name=shortened(name.strip("*# "), THREAD_NAME),
            auto_archive_duration=WEEK,
            allowed_mentions=called(message),
            applied_tags=tags,
            **words,
        )
    if message.pinned:
        await _pin_post(forum, made.thread)
    return Ref(str(made.thread.id), str(made.message.id))


async def find(forum: discord.ForumChannel, fingerprint: str, since: datetime) -> Ref | Found:
    """The post with this fingerprint that was made since then."""
    for thread in await forum.guild.active_threads():
        made = thread.created_at
        if thread.parent_id == forum.id and made is not None and made >= since - SKEW:
            starter = await thread.fetch_message(thread.id)
            if fingerprint_of(starter) == fingerprint:
                return Ref(str(thread.id), str(starter.id))
    return Found.ABSENT


async def pin(message: discord.Message, me: discord.abc.Snowflake) -> None:
    """Pin a message of a text channel, and unpin ours that have had their week. The message
    stands, whether or not we may do that."""
    try:
        async for old in message.channel.pins():
            if old.author.id == me.id and old.created_at < message.created_at - CURRENT:
                await old.unpin()
        await message.pin()
    except discord.HTTPException as error:
        log.warning("not pinned", channel=message.channel.id, code=error.code)


async def _pin_post(forum: discord.ForumChannel, thread: discord.Thread) -> None:
    """The same for a post; a forum has one that is pinned."""
    try:
        for other in forum.threads:
            if other.flags.pinned and other.owner_id == thread.owner_id:
                await other.edit(pinned=False)
        await thread.edit(pinned=True)
    except discord.HTTPException as error:
        log.warning("not pinned", channel=forum.id, code=error.code)


async def _tag(forum: discord.ForumChannel, name: str) -> discord.ForumTag | None:
    """The tag of this name, made if there is none; None where there is no room, or no leave."""
    name = shortened(name, TAG)
    found = discord.utils.get(forum.available_tags, name=name)
    if found is None and len(forum.available_tags) < TAGS:
        try:
            found = await forum.create_tag(name=name)
        except discord.HTTPException as error:
            log.warning("no tag made", channel=forum.id, code=error.code)
    return found
