"""The registry as Discord's application commands,
https://discord.com/developers/docs/interactions/application-commands."""

from collections.abc import Sequence
from typing import Any

from bot.platforms.discord.limits import CHOICE, CHOICES, OPTION_TEXT
from core.interaction import Command, Input, Param
from core.wording import shortened
from storage.words import Role

SUBCOMMAND, STRING, INTEGER, CHANNEL, ROLE = 1, 3, 4, 7, 8
MANAGE_GUILD = str(1 << 5)
IN_SERVERS, WITH_THE_BOT = 0, 1  # contexts
TEXT_CHANNELS = [0, 5, 15]  # text, announcements, forum

Payload = dict[str, Any]


def payloads(catalog: Sequence[Command]) -> list[Payload]:
    """One application command for each topic, in the order of their names."""
    return [
        _topic(topic, [one for one in catalog if one.topic == topic])
        for topic in sorted({one.topic for one in catalog})
    ]


def same(ours: Any, theirs: Any) -> bool:
    """Whether Discord has what we would send; it adds much, and leaves out what is usual."""
    if isinstance(ours, dict):
        return isinstance(theirs, dict) and all(
            same(value, theirs.get(name)) for name, value in ours.items()
        )
    if isinstance(ours, list):
        theirs = theirs or []
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    return ours == theirs or (not ours and not theirs)


def _topic(topic: str, commands: list[Command]) -> Payload:
    found: Payload = {
        "type": 1,
        "name": topic,
        "contexts": [IN_SERVERS, WITH_THE_BOT],
        "integration_types": [0],
        "default_member_permissions": None,
    }
    if all(one.least is Role.ORGANIZER for one in commands):
        found["default_member_permissions"] = MANAGE_GUILD
    if commands[0].path == topic:
        return found | {"description": commands[0].help, "options": _options(commands[0])}
    return found | {
        "description": shortened(" · ".join(one.help for one in commands), 100),
        "options": [
            {
                "type": SUBCOMMAND,
                "name": one.path.partition(" ")[2],
                "description": one.help,
                "options": _options(one),
            }
            for one in commands
        ],
    }


def _options(command: Command) -> list[Payload]:
    """What must be given first: Discord wants it so. What a form asks for need not be given."""
    by_form = command.form or any(one.input is Input.LONG for one in command.params)
    options = [_option(one, required=one.required and not by_form) for one in command.params]
    return sorted(options, key=lambda one: not one["required"])


def _option(param: Param, *, required: bool) -> Payload:
    found: Payload = {
        "type": STRING,
        "name": param.name,
        "description": param.help or param.label,
        "required": required,
    }
    match param.input:
        case Input.INTEGER if not param.completes and not param.choices:
            found["type"] = INTEGER
            if param.least is not None:
                found["min_value"] = param.least
            if param.most is not None:
                found["max_value"] = param.most
        case Input.CHANNEL:
            return found | {"type": CHANNEL, "channel_types": TEXT_CHANNELS}
        case Input.ROLE:
            return found | {"type": ROLE}
        case _ if param.choices:
            found["choices"] = [
                {"name": shortened(one.label, CHOICE), "value": one.value}
                for one in param.choices[:CHOICES]
            ]
        case _ if param.completes:
            found["autocomplete"] = True
        case _:
            found["max_length"] = min(param.max_length, OPTION_TEXT)
    return found
