"""Threads and forum posts.

https://discord.com/developers/docs/topics/threads
https://discord.com/developers/docs/resources/channel#start-thread-in-forum-or-media-channel
"""

from typing import Any

from tests.platforms.discord.fake import channel as channels
from tests.platforms.discord.fake import messages, rules, writing
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.channel import Channel, ThreadPart
from tests.platforms.discord.fake.errors import DiscordError, Json, invalid
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.ids import seconds
from tests.platforms.discord.fake.message import (
    RECIPIENT_ADDED,
    RECIPIENT_REMOVED,
    THREAD_STARTER,
    Flag,
)
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.rules import Rule
from tests.platforms.discord.fake.state import State

DURATIONS = rules.one_of(60, 1440, 4320, 10080)
MOST_TAGS = 5
_NAMED: dict[str, Rule] = {"name": rules.text(100, 1)}
_SETTINGS: dict[str, Rule] = {
    "auto_archive_duration": DURATIONS,
    "rate_limit_per_user": rules.whole(0, 21600),
}
_FROM_MESSAGE = rules.shape(_NAMED, _SETTINGS)
_FREE = rules.shape(
    _NAMED, {**_SETTINGS, "type": rules.one_of(10, 11, 12), "invitable": rules.flag}
)
_POST = rules.shape(
    {**_NAMED, "message": rules.anything},
    {
        **_SETTINGS,
        "applied_tags": rules.items(rules.snowflake, MOST_TAGS),
        "type": rules.anything,
    },
)


def _begun(state: State, parent: Channel, kind: int, thread_id: int, given: Json) -> Channel:
    """A thread with the app as its owner; nobody has been told."""
    guild = parent.guild
    assert guild is not None
    if len(guild.active_threads()) >= guild.most_active_threads:
        raise DiscordError(160006)
    now = state.now()
    part = ThreadPart(state.me.id, now, now, members={state.me.id: now})
    part.auto_archive_duration = given.get("auto_archive_duration") or 4320
    made = Channel(thread_id, kind, given["name"], guild, parent, thread=part)
    made.slow_mode = given.get("rate_limit_per_user") or 0
    guild.threads[made.id] = made
    return made


def _told_new(state: State, thread: Channel) -> None:
    """https://discord.com/developers/docs/events/gateway-events#thread-create"""
    assert thread.guild is not None
    data = thread.document(state.me.id) | {"newly_created": True}
    state.emit("THREAD_CREATE", data, 1 << 0, thread.guild.id)


def start(call: Call) -> Json:
    """A thread on its own, or a post where the channel is a forum."""
    state = call.state
    parent = state.channel(call.id("channel"))
    if parent.kind == channels.FORUM:
        return _post(call, parent)
    given = call.checked(_FREE)
    kind = given.get("type", channels.PRIVATE_THREAD)
    fitting = {
        channels.TEXT: (channels.PUBLIC_THREAD, channels.PRIVATE_THREAD),
        channels.ANNOUNCEMENT: (channels.ANNOUNCEMENT_THREAD,),
    }
    if kind not in fitting.get(parent.kind, ()):
        raise DiscordError(50024)
    private = kind == channels.PRIVATE_THREAD
    writing.need(
        state,
        parent,
        Permission.CREATE_PRIVATE_THREADS if private else Permission.CREATE_PUBLIC_THREADS,
    )
    made = _begun(state, parent, kind, state.ids.next(), given)
    assert made.thread is not None
    if private:
        made.thread.invitable = given.get("invitable", True)
    _told_new(state, made)
    return made.document(state.me.id)


def start_from_message(call: Call) -> Json:
    """The thread has the id of its message."""
    state = call.state
    parent = state.channel(call.id("channel"))
    writing.need(state, parent, Permission.CREATE_PUBLIC_THREADS)
    given = call.checked(_FROM_MESSAGE)
    message = parent.find(call.id("message"))
    if message is None:
        raise DiscordError(10008)
    assert parent.guild is not None
    if message.id in parent.guild.threads:
        raise DiscordError(160004)
    if parent.kind not in (channels.TEXT, channels.ANNOUNCEMENT):
        raise DiscordError(50024)
    news = parent.kind == channels.ANNOUNCEMENT
    kind = channels.ANNOUNCEMENT_THREAD if news else channels.PUBLIC_THREAD
    made = _begun(state, parent, kind, message.id, given)
    message.flags |= Flag.HAS_THREAD
    _told_new(state, made)
    writing.notice(state, made, THREAD_STARTER).reference = message
    return made.document(state.me.id)


