"""One workspace: its people, channels, messages, and what the app shows there."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal

from tests.platforms.slack.fake.errors import Json, SlackError

Kind = Literal["channel", "group", "im", "mpim"]


class Ids:
    """Ids like those of Slack: a letter that tells the kind, then capitals and digits."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self, prefix: str) -> str:
        return f"{prefix}0{next(self._numbers):08X}S"


@dataclass(eq=False)
class User:
    """https://docs.slack.dev/reference/objects/user-object"""

    id: str
    team_id: str
    name: str
    real_name: str
    display_name: str = ""
    email: str | None = None
    tz: str = "America/Chicago"
    deleted: bool = False
    is_bot: bool = False
    is_app_user: bool = False
    is_admin: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    workspaces: tuple[str, ...] = ()  # of the organization to which the user belongs
    locale: str = "en-US"
    updated: int = 1_700_000_000

    def document(self, *, email: bool, locale: bool = False) -> Json:
        profile: Json = {
            "title": "",
            "phone": "",
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.display_name,
            "display_name_normalized": self.display_name,
            "status_text": "",
            "status_emoji": "",
            "avatar_hash": "g00000000000",
            "team": self.team_id,
        }
        if email and self.email and not self.is_bot:
            profile["email"] = self.email
        user: Json = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "deleted": self.deleted,
            "profile": profile,
            "is_bot": self.is_bot,
            "is_app_user": self.is_app_user,
            "updated": self.updated,
        }
        if self.is_stranger:
            user["is_stranger"] = True
        if self.workspaces:
            user["enterprise_user"] = {
                "id": self.id,
                "enterprise_id": "E0ORGANIZATION",
                "enterprise_name": "Lakeside District",
                "is_admin": False,
                "is_owner": False,
                "is_primary_owner": False,
                "teams": list(self.workspaces),
            }
        if not self.deleted:
            user |= {
                "color": "9f69e7",
                "real_name": self.real_name,
                "tz": self.tz,
                "tz_label": self.tz,
                "tz_offset": -21600,
                "is_admin": self.is_admin,
                "is_owner": False,
                "is_primary_owner": False,
                "is_restricted": self.is_restricted,
                "is_ultra_restricted": self.is_ultra_restricted,
                "is_email_confirmed": True,
                "who_can_share_contact_card": "EVERYONE",
            }
        if locale:
            user["locale"] = self.locale
        return user


@dataclass(eq=False)
class Message:
    """https://docs.slack.dev/reference/events/message"""

    channel: str
    ts: str
    text: str
    user: str
    team: str
    bot_id: str = ""
    app_id: str = ""
    bot_name: str = ""
    blocks: list[Json] = field(default_factory=list)
    attachments: list[Json] = field(default_factory=list)
    thread_ts: str = ""
    metadata: Json | None = None
    subtype: str = ""
    client_msg_id: str = ""
    edited: Json | None = None
    deleted: bool = False
    unfurl_links: bool | None = None
    unfurl_media: bool | None = None
    parse: str = ""
    link_names: bool = False
    broadcast: bool = False
    to: str = ""  # the one person who sees an ephemeral message
    arguments: Json = field(default_factory=dict)
    versions: list[Json] = field(default_factory=list)

    def document(self, *, metadata: bool = False) -> Json:
        """As history, replies and interactions show it."""
        body: Json = {"user": self.user, "type": "message", "ts": self.ts}
        if self.client_msg_id:
            body["client_msg_id"] = self.client_msg_id
        if self.bot_id:
            body |= {
                "bot_id": self.bot_id,
                "app_id": self.app_id,
                "bot_profile": {
                    "id": self.bot_id,
                    "deleted": False,
                    "name": self.bot_name,
                    "updated": 1_700_000_000,
                    "app_id": self.app_id,
                    "icons": {},
                    "team_id": self.team,
                },
            }
        body |= {"text": self.text, "team": self.team}
        if self.subtype:
            body["subtype"] = self.subtype
        for name in ("blocks", "attachments", "thread_ts", "edited"):
            if getattr(self, name):
                body[name] = getattr(self, name)
        if metadata and self.metadata:
            body["metadata"] = self.metadata
        return body


@dataclass(eq=False)
class Channel:
    """https://docs.slack.dev/reference/objects/conversation-object"""

    id: str
    team: str
    name: str
    kind: Kind
    members: list[str]
    creator: str = ""
    is_archived: bool = False
    is_general: bool = False
    user: str = ""  # of a direct message: whom the bot talks with
    topic: str = ""
    purpose: str = ""
    messages: list[Message] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)

    def find(self, ts: str) -> Message | None:
        return next((one for one in self.messages if one.ts == ts and not one.deleted), None)

    def thread(self, ts: str) -> list[Message]:
        alive = [one for one in self.messages if not one.deleted]
        return [one for one in alive if ts in (one.ts, one.thread_ts)]

    def document(self, bot: str, *, members: bool = False) -> Json:
        body: Json = {
            "id": self.id,
            "created": 1_700_000_000,
            "is_archived": self.is_archived,
            "is_im": self.kind == "im",
            "is_org_shared": False,
            "context_team_id": self.team,
            "updated": 1_700_000_000_000,
        }
        if self.kind == "im":
            return body | {"user": self.user, "is_user_deleted": False, "priority": 0}
        body |= {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_mpim": self.kind == "mpim",
            "is_private": self.kind != "channel",
            "is_general": self.is_general,
            "is_shared": False,
            "is_ext_shared": False,
            "is_pending_ext_shared": False,
            "is_member": bot in self.members,
            "unlinked": 0,
            "creator": self.creator,
            "shared_team_ids": [self.team],
            "pending_shared": [],
            "parent_conversation": None,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": self.purpose, "creator": "", "last_set": 0},
            "previous_names": [],
        }
        if members:
            body["num_members"] = len(self.members)
        return body


