"""What each platform does, as a page: `python -m tests.conformance.parity` writes docs/parity.md.

Every command that stands there is asked on each platform by test_commands.py, which compares what
is stored and what is answered; the sizes are those that the adapters tell the house.
"""

from collections.abc import Sequence
from pathlib import Path

from bot.platforms.discord.limits import LIMITS as DISCORD
from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.slack.limits import LIMITS as SLACK
from bot.platforms.spread import spread
from commands.registry import every_command
from core.chat import Capabilities
from core.interaction import Command, Input, OpenForm
from storage.words import Role
from tests.conformance.samples import SAMPLES

PAGE = Path(__file__).parent.parent.parent / "docs" / "parity.md"
LOCAL = LocalPlatform.capabilities
PLATFORMS = {"local chat": LOCAL, "Slack": SLACK, "Discord": DISCORD}
WHO = {None: "anybody", Role.COACH: "coaches", Role.ORGANIZER: "organizers"}
BEGINNING = """\
# Staffroom on each platform

Every command does the same everywhere; this page shows how it is asked for, and where a platform has less room. [Slack](slack.md) and [Discord](discord.md) have pages of their own that say why they differ. The page is made from the code: `make parity` writes it anew, and a test holds it in step.

## Commands

Each was asked on each platform, and had the same effect and an equivalent answer. In the local chat and in Slack it is typed with its arguments in words (`/webinar announce title: … when: …`), on Discord with native options; *form* says that it opens one when it is asked without them.

"""
DEGRADED = """
## Where a platform degrades

| | what happens | where it is decided |
| --- | --- | --- |
| a text that is too long for one message | it is split at paragraphs, and nothing is cut | `core/text.py` |
| a title or fields that are too much | they become text of the message | `core/text.py` |
| a form with more inputs than fit (*) | Discord shows what is required and what must be mended; the rest are options of the command, and keep their values | `bot/platforms/discord/modals.py` |
| a form that cannot be opened any more | a button opens it | `bot/platforms/*/answers.py` |
| a long answer in one input | several inputs, joined again without loss | `bot/platforms/spread.py` |
| a discussion under a message | Slack's threads are one level deep, so a reflection is a message of its own there | `Capabilities.nests` |
| a webinar among the platform's own events | on Discord; elsewhere the announcement is all | `core.chat.CALENDAR` |
| tags, a pinned prompt, a call to the cohort's role | on Discord; elsewhere left out | `core.chat.Message` |
| a message of which nobody knows after a crash | looked for; where the platform cannot tell, organizers are asked | `Platform.find` |
"""
ROWS: Sequence[tuple[str, str]] = (
    ("characters of one message", "max_text"),
    ("characters of a title", "max_title"),
    ("fields beside each other", "max_fields"),
    ("buttons", "max_buttons"),
    ("characters of one input of a form", "max_form_input"),
    ("inputs of a form", "max_form_inputs"),
    ("discussions under messages", "threads"),
    ("a discussion under each answer", "nests"),
    ("messages can be changed", "edits"),
    ("private conversations of pairs", "pair_conversations"),
    ("a message can be found after a crash", "can_find"),
    ("messages on their way at once", "in_flight"),
)


def page() -> str:
    """The whole page."""
    registry = every_command()
    shown = [registry.declared[path].command for path in sorted(registry.visible_paths())]
    lines = ["| command | for | what it does | without arguments | inputs |", "| --- " * 5 + "|"]
    lines += [_row(command) for command in shown]
    return BEGINNING + "\n".join(lines) + "\n\n## Sizes and abilities\n\n" + _sizes() + DEGRADED


def _row(command: Command) -> str:
    assert command.path in SAMPLES, f"nobody compares /{command.path}"
    opens = command.form or any(one.required for one in command.params)
    cells = (
        f"`/{command.path}`",
        WHO.get(command.least, "members"),
        command.help,
        "form" if opens else "does it",
        _inputs(command),
    )
    return "| " + " | ".join(cells) + " |"


def _inputs(command: Command) -> str:
    """How many inputs its form has, on each platform; (*) where not all fit."""
    if not command.params:
        return ""
    counts = []
    for name, able in PLATFORMS.items():
        wanted = sum(len(pages) for pages in spread(OpenForm("", "", command.params), able))
        few = wanted > able.max_form_inputs
        counts.append(f"{name} {min(wanted, able.max_form_inputs)}{' (*)' if few else ''}")
    long = any(one.input is Input.LONG for one in command.params)
    alike = len({count.rsplit(" ", 1)[-1] for count in counts}) == 1 and not long
    return counts[0].rsplit(" ", 1)[-1] if alike else ", ".join(counts)


def _sizes() -> str:
    lines = [f"| | {' | '.join(PLATFORMS)} |", "| --- " * (len(PLATFORMS) + 1) + "|"]
    for words, name in ROWS:
        values = [_value(able, name) for able in PLATFORMS.values()]
        lines.append(f"| {words} | {' | '.join(values)} |")
    return "\n".join(lines) + "\n"


def _value(able: Capabilities, name: str) -> str:
    value = getattr(able, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
