"""Asking commands in tests, the way an adapter does."""

from datetime import datetime
from itertools import count

from commands.dispatcher import CommandDispatcher
from commands.registry import every_command
from core.chat import Message
from core.interaction import (
    Answer,
    Invocation,
    OpenForm,
    Origin,
    Rejected,
    Reply,
    parse_button_id,
)
from storage.communities import Home
from storage.database import CommunityStore
from storage.members import Account


class Asker:
    """One person on one platform: types commands, presses buttons, sends forms."""

    def __init__(
        self,
        community: CommunityStore,
        home: Home,
        account: Account | str,
        now: datetime,
        *,
        name: str = "",
        email: str = "",
    ) -> None:
        self.now, self.name, self.email = now, name, email
        self.home_id = home.id
        self.account = account if isinstance(account, str) else account.external_id
        self.dispatcher = CommandDispatcher(community, every_command(), lambda: self.now)
        self._keys = count(1)

    async def ask(self, typed: str, **args: str) -> Answer:
        """Type a slash command, as in `/webinar announce title: Hello`."""
        path, _, text = typed.lstrip("/").partition(" ")
        return await self._dispatch(path, args, text, Origin.TYPED)

    async def press(self, answer: Answer | Message, label: str) -> Answer:
        """Press the button with this label under an answer."""
        message = answer if isinstance(answer, Message) else answer.message  # type: ignore[union-attr]
        button = next(one for one in message.buttons if one.label == label)
        path, args = parse_button_id(button.id)
        return await self._dispatch(path, args, "", Origin.BUTTON)

    async def submit(self, form: Answer, **values: str) -> Answer:
        """Send an opened (or rejected) form with these values over the prefilled ones."""
        opened = form.form if isinstance(form, Rejected) else form
        assert isinstance(opened, OpenForm), opened
        return await self._dispatch(opened.path, {**opened.values, **values}, "", Origin.FORM)

    async def _dispatch(self, path: str, args: dict[str, str], text: str, origin: Origin) -> Answer:
        key = f"{self.account}-{next(self._keys)}"
        return await self.dispatcher.dispatch(
            Invocation(
                key, self.home_id, self.account, path, args, text, origin, self.name, self.email
            )
        )


def text_of(answer: Answer) -> str:
    """What an answer says, fields included."""
    assert isinstance(answer, Reply | Rejected), answer
    message = answer.message
    return "\n".join([message.title, message.text, *(f"{k}: {v}" for k, v in message.fields)])
