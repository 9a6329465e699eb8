"""Messages: https://discord.com/developers/docs/resources/message#message-object ."""

from dataclasses import dataclass, field
from enum import IntFlag
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.ids import moment
from tests.platforms.discord.fake.users import User

if TYPE_CHECKING:
    from tests.platforms.discord.fake.channel import Channel

ORDINARY = 0
RECIPIENT_ADDED = 1
RECIPIENT_REMOVED = 2
PIN_NOTICE = 6
REPLY = 19
COMMAND_ANSWER = 20
THREAD_STARTER = 21
SPOKEN = (ORDINARY, REPLY, COMMAND_ANSWER)
"""The types of what somebody said; the others are notices by Discord.

https://discord.com/developers/docs/resources/message#message-object-message-types
"""


class Flag(IntFlag):
    """https://discord.com/developers/docs/resources/message#message-object-message-flags"""

    CROSSPOSTED = 1 << 0
    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


PLAIN = Flag(0)


@dataclass(eq=False)
class Attachment:
    """A file on a message; `content` is served to whoever asks for its address."""

    id: int
    filename: str
    content: bytes
    url: str
    description: str | None = None
    content_type: str | None = None

    def document(self) -> Json:
        body: Json = {
            "id": str(self.id),
            "filename": self.filename,
            "size": len(self.content),
            "url": self.url,
            "proxy_url": self.url,
        }
        if self.content_type:
            body["content_type"] = self.content_type
        if self.description is not None:
            body["description"] = self.description
        return body


@dataclass(eq=False)
class Message:
    """One message, in a channel or only before the eyes of one person."""

    id: int
    channel: "Channel"
    author: User
    created: float
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    flags: Flag = PLAIN
    type: int = ORDINARY
    nonce: str | int | None = None
    reference: "Message | None" = None
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[int] = field(default_factory=list)
    mention_everyone: bool = False
    rings: bool = True  # "silent" messages and later edits ring nobody
    edited: float | None = None
    pinned: float | None = None
    deleted: bool = False
    to: int = 0  # of an ephemeral one: who sees it
    interaction: Json | None = None  # what it answers
    application_id: int = 0

    @property
    def ephemeral(self) -> bool:
        return Flag.EPHEMERAL in self.flags

    @property
    def loading(self) -> bool:
        """Says "is thinking...": deferred and not yet answered."""
        return Flag.LOADING in self.flags

    @property
    def url(self) -> str:
        guild = self.channel.guild.id if self.channel.guild else "@me"
        return f"https://discord.com/channels/{guild}/{self.channel.id}/{self.id}"

    def document(self, *, content: bool = True, referenced: bool = True) -> Json:
        """`content`: the app may read what people wrote in it."""
        body: Json = {
            "id": str(self.id),
            "channel_id": str(self.channel.id),
            "type": self.type,
            "author": self.author.document(),
            "content": self.content if content else "",
            "embeds": list(self.embeds) if content else [],
            "attachments": [one.document() for one in self.attachments] if content else [],
            "components": list(self.components) if content else [],
            "mentions": [one.document() for one in self.mentions],
            "mention_roles": [str(one) for one in self.mention_roles],
            "mention_everyone": self.mention_everyone,
            "timestamp": moment(self.created),
            "edited_timestamp": None if self.edited is None else moment(self.edited),
            "tts": False,
            "pinned": self.pinned is not None,
            "flags": int(self.flags),
        }
        if self.nonce is not None:
            body["nonce"] = self.nonce
        if self.application_id:
            body["application_id"] = str(self.application_id)
            if self.interaction is not None:
                body["webhook_id"] = str(self.application_id)
        if self.interaction is not None:
            body["interaction_metadata"] = self.interaction
        if self.reference is not None:
            body |= self._reference(content=content, referenced=referenced)
        return body

    def _reference(self, *, content: bool, referenced: bool) -> Json:
        target = self.reference
        assert target is not None
        pointer: Json = {
            "type": 0,
            "message_id": str(target.id),
            "channel_id": str(target.channel.id),
        }
        if target.channel.guild is not None:
            pointer["guild_id"] = str(target.channel.guild.id)
        body: Json = {"message_reference": pointer}
        if referenced and self.type in (REPLY, THREAD_STARTER):
            own = target.author.bot
            body["referenced_message"] = (
                None
                if target.deleted
                else target.document(content=content or own, referenced=False)
            )
        return body

    def walk(self) -> list[Json]:
        """Every component, however deep."""
        return list(components_of(self.components))


def components_of(found: Any) -> list[Json]:
    """Every component in a tree of them."""
    flat: list[Json] = []
    for one in found:
        flat.append(one)
        inner = list(one.get("components", []))
        inner += [one[name] for name in ("component", "accessory") if one.get(name)]
        flat += components_of(inner)
    return flat


def text_of(message: Message) -> str:
    """Everything that a reader of the message reads."""
    parts: list[Any] = [message.content]
    for embed in message.embeds:
        author = embed.get("author") or {}
        footer = embed.get("footer") or {}
        parts += [author.get("name"), embed.get("title"), embed.get("description")]
        for one in embed.get("fields", []):
            parts += [one["name"], one["value"]]
        parts.append(footer.get("text"))
    for one in message.walk():
        parts += [one.get("content"), one.get("label"), one.get("placeholder")]
    parts += [one.filename for one in message.attachments]
    return "\n".join(str(one) for one in parts if one)
