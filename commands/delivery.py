"""The buttons under a notice about messages of which nobody knows whether they arrived."""

from typing import Annotated

from commands.params import Text
from commands.registry import Call, command
from core import notices
from core.cards import notice
from core.chat import Message
from storage import outbox
from storage.outbox import Delivery
from storage.words import Role

Which = Annotated[str, Text("Delivery", limit=40)]


@command(
    "delivery again", help="Send it once more", least=Role.ORGANIZER, hidden=True, replaces=True
)
def again(call: Call, delivery: Which) -> Message:
    """It is not there: send it again."""
    return _as_it_stands(call, notices.send_again(call.tx, delivery, call.now))


@command("delivery arrived", help="It is there", least=Role.ORGANIZER, hidden=True, replaces=True)
def arrived(call: Call, delivery: Which) -> Message:
    """Somebody saw that it is there."""
    return _as_it_stands(call, notices.it_arrived(call.tx, delivery, call.now))


def _as_it_stands(call: Call, settled: Delivery) -> Message:
    """The notice, with buttons for what is still open."""
    told = outbox.reported(call.tx, settled.report or "")
    return notice.doubt(call.tx, told, call.me.id)
