"""What a person did, and how the app answered it.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

from dataclasses import dataclass, field
from enum import IntEnum

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.errors import Json
from tests.platforms.discord.fake.message import Message, components_of
from tests.platforms.discord.fake.users import User


class Kind(IntEnum):
    """What was done."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class Callback(IntEnum):
    """How it can be answered."""

    PONG = 1
    MESSAGE = 4
    DEFERRED_MESSAGE = 5
    DEFERRED_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


MESSAGES = (Callback.MESSAGE, Callback.DEFERRED_MESSAGE)
UPDATES = (Callback.DEFERRED_UPDATE, Callback.UPDATE)


@dataclass(eq=False)
class Modal:
    """A form before a person's eyes."""

    custom_id: str
    title: str
    components: list[Json]
    opened_by: "Interaction"
    sent: bool = False

    @property
    def labels(self) -> list[str]:
        """What the fields are called, in order."""
        return [str(one["label"]) for one in components_of(self.components) if one.get("label")]

    def field(self, what: str) -> Json:
        """The input with this label or custom_id."""
        for one in self.components:
            inner = one.get("component") or next(iter(one.get("components", [])), None)
            if inner and what in (one.get("label"), inner.get("label"), inner["custom_id"]):
                return dict(inner)
        raise AssertionError(f"there is no {what!r} among {self.labels}")

    @property
    def values(self) -> dict[str, str]:
        """What the text fields hold before anybody types, by custom_id."""
        return {
            str(one["custom_id"]): str(one.get("value") or "")
            for one in components_of(self.components)
            if one["type"] == 4
        }

    def value(self, what: str) -> str:
        """What a text field holds before anybody types."""
        return str(self.field(what).get("value") or "")

    @property
    def words(self) -> list[str]:
        """The texts between the fields, and the descriptions of these."""
        every = components_of(self.components)
        found = [one.get("content") or one.get("description") for one in every]
        return [str(one) for one in found if one]


@dataclass(eq=False)
class Interaction:
    """One act of a person, and everything that the app said to it."""

    id: int
    token: str
    kind: Kind
    user: User
    channel: Channel
    at: float  # on the clock
    data: Json
    message: Message | None = None  # on which a component was used
    before: "Interaction | None" = None  # that opened the modal
    response: Callback | None = None
    private: bool = False  # of a deferral: the answer is for the person alone
    original: Message | None = None
    answers: list[Message] = field(default_factory=list)
    modal: Modal | None = None
    choices: list[Json] | None = None
    updated: Message | None = None

    @property
    def allowed(self) -> tuple[int, ...]:
        """Which answers there are to it; a modal cannot answer a modal."""
        if self.kind is Kind.AUTOCOMPLETE:
            return (Callback.CHOICES,)
        known: tuple[Callback, ...] = MESSAGES
        if self.message is not None:
            known += UPDATES
        if self.kind is not Kind.MODAL:
            known += (Callback.MODAL,)
        return known

    def metadata(self) -> Json:
        """What the message that answers it tells of it."""
        body: Json = {
            "id": str(self.id),
            "type": int(self.kind),
            "user": self.user.document(),
            "authorizing_integration_owners": owners(self),
        }
        if self.kind is Kind.COMMAND:
            body["name"] = str(self.data.get("name"))
        if self.kind is Kind.COMPONENT and self.message is not None:
            body["interacted_message_id"] = str(self.message.id)
        if self.kind is Kind.MODAL and self.before is not None:
            body["triggering_interaction_metadata"] = self.before.metadata()
        return body


def owners(interaction: Interaction) -> Json:
    """The app is installed in guilds; in direct messages that is written as 0.

    https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
    """
    guild = interaction.channel.guild
    return {"0": str(guild.id) if guild else "0"}
