"""Whom a message would have rung.

https://docs.slack.dev/messaging/formatting-message-text#advanced : `<@U…>`, `<!subteam^S…>`,
`<!here>`, `<!channel>`, `<!everyone>` in mrkdwn; their elements in rich text.
"""

import re
from dataclasses import dataclass
from typing import Any

from tests.platforms.slack.fake.workspace import Message

MARK = re.compile(
    r"<(?:@([UW][A-Z0-9]+)|!subteam\^([A-Z0-9]+)|!(here|channel|everyone))(?:\|[^>]*)?>"
)
BARE = re.compile(r"(?<![\w&])@(here|channel|everyone)\b")


@dataclass(frozen=True)
class Mention:
    """One person, group or crowd, named by one message."""

    who: str  # "U…", "S…", "here", "channel", "everyone"
    message: Message


def of(message: Message) -> list[Mention]:
    """Everyone whom a message names, in order, each once."""
    names = list(_in_text(message.text, parsed=message.parse == "full" or message.link_names))
    for block in [*message.blocks, *message.attachments]:
        names += _in_block(block)
    return [Mention(who, message) for who in dict.fromkeys(names)]


def _in_text(text: str, *, parsed: bool = False) -> list[str]:
    found = [next(filter(None, match)) for match in MARK.findall(text)]
    return found + (BARE.findall(text) if parsed else [])


def _in_block(part: Any) -> list[str]:
    if isinstance(part, list):
        return [who for one in part for who in _in_block(one)]
    if not isinstance(part, dict):
        return []
    match part.get("type"):
        case "user":
            return [str(part["user_id"])]
        case "usergroup":
            return [str(part["usergroup_id"])]
        case "broadcast":
            return [str(part["range"])]
        case "mrkdwn" | "markdown":
            return _in_text(str(part.get("text", "")))
        case "plain_text" | "text" | "raw_text":
            return []
    return [who for one in part.values() for who in _in_block(one)]
