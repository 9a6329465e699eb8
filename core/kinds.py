"""The kinds of delivery, how long each stays worth sending, and which of them wait politely."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What a delivery is about. Each has a card in core/cards."""

    PROMPT = "prompt"
    NUDGE = "nudge"
    REFLECTION = "reflection"
    REFLECTION_SHARED = "reflection_shared"  # the coach is told
    COMMENT = "comment"  # on a reflection, in its discussion
    COMMENTED = "commented"  # the author of the reflection is told
    ANNOUNCEMENT = "announcement"
    WEBINAR_CHANGED = "webinar_changed"  # those who said yes are told; also when it is canceled
    EVENT = "event"  # the webinar among the platform's own events
    RECORDING = "recording"
    REMINDER = "reminder"
    AGENDA = "agenda"
    SUMMARY = "summary"  # the coach's one message a week
    INTRODUCTION = "introduction"
    CONTACT = "contact"  # how the two of a pair that shares no chat reach each other
    FAREWELL = "farewell"  # a pair has ended; both are told
    ORIENTATION = "orientation"
    JOIN_REQUEST = "join_request"  # organizers are asked
    WELCOME = "welcome"
    CLOSED = "closed"  # a pair is told what becomes of messages for one who takes none
    GREETING = "greeting"  # somebody has come to the platform who is no member yet
    CHANNEL = "channel"  # the first word in a channel: what it is for
    NOTICE = "notice"  # organizers are told of trouble
    ANSWER = "answer"  # an answer to a command that could not be shown at once


@dataclass(frozen=True)
class Manner:
    """How a kind behaves. `grace`: how late it may still be sent, unless its plan says otherwise.

    `polite`: in a direct or pair conversation it waits until nobody there has quiet hours.
    `beside`: to a teacher who takes no direct messages it may be said in the conversation with
    their coach. `matters`: organizers hear of it when somebody takes no direct messages and so does
    not get it.
    """

    grace: timedelta
    polite: bool = True
    matters: bool = False
    beside: bool = False


MANNERS: dict[Kind, Manner] = {
    Kind.PROMPT: Manner(timedelta(days=5)),
    Kind.NUDGE: Manner(timedelta(days=1), beside=True),
    Kind.REFLECTION: Manner(timedelta(days=14)),
    Kind.REFLECTION_SHARED: Manner(timedelta(days=7)),
    Kind.COMMENT: Manner(timedelta(days=14)),
    Kind.COMMENTED: Manner(timedelta(days=7), beside=True),
    Kind.ANNOUNCEMENT: Manner(timedelta(days=5)),
    Kind.WEBINAR_CHANGED: Manner(timedelta(days=7), beside=True),
    Kind.EVENT: Manner(timedelta(days=5)),
    Kind.RECORDING: Manner(timedelta(days=14)),
    Kind.REMINDER: Manner(timedelta(hours=1), beside=True),
    Kind.AGENDA: Manner(timedelta(days=4)),
    Kind.SUMMARY: Manner(timedelta(days=3)),
    Kind.INTRODUCTION: Manner(timedelta(days=14), matters=True),
    Kind.CONTACT: Manner(timedelta(days=14), matters=True),
    Kind.FAREWELL: Manner(timedelta(days=14)),
    Kind.ORIENTATION: Manner(timedelta(days=7), beside=True),
    Kind.JOIN_REQUEST: Manner(timedelta(days=30), matters=True),
    Kind.WELCOME: Manner(timedelta(days=14), matters=True),
    Kind.CLOSED: Manner(timedelta(days=14)),
    Kind.GREETING: Manner(timedelta(days=2)),
    Kind.CHANNEL: Manner(timedelta(days=7)),
    Kind.NOTICE: Manner(timedelta(days=30)),
    Kind.ANSWER: Manner(timedelta(days=1), polite=False, matters=True),
}
