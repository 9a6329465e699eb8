"""The platform port: what the house asks of a chat platform, in no platform's words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal, Protocol


class Purpose(StrEnum):
    """What a channel is for; a home says which of its channels serves each."""

    ANNOUNCEMENTS = "announcements"
    REFLECTIONS = "reflections"
    WEBINARS = "webinars"
    COACHING = "coaching"
    GENERAL = "general"


CALENDAR = "calendar"  # where a home has events of its own: a place like a channel, but given


@dataclass(frozen=True)
class Button:
    """A button. `id` is core.interaction.button_id: it carries all that it needs."""

    label: str
    id: str
    style: Literal["plain", "primary", "danger"] = "plain"


@dataclass(frozen=True)
class Occasion:
    """When and where something takes place; `where` is an address or a few words."""

    starts_at: datetime
    ends_at: datetime
    where: str


@dataclass(frozen=True)
class Message:
    """What the bot says. `text` is CommonMark; mentions in it are inert on every platform."""

    text: str
    title: str = ""
    fields: tuple[tuple[str, str], ...] = ()  # label and value, shown side by side where possible
    buttons: tuple[Button, ...] = ()
    under: str | None = None  # key of the delivery in whose thread this belongs
    reply: bool = False  # an answer to it, and no post that is to have answers of its own
    preview: bool = False  # what its link leads to is worth showing beside it
    tag: str = ""  # what it is about, in a word or two, where posts are sorted
    pinned: bool = False  # it stays in sight until the next one like it
    calls: str = ""  # the platform's id of the group of people who are to notice it
    person: str = ""  # the platform's id of the one whom it is for, where others read it, too
    occasion: Occasion | None = None  # of what stands in a CALENDAR, and nowhere else


@dataclass(frozen=True)
class Ref:
    """Where a message stands on a platform: ids as the platform gives them."""

    place: str
    message: str


@dataclass(frozen=True)
class Person:
    """Someone on a platform."""

    external_id: str
    name: str
    email: str | None = None
    is_bot: bool = False
    is_guest: bool = False
    zone: str | None = None  # IANA name that the platform tells
    new: bool = False  # they have just come
    left: bool = False  # the account was closed, or is not in this place any more


@dataclass(frozen=True)
class Capabilities:
    """What a platform can do, and how much of it. Sizes are in characters."""

    max_text: int  # text of one message; longer ones are split at paragraphs
    max_title: int = 150
    max_fields: int = 25
    max_buttons: int = 25
    max_field_text: int = 1_000
    max_form_input: int = 3_000  # one input of a form; longer values are spread over several
    max_form_inputs: int = 100
    threads: bool = True
    nests: bool = True  # what stands under a message starts a discussion of its own there; where
    # not, it is posted in the channel itself, and its later parts hang under its first
    edits: bool = True
    pair_conversations: bool = True
    pair_readers: str = ""  # who else can read them: "whoever ..."
    can_find: bool = True
    in_flight: int = 8  # how many sends may be on their way at once
    in_a_row: int = 1  # how many of one channel are claimed at once and sent one after the other;
    # more only where nothing can be in doubt after a crash
    send_timeout: timedelta = field(default=timedelta(seconds=30))  # a send ends within this


class Found(StrEnum):
    """What `Platform.find` knows when it has no message to show."""

    ABSENT = "absent"
    UNKNOWN = "unknown"


class TryLater(Exception):
    """Nothing was sent; it may work later (rate limit, outage). `after`: not before then, and
    nothing else of the home either, unless `only_this` has to wait."""

    def __init__(
        self, reason: str, after: timedelta | None = None, *, only_this: bool = False
    ) -> None:
        super().__init__(reason)
        self.after, self.only_this = after, only_this


class Refused(Exception):
    """Nothing was sent, and trying again would not help. The text says why, for an organizer;
    `code` is the platform's own word, for its adapter."""

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class Gone(Refused):
    """The conversation does not exist any more: somebody has deleted it."""


class DirectClosed(Refused):
    """This person does not accept direct messages from us."""


class MaybeSent(Exception):
    """The connection broke before the answer: the message may or may not be there."""


class Platform(Protocol):
    """One home's connection to its platform. Adapters only translate: no rules, no queries.

    Every method that changes something raises TryLater, Refused, DirectClosed or MaybeSent.
    """

    name: str
    capabilities: Capabilities

    async def post(
        self, place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref: ...

    async def edit(self, ref: Ref, message: Message) -> Ref: ...

    async def delete(self, ref: Ref) -> None: ...

    async def open_direct(self, external_id: str) -> str:
        """The conversation with one person; opens it if need be. DirectClosed if they refuse."""
        ...

    async def open_group(self, external_ids: Sequence[str], name: str) -> str:
        """A conversation of the bot with these people alone."""
        ...

    async def open_channel(self, name: str) -> str:
        """The channel of this name for everybody, with the bot in it; made if there is none."""
        ...

    async def find(
        self, place: str, key: str, fingerprint: str, since: datetime, *, under: Ref | None = None
    ) -> Ref | Found:
        """The message that was sent for this key since then, after a crash. `under`: where it was
        to hang, if that is known."""
        ...

    async def people(self) -> Sequence[Person]: ...


@dataclass(frozen=True)
class Address:
    """A conversation in our own words; as text it orders deliveries and is stored with them."""

    kind: Literal["channel", "direct", "pair"]
    id: str  # home id, member id or pair id
    purpose: str = ""  # of a channel

    def __str__(self) -> str:
        return ":".join(part for part in (self.kind, self.id, self.purpose) if part)

    @classmethod
    def parse(cls, text: str) -> "Address":
        kind, name, *purpose = text.split(":", 2)
        if kind not in ("channel", "direct", "pair"):
            raise ValueError(f"not an address: {text!r}")
        return cls(kind, name, *purpose)  # type: ignore[arg-type]
