"""What the courier has to do, and what came of it: plain values between the database and chat."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import NamedTuple

from core.chat import Message, Ref


class About(NamedTuple):
    """A claimed delivery. `attempt` counts from 1."""

    id: str
    key: str
    kind: str
    home_id: str
    place: str | None  # the platform's id of the conversation, if it is known
    attempt: int
    expires_at: datetime
    direct_account: str | None = None  # of a direct message: the account that it goes to
    pair: str | None = None  # of what is said in a pair's own conversation


@dataclass(frozen=True)
class Job:
    """Something to do for a delivery."""

    about: About


@dataclass(frozen=True)
class Open(Job):
    """Open a conversation first. Its place is written down before anything is posted there, so
    that the message can be found after a crash."""

    people: tuple[str, ...]  # the platform's ids
    name: str
    pair_id: str | None  # None: a direct conversation with the first of the people
    purpose: str = ""  # of a channel of that name, for everybody


@dataclass(frozen=True)
class Post(Job):
    message: Message
    under: Ref | None


@dataclass(frozen=True)
class Change(Job):
    """Edit some messages and delete others, each named by its delivery. May be repeated."""

    edits: tuple[tuple[str, Ref, Message], ...]
    deletes: tuple[tuple[str, Ref], ...]


@dataclass(frozen=True)
class Find(Job):
    """Ask the platform whether a message has arrived."""

    fingerprint: str
    since: datetime
    under: Ref | None  # where it was to hang


class End(Enum):
    """How a job ended."""

    SENT = auto()
    OPENED = auto()
    HELD = auto()  # not tried: the one before it in its conversation did not get through
    LATER = auto()  # nothing happened, it may work later
    REFUSED = auto()  # nothing happened, and it never will
    GONE = auto()  # nothing happened: the conversation was deleted
    CLOSED = auto()  # the person accepts no direct messages
    DOUBTFUL = auto()  # it may have happened
    ABSENT = auto()  # looked for, and certainly not there
    UNKNOWN = auto()  # looked for, and the platform cannot tell


class Result(NamedTuple):
    job: Job
    end: End
    ref: Ref | None = None  # of a message that was sent or found
    place: str | None = None  # of a conversation that was opened
    edited: tuple[tuple[str, Ref], ...] = ()
    deleted: tuple[str, ...] = ()
    after: timedelta | None = None  # LATER: not before then
    only_this: bool = False  # ... and only this delivery has to wait
    note: str = ""
