"""What docs.slack.dev says of each method: scopes, arguments, pace.

One page each, such as https://docs.slack.dev/reference/methods/chat.postMessage . An argument that
stands on no such page is a fault of the app, whatever the real Slack would make of it.
"""

from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True)
class Method:
    """One method of the Web API."""

    arguments: frozenset[str] = frozenset()
    required: frozenset[str] = frozenset()
    scope: str = ""  # always needed; those that depend on the channel are checked in the method
    tier: int = 3
    token: str = "bot"  # or "app", or "none"


@dataclass(frozen=True)
class Tier:
    """So many calls a minute: https://docs.slack.dev/apis/web-api/rate-limits"""

    calls: int
    seconds: float = 60.0


SLOW = frozenset({"conversations.history", "conversations.replies"})
SLOW_PAGE = 15
"""One call a minute with 15 messages, for new apps that are distributed outside the Marketplace.

https://docs.slack.dev/changelog/2025/05/29/rate-limit-changes-for-non-marketplace-apps
"""

TIERS = {0: Tier(10_000), 1: Tier(1), 2: Tier(20), 3: Tier(50), 4: Tier(100)}


def _method(
    arguments: str = "", *, required: str = "", scope: str = "", tier: int = 3, token: str = "bot"
) -> Method:
    needed = frozenset(required.split())
    return Method(needed | frozenset(arguments.split()), needed, scope, tier, token)


_PAGED = "cursor limit"
_POST = (
    "text blocks attachments as_user icon_emoji icon_url link_names markdown_text metadata mrkdwn "
    "parse reply_broadcast thread_ts unfurl_links unfurl_media username"
)
_PRIVATE = (
    "text blocks attachments as_user icon_emoji icon_url link_names markdown_text parse "
    "thread_ts username"
)
_READ = f"{_PAGED} include_all_metadata inclusive latest oldest"

METHODS: dict[str, Method] = {
    "api.test": _method("error foo", tier=4, token="none"),
    "apps.connections.open": _method(tier=1, token="app", scope="connections:write"),
    "apps.uninstall": _method(required="client_id client_secret", tier=1),
    "auth.revoke": _method("test"),
    "auth.test": _method(tier=0),
    "bots.info": _method("bot team_id", scope="users:read"),
    "chat.delete": _method("as_user", required="channel ts", scope="chat:write"),
    "chat.getPermalink": _method(required="channel message_ts", tier=0),
    "chat.postEphemeral": _method(_PRIVATE, required="channel user", scope="chat:write", tier=4),
    "chat.postMessage": _method(_POST, required="channel", scope="chat:write", tier=0),
    "chat.update": _method(
        "text blocks attachments as_user file_ids link_names markdown_text metadata parse "
        "reply_broadcast",
        required="channel ts",
        scope="chat:write",
    ),
    "conversations.archive": _method(required="channel", tier=2),
    "conversations.create": _method("is_private team_id", required="name", tier=2),
    "conversations.history": _method(_READ, required="channel"),
    "conversations.info": _method("include_locale include_num_members", required="channel"),
    "conversations.invite": _method("force", required="channel users"),
    "conversations.join": _method(required="channel", scope="channels:join"),
    "conversations.list": _method(f"{_PAGED} exclude_archived team_id types", tier=2),
    "conversations.members": _method(_PAGED, required="channel", tier=4),
    "conversations.open": _method("channel prevent_creation return_im users"),
    "conversations.replies": _method(_READ, required="channel ts"),
    "conversations.setPurpose": _method(required="channel purpose", tier=2),
    "conversations.setTopic": _method(required="channel topic", tier=2),
    "oauth.v2.access": _method(
        "client_id client_secret code grant_type redirect_uri refresh_token",
        tier=4,
        token="none",
    ),
    "pins.add": _method("timestamp", required="channel", scope="pins:write", tier=2),
    "pins.remove": _method("timestamp", required="channel", scope="pins:write", tier=2),
    "team.info": _method("domain team", scope="team:read"),
    "users.conversations": _method(f"{_PAGED} exclude_archived team_id types user"),
    "users.info": _method("include_locale", required="user", scope="users:read", tier=4),
    "users.list": _method(f"{_PAGED} include_locale team_id", scope="users:read", tier=2),
    "users.lookupByEmail": _method(required="email", scope="users:read.email"),
    "views.open": _method("trigger_id interactivity_pointer", required="view", tier=4),
    "views.publish": _method("hash", required="user_id view", tier=4),
    "views.push": _method("trigger_id interactivity_pointer", required="view", tier=4),
    "views.update": _method("external_id hash view_id", required="view", tier=4),
}

EVENT_SCOPES: dict[str, str] = {
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_created": "channels:read",
    "channel_deleted": "channels:read",
    "channel_rename": "channels:read",
    "channel_unarchive": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "team_join": "users:read",
    "user_change": "users:read",
}
"""https://docs.slack.dev/reference/events : those that need a scope; the others need none."""


@dataclass
class Manifest:
    """The settings of the app at Slack: https://docs.slack.dev/reference/app-manifest"""

    messages_tab: bool = True
    should_escape: bool = True  # of every command: mentions and links in its text are marked up
    distributed: bool = False  # sold outside the Marketplace: history is read slowly
    home_tab: bool = True
    commands: frozenset[str] | None = None  # "/reflect"; None: whatever a person types
    events: frozenset[str] | None = None  # None: everything, such as "message.im"
    shortcuts: frozenset[str] | None = None
    scopes: tuple[str, ...] = field(
        default=(
            "app_mentions:read",
            "channels:history",
            "channels:join",
            "channels:manage",
            "channels:read",
            "chat:write",
            "chat:write.public",
            "commands",
            "groups:history",
            "groups:read",
            "groups:write",
            "im:history",
            "im:read",
            "im:write",
            "mpim:history",
            "mpim:read",
            "mpim:write",
            "pins:write",
            "team:read",
            "users:read",
            "users:read.email",
        )
    )

    @classmethod
    def of(cls, manifest: dict[str, Any]) -> Self:
        """The settings that an app's own manifest asks for."""
        features, settings = manifest["features"], manifest["settings"]
        home = features.get("app_home", {})
        commands = features.get("slash_commands", [])
        subscribed = settings.get("event_subscriptions", {}).get("bot_events", [])
        shortcuts = features.get("shortcuts", [])
        return cls(
            messages_tab=bool(home.get("messages_tab_enabled"))
            and not home.get("messages_tab_read_only_enabled"),
            home_tab=bool(home.get("home_tab_enabled")),
            should_escape=any(one.get("should_escape") for one in commands),
            commands=frozenset(str(one["command"]) for one in commands),
            events=frozenset(str(one) for one in subscribed),
            shortcuts=frozenset(str(one["callback_id"]) for one in shortcuts),
            scopes=tuple(manifest["oauth_config"]["scopes"]["bot"]),
        )
