"""How the app's messages come about, whichever way it writes them."""

from typing import Any

from tests.platforms.discord.fake import channel as channels
from tests.platforms.discord.fake import mentions, message_rules
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.channel import Channel, ThreadPart
from tests.platforms.discord.fake.component_rules import numbered
from tests.platforms.discord.fake.errors import DiscordError, Json, invalid
from tests.platforms.discord.fake.message import REPLY, Flag, Message
from tests.platforms.discord.fake.permissions import DIRECT, Permission
from tests.platforms.discord.fake.state import State
from tests.platforms.discord.fake.users import User

SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2
GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 9, 1 << 12
"""https://discord.com/developers/docs/events/gateway#list-of-intents"""


def need(state: State, place: Channel, *needed: Permission) -> None:
    """Refuses what the app may not do: 50001 where it sees nothing, else 50013."""
    held = DIRECT
    if place.guild is not None:
        if not place.guild.sees(state.me.id, place):
            raise DiscordError(50001)
        held = place.guild.permissions(state.me.id, place)
    if any(one not in held for one in needed):
        raise DiscordError(50013)


def drafted(call: Call, place: Channel, kind: str, body: Json) -> Message:
    """A message by the app from a request body; it is not yet anywhere."""
    given = call.checked(message_rules.body(kind), body)
    state = call.state
    made = Message(
        state.ids.next(),
        place,
        state.me,
        state.now(),
        content=(given.get("content") or "").strip(),
        embeds=rich(given.get("embeds")),
        components=numbered(given.get("components") or []),
        attachments=call.attachments(given, []),
        flags=Flag(given.get("flags") or 0) & (SETTABLE | Flag.EPHEMERAL),
        application_id=state.application_id,
    )
    filled = made.content or made.embeds or made.components or made.attachments
    if not filled and not given.get("sticker_ids") and not given.get("poll"):
        raise DiscordError(50006)
    return made


def edited(call: Call, message: Message, body: Json) -> None:
    """Changes a message by a request body; fields that it leaves out stay."""
    given = call.checked(message_rules.body("edit", message.flags), body)
    files = message.attachments
    if given.get("attachments") is not None or call.uploads:
        files = call.attachments(given, message.attachments)
    content = message.content
    if "content" in given:
        content = (given["content"] or "").strip()
    embeds = rich(given["embeds"]) if "embeds" in given else message.embeds
    components = message.components
    if "components" in given:
        components = numbered(given["components"] or [])
    if not (content or embeds or components or files):
        raise DiscordError(50006)
    message.content, message.embeds = content, embeds
    message.components, message.attachments = components, files
    if "flags" in given and given["flags"] is not None:
        kept = message.flags & ~SETTABLE
        message.flags = kept | Flag(given["flags"]) & SETTABLE
    if not message.loading:
        message.edited = call.state.now()
    message.flags &= ~Flag.LOADING


def rich(embeds: Any) -> list[Json]:
    """Embeds by an app are always of this type."""
    return [{**one, "type": "rich"} for one in embeds or []]


def refer(call: Call, message: Message, body: Json) -> None:
    """Makes a message a reply: https://discord.com/developers/docs/resources/message#replies"""
    given = body.get("message_reference")
    if not given or given.get("type", 0) != 0:
        return
    place = message.channel
    if int(given.get("channel_id") or place.id) != place.id:
        words = "Cannot reply to a message in a different channel"
        raise invalid("message_reference", "MESSAGE_REFERENCE_CHANNEL_MISMATCH", words)
    target = place.find(int(given.get("message_id") or 0))
    if target is None:
        if given.get("fail_if_not_exists", True):
            raise invalid("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
        return
    if place.guild is not None:
        held = place.guild.permissions(call.state.me.id, place)
        if Permission.READ_MESSAGE_HISTORY not in held:
            raise DiscordError(160002)
    message.reference, message.type = target, REPLY


def placed(state: State, message: Message, allowed: Json | None) -> None:
    """Puts a message where it can be seen, rings whom it mentions, and tells the app."""
    mentions.resolve(message, allowed)
    place = message.channel
    if message.ephemeral:
        place.ephemerals.append(message)
        state.changed()
        return
    wake(state, place)
    place.messages.append(message)
    if place.thread is not None and message.interaction is None:
        _join(state, place, place.thread, message)
    if message.author is state.me and not message.loading:
        state.posted(message)
    announce(state, "MESSAGE_CREATE", message)


def notice(state: State, place: Channel, kind: int, about: User | None = None) -> Message:
    """What Discord itself writes about something that the app did; it rings nobody."""
    made = Message(state.ids.next(), place, state.me, state.now(), type=kind, rings=False)
    made.mentions = [about] if about else []
    place.messages.append(made)
    announce(state, "MESSAGE_CREATE", made)
    return made


def _join(state: State, place: Channel, part: ThreadPart, message: Message) -> None:
    """Whoever writes in a thread, or is rung there, becomes a member of it.

    Into a private thread that is not open to invitation, only its owner and moderators can call.
    https://discord.com/developers/docs/topics/threads
    """
    guild, author = place.guild, message.author.id
    assert guild is not None
    assert place.parent is not None
    called = [message.author]
    power = guild.permissions(author, place)
    if part.invitable or part.owner_id == author or Permission.MANAGE_THREADS in power:
        called += [one for one in message.mentions if guild.sees(one.id, place.parent)]
    for one in called:
        part.members.setdefault(one.id, state.now())


def wake(state: State, place: Channel) -> None:
    """A message in an archived thread opens it again, unless it is locked.

    https://discord.com/developers/docs/topics/threads
    """
    part = place.thread
    if part is None or not part.archived:
        return
    part.archived, part.archived_at = False, state.now()
    assert place.guild is not None
    state.emit("THREAD_UPDATE", place.document(state.me.id), 1 << 0, place.guild.id)


def announce(state: State, name: str, message: Message) -> None:
    """MESSAGE_CREATE or MESSAGE_UPDATE."""
    if message.ephemeral:
        state.changed()
        return
    place = message.channel
    guild = place.guild
    if guild is None:
        data = message.document() | {"channel_type": channels.DIRECT_MESSAGE}
        state.emit(name, data, DIRECT_MESSAGES, 0, message)
        return
    if not guild.sees(state.me.id, place):
        state.changed()
        return
    data = message.document() | {"guild_id": str(guild.id)}
    author = guild.members.get(message.author.id)
    if author is not None:
        data["member"] = author.document(user=False)
    for one in data["mentions"]:
        known = guild.members.get(int(one["id"]))
        if known is not None:
            one["member"] = known.document(user=False)
    state.emit(name, data, GUILD_MESSAGES, guild.id, message)


def removed(state: State, message: Message) -> None:
    """A message is gone."""
    message.deleted = True
    place = message.channel
    if message.ephemeral or (place.guild and not place.guild.sees(state.me.id, place)):
        state.changed()
        return
    data: Json = {"id": str(message.id), "channel_id": str(place.id)}
    if place.guild is not None:
        data["guild_id"] = str(place.guild.id)
        state.emit("MESSAGE_DELETE", data, GUILD_MESSAGES, place.guild.id)
    else:
        state.emit("MESSAGE_DELETE", data, DIRECT_MESSAGES)
