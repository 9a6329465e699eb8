"""The first word in a channel that organizers chose: what it is for."""

from datetime import datetime

from core.cards.card import Compose, Skip
from core.chat import Message, Purpose
from core.kinds import Kind
from storage import communities
from storage.communities import Home
from storage.database import Tx
from storage.outbox import Delivery

FOR = {
    Purpose.ANNOUNCEMENTS: "This is the place for news of {community} that concern everybody.",
    Purpose.REFLECTIONS: "From now on, the weekly prompts and your reflections are posted here. "
    "Read what others think, answer them, and write yourself with `/reflect write`.",
    Purpose.WEBINARS: "From now on, webinars are announced here, with a button to say that you "
    "will be there. Their recordings follow here, too.",
    Purpose.COACHING: "This is the place to talk about coaching and being coached.",
    Purpose.GENERAL: "This is the place for everything in {community} that has no other one.",
}


def first_word(tx: Tx, delivery: Delivery, now: datetime) -> Message | Skip:
    """For everybody in the channel; it also shows the organizer that I can write there."""
    purpose = Purpose(delivery.subject["purpose"])
    home = tx.get(Home, delivery.subject["home"])
    if home is None or purpose not in home.channels:
        return Skip("no channel serves this any more")
    return Message(FOR[purpose].format(community=communities.current(tx).name))


CARDS: dict[Kind, Compose] = {Kind.CHANNEL: first_word}
