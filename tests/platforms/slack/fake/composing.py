"""What a person types becomes a message: escaped text, and a rich text block beside it.

https://docs.slack.dev/messaging/formatting-message-text#escaping
"""

import re
from uuid import UUID

from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.state import State
from tests.platforms.slack.fake.workspace import Channel, Message, User, Workspace

TOKEN = re.compile(r"<@([UW][A-Z0-9]+)>|<#(C[A-Z0-9]+)>|(https?://[^\s<>]+)")
_MARKS = {"bold": "*", "italic": "_", "strike": "~", "code": "`"}


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def elements(typed: str) -> list[Json]:
    """Typed text, in which `<@U…>` and `<#C…>` are mentions picked from the menu."""
    found: list[Json] = []
    rest = 0
    for match in TOKEN.finditer(typed):
        if match.start() > rest:
            found.append({"type": "text", "text": typed[rest : match.start()]})
        user, channel, url = match.groups()
        if user:
            found.append({"type": "user", "user_id": user})
        elif channel:
            found.append({"type": "channel", "channel_id": channel})
        else:
            found.append({"type": "link", "url": url})
        rest = match.end()
    if rest < len(typed):
        found.append({"type": "text", "text": typed[rest:]})
    return found


def command_text(workspace: Workspace, typed: str, *, marked: bool) -> str:
    """The `text` of a slash command.

    Mentions and links are marked up where the command asks for it ("Escape channels, users, and
    links": https://docs.slack.dev/interactivity/implementing-slash-commands); else they stay words.
    """
    said = ""
    for element in elements(typed):
        match element["type"]:
            case "user":
                user = element["user_id"]
                name = workspace.users[user].name
                said += f"<@{user}|{name}>" if marked else f"@{name}"
            case "channel":
                channel = element["channel_id"]
                name = workspace.channels[channel].name
                said += f"<#{channel}|{name}>" if marked else f"#{name}"
            case "link":
                said += f"<{element['url']}>" if marked else str(element["url"])
            case _:
                said += escape(element["text"])
    return said


def mrkdwn(element: Json) -> str:
    """One element as it stands in the `text` of a message."""
    match element["type"]:
        case "text":
            text = escape(element["text"])
            for style, mark in _MARKS.items():
                if element.get("style", {}).get(style):
                    text = f"{mark}{text}{mark}"
            return text
        case "user":
            return f"<@{element['user_id']}>"
        case "channel":
            return f"<#{element['channel_id']}>"
        case "link":
            label = element.get("text")
            return f"<{element['url']}|{escape(label)}>" if label else f"<{element['url']}>"
        case "broadcast":
            return f"<!{element['range']}>"
        case "usergroup":
            return f"<!subteam^{element['usergroup_id']}>"
        case "emoji":
            return f":{element['name']}:"
    return ""


def message(
    state: State,
    workspace: Workspace,
    user: User,
    channel: Channel,
    typed: str | list[Json],
    thread_ts: str,
) -> Message:
    """A message by a person; `typed` as text, or rich text: inline elements or whole parts."""
    parts = elements(typed) if isinstance(typed, str) else typed
    if not parts or not str(parts[0]["type"]).startswith("rich_text"):
        parts = [{"type": "rich_text_section", "elements": parts}]
    block = {"type": "rich_text", "block_id": state.ids.next("b")[-5:], "elements": parts}
    number = len(channel.messages) + 1
    return Message(
        channel=channel.id,
        ts=state.ts(),
        text="\n".join(_line(part) for part in parts),
        user=user.id,
        team=workspace.id,
        blocks=[block],
        thread_ts=thread_ts,
        bot_id=f"B{user.id[1:]}" if user.is_bot else "",
        app_id="A0SOMEOTHER" if user.is_bot else "",
        client_msg_id=str(UUID(int=number + (int(user.id[1:-1], 16) << 64), version=4)),
    )


def _line(part: Json) -> str:
    match part["type"]:
        case "rich_text_list":
            mark = "• " if part["style"] == "bullet" else "1. "
            return "\n".join(mark + _line(one) for one in part["elements"])
        case "rich_text_preformatted":
            return "```" + "".join(mrkdwn(one) for one in part["elements"]) + "```"
        case "rich_text_quote":
            return "&gt;" + "".join(mrkdwn(one) for one in part["elements"])
    return "".join(mrkdwn(one) for one in part["elements"])
