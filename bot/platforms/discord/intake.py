"""What people do on Discord becomes invocations: commands, presses, forms and words.

An interaction must be answered within 3 seconds
(https://discord.com/developers/docs/interactions/receiving-and-responding). What was asked is done
first and answered then; what takes longer is deferred.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import discord
import structlog

from bot.platforms.discord.answers import Answers, reason
from bot.platforms.discord.limits import CHOICE, CHOICES
from bot.platforms.discord.markdown import from_discord
from bot.platforms.discord.modals import Modals
from bot.platforms.discord.seats import Seats
from bot.platforms.house import House
from core.chat import Message
from core.interaction import Answer, Invocation, Origin, Reply, parse_button_id
from core.wording import shortened

log = structlog.get_logger("discord")
DEFER_AFTER = 2.0  # seconds
HEAR = "staffroom hear"
TEXTS = (".md", ".txt")
LARGEST_TEXT = 200_000  # bytes of an attachment that is read
NOT_HERE = (
    "I cannot tell which community you mean. Please ask me in your server; after that, I know you "
    "here, too."
)
NO_MENTIONS = discord.AllowedMentions.none()
SORRY = "Something went wrong on our side, and nothing was done. Please try again in a minute."
TOO_LATE = "This form is too old. Please ask for it again; it opens with what I still know."


class Intake:
    """Handles what the client hears."""

    def __init__(self, house: House, seats: Seats) -> None:
        self.house, self.seats = house, seats
        self.modals = Modals()
        self.answers = Answers(house, self.modals)

    async def interaction(self, interaction: discord.Interaction) -> None:
        """Everything that is not a plain message."""
        data: Mapping[str, Any] = interaction.data or {}
        if interaction.type is discord.InteractionType.autocomplete:
            self.answers.later(self._complete(interaction, data))
        else:
            self.answers.later(self._handle(interaction, data))

    async def message(self, message: discord.Message) -> None:
        """What somebody writes to the bot directly is heard; texts that are attached, too."""
        if not message.author.bot and message.guild is None:
            self.answers.later(self._hear(message))

    async def _handle(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> None:
        found = self._asked(interaction.type, data)
        if found is None:
            await self.answers.show(interaction, None, Reply(Message(TOO_LATE)))
            return
        self.seats.opening.meets(str(interaction.user.id))
        task = asyncio.create_task(self._answer(interaction, *found))
        done, _ = await asyncio.wait({task}, timeout=DEFER_AFTER)
        if not done:
            await self._defer(interaction, found[2])
        try:
            asked, answer = await task
        except Exception:
            log.exception("not answered")
            asked, answer = None, Reply(Message(SORRY))
        await self.answers.show(interaction, asked, answer)

    async def _answer(
        self, interaction: discord.Interaction, path: str, args: Mapping[str, str], origin: Origin
    ) -> tuple[Invocation | None, Answer]:
        home = await self.seats.home_of(interaction.guild_id, str(interaction.user.id))
        if home is None:
            return None, Reply(Message(NOT_HERE))
        asked = Invocation(
            key=f"discord:{interaction.id}",
            home_id=home,
            account=str(interaction.user.id),
            path=path,
            args=args,
            origin=origin,
            name=interaction.user.display_name,
            place=str(interaction.channel_id or ""),
        )
        return asked, await self.house.dispatcher.dispatch(asked)

    async def _hear(self, message: discord.Message) -> None:
        text = await _words(message)
        if unread := _unread(message):
            await message.channel.send(unread, allowed_mentions=NO_MENTIONS)
        if not text.strip():
            return
        self.seats.opening.meets(str(message.author.id))
        home = await self.seats.home_of(None, str(message.author.id))
        if home is None:
            await message.channel.send(NOT_HERE)
            return
        asked = Invocation(
            key=f"discord:{message.id}",
            home_id=home,
            account=str(message.author.id),
            path=HEAR,
            args={"text": text},
            name=message.author.display_name,
            place=str(message.channel.id),
        )
        await self.answers.write(
            message.channel, asked, await self.house.dispatcher.dispatch(asked)
        )

    async def _complete(self, interaction: discord.Interaction, data: Mapping[str, Any]) -> None:
        path, options = _command(data)
        focused = next((one for one in options if one.get("focused")), None)
        home = await self.seats.home_of(interaction.guild_id, str(interaction.user.id))
        found: Sequence[Any] = ()
        if focused is not None and home is not None:
            args = {one["name"]: str(one.get("value", "")) for one in options if one != focused}
            asked = Invocation("", home, str(interaction.user.id), path, args)
            typed = str(focused.get("value", ""))[:300]
            found = await self.house.dispatcher.complete(asked, focused["name"], typed)
        choices = [
            discord.app_commands.Choice(name=shortened(one.label, CHOICE), value=one.value)
            for one in found[:CHOICES]
            if 1 <= len(one.value) <= CHOICE
        ]
        try:
            await interaction.response.autocomplete(choices)
        except discord.HTTPException as error:  # somebody types faster than we answer
            log.debug("completion not shown", code=error.code)

    def _asked(
        self, kind: discord.InteractionType, data: Mapping[str, Any]
    ) -> tuple[str, dict[str, str], Origin] | None:
        if kind is discord.InteractionType.application_command:
            path, options = _command(data)
            args = {one["name"]: str(one.get("value", "")) for one in options}
            return path, args, Origin.TYPED
        if kind is discord.InteractionType.component:
            return (*parse_button_id(str(data["custom_id"])), Origin.BUTTON)
        if kind is discord.InteractionType.modal_submit:
            found = self.modals.asked(data)
            return (*found, Origin.FORM) if found else None
        return None

    async def _defer(self, interaction: discord.Interaction, origin: Origin) -> None:
        """Show that it takes a while. Answers to people are private, and a deferral decides it."""
        try:
            await interaction.response.defer(ephemeral=True, thinking=origin is not Origin.BUTTON)
        except Exception as error:  # the answer will show whether it was
            log.warning("not deferred", reason=reason(error))


def _command(data: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    """The path of a command and its options, of a subcommand those inside it."""
    options = list(data.get("options") or [])
    if options and options[0].get("type") == 1:
        inner = options[0]
        return f"{data['name']} {inner['name']}", list(inner.get("options") or [])
    return str(data["name"]), options


def _unread(message: discord.Message) -> str:
    """What is said of attachments that are not read; "" if there are none."""
    names = [
        one.filename
        for one in message.attachments
        if not one.filename.lower().endswith(TEXTS) or one.size > LARGEST_TEXT
    ]
    if not names:
        return ""
    return (
        f"I could not read {discord.utils.escape_markdown(', '.join(names))}: I take `.md` and "
        f"`.txt` files of up to {LARGEST_TEXT // 1_000} kB, and words."
    )


async def _words(message: discord.Message) -> str:
    """What a message says, with the texts that are attached."""
    names = {one.id: one.display_name for one in message.mentions}
    parts = [from_discord(message.content, lambda person: names.get(person, "someone"))]
    for attached in message.attachments:
        if attached.filename.lower().endswith(TEXTS) and attached.size <= LARGEST_TEXT:
            parts.append((await attached.read()).decode("utf-8", "replace").removeprefix("\ufeff"))
    return "\n\n".join(part.strip() for part in parts if part.strip())
