"""How answers are shown in Slack: beside the command, in place of a button's message, in a modal.

Whatever was done stands, even if its answer cannot be shown: then it follows as a direct message.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.platforms.house import House
from bot.platforms.slack import modals
from bot.platforms.slack.again import waiting
from bot.platforms.slack.blocks import said
from bot.platforms.slack.limits import LIMITS, RESPONSES
from bot.platforms.slack.seat import Seat
from bot.platforms.slack.workspace import TIMEOUT_SECONDS
from core.chat import Button, Message
from core.interaction import (
    Answer,
    Invocation,
    OpenForm,
    Origin,
    Rejected,
    Reply,
)
from core.text import split_message

log = structlog.get_logger("slack")
FINISH_WITHIN = 10.0  # seconds, when the process ends
R = TypeVar("R")


class NotShown(Exception):
    """Slack did not take an answer."""


@dataclass(frozen=True)
class Asked:
    """What was asked, and the ways in which it can be answered."""

    seat: Seat
    invocation: Invocation
    trigger: str = ""  # opens a modal: lives 3 seconds and works once
    respond_at: str = ""  # response_url: 5 uses within 30 minutes
    thread: str | None = None
    view: dict[str, Any] | None = None  # in which a button was pressed, or which was submitted
    again: bool = False  # the pressed message says to wait: its place is that of the answer


class Answers:
    """Shows answers. What takes time goes on beside the acknowledgement, until `finish`."""

    def __init__(self, house: House) -> None:
        self.house = house
        self._tasks: set[asyncio.Task[Any]] = set()

    def later(self, work: Coroutine[Any, Any, R]) -> "asyncio.Task[R]":
        """Do this beside what is going on now."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def finish(self) -> None:
        """Wait for what is being shown; what cannot be shown in time follows as a message."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FINISH_WITHIN):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def at_once(self, answer: Reply | Rejected) -> dict[str, Any] | None:
        """The answer as the acknowledgement of a command; None if it needs more than that."""
        parts = split_message(answer.message, LIMITS)
        if len(parts) > 1:
            return None
        return {"response_type": "ephemeral"} | said(parts[0])

    async def respond(self, asked: Asked, answer: Answer, *, late: bool = False) -> None:
        """Show the answer to a command or a press. `late`: its trigger is used up."""

        async def show() -> None:
            if asked.view is not None:
                await self._in_view(asked, answer)
            elif isinstance(answer, OpenForm):
                await self._open_form(asked, answer, late=late)
            else:
                await self._beside(asked, answer)

        await self._safely(asked, show())

    async def _open_form(self, asked: Asked, form: OpenForm, *, late: bool = False) -> None:
        """Open the modal; if it is too late for that, offer a button which does."""
        if not late and await self._open(asked, await self.view_of(asked, form)):
            return
        await self._beside(asked, form)

    async def open(self, asked: Asked, answer: Answer) -> None:
        """Show any answer in a modal."""

        async def show() -> None:
            if not await self._open(asked, await self.view_of(asked, answer)):
                await self._beside(asked, answer)

        await self._safely(asked, show())

    async def skeleton(self, asked: Asked) -> str | None:
        """Open a modal that says to wait; its id, or None if there is none now."""
        return await self._open(asked, modals.message_view(waiting(asked.invocation)))

    async def wait(self, asked: Asked) -> None:
        """Say to somebody who pressed a button that it takes a while."""
        try:
            said = Reply(waiting(asked.invocation), replace=asked.again)
            await (self._in_view if asked.view is not None else self._beside)(asked, said)
        except Exception as error:  # the answer follows in any case
            log.warning("not told to wait", home=asked.seat.home_id, reason=str(error))

    async def update(self, asked: Asked, answer: Answer, view_id: str) -> None:
        """Fill an open modal."""

        async def show() -> None:
            await asked.seat.workspace.ask(
                "views.update", view_id=view_id, view=await self.view_of(asked, answer)
            )

        await self._safely(asked, show())

    async def view_of(self, asked: Asked, answer: Answer) -> dict[str, Any]:
        """The answer as a modal."""
        if isinstance(answer, Rejected):
            answer = answer.form
        if isinstance(answer, OpenForm):
            labels = await self._labels(asked, answer)
            return modals.form_view(answer, asked.invocation.place, labels)
        return modals.message_view(answer.message)

    async def say(self, asked: Asked, answer: Answer) -> None:
        """Answer in the conversation with the bot."""

        async def show() -> None:
            for part in await self._parts(asked, answer):
                await asked.seat.platform.posts.turn(asked.invocation.place)
                await asked.seat.workspace.ask(
                    "chat.postMessage",
                    channel=asked.invocation.place,
                    **({"thread_ts": asked.thread} if asked.thread else {}),
                    **said(part),
                )

        await self._safely(asked, show())

    async def whisper(self, asked: Asked, answer: Answer) -> None:
        """Answer where it was asked, for the asker's eyes only."""

        async def show() -> None:
            await self._whisper(asked, await self._parts(asked, answer))

        await self._safely(asked, show())

    async def _in_view(self, asked: Asked, answer: Answer) -> None:
        """A button in a modal changes it; to one in the App Home it is too late for a modal."""
        view = asked.view or {}
        if view.get("type") == "home":
            await self._beside(asked, answer)
        else:
            new = await self.view_of(asked, answer)
            await asked.seat.workspace.ask("views.update", view_id=view["id"], view=new)

    async def _beside(self, asked: Asked, answer: Answer) -> None:
        """By the response_url, or in the thread in which a button was pressed; where neither can
        show it, directly."""
        parts = await self._parts(asked, answer)
        replace = asked.again or (isinstance(answer, Reply) and answer.replace)
        if len(parts) >= RESPONSES or not asked.respond_at:  # one may have said to wait
            await self._directly(asked, parts)
        elif asked.thread and not replace:
            await self._whisper(asked, parts)
        else:
            hook = AsyncWebhookClient(
                asked.respond_at,
                timeout=TIMEOUT_SECONDS,
                session=asked.seat.workspace.client.session,
                retry_handlers=[],
            )
            for number, part in enumerate(parts):
                how: dict[str, Any] = {"response_type": "ephemeral", "replace_original": False}
                if replace and number == 0:  # it is seen by those who saw the original
                    how = {"replace_original": True}
                sent = await hook.send(**how, **said(part))
                if sent.status_code != 200:
                    raise NotShown(f"response_url answered {sent.status_code}")

    async def _whisper(self, asked: Asked, parts: list[Message]) -> None:
        for part in parts:
            await asked.seat.workspace.ask(
                "chat.postEphemeral",
                channel=asked.invocation.place,
                user=asked.invocation.account,
                **({"thread_ts": asked.thread} if asked.thread else {}),
                **said(part),
            )

    async def _directly(self, asked: Asked, parts: list[Message]) -> None:
        """What the other ways cannot show goes to the person's conversation with the bot."""
        platform = asked.seat.platform
        place = await platform.open_direct(asked.invocation.account)
        for part in parts:
            await platform.posts.turn(place)
            await asked.seat.workspace.ask("chat.postMessage", channel=place, **said(part))

    async def _open(self, asked: Asked, view: dict[str, Any]) -> str | None:
        """Open a modal; its id, or None where that is not possible (any more)."""
        if not asked.trigger:
            return None
        try:
            opened = await asked.seat.workspace.tell(
                "views.open", trigger_id=asked.trigger, view=view
            )
        except Exception as error:
            log.warning("modal not opened", home=asked.seat.home_id, reason=str(error))
            return None
        return str((opened.get("view") or {}).get("id") or "") or None

    async def _labels(self, asked: Asked, form: OpenForm) -> dict[str, str]:
        """How the values of completing inputs are called."""
        found: dict[str, str] = {}
        for param in form.params:
            value = form.values.get(param.name, "")
            if value and param.completes and not param.choices:
                invocation = Invocation(
                    "",
                    asked.invocation.home_id,
                    asked.invocation.account,
                    form.path,
                    origin=Origin.FORM,
                    place=asked.invocation.place,
                )
                offered = await self.house.dispatcher.complete(invocation, param.name, value)
                offered = offered or await self.house.dispatcher.complete(
                    invocation, param.name, ""
                )
                called = [one.label for one in offered if one.value == value]
                found[param.name] = called[0] if called else value
        return found

    async def _parts(self, asked: Asked, answer: Answer) -> list[Message]:
        """What an answer says, in messages as Slack takes them; a button opens a form."""
        if isinstance(answer, OpenForm):
            pressed = await self.house.keep(asked.invocation, answer)
            button = Button("Open", pressed, "primary")
            return [Message(f"**{answer.title}**", buttons=(button,))]
        return split_message(answer.message, LIMITS)

    async def _safely(self, asked: Asked, showing: Coroutine[Any, Any, None]) -> None:
        try:
            await showing
        except asyncio.CancelledError:  # the process ends
            await self._show_later(asked, "there was no time left")
            raise
        except Exception as error:
            await self._show_later(asked, f"{type(error).__name__}: {error}")

    async def _show_later(self, asked: Asked, reason: str) -> None:
        whose = {"home": asked.seat.home_id, "account": asked.invocation.account}
        log.warning("answer not shown", **whose, reason=reason)
        try:
            await self.house.show_later(asked.invocation)
        except Exception as error:
            log.error("answer lost", **whose, reason=type(error).__name__)
