"""Servers: their channels, members and roles.

https://discord.com/developers/docs/resources/guild
"""

import re

from tests.platforms.discord.fake import channel as channels
from tests.platforms.discord.fake import rules, threads, writing
from tests.platforms.discord.fake.call import Call
from tests.platforms.discord.fake.channel import Channel, Tag
from tests.platforms.discord.fake.errors import DiscordError, Json
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.permissions import NOTHING, Permission
from tests.platforms.discord.fake.rules import Path, Report, Rule
from tests.platforms.discord.fake.state import State

MOST_CHANNELS = 500
_TAG = rules.shape(
    {"name": rules.text(20, 1)},
    {
        "id": rules.anything,
        "moderated": rules.flag,
        "emoji_id": rules.anything,
        "emoji_name": rules.anything,
    },
)


def _bits(report: Report, at: Path, value: object) -> None:
    if not str(value).isdigit():
        report.add(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.')


_OVERWRITE = rules.shape(
    {"id": rules.snowflake, "type": rules.one_of(0, 1)}, {"allow": _bits, "deny": _bits}
)
_FIELDS: dict[str, Rule] = {
    "topic": rules.text(4096),
    "bitrate": rules.anything,
    "user_limit": rules.anything,
    "rate_limit_per_user": rules.whole(0, 21600),
    "position": rules.whole(0, 10_000),
    "permission_overwrites": rules.items(_OVERWRITE, 1000),
    "parent_id": rules.snowflake,
    "nsfw": rules.flag,
    "rtc_region": rules.anything,
    "video_quality_mode": rules.anything,
    "default_auto_archive_duration": threads.DURATIONS,
    "default_reaction_emoji": rules.anything,
    "available_tags": rules.items(_TAG, 20),
    "default_sort_order": rules.anything,
    "default_forum_layout": rules.anything,
    "default_thread_rate_limit_per_user": rules.whole(0, 21600),
}
_KINDS = rules.one_of(0, 2, 4, 5, 13, 15, 16)
_NEW = rules.shape({"name": rules.text(100, 1)}, {**_FIELDS, "type": _KINDS})
_CHANGE = rules.shape(
    {}, {**_FIELDS, "name": rules.text(100, 1), "type": _KINDS, "flags": rules.anything}
)


def _guild(call: Call) -> Guild:
    return call.state.guild(call.id("guild"))


def get(call: Call) -> Json:
    guild = _guild(call)
    body = guild.document()
    if call.wants("with_counts"):
        body["approximate_member_count"] = len(guild.members)
        body["approximate_presence_count"] = 1
    return body


def list_channels(call: Call) -> list[Json]:
    """Threads are not among them."""
    return [one.document() for one in _guild(call).channels.values()]


def create_channel(call: Call) -> Json:
    """https://discord.com/developers/docs/resources/guild#create-guild-channel"""
    state = call.state
    guild = _guild(call)
    if Permission.MANAGE_CHANNELS not in guild.permissions(state.me.id):
        raise DiscordError(50013)
    given = call.checked(_NEW)
    if len(guild.channels) >= MOST_CHANNELS:
        raise DiscordError(30013)
    made = Channel(state.ids.next(), given.get("type") or channels.TEXT, "", guild)
    made.position = len(guild.channels)
    _apply(state, made, given)
    guild.channels[made.id] = made
    state.emit("CHANNEL_CREATE", made.document(), 1 << 0, guild.id)
    return made.document()


def edit_channel(call: Call, place: Channel) -> None:
    given = call.checked(_CHANGE)
    writing.need(call.state, place, Permission.MANAGE_CHANNELS)
    _apply(call.state, place, given)
    if given.get("flags") is not None:
        place.flags = int(given["flags"])


def _apply(state: State, place: Channel, given: Json) -> None:
    guild = place.guild
    assert guild is not None
    if given.get("name"):
        spaced = place.kind in (channels.VOICE, channels.CATEGORY)
        place.name = given["name"] if spaced else re.sub(r"\s+", "-", given["name"].lower())
    if "topic" in given:
        place.topic = given["topic"]
    place.nsfw = bool(given.get("nsfw", place.nsfw))
    place.slow_mode = given.get("rate_limit_per_user") or place.slow_mode
    if given.get("parent_id"):
        place.parent = guild.channels.get(int(given["parent_id"]))
    if given.get("available_tags") is not None:
        place.tags = [_tag(state, one) for one in given["available_tags"]]
    if given.get("permission_overwrites") is not None:
        place.own_overwrites = {}
        for one in given["permission_overwrites"]:
            overwrite(state, place, int(one["id"]), one)


def _tag(state: State, given: Json) -> Tag:
    return Tag(
        int(given.get("id") or state.ids.next()),
        given["name"],
        bool(given.get("moderated")),
        given.get("emoji_id"),
        given.get("emoji_name"),
    )


def overwrite(state: State, place: Channel, target: int, given: Json) -> None:
    """The app can only hand out or take away what it has itself."""
    guild = place.guild
    assert guild is not None
    allow = Permission(int(given.get("allow") or 0))
    deny = Permission(int(given.get("deny") or 0))
    held = guild.permissions(state.me.id)
    if (allow | deny) & ~held:
        raise DiscordError(50013)
    place.own_overwrites[target] = (allow, deny)


def set_permissions(call: Call) -> None:
    """https://discord.com/developers/docs/resources/channel#edit-channel-permissions"""
    state = call.state
    place = state.channel(call.id("channel"))
    writing.need(state, place, Permission.MANAGE_ROLES)
    shape = rules.shape({"type": rules.one_of(0, 1)}, {"allow": _bits, "deny": _bits, "id": _bits})
    overwrite(state, place, call.id("target"), call.checked(shape))
    assert place.guild is not None
    state.emit("CHANNEL_UPDATE", place.document(), 1 << 0, place.guild.id)


def delete_permissions(call: Call) -> None:
    state = call.state
    place = state.channel(call.id("channel"))
    writing.need(state, place, Permission.MANAGE_ROLES)
    if place.own_overwrites.pop(call.id("target"), (NOTHING, NOTHING)) == (NOTHING, NOTHING):
        raise DiscordError(10009)
    assert place.guild is not None
    state.emit("CHANNEL_UPDATE", place.document(), 1 << 0, place.guild.id)


def list_members(call: Call) -> list[Json]:
    """Needs the privileged members intent, whatever the gateway was asked for.

    https://discord.com/developers/docs/resources/guild#list-guild-members
    """
    guild = _guild(call)
    if "members" not in call.state.app.privileged:
        raise DiscordError(50001)
    limit = call.number("limit", 1, 1000)
    after = call.snowflake("after") or 0
    found = sorted(
        (one for one in guild.members.values() if one.id > after), key=lambda one: one.id
    )
    return [one.document() for one in found[:limit]]


def member(call: Call) -> Json:
    guild = _guild(call)
    found = guild.members.get(call.id("user"))
    if found is None:
        raise DiscordError(10007 if call.id("user") in call.state.users else 10013)
    return found.document()


def roles(call: Call) -> list[Json]:
    return [one.document() for one in _guild(call).roles.values()]


ROUTES = {
    "GET /guilds/{guild}": get,
    "GET /guilds/{guild}/channels": list_channels,
    "POST /guilds/{guild}/channels": create_channel,
    "GET /guilds/{guild}/members": list_members,
    "GET /guilds/{guild}/members/{user}": member,
    "GET /guilds/{guild}/roles": roles,
    "PUT /channels/{channel}/permissions/{target}": set_permissions,
    "DELETE /channels/{channel}/permissions/{target}": delete_permissions,
}
