"""Messages in channels: https://discord.com/developers/docs/resources/message ."""

from typing import Any

from tests.platforms.discord.fake import channel as channels
from tests.platforms.discord.fake import writing
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.ids import moment, seconds
from tests.platforms.discord.fake.message import PIN_NOTICE, Flag, Message
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.state import State

MOST_PINS = 250
"""https://discord.com/developers/docs/change-log : 250 since 2025; before, 50."""


def shown(state: State, message: Message) -> Json:
    """A message as the REST API gives it: without the privileged intent, other people's words
    are left out here too.

    https://discord.com/developers/docs/events/gateway#message-content-intent
    """
    return message.document(content=readable(state, message, "message_content"))


def readable(state: State, message: Message, intent: str = "") -> bool:
    """Whether the app gets the content: its own, direct, or directed to it.

    A reply counts when it rings the app and answers an ordinary message, not an interaction's.
    """
    if intent in state.app.privileged or message.channel.guild is None:
        return True
    if message.author is state.me or f"<@{state.me.id}>" in message.content:
        return True
    target = message.reference
    answers = target is not None and target.author is state.me and target.interaction is None
    return answers and state.me in message.mentions


def writable(state: State, place: Channel) -> None:
    """Refuses where the app cannot write.

    A forum takes no messages (50008, as in https://github.com/appwrite/grafana-oncall/pull/26).
    """
    if place.direct:
        to = place.recipient
        assert to is not None
        if not to.accepts_direct or to.blocks_app:
            raise DiscordError(50007)
        if not state.together(to):
            raise DiscordError(50278)
        return
    if place.kind not in channels.WRITABLE:
        raise DiscordError(50008)
    thread = place.thread is not None
    speak = Permission.SEND_MESSAGES_IN_THREADS if thread else Permission.SEND_MESSAGES
    writing.need(state, place, speak)
    if place.thread is not None and place.thread.locked:
        unlocked(state, place)


def unlocked(state: State, thread: Channel) -> None:
    """A locked thread is for those who manage threads.

    https://discord.com/developers/docs/topics/threads#locked-threads
    """
    assert thread.guild is not None
    if Permission.MANAGE_THREADS not in thread.guild.permissions(state.me.id, thread):
        raise DiscordError(160005)


def create(call: Call) -> Json:
    """https://discord.com/developers/docs/resources/message#create-message"""
    state = call.state
    place = state.channel(call.id("channel"))
    writable(state, place)
    body = call.body or {}
    made = writing.drafted(call, place, "create", body)
    with_files(state, place, made)
    writing.refer(call, made, body)
    made.flags &= ~Flag.EPHEMERAL
    made.nonce = body.get("nonce")
    made.rings = Flag.SUPPRESS_NOTIFICATIONS not in made.flags
    if made.nonce is not None and body.get("enforce_nonce"):
        before = state.said_before(place, str(made.nonce))
        if before is not None:
            return before.document()
        state.remember(made, str(made.nonce))
    writing.placed(state, made, body.get("allowed_mentions"))
    return made.document()


def with_files(state: State, place: Channel, message: Message) -> None:
    """Embeds and files need permissions of their own."""
    if message.embeds:
        writing.need(state, place, Permission.EMBED_LINKS)
    if message.attachments:
        writing.need(state, place, Permission.ATTACH_FILES)


def _message(call: Call) -> Message:
    place = call.state.channel(call.id("channel"))
    writing.need(call.state, place)
    found = place.find(call.id("message"))
    if found is None:
        raise DiscordError(10008)
    return found


def get(call: Call) -> Json:
    message = _message(call)
    writing.need(call.state, message.channel, Permission.READ_MESSAGE_HISTORY)
    return shown(call.state, message)


