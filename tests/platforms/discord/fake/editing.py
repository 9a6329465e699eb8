"""Changing and deleting channels and threads.

https://discord.com/developers/docs/resources/channel#modify-channel
"""

from tests.platforms.discord.fake import channel as channels
from tests.platforms.discord.fake import guilds, rules, threads, writing
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.state import State

_THREAD = rules.shape(
    {},
    {
        "name": rules.text(100, 1),
        "archived": rules.flag,
        "auto_archive_duration": threads.DURATIONS,
        "locked": rules.flag,
        "invitable": rules.flag,
        "rate_limit_per_user": rules.whole(0, 21600),
        "flags": rules.whole(0, 2**31 - 1),
        "applied_tags": rules.items(rules.snowflake, threads.MOST_TAGS),
    },
)
OWN = {"name", "archived", "auto_archive_duration", "invitable", "applied_tags"}
"""What the one who began a thread may change without MANAGE_THREADS."""


def get(call: Call) -> Json:
    state = call.state
    place = state.channel(call.id("channel"))
    writing.need(state, place)
    return place.document(state.me.id)


def edit(call: Call) -> Json:
    state = call.state
    place = state.channel(call.id("channel"))
    writing.need(state, place)
    if place.direct:
        raise DiscordError(50024)
    assert place.guild is not None
    if place.thread is not None:
        _edit_thread(call, place)
        name = "THREAD_UPDATE"
    else:
        guilds.edit_channel(call, place)
        name = "CHANNEL_UPDATE"
    state.emit(name, place.document(state.me.id), 1 << 0, place.guild.id)
    return place.document(state.me.id)


def _edit_thread(call: Call, thread: Channel) -> None:
    """An archived thread can only be opened again, or changed in the same request.

    https://discord.com/developers/docs/topics/threads#editing-&-deleting-threads
    """
    state = call.state
    given = call.checked(_THREAD)
    part = thread.thread
    assert part is not None
    _may(state, thread, given)
    if part.archived and given.get("archived") is not False and set(given) - {"locked"}:
        raise DiscordError(50083)
    if given.get("applied_tags") is not None:
        assert thread.parent is not None
        tags = [int(one) for one in given["applied_tags"]]
        threads.allowed_tags(state, thread.parent, tags)
        part.applied_tags = tags
    if given.get("flags") is not None:
        _pin(thread, given["flags"])
    thread.name = given.get("name") or thread.name
    if given.get("archived") is not None and given["archived"] != part.archived:
        part.archived, part.archived_at = given["archived"], state.now()
    for name in ("locked", "invitable", "auto_archive_duration"):
        if given.get(name) is not None:
            setattr(part, name, given[name])
    if given.get("rate_limit_per_user") is not None:
        thread.slow_mode = given["rate_limit_per_user"]


def _may(state: State, thread: Channel, given: Json) -> None:
    assert thread.guild is not None
    part = thread.thread
    assert part is not None
    held = thread.guild.permissions(state.me.id, thread)
    if Permission.MANAGE_THREADS in held:
        return
    member = state.me.id in part.members
    if given == {"archived": False} and member and not part.locked:
        return
    if part.owner_id != state.me.id or set(given) - OWN or part.locked:
        raise DiscordError(50013)


def _pin(thread: Channel, flags: int) -> None:
    """One post of a forum can stand at the top."""
    assert thread.guild is not None
    pinned = flags & channels.PINNED_POST
    others = [
        one
        for one in thread.guild.threads.values()
        if one is not thread and one.parent is thread.parent
        if one.flags & channels.PINNED_POST
    ]
    if pinned and others:
        raise DiscordError(30047)
    thread.flags = thread.flags & ~channels.PINNED_POST | pinned


def delete(call: Call) -> Json:
    """A direct message is only closed; it can be opened again."""
    state = call.state
    place = state.channel(call.id("channel"))
    writing.need(state, place)
    if place.direct:
        return place.document()
    guild = place.guild
    assert guild is not None
    if place.thread is not None:
        writing.need(state, place, Permission.MANAGE_THREADS)
        remove(state, place)
        return place.document()
    writing.need(state, place, Permission.MANAGE_CHANNELS)
    remove(state, place)
    return place.document()


def remove(state: State, place: Channel) -> None:
    """A channel or thread is gone."""
    guild = place.guild
    assert guild is not None
    if place.thread is not None:
        del guild.threads[place.id]
        data = {
            "id": str(place.id),
            "guild_id": str(guild.id),
            "parent_id": str(place.parent.id) if place.parent else None,
            "type": place.kind,
        }
        state.emit("THREAD_DELETE", data, 1 << 0, guild.id)
        return
    for thread in [one for one in guild.threads.values() if one.parent is place]:
        del guild.threads[thread.id]
    del guild.channels[place.id]
    state.emit("CHANNEL_DELETE", place.document(), 1 << 0, guild.id)


ROUTES = {
    "GET /channels/{channel}": get,
    "PATCH /channels/{channel}": edit,
    "DELETE /channels/{channel}": delete,
}
