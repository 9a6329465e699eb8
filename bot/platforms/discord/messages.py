"""A message as Discord shows it: an embed with buttons below, or plain words if they are short."""

import hashlib
from typing import Any

import discord

from bot.platforms.discord.limits import DESCRIPTION, EMBED, LABEL, NONCE, PLAIN, ROW
from bot.platforms.discord.markdown import readable, to_discord
from core.chat import Button, Message
from core.text import fingerprint
from core.wording import shortened

COLOR = 0x1F3A34
STYLES = {
    "plain": discord.ButtonStyle.secondary,
    "primary": discord.ButtonStyle.primary,
    "danger": discord.ButtonStyle.danger,
}


def said(message: Message) -> dict[str, Any]:
    """The arguments of a send or edit. What was there before and is not any more is taken away."""
    plain = not message.title and not message.fields and not (message.calls or message.person)
    text = _within(message.text, PLAIN if plain else DESCRIPTION)
    if plain and len(text) <= PLAIN:
        return {"content": text, "embed": None, "view": view_of(message.buttons)}
    embed = discord.Embed(title=message.title or None, description=text or None, color=COLOR)
    for label, value in message.fields:
        embed.add_field(name=label, value=to_discord(value) or "–", inline=len(value) <= 40)
    if len(embed) > EMBED:  # moments take more room than their words, where there are very many
        embed.description = message.text
    rung = f"<@{message.person}>" if message.person else ""
    rung = f"<@&{message.calls}>" if message.calls else rung
    return {"content": rung or None, "embed": embed, "view": view_of(message.buttons)}


def called(message: Message) -> discord.AllowedMentions:
    """Whom a first send may ring: the group or person that the bot means, and nobody whom people
    name."""
    roles = [discord.Object(int(message.calls))] if message.calls else False
    users = [discord.Object(int(message.person))] if message.person else False
    return discord.AllowedMentions(everyone=False, users=users, roles=roles, replied_user=False)


def new(message: Message) -> dict[str, Any]:
    """The arguments of a first send, which takes no None."""
    return {name: value for name, value in said(message).items() if value is not None}


def view_of(buttons: tuple[Button, ...]) -> discord.ui.View | None:
    """The buttons in rows. It is stopped, so that the client does not keep every view there is:
    presses come to us by their id (https://discord.com/developers/docs/components/reference)."""
    if not buttons:
        return None
    view = discord.ui.View(timeout=None)
    for at, button in enumerate(buttons):
        view.add_item(
            discord.ui.Button(
                label=shortened(button.label, LABEL),
                custom_id=button.id,
                style=STYLES[button.style],
                row=at // ROW,
            )
        )
    view.stop()
    return view


def nonce(key: str) -> str:
    """What makes a repeated send within minutes answer with the first message."""
    return hashlib.sha256(key.encode()).hexdigest()[:NONCE]


def fingerprint_of(found: discord.Message) -> str:
    """The fingerprint of one of our messages as it reads back."""
    title, text = "", found.content
    fields: tuple[tuple[str, str], ...] = ()
    if found.embeds:
        embed = found.embeds[0]
        title, text = embed.title or "", embed.description or ""
        fields = tuple((one.name or "", readable(one.value or "")) for one in embed.fields)
    return fingerprint(Message(readable(text), title=title, fields=fields))


def _within(text: str, limit: int) -> str:
    """The text in Discord's words, or as it is where escapes would make it too long."""
    shown = to_discord(text)
    return shown if len(shown) <= limit else text
