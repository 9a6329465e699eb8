"""What the adapter of a real platform needs from the composition, and nothing more of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from core.chat import Person, Platform
from core.interaction import Command, Dispatcher, Invocation, OpenForm


class House(Protocol):
    """The community, as an adapter may speak to it."""

    @property
    def dispatcher(self) -> Dispatcher: ...

    @property
    def catalog(self) -> Sequence[Command]:
        """Every command that is not hidden, whoever may use it."""
        ...

    async def settle(self, home: "NewHome") -> str:
        """The id of the community's home there; made, or opened again, if need be."""
        ...

    async def kept(self, platform: str) -> Mapping[str, str]:
        """The secrets of this platform's homes that are in use, by the home's id."""
        ...

    def connect(self, home_id: str, platform: Platform) -> None:
        """From now on the home can be sent to."""
        ...

    async def leave(self, home_id: str, why: str) -> None:
        """The home has ended: nothing is sent there from now on, and organizers are told."""
        ...

    async def met(self, home_id: str, people: Sequence[Person], *, everybody: bool = False) -> None:
        """What the platform tells of these people now: names, zones, e-mails, and who left."""
        ...

    async def channels(self, home_id: str) -> Mapping[str, str]:
        """The channels that were chosen there, by purpose."""
        ...

    async def opened(self, home_id: str, within: timedelta) -> Sequence[timedelta]:
        """How long ago direct conversations were first written in there, of those in this time."""
        ...

    async def events(self, home_id: str) -> Sequence[str]:
        """The platform's ids of events there whose webinars are still to come."""
        ...

    async def interested(self, home_id: str, event: str, accounts: Sequence[str]) -> None:
        """These people say on the platform that they are interested in an event of ours."""
        ...

    async def home_of(self, platform: str, account: str) -> str | None:
        """Where somebody is known on a platform; of several homes, where they were last."""
        ...

    async def keep(self, asked: Invocation, form: OpenForm) -> str:
        """The id of a button that opens this form, with all its values."""
        ...

    async def show_later(self, asked: Invocation) -> None:
        """The answer could not be shown: it follows as a direct message, if the asker is known."""
        ...


@dataclass(frozen=True)
class NewHome:
    """A place on a platform, as it calls it. `secret`: what must be kept to speak there."""

    platform: str
    external_id: str
    name: str
    secret: str | None = field(default=None, repr=False)
    calendar: str = ""  # the place of events of the platform's own, if there is one
    trusted: bool = True  # False: somebody brought us there of whom organizers may not know
