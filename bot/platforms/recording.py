"""A platform that only remembers: for rehearsals, tests and benchmarks.

It can have another platform's limits, and then refuses what that platform would refuse.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from core.chat import (
    Button,
    Capabilities,
    Found,
    Message,
    Person,
    Purpose,
    Ref,
    Refused,
)

UNLIMITED = Capabilities(
    max_text=100_000, max_field_text=100_000, max_form_input=100_000, in_flight=200
)
# https://discord.com/developers/docs/resources/message: content 2,000, embed title 256, 25 fields
# of 1,024, 5 rows of 5 buttons; modals: 5 inputs of 4,000. No group conversations of bots, but
# private threads.
DISCORD_LIMITS = Capabilities(
    max_text=2_000,
    max_title=256,
    max_fields=25,
    max_buttons=25,
    max_field_text=1_024,
    max_form_input=4_000,
    max_form_inputs=5,
    in_flight=8,
)
LABEL = {"discord": 80, "slack": 75}  # characters on a button
BUTTON_ID = 100  # Discord's custom_id, the smallest
LATE = datetime(1970, 1, 1, tzinfo=UTC)


class LimitBroken(AssertionError):
    """A message that the platform could not show."""


@dataclass(frozen=True)
class Sent:
    """A message as it stands."""

    ref: Ref
    key: str
    message: Message
    at: datetime
    under: Ref | None = None
    edits: int = 0
    deleted: bool = False


class RecordingPlatform:
    """Implements core.chat.Platform in memory.

    `now` gives the time of each message. `can_find=False`: after a crash it does not know what
    was sent. `failures` are raised one after the other, by conversation or for all ("*"): each
    before the message is kept, or, for a MaybeSent whose text is "sent", after it.
    """

    def __init__(
        self,
        now: Callable[[], datetime] = lambda: LATE,
        *,
        name: str = "recording",
        capabilities: Capabilities = UNLIMITED,
        can_find: bool = True,
        people: Sequence[Person] = (),
        failures: Mapping[str, Sequence[Exception]] | None = None,
    ) -> None:
        self.name = name
        self.now = now
        self.capabilities = replace(capabilities, can_find=can_find)
        self.sent: list[Sent] = []
        self.opened: list[str] = []
        self.looked: list[tuple[str, Ref | None]] = []  # for which key, and where it was to hang
        self._people = people
        self._failures: dict[str, Iterator[Exception]] = {
            place: iter(errors) for place, errors in (failures or {}).items()
        }
        self._at: dict[Ref, int] = {}

    async def post(
        self, place: str, message: Message, *, key: str, under: Ref | None = None
    ) -> Ref:
        self.check(message)
        after = self._fail(place)
        ref = Ref(place, f"m{len(self.sent) + 1}")
        self._at[ref] = len(self.sent)
        self.sent.append(Sent(ref, key, message, self.now(), under))
        if after is not None:
            raise after
        return ref

    async def edit(self, ref: Ref, message: Message) -> Ref:
        self.check(message)
        self._fail(ref.place)
        was = self._standing(ref)
        self.sent[self._at[ref]] = replace(was, message=message, edits=was.edits + 1)
        return ref

    async def delete(self, ref: Ref) -> None:
        self._fail(ref.place)
        if ref in self._at:
            self.sent[self._at[ref]] = replace(self.sent[self._at[ref]], deleted=True)

    async def open_direct(self, external_id: str) -> str:
        place = f"direct-{external_id}"
        self._fail(place)
        self.opened.append(place)
        return place

    async def open_group(self, external_ids: Sequence[str], name: str) -> str:
        place = "group-" + "-".join(sorted(external_ids))
        self._fail(place)
        self.opened.append(place)
        return place

    async def open_channel(self, name: str) -> str:
        place = f"c-{name}"
        self._fail(place)
        self.opened.append(place)
        return place

    async def find(
        self, place: str, key: str, fingerprint: str, since: datetime, *, under: Ref | None = None
    ) -> Ref | Found:
        if not self.capabilities.can_find:
            return Found.UNKNOWN
        self.looked.append((key, under))
        for sent in reversed(self.sent):
            if sent.ref.place == place and sent.key == key and not sent.deleted:
                return sent.ref
        return Found.ABSENT

    async def people(self) -> Sequence[Person]:
        return self._people

    def standing(self, place: str | None = None) -> list[Sent]:
        """The messages that can be seen, in the order in which they were posted."""
        return [one for one in self.sent if not one.deleted and place in (None, one.ref.place)]

    def check(self, message: Message) -> None:
        """Raises LimitBroken for what the platform could not show."""
        limits = self.capabilities
        _within("text", message.text, limits.max_text)
        _within("title", message.title, limits.max_title)
        if len(message.fields) > limits.max_fields:
            raise LimitBroken(f"{len(message.fields)} fields")
        for label, value in message.fields:
            _within("field", label + value, limits.max_field_text)
        if len(message.buttons) > limits.max_buttons:
            raise LimitBroken(f"{len(message.buttons)} buttons")
        for button in message.buttons:
            self._check_button(button)
        if not (message.text.strip() or message.title or message.fields):
            raise LimitBroken("a message without words")

    def _check_button(self, button: Button) -> None:
        _within("button", button.label, LABEL.get(self.name, 75))
        _within("button id", button.id, BUTTON_ID)
        if not button.label.strip():
            raise LimitBroken("a button without words")

    def _standing(self, ref: Ref) -> Sent:
        if ref not in self._at or self.sent[self._at[ref]].deleted:
            raise Refused("the message is gone")
        return self.sent[self._at[ref]]

    def _fail(self, place: str) -> Exception | None:
        """Raise the next failure for this conversation, or answer one to raise afterwards."""
        for name in (place, "*"):
            error = next(self._failures.get(name, iter(())), None)
            if error is not None:
                if str(error) == "sent":
                    return error
                raise error
        return None


def channels() -> dict[str, str]:
    """A recording home's channels, one for each purpose."""
    return {purpose.value: f"c-{purpose}" for purpose in Purpose}


def _within(what: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise LimitBroken(f"{what} of {len(text)} characters, {limit} are allowed")
