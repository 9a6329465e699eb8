"""Opening the database: up to date, and on SQLite by one running Staffroom at a time."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import datetime
from pathlib import Path

import structlog
from filelock import FileLock, Timeout

from bot.settings import Settings
from core.errors import UserError
from storage import backup, communities, migrate
from storage.communities import Community
from storage.database import Store, StoreError

log = structlog.get_logger("database")
BEGIN = "Begin with `staffroom init`, or look around with `staffroom run --demo`."


def no_database(path: Path) -> UserError:
    return UserError(
        f"There is no database at {path} yet. Go to the folder of your community if you have one. "
        f"{BEGIN}"
    )


@contextmanager
def open_store(
    settings: Settings, now: datetime, *, running: bool = False, create: bool = False
) -> Iterator[Store]:
    """The database, with the tables of this version; closed at the end.

    `running` keeps it to ourselves meanwhile, as the process must that delivers; without, work is
    done in the calling thread. Only with `create` a database is made where there is none.
    Raises UserError and StoreError, with what to do.
    """
    path = backup.file_of(settings.database_url)
    if path and not path.exists():
        if not create:
            raise no_database(path)
        if not path.parent.is_dir():
            raise UserError(f"There is no folder {path.parent} for the database. Make it first.")
    with alone(settings) if running else nullcontext():
        if path and not path.exists():
            path.touch(mode=0o600)  # it will hold what people wrote in confidence
        _bring_up_to_date(settings, now, locked=running)
        store = Store(settings.database_url, inline=not running)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Keep a SQLite database to ourselves. UserError if another process has it."""
    path = backup.file_of(settings.database_url)
    if path is None:  # PostgreSQL: several processes share the outbox by leases
        yield
        return
    lock = FileLock(f"{path}.lock", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"Another Staffroom is running with {path}. Stop that one first, or name another "
            "database in DATABASE_URL."
        ) from None
    except OSError as error:
        raise StoreError(f"the lock {path}.lock cannot be taken: {error}") from error
    try:
        yield
    finally:
        lock.release()


def busy(settings: Settings) -> bool:
    """Whether a running Staffroom has this SQLite database."""
    try:
        with alone(settings):
            return False
    except UserError:
        return True


def the_community(store: Store) -> Community:
    """The community that lives in this database. UserError if there is none."""
    found = communities.every(store)
    if not found:
        raise UserError(f"There is no community in this database yet. {BEGIN}")
    return found[0]


def _bring_up_to_date(settings: Settings, now: datetime, *, locked: bool) -> None:
    url = settings.database_url
    if migrate.version(url) == migrate.head():
        return

    def back_up(version: str) -> None:
        if backup.file_of(url) is None:
            log.warning("update without backup: use pg_dump", version=version)
            return
        target = settings.backups / f"before-update-from-{version}-{stamp(now)}.db"
        backup.back_up(url, target)
        log.info("backup", file=str(target))

    with nullcontext() if locked else alone(settings):
        done = migrate.upgrade(url, back_up)
    log.info("database updated", before=done.before, after=done.after)


def stamp(now: datetime) -> str:
    """A moment as part of a file's name, in UTC."""
    return f"{now:%Y%m%d-%H%M%S}"