def _post(call: Call, forum: Channel) -> Json:
    """A post has the id of its first message; there is no nonce that would hold it back."""
    state = call.state
    given = call.checked(_POST)
    writing.need(state, forum, Permission.SEND_MESSAGES)
    tags = [int(one) for one in given.get("applied_tags") or []]
    allowed_tags(state, forum, tags)
    draft = Channel(0, channels.PUBLIC_THREAD, given["name"], forum.guild, forum)
    body: Json = given["message"]
    try:
        first = writing.drafted(call, draft, "forum", body)
    except DiscordError as error:
        if error.errors:
            error.errors = {"message": error.errors}
        raise
    messages.with_files(state, forum, first)
    made = _begun(state, forum, channels.PUBLIC_THREAD, first.id, given)
    assert made.thread is not None
    made.thread.applied_tags = tags
    first.channel = made
    first.flags &= ~Flag.EPHEMERAL
    _told_new(state, made)
    writing.placed(state, first, body.get("allowed_mentions"))
    return made.document(state.me.id) | {"message": first.document()}


def allowed_tags(state: State, forum: Channel, tags: list[int]) -> None:
    """Refuses tags that the forum does not have, and moderated ones without the permission."""
    known = {one.id: one for one in forum.tags}
    if any(one not in known for one in tags):
        raise DiscordError(10087)
    if not tags and forum.flags & channels.TAG_REQUIRED:
        raise DiscordError(40067)
    if any(known[one].moderated for one in tags):
        writing.need(state, forum, Permission.MANAGE_THREADS)


# Members


def _thread(call: Call) -> Channel:
    place = call.state.channel(call.id("channel"))
    writing.need(call.state, place)
    if place.thread is None:
        raise DiscordError(50024)
    return place


def _open(thread: Channel) -> ThreadPart:
    part = thread.thread
    assert part is not None
    if part.archived:
        raise DiscordError(50083)
    return part


def _who(call: Call) -> int:
    return call.state.me.id if call.names["user"] == "@me" else call.id("user")


def add_member(call: Call) -> None:
    """Adds someone who can see the channel.

    https://discord.com/developers/docs/resources/channel#add-thread-member
    """
    state = call.state
    thread = _thread(call)
    part = _open(thread)
    who = _who(call)
    guild = thread.guild
    assert guild is not None
    assert thread.parent is not None
    if who != state.me.id:
        writing.need(state, thread, Permission.SEND_MESSAGES_IN_THREADS)
        if not part.invitable and part.owner_id != state.me.id:
            writing.need(state, thread, Permission.MANAGE_THREADS)
    if who not in guild.members:
        raise DiscordError(10007 if who in state.users else 10013)
    if not guild.sees(who, thread.parent):
        raise DiscordError(50001)
    if who in part.members:
        return
    part.members[who] = state.now()
    if who != state.me.id:
        writing.notice(state, thread, RECIPIENT_ADDED, guild.members[who].user)
    _members_changed(state, thread, guild, added=[who])


def remove_member(call: Call) -> None:
    state = call.state
    thread = _thread(call)
    part = _open(thread)
    who = _who(call)
    mine = thread.kind == channels.PRIVATE_THREAD and part.owner_id == state.me.id
    if who != state.me.id and not mine:
        writing.need(state, thread, Permission.MANAGE_THREADS)
    if part.members.pop(who, None) is not None:
        assert thread.guild is not None
        if who != state.me.id:
            writing.notice(state, thread, RECIPIENT_REMOVED, state.users[who])
        _members_changed(state, thread, thread.guild, removed=[who])


