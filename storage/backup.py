"""Copies of the database: made while it is in use, checked before they are put back.

Only for SQLite; PostgreSQL has pg_dump and pg_restore.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import make_url

from storage import migrate
from storage.database import BUSY_TIMEOUT_MS, StoreError

Progress = Callable[[int, int], None]
"""Is told the pages that are copied, and the pages in all."""

PAGES_AT_ONCE = 1_000


def file_of(url: str) -> Path | None:
    """The file of a SQLite database; None for any other database."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    return Path(parsed.database) if sqlite and parsed.database else None


def database_path(url: str) -> Path:
    """As `file_of`. Raises StoreError where there is no file."""
    path = file_of(url)
    if path is None:
        raise StoreError(
            "backup and restore are for SQLite. On PostgreSQL use pg_dump and pg_restore"
        )
    return path


def back_up(url: str, target: Path, progress: Progress | None = None) -> None:
    """Copy the database to a new file, as it is at one moment, readable by its owner alone.

    Raises StoreError, leaving nothing behind, when the target exists or the copy fails.
    """
    source = database_path(url)
    if not source.exists():
        raise StoreError(f"there is no database at {source}")
    if target.exists():
        raise StoreError(f"{target} is there already. Choose a name that is not taken")
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.touch(mode=0o600)
        try:
            _copy(source, partial, progress)
            with closing(sqlite3.connect(partial)) as copy:
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, without others beside it
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"the backup could not be written: {error}") from error


def check(path: Path) -> None:
    """Raises StoreError unless this file is a sound Staffroom database that we can use."""
    if not path.is_file():
        raise StoreError(f"there is no file {path}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            verdict = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise StoreError(f"{path} is not a Staffroom database ({error})") from error
    if verdict != "ok":
        raise StoreError(f"{path} is damaged ({verdict}). Use another backup")
    if migrate.version(f"sqlite:///{path}") is None:
        raise StoreError(f"{path} is not a Staffroom database (it has no tables)")


def restore(source: Path, url: str, kept: Path, progress: Progress | None = None) -> bool:
    """Put a backup in the place of the database, all or nothing; nothing else may be using it.

    What is replaced is kept as the file `kept`; answers whether there was something to keep.
    Raises StoreError when the backup is not sound.
    """
    target = database_path(url)
    check(source)
    if target.exists() and source.resolve() == target.resolve():
        raise StoreError(f"{source} is the database itself. Name a backup")
    had_one = target.exists()
    if had_one:
        back_up(url, kept)
    fill(source, url, progress)
    return had_one


def fill(source: Path, url: str, progress: Progress | None = None) -> None:
    """Make a database what this file is, all or nothing; what it was is lost."""
    target = database_path(url)
    try:
        _copy(source, target, progress)
        target.chmod(0o600)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{source} could not be put in its place: {error}") from error


def _copy(source: Path, target: Path, progress: Progress | None) -> None:
    def told(_status: int, remaining: int, total: int) -> None:
        if progress:
            progress(total - remaining, total)

    with (
        closing(sqlite3.connect(source, timeout=BUSY_TIMEOUT_MS / 1000)) as old,
        closing(sqlite3.connect(target, timeout=BUSY_TIMEOUT_MS / 1000)) as new,
    ):
        # one view of everything, whatever is written meanwhile
        old.execute("BEGIN")
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        old.backup(new, pages=PAGES_AT_ONCE, progress=told, sleep=0.01)
