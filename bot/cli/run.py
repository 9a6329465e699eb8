"""`staffroom run`: serve the page and deliver, until it is told to stop."""

import asyncio
from typing import Annotated

import typer

from bot import logs
from bot.cli import context
from bot.cli.screen import progress, say
from bot.clock import RealClock
from bot.database import open_store
from bot.settings import Settings
from storage import communities
from storage.database import Store


def run(
    ctx: typer.Context,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Where there is no community, make one of made-up people."),
    ] = False,
) -> None:
    """Run Staffroom: serve the chat page and deliver what is due. Ctrl-C ends it in order."""
    settings = context.settings(ctx)
    logs.set_up(settings.log_level, settings.log_style)
    with open_store(settings, RealClock().now(), running=True, create=demo) as store:
        if demo and not communities.every(store):
            _make_demo(store)
        asyncio.run(_run(store, settings))


def _make_demo(store: Store) -> None:
    from bot.demo import create  # noqa: PLC0415 -- only the first start of a demo needs it

    with progress("Making a demo community") as tell:
        asyncio.run(create(store, RealClock().now()))
        tell(1, 1)


async def _run(store: Store, settings: Settings) -> None:
    from bot.app import App, run_until_told  # noqa: PLC0415 -- the other commands start faster

    await run_until_told(
        App(store, settings),
        lambda address: say(f"Staffroom is open at {address.rstrip('/')}", "Ctrl-C closes it."),
    )