def _members_changed(
    state: State,
    thread: Channel,
    guild: Guild,
    *,
    added: list[int] | None = None,
    removed: list[int] | None = None,
) -> None:
    """Without the members intent the app hears of itself only.

    https://discord.com/developers/docs/events/gateway-events#thread-members-update
    """
    assert thread.thread is not None
    listed = []
    for one in added or []:
        member = guild.members[one].document()
        listed.append(thread.thread_member(one) | {"member": member, "presence": None})
    data: Json = {
        "id": str(thread.id),
        "guild_id": str(guild.id),
        "member_count": min(len(thread.thread.members), 50),
    }
    if listed:
        data["added_members"] = listed
    if removed:
        data["removed_member_ids"] = [str(one) for one in removed]
    own = state.me.id in [*(added or []), *(removed or [])]
    state.emit("THREAD_MEMBERS_UPDATE", data, 1 << 0 if own else 1 << 1, guild.id)


def member(call: Call) -> Json:
    thread = _thread(call)
    assert thread.thread is not None
    if _who(call) not in thread.thread.members:
        raise DiscordError(10007)
    return thread.thread_member(_who(call))


def members(call: Call) -> list[Json]:
    """Needs the privileged members intent."""
    thread = _thread(call)
    if "members" not in call.state.app.privileged:
        raise DiscordError(50001)
    assert thread.thread is not None
    return [thread.thread_member(one) for one in thread.thread.members]


# Lists


def _listed(state: State, found: list[Channel], **more: Any) -> Json:
    joined = [one for one in found if one.thread and state.me.id in one.thread.members]
    return {
        "threads": [one.document(state.me.id) for one in found],
        "members": [one.thread_member(state.me.id) for one in joined],
        **more,
    }


def active(call: Call) -> Json:
    """https://discord.com/developers/docs/resources/guild#list-active-guild-threads"""
    guild = call.state.guild(call.id("guild"))
    me = call.state.me.id
    found = [one for one in guild.active_threads() if guild.sees(me, one)]
    return _listed(call.state, sorted(found, key=lambda one: -one.id))


def _archived(call: Call, *, private: bool, joined: bool) -> Json:
    """https://discord.com/developers/docs/resources/channel#list-public-archived-threads"""
    state = call.state
    parent = state.channel(call.id("channel"))
    needed = [Permission.READ_MESSAGE_HISTORY]
    if private and not joined:
        needed.append(Permission.MANAGE_THREADS)
    writing.need(state, parent, *needed)
    assert parent.guild is not None
    kinds = (channels.PRIVATE_THREAD,) if private else channels.THREADS[:2]
    found = [
        (one.id if joined else one.thread.archived_at, one)
        for one in parent.guild.threads.values()
        if one.thread and one.thread.archived and one.parent is parent and one.kind in kinds
        if not joined or state.me.id in one.thread.members
    ]
    found.sort(key=lambda pair: -pair[0])
    before = call.query.get("before")
    if before is not None:
        try:
            limit = int(before) if joined else seconds(before)
        except ValueError:
            words = f'Value "{before}" is not a valid ISO8601 timestamp.'
            raise invalid("before", "DATETIME_TYPE_CONVERT", words) from None
        found = [pair for pair in found if pair[0] < limit]
    most = call.number("limit", 50, 100)
    page = [one for _, one in found[:most]]
    return _listed(state, page, has_more=len(found) > most)


def archived_public(call: Call) -> Json:
    return _archived(call, private=False, joined=False)


def archived_private(call: Call) -> Json:
    return _archived(call, private=True, joined=False)


def archived_joined(call: Call) -> Json:
    return _archived(call, private=True, joined=True)


_MEMBERS = "/channels/{channel}/thread-members"
CREATING = {
    "POST /channels/{channel}/threads": start,
    "POST /channels/{channel}/messages/{message}/threads": start_from_message,
}
ROUTES = {
    **CREATING,
    f"PUT {_MEMBERS}/{{user}}": add_member,
    f"DELETE {_MEMBERS}/{{user}}": remove_member,
    f"GET {_MEMBERS}/{{user}}": member,
    f"GET {_MEMBERS}": members,
    "GET /guilds/{guild}/threads/active": active,
    "GET /channels/{channel}/threads/archived/public": archived_public,
    "GET /channels/{channel}/threads/archived/private": archived_private,
    "GET /channels/{channel}/users/@me/threads/archived/private": archived_joined,
}
