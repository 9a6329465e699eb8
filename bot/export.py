"""Everything a community has, as files: each table as JSON Lines and as CSV.

JSON Lines is exact. The CSV is for spreadsheets: lists and objects are JSON in their cell, and a
text that a spreadsheet would take for a formula begins with an apostrophe.
"""

import csv
import json
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO, Any

from core.errors import UserError
from storage import export
from storage.database import CommunityStore, Tx

Progress = Callable[[int, int], None]
"""Is told the rows that are written, and the rows in all."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write(
    community: CommunityStore, folder: Path, progress: Progress | None = None
) -> dict[str, int]:
    """Write everything into a new or empty folder; answers the number of rows of each table.

    It is one view of the data, also while Staffroom runs. Hashes of codes and of sessions are
    left out. UserError when there is something in the folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is not empty. Name a new folder for the export.")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return community.read_now(lambda tx: _write(tx, folder, progress or _quiet))


def _write(tx: Tx, folder: Path, progress: Progress) -> dict[str, int]:
    counts = {name: export.how_many(tx, name) for name in export.tables()}
    total, done = sum(counts.values()), 0
    for name in counts:
        columns = export.columns(name)
        with ExitStack() as files:
            lines = files.enter_context(_new(folder / f"{name}.jsonl"))
            sheet = csv.writer(files.enter_context(_new(folder / f"{name}.csv")))
            sheet.writerow(columns)
            for row in export.rows(tx, name):
                plain = {column: _plain(row[column]) for column in columns}
                lines.write(json.dumps(plain, ensure_ascii=False) + "\n")
                sheet.writerow([_cell(value) for value in plain.values()])
                done += 1
                progress(done, total)
    return counts


def _new(path: Path) -> IO[str]:
    path.touch(mode=0o600, exist_ok=False)
    return path.open("w", encoding="utf-8", newline="")


def _plain(value: Any) -> Any:
    """As JSON knows it: instants in UTC, ending in Z."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, StrEnum) else value


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


def _quiet(_done: int, _total: int) -> None:
    """For callers who do not look."""
