"""Backups for organizers: named by the moment, checked, and never over something else."""

from datetime import datetime
from pathlib import Path

from bot.database import alone, no_database, stamp
from bot.settings import Settings
from storage import backup
from storage.backup import Progress


def save(settings: Settings, target: Path, progress: Progress | None = None) -> None:
    """Copy the database to a file, also while Staffroom runs. UserError or StoreError if it
    cannot be."""
    path = backup.file_of(settings.database_url)
    if path and not path.exists():
        raise no_database(path)
    backup.back_up(settings.database_url, target, progress)


def put_back(
    settings: Settings, source: Path, now: datetime, progress: Progress | None = None
) -> Path | None:
    """Restore a backup; answers the file in which the replaced database is kept, if there was one.

    UserError while Staffroom runs, StoreError when the file is no sound backup.
    """
    kept = settings.backups / f"before-restore-{stamp(now)}.db"
    with alone(settings):
        had_one = backup.restore(source, settings.database_url, kept, progress)
    return kept if had_one else None
