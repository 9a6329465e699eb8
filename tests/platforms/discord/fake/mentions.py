"""Whom a message rings.

https://discord.com/developers/docs/resources/message#allowed-mentions-object
"""

import re
from dataclasses import dataclass

from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.message import Flag, Message
from tests.platforms.discord.fake.permissions import EVERYTHING, Permission

USER = re.compile(r"<@!?(\d+)>")
ROLE = re.compile(r"<@&(\d+)>")
EVERYONE = re.compile(r"@(everyone|here)\b")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)


@dataclass(frozen=True)
class Mention:
    """Someone who is rung: "user", "role" or "everyone", with an id (0 for everyone)."""

    kind: str
    id: int
    message: Message


def resolve(message: Message, allowed: Json | None) -> None:
    """Fills in whom a new message mentions, as far as it is allowed to.

    Without `allowed_mentions`, everything is parsed; ephemeral messages and embeds ring nobody.
    A role that is not mentionable, and everyone, need a permission.
    """
    guild = message.channel.guild
    spoken = [message.content]
    spoken += [str(one["content"]) for one in message.walk() if one["type"] == 10]
    said = CODE.sub("", "\n".join(spoken))
    author = message.author.id
    power = guild.permissions(author, message.channel) if guild else EVERYTHING
    loud = Permission.MENTION_EVERYONE in power
    everywhere = ["users", "roles", "everyone"]
    parse = everywhere if allowed is None else allowed.get("parse") or []
    users = [int(one) for one in USER.findall(said)]
    if "users" not in parse:
        listed = [int(one) for one in (allowed or {}).get("users") or []]
        users = [one for one in users if one in listed]
    replied = True if allowed is None else bool(allowed.get("replied_user"))
    if message.reference is not None and message.type == 19 and replied:
        users.append(message.reference.author.id)
    here = [message.author, message.channel.recipient]
    known = {one.id: one for one in here if one is not None}
    if guild is not None:
        known |= {one: guild.members[one].user for one in users if one in guild.members}
    message.mentions = [known[one] for one in dict.fromkeys(users) if one in known]
    if guild is None:
        return
    roles = [int(one) for one in ROLE.findall(said)]
    if "roles" not in parse:
        listed = [int(one) for one in (allowed or {}).get("roles") or []]
        roles = [one for one in roles if one in listed]
    message.mention_roles = [
        one
        for one in dict.fromkeys(roles)
        if one in guild.roles and (loud or guild.roles[one].mentionable)
    ]
    message.mention_everyone = bool("everyone" in parse and loud and EVERYONE.search(said))


def of(message: Message) -> list[Mention]:
    """Whom it rang."""
    quiet = Flag.EPHEMERAL | Flag.SUPPRESS_NOTIFICATIONS
    if message.flags & quiet or not message.rings:
        return []
    found = [Mention("user", one.id, message) for one in message.mentions]
    found += [Mention("role", one, message) for one in message.mention_roles]
    if message.mention_everyone:
        found.append(Mention("everyone", 0, message))
    return [one for one in found if one.id != message.author.id]
