"""What a person reads on the screen, as plain text."""

import re
from typing import Any

from tests.platforms.slack.fake.workspace import Message, View

MARK = re.compile(r"<(?P<what>[^<>|\n]+)(?:\|(?P<label>[^<>\n]*))?>")


def _shown(mark: re.Match[str]) -> str:
    what, label = mark["what"], mark["label"]
    if what[0] in "@#":
        return what[0] + (label or what[1:])
    if what[0] == "!":
        return label or "@" + what[1:]
    return label or what


def shown(mrkdwn: str) -> str:
    """Marked-up text as it stands on the screen: links and mentions by their labels."""
    return unescape(MARK.sub(_shown, mrkdwn))


def notification_of(message: Message) -> str:
    """What a phone shows of a message: its `text`."""
    return shown(message.text)


def unescape(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def text_of(seen: Message | View) -> str:
    """Everything that is written in a message or view; a message's `text` only without blocks."""
    if isinstance(seen, Message):
        lines = [_written(block) for block in seen.blocks] or [notification_of(seen)]
    else:
        lines = [seen.title] if seen.type == "modal" else []
        lines += [_written(block) for block in seen.blocks]
    return "\n".join(line for line in lines if line)


def _written(part: Any) -> str:
    if isinstance(part, list):
        return "\n".join(filter(None, (_written(one) for one in part)))
    if not isinstance(part, dict):
        return ""
    match part.get("type"):
        case "plain_text":
            return unescape(str(part["text"]))
        case "raw_text" | "text":
            return str(part.get("text", ""))
        case "mrkdwn":
            return shown(str(part["text"]))
        case "markdown":
            return unescape(str(part["text"]))
        case "link":
            return str(part.get("text") or part["url"])
        case "user":
            return f"@{part['user_id']}"
        case "channel":
            return f"#{part['channel_id']}"
        case "usergroup":
            return f"@{part['usergroup_id']}"
        case "broadcast":
            return f"@{part['range']}"
        case "emoji":
            return f":{part['name']}:"
        case "date":
            return str(part.get("fallback", part["format"]))
        case "rich_text_section" | "rich_text_quote" | "rich_text_preformatted":
            return "".join(_written(one) for one in part["elements"])
        case "image":
            return "\n".join(filter(None, (_written(part.get("title")), str(part["alt_text"]))))
    keys = ("label", "text", "fields", "elements", "element", "accessory", "hint", "rows")
    if part.get("type") in ("plain_text_input", "email_text_input", "url_text_input"):
        return str(part.get("initial_value", ""))
    return "\n".join(filter(None, (_written(part.get(key)) for key in keys)))


def buttons_of(shown: Message | View) -> list[str]:
    """The labels of all buttons, in order."""
    found: list[str] = []

    def look(part: Any) -> None:
        if isinstance(part, list):
            for one in part:
                look(one)
        elif isinstance(part, dict):
            if part.get("type") == "button":
                found.append(unescape(str(part["text"]["text"])))
            for one in part.values():
                look(one)

    look(shown.blocks)
    return found
