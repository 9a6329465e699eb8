"""Ticking an orientation step, by its button."""

from typing import Annotated

from commands.params import Text
from commands.registry import Call, command
from core import orientation
from core.cards import orientation as cards
from core.chat import Message
from storage.words import Role


@command(
    "orientation done",
    help="Tick an orientation step",
    least=Role.GUEST,
    hidden=True,
    replaces=True,
)
def done(call: Call, step: Annotated[str, Text("Step", limit=40)]) -> Message:
    """The button of a step; the message then shows the tick."""
    ticked, progress = orientation.tick(call.tx, call.me, step, call.now)
    return cards.show(ticked, progress)
