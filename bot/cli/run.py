"""`staffroom run`: serve the page and deliver, until it is told to stop."""

import asyncio
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot import logs
from bot.cli import context
from bot.cli.screen import progress, say
from bot.clock import RealClock
from bot.database import open_store
from bot.settings import Settings
from storage import backup, communities
from storage.database import Store


def run(
    ctx: typer.Context,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo", metavar="", help="Where there is no community, make one of made-up people."
        ),
    ] = False,
) -> None:
    """Run Staffroom: serve the chat page and deliver what is due. Ctrl-C ends it in order."""
    settings = context.settings(ctx)
    now = RealClock().now()
    with open_store(settings, now, running=True, create=demo) as store:
        if demo and not communities.every(store):
            _make_demo(store, settings, now)
        logs.set_up(settings.log_level, settings.log_style)
        asyncio.run(_run(store, settings))


def _make_demo(store: Store, settings: Settings, now: datetime) -> None:
    """Make the demo community, all or nothing: whoever stops it half way finds no half of it."""
    from bot.demo import create  # noqa: PLC0415 -- only the first start of a demo needs it

    with progress("Making a demo community, once"):
        if backup.file_of(settings.database_url) is None:
            asyncio.run(create(store, now))
            return
        with tempfile.TemporaryDirectory(prefix="staffroom-demo-") as folder:
            made = Path(folder, "demo.db")
            scratch = settings.model_copy(update={"database_url": f"sqlite:///{made}"})
            with open_store(scratch, now, create=True) as empty:
                asyncio.run(create(empty, now))
            backup.fill(made, settings.database_url)


async def _run(store: Store, settings: Settings) -> None:
    from bot.app import App, run_until_told  # noqa: PLC0415 -- the other commands start faster

    def tell(address: str) -> None:
        here = address.rstrip("/").replace("//0.0.0.0:", "//127.0.0.1:")
        say(f"Staffroom is open at {here}", "Ctrl-C closes it.")
        if settings.on_slack or settings.discord_bot_token:
            say("Beside a real chat the page asks for a personal link: "
                "`staffroom roster code EMAIL` prints one.")  # fmt: skip

    await run_until_told(App(store, settings), tell)
