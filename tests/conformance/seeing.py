"""What people have before their eyes, in whatever world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from core.interaction import Answer, OpenForm, Rejected, parse_button_id


@dataclass(frozen=True)
class Seen:
    """What a person has before their eyes."""

    kind: str
    title: str = ""
    text: str = ""
    fields: tuple[tuple[str, str], ...] = ()
    buttons: tuple[tuple[str, str], ...] = ()  # label and command


class Way(Protocol):
    """One way in which a person asks."""

    async def ask(self, who: str, path: str, args: Mapping[str, str]) -> Seen: ...


def seen(answer: Answer) -> Seen:
    """An answer as a person sees it."""
    if isinstance(answer, OpenForm):
        return Seen("form", answer.path, repr(sorted(answer.values.items())))
    message = answer.message
    buttons = tuple((one.label, parse_button_id(one.id)[0]) for one in message.buttons)
    if isinstance(answer, Rejected):
        buttons = tuple(one for one in buttons if one[0] != "Fix it")
    return Seen(answer.type, message.title, message.text, message.fields, buttons)
