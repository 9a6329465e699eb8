"""What the worlds of real platforms share: the house before them, and how people type."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.platforms.house import NewHome
from commands.dispatcher import CommandDispatcher
from core.chat import Person, Platform
from core.interaction import Answer, Choice, Command, Invocation, OpenForm, button_id

LINE = 2_000  # characters that somebody would still type into one line


@dataclass
class House:
    """Passes on what is asked, and remembers what was answered. Nothing else has an effect."""

    inner: CommandDispatcher
    home_id: str
    catalog: Sequence[Command]
    answered: Answer | None = None
    not_shown: list[Invocation] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def dispatcher(self) -> "House":
        return self

    async def dispatch(self, invocation: Invocation) -> Answer:
        self.answered = await self.inner.dispatch(invocation)
        return self.answered

    async def complete(self, invocation: Invocation, param: str, typed: str) -> Sequence[Choice]:
        return await self.inner.complete(invocation, param, typed)

    async def commands(self, home_id: str, account: str) -> Sequence[Command]:
        return await self.inner.commands(home_id, account)

    async def settle(self, home: NewHome) -> str:
        return self.home_id

    async def kept(self, platform: str) -> Mapping[str, str]:
        return {}

    def connect(self, home_id: str, platform: Platform) -> None:
        self.connected.set()

    async def leave(self, home_id: str, why: str) -> None: ...

    async def met(
        self, home_id: str, people: Sequence[Person], *, everybody: bool = False
    ) -> None: ...

    async def channels(self, home_id: str) -> Mapping[str, str]:
        return {}

    async def opened(self, home_id: str, within: timedelta) -> Sequence[timedelta]:
        return ()

    async def events(self, home_id: str) -> Sequence[str]:
        return ()

    async def interested(self, home_id: str, event: str, accounts: Sequence[str]) -> None: ...

    async def home_of(self, platform: str, account: str) -> str | None:
        return None

    async def keep(self, asked: Invocation, form: OpenForm) -> str:
        return button_id(form.path)

    async def show_later(self, asked: Invocation) -> None:
        self.not_shown.append(asked)


def cut(text: str, room: int) -> tuple[str, str]:
    """What fits into an input, up to the end of a paragraph, and the rest."""
    if len(text) <= room:
        return text, ""
    at = text.rfind("\n\n", 0, room + 1)
    assert at > 0, "a paragraph that is too long for an input"
    return text[:at], text[at + 2 :]
