"""An answer that could not be shown when it was given: the same words, as a direct message."""

from datetime import datetime

from pydantic import TypeAdapter

from core.cards.card import Compose, Skip
from core.chat import Message
from core.interaction import Answer, OpenForm
from core.kinds import Kind
from storage import inbox
from storage.database import Tx
from storage.outbox import Delivery

ANSWERS: TypeAdapter[Answer] = TypeAdapter(Answer)


def answer(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """The answer that was recorded with the invocation's effect (its key: `handled`)."""
    handled = inbox.handled(tx, delivery.subject["handled"])
    if handled is None:
        return Skip("the answer is not kept any more")
    said = ANSWERS.validate_json(handled.answer)
    if isinstance(said, OpenForm):
        return Skip("a form can only be opened at once")
    return said.message


CARDS: dict[Kind, Compose] = {Kind.ANSWER: answer}
