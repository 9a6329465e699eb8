"""What takes long can be asked for again, and is done once: it comes with the same key.

Slack does not repeat a command or a press that was acknowledged, and a process that dies then knows
nothing of it. So whoever has to wait gets a button that carries all that they asked.
"""

import json
from dataclasses import replace

from bot.platforms.slack.limits import BUTTON_VALUE
from core.chat import Button, Message
from core.interaction import Invocation, Origin

MARK = "again:"  # how the value of such a button begins; no command does
ONE_MOMENT = "One moment, please …"
PRESS = "The answer follows here. If it does not come, press the button: nothing is done twice."
TYPE = "The answer follows here. If it does not come, ask once more. This is what you gave me:"


def waiting(asked: Invocation) -> Message:
    """What is said to somebody who has to wait. What no button has room for is told to them, so
    that they need not write it again."""
    value = MARK + json.dumps(
        [asked.key, asked.path, asked.text, dict(asked.args), asked.origin.value, asked.place],
        ensure_ascii=False,
    )
    if len(value) <= BUTTON_VALUE:
        return Message(f"{ONE_MOMENT}\n\n{PRESS}", buttons=(Button("Ask again", value),))
    given = "\n\n".join(part for part in (asked.text, *asked.args.values()) if part.strip())
    return Message(f"{ONE_MOMENT}\n\n{TYPE}\n\n{given}")


def asked_again(value: str, pressed: Invocation) -> Invocation | None:
    """What a pressed button asks for once more; None for any other button."""
    if not value.startswith(MARK):
        return None
    key, path, text, args, origin, place = json.loads(value.removeprefix(MARK))
    return replace(
        pressed, key=key, path=path, text=text, args=args, origin=Origin(origin), place=place
    )
