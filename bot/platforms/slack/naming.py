"""Names of commands: Slack has no name spaces, so a workspace may put a prefix before them."""

import re
from dataclasses import replace

from core.chat import Message

# What the house calls "/reflect write" in its texts stands in a code span.
MENTIONED = re.compile(r"(?<=`)/(?=[a-z])")


def with_prefix(message: Message, prefix: str) -> Message:
    """The message, with the names of commands as people must type them there."""
    if not prefix:
        return message
    to = f"/{prefix}"
    return replace(
        message,
        text=MENTIONED.sub(to, message.text),
        fields=tuple((label, MENTIONED.sub(to, value)) for label, value in message.fields),
    )


def topic_of(command: str, prefix: str) -> str:
    """The topic that a slash command stands for: "/sr-reflect" is "reflect"."""
    return command.removeprefix("/").removeprefix(prefix)