def list_(call: Call) -> list[Json]:
    """Newest first: https://discord.com/developers/docs/resources/message#get-channel-messages

    Without the permission to read the history there is none.
    """
    state = call.state
    place = state.channel(call.id("channel"))
    writing.need(state, place)
    limit = call.number("limit", 50, 100)
    if place.guild is not None:
        held = place.guild.permissions(state.me.id, place)
        if Permission.READ_MESSAGE_HISTORY not in held:
            return []
    found = place.shown
    before, after, around = (call.snowflake(one) for one in ("before", "after", "around"))
    if before is not None:
        found = [one for one in found if one.id < before][-limit:]
    elif after is not None:
        found = [one for one in found if one.id > after][:limit]
    elif around is not None:
        older = [one for one in found if one.id < around][-(limit // 2) :]
        found = older + [one for one in found if one.id >= around][: limit - len(older)]
    return [shown(state, one) for one in reversed(found[-limit:] if limit else found)]


def edit(call: Call) -> Json:
    state = call.state
    message = _message(call)
    body = call.body or {}
    if message.author is not state.me:
        if set(body) != {"flags"}:
            raise DiscordError(50005)
        writing.need(state, message.channel, Permission.MANAGE_MESSAGES)
    part = message.channel.thread
    if part is not None and part.archived:
        raise DiscordError(50083)
    if part is not None and part.locked:
        unlocked(state, message.channel)
    writing.edited(call, message, body)
    writing.announce(state, "MESSAGE_UPDATE", message)
    return shown(state, message)


def delete(call: Call) -> None:
    message = _message(call)
    if message.author is not call.state.me:
        if message.channel.direct:
            raise DiscordError(50003)
        writing.need(call.state, message.channel, Permission.MANAGE_MESSAGES)
    part = message.channel.thread
    if part is not None and part.archived and part.locked:
        unlocked(call.state, message.channel)
    writing.removed(call.state, message)


def pin(call: Call) -> None:
    """https://discord.com/developers/docs/resources/message#pin-message"""
    state = call.state
    message = _message(call)
    writing.need(state, message.channel, Permission.PIN_MESSAGES)
    if message.pinned is not None:
        return
    if len(message.channel.pins) >= MOST_PINS:
        raise DiscordError(30003)
    message.pinned = state.now()
    _pins_changed(state, message.channel)
    writing.notice(state, message.channel, PIN_NOTICE).reference = message


def unpin(call: Call) -> None:
    message = _message(call)
    writing.need(call.state, message.channel, Permission.PIN_MESSAGES)
    message.pinned = None
    _pins_changed(call.state, message.channel)


def _pins_changed(state: State, place: Channel) -> None:
    last = place.pins[0].pinned if place.pins else None
    data: Json = {
        "channel_id": str(place.id),
        "last_pin_timestamp": None if last is None else moment(last),
    }
    if place.guild is not None:
        data["guild_id"] = str(place.guild.id)
    guild_id = place.guild.id if place.guild else 0
    state.emit("CHANNEL_PINS_UPDATE", data, 1 << 0 if guild_id else 1 << 12, guild_id)


def pins(call: Call) -> Json:
    """https://discord.com/developers/docs/resources/message#get-channel-pins"""
    place = call.state.channel(call.id("channel"))
    writing.need(call.state, place, Permission.READ_MESSAGE_HISTORY)
    found = place.pins
    if "before" in call.query:
        before = seconds(call.query["before"])
        found = [one for one in found if (one.pinned or 0) < before]
    limit = call.number("limit", 50, 50)
    listed: list[Any] = [
        {"pinned_at": moment(one.pinned or 0), "message": shown(call.state, one)}
        for one in found[:limit]
    ]
    return {"items": listed, "has_more": len(found) > limit}


def typing(call: Call) -> None:
    writable(call.state, call.state.channel(call.id("channel")))


ROUTES = {
    "POST /channels/{channel}/messages": create,
    "GET /channels/{channel}/messages": list_,
    "GET /channels/{channel}/messages/pins": pins,
    "PUT /channels/{channel}/messages/pins/{message}": pin,
    "DELETE /channels/{channel}/messages/pins/{message}": unpin,
    "GET /channels/{channel}/messages/{message}": get,
    "PATCH /channels/{channel}/messages/{message}": edit,
    "DELETE /channels/{channel}/messages/{message}": delete,
    "POST /channels/{channel}/typing": typing,
}
