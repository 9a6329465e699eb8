"""What the commands have in common: the settings, and the community of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import typer

from bot import settings as setting
from bot.clock import RealClock
from bot.database import open_store, the_community
from bot.settings import Settings
from storage.database import CommunityStore


def env_file(ctx: typer.Context) -> Path:
    """The file with settings that was named, or `.env`."""
    path = ctx.obj
    assert isinstance(path, Path)
    return path


def settings(ctx: typer.Context) -> Settings:
    return setting.load(env_file(ctx))


@contextmanager
def community(ctx: typer.Context) -> Iterator[tuple[CommunityStore, datetime]]:
    """The community of the database, and what time it is there."""
    now = RealClock().now()
    with open_store(settings(ctx), now) as store:
        found = the_community(store)
        yield store.community(found.id), now + timedelta(seconds=found.clock_offset_seconds)
