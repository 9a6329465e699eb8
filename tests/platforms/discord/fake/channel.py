"""Channels, threads and direct messages.

https://discord.com/developers/docs/resources/channel#channel-object
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.ids import moment
from tests.platforms.discord.fake.message import Message
from tests.platforms.discord.fake.permissions import Permission
from tests.platforms.discord.fake.users import User

if TYPE_CHECKING:
    from tests.platforms.discord.fake.guild import Guild

TEXT = 0
DIRECT_MESSAGE = 1
VOICE = 2
CATEGORY = 4
ANNOUNCEMENT = 5
ANNOUNCEMENT_THREAD = 10
PUBLIC_THREAD = 11
PRIVATE_THREAD = 12
FORUM = 15
KINDS = {
    "text": TEXT,
    "voice": VOICE,
    "category": CATEGORY,
    "announcement": ANNOUNCEMENT,
    "forum": FORUM,
}
THREADS = (ANNOUNCEMENT_THREAD, PUBLIC_THREAD, PRIVATE_THREAD)
WRITABLE = (TEXT, DIRECT_MESSAGE, VOICE, ANNOUNCEMENT, *THREADS)
PINNED_POST = 1 << 1
"""The flag of a forum post that stands at the top."""
TAG_REQUIRED = 1 << 4
"""The flag of a forum whose posts must have a tag."""


@dataclass(eq=False)
class Tag:
    """Of a forum: https://discord.com/developers/docs/resources/channel#forum-tag-object"""

    id: int
    name: str
    moderated: bool = False
    emoji_id: str | None = None
    emoji_name: str | None = None

    def document(self) -> Json:
        return {
            "id": str(self.id),
            "name": self.name,
            "moderated": self.moderated,
            "emoji_id": self.emoji_id,
            "emoji_name": self.emoji_name,
        }


@dataclass(eq=False)
class ThreadPart:
    """What a thread has besides what every channel has."""

    owner_id: int
    created: float
    archived_at: float
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive_duration: int = 4320
    applied_tags: list[int] = field(default_factory=list)
    members: dict[int, float] = field(default_factory=dict)

    def document(self, kind: int) -> Json:
        body: Json = {
            "archived": self.archived,
            "auto_archive_duration": self.auto_archive_duration,
            "archive_timestamp": moment(self.archived_at),
            "locked": self.locked,
            "create_timestamp": moment(self.created),
        }
        if kind == PRIVATE_THREAD:
            body["invitable"] = self.invitable
        return body


@dataclass(eq=False)
class Channel:
    """A channel of a guild, a thread in one, or a person's direct messages with the app."""

    id: int
    kind: int
    name: str = ""
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    topic: str | None = None
    position: int = 0
    nsfw: bool = False
    flags: int = 0
    slow_mode: int = 0
    own_overwrites: dict[int, tuple[Permission, Permission]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    ephemerals: list[Message] = field(default_factory=list)
    tags: list[Tag] = field(default_factory=list)
    thread: ThreadPart | None = None
    recipient: User | None = None

    @property
    def mention(self) -> str:
        return f"<#{self.id}>"

    @property
    def direct(self) -> bool:
        return self.kind == DIRECT_MESSAGE

    @property
    def overwrites(self) -> dict[int, tuple[Permission, Permission]]:
        """A thread has those of its channel."""
        return self.parent.own_overwrites if self.thread and self.parent else self.own_overwrites

    def find(self, message_id: int) -> Message | None:
        """A message that everybody here can see."""
        for one in reversed(self.messages):
            if one.id == message_id and not one.deleted:
                return one
        return None

    @property
    def shown(self) -> list[Message]:
        return [one for one in self.messages if not one.deleted]

    @property
    def pins(self) -> list[Message]:
        """Last pinned first."""
        pinned = [(one.pinned, one.id, one) for one in self.shown if one.pinned is not None]
        return [one for _when, _id, one in sorted(pinned, reverse=True)]

    def document(self, me: int = 0) -> Json:
        """`me`: the user whose membership of a thread is shown."""
        last = str(self.messages[-1].id) if self.messages else None
        body: Json = {"id": str(self.id), "type": self.kind, "last_message_id": last}
        if self.direct:
            assert self.recipient is not None
            return body | {"flags": 0, "recipients": [self.recipient.document()]}
        assert self.guild is not None
        body |= {
            "guild_id": str(self.guild.id),
            "name": self.name,
            "flags": self.flags,
            "nsfw": self.nsfw,
            "parent_id": str(self.parent.id) if self.parent else None,
            "rate_limit_per_user": self.slow_mode,
        }
        if self.thread is not None:
            return body | self._thread_document(me)
        body |= {
            "position": self.position,
            "permission_overwrites": self._overwrites_document(),
            "topic": self.topic,
            "default_auto_archive_duration": None,
        }
        if self.kind == FORUM:
            body |= {
                "available_tags": [one.document() for one in self.tags],
                "default_reaction_emoji": None,
                "default_sort_order": None,
                "default_forum_layout": 0,
                "template": "",
            }
        if self.kind == VOICE:
            body |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
        return body

    def _overwrites_document(self) -> list[Json]:
        assert self.guild is not None
        roles = {one.id for one in self.guild.roles.values()}
        return [
            {
                "id": str(target),
                "type": 0 if target in roles else 1,
                "allow": str(int(allow)),
                "deny": str(int(deny)),
            }
            for target, (allow, deny) in self.own_overwrites.items()
        ]

    def _thread_document(self, me: int) -> Json:
        part = self.thread
        assert part is not None
        spoken = len([one for one in self.shown if one.id != self.id])
        body: Json = {
            "owner_id": str(part.owner_id),
            "thread_metadata": part.document(self.kind),
            "message_count": spoken,
            "total_message_sent": spoken,
            "member_count": min(len(part.members), 50),
            "applied_tags": [str(one) for one in part.applied_tags],
        }
        if me in part.members:
            body["member"] = self.thread_member(me)
        return body

    def thread_member(self, user_id: int) -> Json:
        """https://discord.com/developers/docs/resources/channel#thread-member-object"""
        assert self.thread is not None
        return {
            "id": str(self.id),
            "user_id": str(user_id),
            "join_timestamp": moment(self.thread.members[user_id]),
            "flags": 1,
        }

    def read(self, user_id: int) -> list[Message]:
        """What one person sees here, with what was said to them alone."""
        mine = [one for one in self.ephemerals if one.to == user_id and not one.deleted]
        return sorted(self.shown + mine, key=lambda one: one.id)
