"""`staffroom slack`: what setting the app up in Slack needs."""

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import context
from bot.cli.screen import say

app = typer.Typer(help="Set the app up in Slack; docs/slack.md leads through it.")


@app.command()
def manifest(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Option("--file", "-o", help="Write it there instead of printing it.")
    ] = None,
) -> None:
    """Print the app manifest, for "From a manifest" on Slack's page for new apps.

    It follows the settings: the prefix of the commands, and HTTP instead of Socket Mode where
    SLACK_SIGNING_SECRET and STAFFROOM_PUBLIC_URL are set.
    """
    from bot.platforms.slack.manifest import manifest as made  # noqa: PLC0415 -- starts faster
    from commands.registry import every_command  # noqa: PLC0415 -- starts faster

    settings = context.settings(ctx)
    registry = every_command()
    catalog = [registry.declared[path].command for path in sorted(registry.visible_paths())]
    text = json.dumps(
        made(
            catalog,
            prefix=settings.slack_prefix,
            public_url=settings.public_url,
            by_socket=not settings.slack_by_http,
        ),
        indent=2,
    )
    if file is None:
        typer.echo(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")
        say(f"The manifest is in {file}.")


@app.command()
def key() -> None:
    """Print a new STAFFROOM_SECRET_KEY, which encrypts what is kept of installations."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 -- the other commands start faster

    typer.echo(Fernet.generate_key().decode())
