"""How answers are shown on Discord. Whatever was done stands: an answer that cannot be shown
follows as a direct message."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import discord
import structlog

from bot.platforms.discord.limits import LIMITS
from bot.platforms.discord.messages import new, said
from bot.platforms.discord.modals import Modals
from bot.platforms.house import House
from core.chat import Button, Message
from core.interaction import Answer, Invocation, OpenForm, Rejected, Reply
from core.text import split_message

log = structlog.get_logger("discord")
NO_MENTIONS = discord.AllowedMentions.none()
FINISH_WITHIN = 10.0  # seconds, when the process ends


class Answers:
    """Shows answers to interactions."""

    def __init__(self, house: House, modals: Modals) -> None:
        self.house, self.modals = house, modals
        self._tasks: set[asyncio.Task[None]] = set()

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this beside what is going on now."""
        task = asyncio.create_task(_watched(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Wait for what is being shown."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=FINISH_WITHIN)

    async def show(
        self, interaction: discord.Interaction, asked: Invocation | None, answer: Answer
    ) -> None:
        """Answer an interaction, deferred or not."""
        try:
            if isinstance(answer, OpenForm):
                await self._form(interaction, asked, answer)
            else:
                await self._reply(interaction, answer)
        except Exception as error:
            await self._not_shown(asked, error)

    async def write(
        self, place: discord.abc.Messageable, asked: Invocation, answer: Answer
    ) -> None:
        """Answer what somebody wrote to us directly."""
        try:
            if isinstance(answer, OpenForm):
                answer = Reply(await self._opener(asked, answer))
            for part in split_message(answer.message, LIMITS):
                await place.send(**new(part), allowed_mentions=NO_MENTIONS)
        except Exception as error:
            await self._not_shown(asked, error)

    async def _not_shown(self, asked: Invocation | None, error: Exception) -> None:
        log.warning(
            "answer not shown",
            home=asked.home_id if asked else "",
            account=asked.account if asked else "",
            reason=reason(error),
        )
        if asked is not None:
            await self.house.show_later(asked)

    async def _form(
        self, interaction: discord.Interaction, asked: Invocation | None, form: OpenForm
    ) -> None:
        """A modal can only be the first answer, and never to another modal: then a button opens
        it."""
        modal_sent = interaction.type is discord.InteractionType.modal_submit
        if asked and (interaction.response.is_done() or modal_sent):
            await self._reply(interaction, Reply(await self._opener(asked, form)))
        else:
            await interaction.response.send_modal(self.modals.modal(form))

    async def _opener(self, asked: Invocation, form: OpenForm) -> Message:
        opens = await self.house.keep(asked, form)
        return Message(f"**{form.title}**", buttons=(Button("Open", opens, "primary"),))

    async def _reply(self, interaction: discord.Interaction, answer: Reply | Rejected) -> None:
        first, *rest = split_message(answer.message, LIMITS)
        replace = isinstance(answer, Reply) and answer.replace and interaction.message is not None
        if replace:
            if interaction.response.is_done():
                await interaction.edit_original_response(
                    **said(first), allowed_mentions=NO_MENTIONS
                )
            else:
                words: Any = said(first)
                await interaction.response.edit_message(**words, allowed_mentions=NO_MENTIONS)
        elif interaction.response.is_done():
            await interaction.followup.send(
                **new(first), ephemeral=True, allowed_mentions=NO_MENTIONS
            )
        else:
            await interaction.response.send_message(
                **new(first), ephemeral=True, allowed_mentions=NO_MENTIONS
            )
        for part in rest:
            await interaction.followup.send(
                **new(part), ephemeral=True, allowed_mentions=NO_MENTIONS
            )


async def _watched(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:
        log.exception("event failed")


def reason(error: Exception) -> str:
    """10062: the interaction is gone; 40060: it was answered already. Never anybody's words."""
    code = getattr(error, "code", "")
    return f"{type(error).__name__} {code}".strip()
