"""`staffroom discord`: what setting the bot up on Discord needs."""

import asyncio

import typer

from bot.cli import context
from core.errors import UserError

app = typer.Typer(help="Set the bot up on Discord; docs/discord.md leads through it.")


@app.callback()
def group() -> None:
    """Set the bot up on Discord; docs/discord.md leads through it."""


@app.command()
def invite(ctx: typer.Context) -> None:
    """Print the link that brings the bot into your server, with the permissions that it needs."""
    settings = context.settings(ctx)
    if not settings.discord_bot_token:
        raise UserError("Set DISCORD_BOT_TOKEN in .env first; docs/discord.md says where it is.")
    from bot.platforms.discord.invite import link  # noqa: PLC0415 -- starts faster
    from bot.platforms.discord.service import application_id  # noqa: PLC0415 -- starts faster

    typer.echo(link(asyncio.run(application_id(settings))))
