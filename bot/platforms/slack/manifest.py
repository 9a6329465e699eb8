"""The app manifest, made from what the code needs:
https://docs.slack.dev/reference/app-manifest."""

from collections.abc import Sequence
from typing import Any

from core.interaction import Command, Input
from core.wording import shortened

# Each scope with what needs it; a test holds this in step with what is called.
BOT_SCOPES = {
    "app_mentions:read": "event app_mention: commands in threads",
    "channels:history": "conversations.history: find a message again after a crash",
    "channels:join": "conversations.join: post in the public channels that were chosen",
    "channels:manage": "conversations.create: `/settings create-channels`",
    "channels:read": "conversations.info, conversations.list",
    "chat:write": "chat.postMessage, chat.update, chat.delete, chat.postEphemeral",
    "commands": "slash commands and shortcuts",
    "groups:history": "conversations.history of private channels",
    "groups:read": "conversations.info of private channels",
    "im:history": "event message.im, and conversations.history of direct messages",
    "im:write": "conversations.open with one person",
    "mpim:history": "conversations.history of the pairs' conversations",
    "mpim:write": "conversations.open with a pair",
    "users:read": "users.list, users.info; events team_join and user_change",
    "users:read.email": "the e-mail that matches a person to the roster",
}
BOT_EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "message.im",
    "team_join",
    "tokens_revoked",
    "user_change",
)
SHORTCUTS = (
    # callback_id is a command
    ("Write a reflection", "global", "reflect write", "Answer this week's prompt"),
    ("Add to my draft", "message", "reflect add", "Keep this message's words in your draft"),
)
EVENTS_PATH = "/slack/events"
INSTALL_PATH = "/slack/install"
REDIRECT_PATH = "/slack/oauth_redirect"
DESCRIPTION = 140  # of the app; a command's description may be longer, its usage hint too
HINT = 1_000


def manifest(
    catalog: Sequence[Command], *, prefix: str = "", public_url: str = "", by_socket: bool = True
) -> dict[str, Any]:
    """The manifest for these commands. `public_url`: where Slack reaches us, if not by socket."""
    address = f"{public_url.rstrip('/')}{EVENTS_PATH}"
    url = {} if by_socket else {"url": address}
    request_url = {} if by_socket else {"request_url": address}
    oauth: dict[str, Any] = {"scopes": {"bot": sorted(BOT_SCOPES)}}
    if public_url:
        oauth["redirect_urls"] = [f"{public_url.rstrip('/')}{REDIRECT_PATH}"]
    options = {} if by_socket else {"message_menu_options_url": address}
    return {
        "_metadata": {"major_version": 1, "minor_version": 1},
        "display_information": {
            "name": "Staffroom",
            "description": "A community of practice for online teachers: weekly prompts, "
            "reflections, coaches and webinars."[:DESCRIPTION],
            "background_color": "#1f3a34",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Staffroom", "always_online": True},
            "shortcuts": [
                {"name": name, "type": kind, "callback_id": path, "description": about}
                for name, kind, path, about in SHORTCUTS
            ],
            "slash_commands": [
                {**_slash_command(topic, catalog, prefix), **url} for topic in _topics(catalog)
            ],
        },
        "oauth_config": oauth,
        "settings": {
            "event_subscriptions": {**request_url, "bot_events": list(BOT_EVENTS)},
            "interactivity": {"is_enabled": True, **request_url, **options},
            "org_deploy_enabled": False,
            "socket_mode_enabled": by_socket,
            "token_rotation_enabled": False,
        },
    }


def _topics(catalog: Sequence[Command]) -> list[str]:
    return sorted({command.topic for command in catalog})


def _slash_command(topic: str, catalog: Sequence[Command], prefix: str) -> dict[str, Any]:
    """One slash command for each topic; what stands behind it is in the hint."""
    own = [command for command in catalog if command.topic == topic]
    first = next((one for one in own if one.default), own[0])
    subcommands = [one.path.partition(" ")[2] for one in own if " " in one.path]
    found: dict[str, Any] = {
        "command": f"/{prefix}{topic}",
        "description": first.help,
        # Marks up what is picked while typing: only so we learn the id of a channel.
        "should_escape": any(
            param.input is Input.CHANNEL for command in own for param in command.params
        ),
    }
    if subcommands:
        found["usage_hint"] = shortened(" | ".join(sorted(subcommands)), HINT)
    return found
