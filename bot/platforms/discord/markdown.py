"""CommonMark to Discord's Markdown, which is nearly the same
(https://support.discord.com/hc/en-us/articles/210298617), and back."""

import re
from collections.abc import Callable

CODE = re.compile(r"(```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|`+[^`\n]+`+)", re.DOTALL)
MOMENT = re.compile(r"\[[^\]\n]*\]\(time:(\d{1,10})\)")
PLACE = re.compile(r"\[[^\]\n]*\]\(channel:(\d+)\)")
BOLD = re.compile(r"(?<![\w\\])__(?=\S)(.+?)(?<=\S)__(?!\w)", re.DOTALL)
IMAGE = re.compile(r"!(\[[^\]\n]*\]\([^)\s]+\))")
DEEP_HEADING = re.compile(r"^ {0,3}#{4,6}\s+(.+?)\s*#*$", re.MULTILINE)
RULE = re.compile(r"^ {0,3}([-*_])(?:\s*\1){2,}\s*$", re.MULTILINE)
SMALL = re.compile(r"^(\s*)-#", re.MULTILINE)
LONG_QUOTE = re.compile(r"^(\s*)>>>", re.MULTILINE)
SHOWN_MOMENT = re.compile(r"<t:(\d{1,10})(?::[tTdDfFR])?>")
PERSON = re.compile(r"<@!?(\d+)>")
CHANNEL = re.compile(r"<#(\d+)>")
ROLE = re.compile(r"<@&\d+>")
EMOJI = re.compile(r"<a?:(\w+):\d+>")


def to_discord(commonmark: str) -> str:
    """What is said, in Discord's words. A moment is shown in each reader's own zone, and what
    only Discord knows (underlines, spoilers, small print) stays as it was typed."""
    parts = CODE.split(commonmark)
    return "".join(_code(part) if at % 2 else _prose(part) for at, part in enumerate(parts))


def readable(discord: str) -> str:
    """A message of ours as it reads back: moments and channels as a fingerprint has them."""
    return CHANNEL.sub(r"[](channel:\1)", SHOWN_MOMENT.sub(r"[](time:\1)", discord))


def from_discord(
    text: str,
    name_of: Callable[[int], str] = lambda _id: "someone",
    channel_of: Callable[[int], str] = lambda _id: "channel",
) -> str:
    """What people write, as CommonMark: mentions become names, which are inert."""
    text = ROLE.sub("@group", text)
    text = PERSON.sub(lambda found: f"@{name_of(int(found[1]))}", text)
    text = CHANNEL.sub(lambda found: f"#{channel_of(int(found[1]))}", text)
    return EMOJI.sub(r":\1:", text)


def _code(part: str) -> str:
    return f"```{part.strip('~')}```" if part.startswith("~~~") else part


def _prose(text: str) -> str:
    text = MOMENT.sub(r"<t:\1:F>", text)
    text = PLACE.sub(r"<#\1>", text)
    text = IMAGE.sub(r"\1", text)
    text = BOLD.sub(r"**\1**", text)
    text = DEEP_HEADING.sub(r"**\1**", text)
    text = RULE.sub("———", text)
    text = SMALL.sub(r"\1-\\#", text)
    text = LONG_QUOTE.sub(r"\1\\>>>", text)
    return text.replace("||", "\\|\\|")
