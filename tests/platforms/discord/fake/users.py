"""People, roles and memberships.

https://discord.com/developers/docs/resources/user#user-object
https://discord.com/developers/docs/topics/permissions#role-object
https://discord.com/developers/docs/resources/guild#guild-member-object
"""

from dataclasses import dataclass, field

from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.ids import moment
from tests.platforms.discord.fake.permissions import NOTHING, Permission


@dataclass(eq=False)
class User:
    """An account, of a person or a bot."""

    id: int
    name: str  # the display name
    username: str
    bot: bool = False
    locale: str = "en-US"
    accepts_direct: bool = True  # else: 50007
    blocks_app: bool = False  # ephemeral answers still arrive; direct messages do not

    @property
    def mention(self) -> str:
        return f"<@{self.id}>"

    def document(self) -> Json:
        return {
            "id": str(self.id),
            "username": self.username,
            "discriminator": "0000" if self.bot else "0",
            "global_name": None if self.bot else self.name,
            "avatar": None,
            "bot": self.bot,
            "public_flags": 0,
        }


@dataclass(eq=False)
class Role:
    """A role of one guild; the one with the guild's own id is everyone."""

    id: int
    name: str
    permissions: Permission = NOTHING
    position: int = 1
    mentionable: bool = False
    managed: bool = False
    bot_id: int = 0  # of an app's own role

    @property
    def mention(self) -> str:
        return f"<@&{self.id}>"

    def document(self) -> Json:
        body: Json = {
            "id": str(self.id),
            "name": self.name,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "icon": None,
            "unicode_emoji": None,
            "position": self.position,
            "permissions": str(int(self.permissions)),
            "managed": self.managed,
            "mentionable": self.mentionable,
            "flags": 0,
        }
        if self.bot_id:
            body["tags"] = {"bot_id": str(self.bot_id)}
        return body


@dataclass(eq=False)
class Member:
    """A user in a guild."""

    user: User
    joined: float
    roles: list[int] = field(default_factory=list)
    nick: str | None = None

    @property
    def id(self) -> int:
        return self.user.id

    def document(self, *, user: bool = True) -> Json:
        body: Json = {
            "nick": self.nick,
            "avatar": None,
            "roles": [str(one) for one in self.roles],
            "joined_at": moment(self.joined),
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "flags": 0,
            "pending": False,
            "communication_disabled_until": None,
        }
        if user:
            body["user"] = self.user.document()
        return body
