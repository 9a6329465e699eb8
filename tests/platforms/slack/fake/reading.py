"""What a person reads on the screen, as plain text."""

from typing import Any

from tests.platforms.slack.fake.workspace import Message, View


def unescape(text: str) -> str:
    """https://docs.slack.dev/messaging/formatting-message-text#escaping"""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def text_of(shown: Message | View) -> str:
    """Everything that is written in a message or view; a message's `text` only without blocks."""
    if isinstance(shown, Message):
        lines = [_written(block) for block in shown.blocks] or [unescape(shown.text)]
    else:
        lines = [shown.title] if shown.type == "modal" else []
        lines += [_written(block) for block in shown.blocks]
    return "\n".join(line for line in lines if line)


def _written(part: Any) -> str:
    if isinstance(part, list):
        return "\n".join(filter(None, (_written(one) for one in part)))
    if not isinstance(part, dict):
        return ""
    match part.get("type"):
        case "plain_text" | "raw_text" | "text":
            return str(part.get("text", ""))
        case "mrkdwn" | "markdown":
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
                found.append(str(part["text"]["text"]))
            for one in part.values():
                look(one)

    look(shown.blocks)
    return found