@dataclass(eq=False)
class View:
    """A modal or a Home tab: https://docs.slack.dev/reference/views"""

    id: str
    team: str
    user: str
    app_id: str
    bot_id: str
    spec: Json
    hash: str
    root: str
    previous: str | None = None
    typed: dict[tuple[str, str], Json] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    is_open: bool = True

    @property
    def type(self) -> str:
        return str(self.spec["type"])

    @property
    def title(self) -> str:
        return str(self.spec.get("title", {}).get("text", ""))

    @property
    def callback_id(self) -> str:
        return str(self.spec.get("callback_id", ""))

    @property
    def blocks(self) -> list[Json]:
        return list(self.spec["blocks"])

    def values(self) -> dict[str, dict[str, Json]]:
        values: dict[str, dict[str, Json]] = {}
        for (block, action), value in self.typed.items():
            values.setdefault(block, {})[action] = value
        return values

    def document(self) -> Json:
        """As the methods answer it and as interactions carry it."""
        return {
            "id": self.id,
            "team_id": self.team,
            "type": self.type,
            "blocks": self.blocks,
            "private_metadata": self.spec.get("private_metadata") or "",
            "callback_id": self.callback_id,
            "state": {"values": self.values()},
            "hash": self.hash,
            "title": self.spec.get("title") or {"type": "plain_text", "text": "View Title"},
            "clear_on_close": bool(self.spec.get("clear_on_close")),
            "notify_on_close": bool(self.spec.get("notify_on_close")),
            "close": self.spec.get("close"),
            "submit": self.spec.get("submit"),
            "previous_view_id": self.previous,
            "root_view_id": self.root,
            "app_id": self.app_id,
            "external_id": self.spec.get("external_id") or "",
            "app_installed_team_id": self.team,
            "bot_id": self.bot_id,
        }


@dataclass(eq=False)
class Workspace:
    """One workspace, with the app installed in it."""

    id: str
    name: str
    domain: str
    app_id: str
    bot_user_id: str
    bot_id: str
    bot_name: str
    bot_token: str
    scopes: tuple[str, ...]
    ids: Ids
    installed: bool = True
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    ephemerals: list[Message] = field(default_factory=list)
    homes: dict[str, View] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)
    stacks: dict[str, list[View]] = field(default_factory=dict)

    def add_user(self, name: str, **more: Any) -> User:
        """A person: `add_user("Ada Example", email=..., tz=..., is_restricted=...)`."""
        more.setdefault("team_id", self.id)
        handle = name.lower().replace(" ", ".")
        more.setdefault("email", f"{handle}@example.org")
        made = User(
            id=more.pop("id", "") or self.ids.next("U"), name=handle, real_name=name, **more
        )
        self.users[made.id] = made
        return made

    def add_channel(
        self,
        name: str,
        *members: str,
        private: bool = False,
        bot: bool = True,
        **more: Any,
    ) -> Channel:
        """A channel with these members, and the bot unless told otherwise."""
        made = Channel(
            id=self.ids.next("C"),
            team=self.id,
            name=name,
            kind="group" if private else "channel",
            members=[*members, *([self.bot_user_id] if bot else [])],
            **more,
        )
        self.channels[made.id] = made
        return made

    def direct(self, user: str) -> Channel:
        """The bot's direct message with a person, made at need."""
        for channel in self.channels.values():
            if channel.kind == "im" and channel.user == user:
                return channel
        made = Channel(
            id=self.ids.next("D"),
            team=self.id,
            name="",
            kind="im",
            members=[self.bot_user_id, user],
            user=user,
        )
        self.channels[made.id] = made
        return made

    def group(self, users: list[str]) -> tuple[Channel, bool]:
        """The bot's group message with these people, and whether it was there already."""
        wanted = {*users, self.bot_user_id}
        for channel in self.channels.values():
            if channel.kind == "mpim" and set(channel.members) == wanted:
                return channel, True
        names = "--".join(sorted(self.users[one].name for one in wanted))
        made = Channel(
            id=self.ids.next("C"),
            team=self.id,
            name=f"mpdm-{names}-1",
            kind="mpim",
            members=sorted(wanted),
            creator=self.bot_user_id,
        )
        self.channels[made.id] = made
        return made, False

    def channel(self, given: str) -> Channel:
        """A channel by its id; what the bot cannot see, it cannot find."""
        found = self.channels.get(given)
        hidden = found is not None and found.kind != "channel"
        if found is None or (hidden and self.bot_user_id not in found.members):
            raise SlackError("channel_not_found")
        return found

    def user(self, given: str) -> User:
        if given not in self.users:
            raise SlackError("user_not_found")
        return self.users[given]

    def messages(self) -> Iterator[Message]:
        """Every message of the workspace that still stands, ephemeral ones last."""
        for channel in self.channels.values():
            yield from (one for one in channel.messages if not one.deleted)
        yield from (one for one in self.ephemerals if not one.deleted)

    def stack(self, user: str) -> list[View]:
        return self.stacks.setdefault(user, [])
