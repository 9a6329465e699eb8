"""What one act of a person brought about."""

from dataclasses import dataclass

from tests.platforms.discord.fake.interaction import UPDATES, Callback, Interaction, Modal
from tests.platforms.discord.fake.message import Message, text_of
from tests.platforms.discord.fake.state import PATIENCE, State

NO_ANSWER = "The application did not respond"
"""What the client shows when nothing came within three seconds."""


@dataclass
class Answer:
    """How the app answered, so far; more may come for a quarter of an hour."""

    state: State
    interaction: Interaction
    error: str = ""  # what the client shows instead of an answer
    taken: int = 0

    @property
    def messages(self) -> list[Message]:
        """Those that answer it, in order, once they say something."""
        answers = self.interaction.answers
        return [one for one in answers if not one.loading and not one.deleted]

    @property
    def text(self) -> str:
        """All that these messages say."""
        return "\n".join(text_of(one) for one in self.messages)

    @property
    def modal(self) -> Modal | None:
        return self.interaction.modal

    @property
    def updated(self) -> Message | None:
        """The message with the button or menu, if the app changed it."""
        return self.interaction.updated

    @property
    def deferred(self) -> bool:
        """The first answer was only that one will come, or that the message will change."""
        return self.interaction.response in (
            Callback.DEFERRED_MESSAGE,
            Callback.DEFERRED_UPDATE,
        )

    @property
    def ephemeral(self) -> bool:
        """The first answer, or its deferral, is for the person alone."""
        original = self.interaction.original
        changes = self.interaction.response in UPDATES
        return original is not None and not changes and original.ephemeral

    @property
    def acknowledged(self) -> bool:
        return self.interaction.response is not None

    async def ack(self, within: float = PATIENCE) -> "Answer":
        """Waits until the app has acknowledged it."""
        await self.state.until(lambda: self.acknowledged, within)
        return self

    async def message(self, number: int = 1, within: float = PATIENCE) -> Message:
        """Waits for the first message, or a later one."""
        await self.state.until(lambda: len(self.messages) >= number, within)
        return self.messages[number - 1]

    async def next(self, within: float = PATIENCE) -> Message:
        """Waits for the next message that nobody has taken."""
        self.taken += 1
        return await self.message(self.taken, within)

    async def opened(self, within: float = PATIENCE) -> Modal:
        """Waits for the modal."""
        await self.state.until(lambda: self.modal, within)
        assert self.modal is not None
        return self.modal

    async def changed(self, within: float = PATIENCE) -> Message:
        """Waits until the message with the button or menu was changed."""
        await self.state.until(lambda: self.updated, within)
        assert self.updated is not None
        return self.updated

    async def first(self, within: float = PATIENCE) -> Message | Modal:
        """Waits for whatever comes first: a modal, a message, or a change of the message."""
        found: Message | Modal = await self.state.until(
            lambda: self.modal or next(iter(self.messages), None) or self.updated, within
        )
        return found
