"""Who may do what where: https://discord.com/developers/docs/topics/permissions ."""

from enum import IntFlag
from typing import Protocol


class Permission(IntFlag):
    """The bits that matter to an app that writes and keeps order."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CONNECT = 1 << 20
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    CREATE_EVENTS = 1 << 44
    PIN_MESSAGES = 1 << 51


NOTHING = Permission(0)
EVERYTHING = Permission((1 << 53) - 1)
PEOPLE = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What everyone has in a new guild, as far as it matters here."""
BOT = (
    PEOPLE
    | Permission.MANAGE_CHANNELS
    | Permission.MANAGE_MESSAGES
    | Permission.MENTION_EVERYONE
    | Permission.MANAGE_EVENTS
    | Permission.CREATE_EVENTS
    | Permission.MANAGE_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.PIN_MESSAGES
)
"""What the app's own role has, unless a test takes something away."""
DIRECT = PEOPLE | Permission.PIN_MESSAGES


def named(*names: str) -> Permission:
    """`named("send_messages", "embed_links")`, with the names that discord.py uses too."""
    found = NOTHING
    for name in names:
        found |= Permission[name.upper()]
    return found


class Overwritten(Protocol):
    """A channel, as far as its permissions go."""

    @property
    def overwrites(self) -> dict[int, tuple[Permission, Permission]]: ...


def combine(
    base: Permission, guild_id: int, roles: list[int], user_id: int, place: Overwritten | None
) -> Permission:
    """The documented algorithm: everyone, then roles, then the member."""
    if Permission.ADMINISTRATOR in base:
        return EVERYTHING
    if place is None:
        return base
    found = base
    allow, deny = place.overwrites.get(guild_id, (NOTHING, NOTHING))
    found = found & ~deny | allow
    allow = deny = NOTHING
    for role in roles:
        more, less = place.overwrites.get(role, (NOTHING, NOTHING))
        allow, deny = allow | more, deny | less
    found = found & ~deny | allow
    allow, deny = place.overwrites.get(user_id, (NOTHING, NOTHING))
    found = found & ~deny | allow
    return found if Permission.VIEW_CHANNEL in found else NOTHING
