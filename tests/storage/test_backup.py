"""Backup and restore of the database."""

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import backup, communities, migrate
from storage.communities import Community
from storage.database import Store, StoreError

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/staffroom.db"


@pytest.fixture
def used(tmp_path: Path) -> Path:
    """A folder with a database that has one community."""
    migrate.upgrade(url(tmp_path), lambda _: None)
    add(tmp_path, "Lakeside Virtual")
    return tmp_path


def add(folder: Path, name: str) -> None:
    store = Store(url(folder), inline=True)
    row = Community(id="", name=name, zone="Etc/UTC", created_at=NOW)
    store.write_now("", lambda tx: communities.found(tx, row))
    store.close()


def names(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM community ORDER BY name")]


def test_a_backup_is_made_while_someone_writes_and_shows_one_moment(used: Path) -> None:
    with closing(sqlite3.connect(used / "staffroom.db")) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE community SET name = 'Half done'")
        backup.back_up(url(used), used / "kept.db")
        writer.rollback()
    assert names(used / "kept.db") == ["Lakeside Virtual"]


def test_what_is_written_during_a_backup_is_not_in_it(
    used: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "PAGES_AT_ONCE", 10)
    begun: list[int] = []

    def meanwhile(done: int, _total: int) -> None:
        if not begun:
            add(used, "Another")
        begun.append(done)

    backup.back_up(url(used), used / "kept.db", meanwhile)
    assert len(begun) > 2
    assert begun == sorted(begun)
    assert names(used / "kept.db") == ["Lakeside Virtual"]


def test_a_backup_is_one_file_that_only_its_owner_reads(used: Path) -> None:
    backup.back_up(url(used), used / "kept" / "one.db")
    assert [path.name for path in (used / "kept").iterdir()] == ["one.db"]
    assert stat.S_IMODE((used / "kept" / "one.db").stat().st_mode) == 0o600


def test_progress_is_told_to_the_last_page(used: Path) -> None:
    told: list[tuple[int, int]] = []
    backup.back_up(url(used), used / "kept.db", lambda done, total: told.append((done, total)))
    assert told
    assert told[-1][0] == told[-1][1] > 0


def test_a_backup_never_overwrites(used: Path) -> None:
    (used / "kept.db").write_text("precious")
    with pytest.raises(StoreError, match="there already"):
        backup.back_up(url(used), used / "kept.db")
    assert (used / "kept.db").read_text() == "precious"


def test_a_backup_that_cannot_be_written_leaves_nothing_behind(used: Path) -> None:
    (used / "file").write_text("")
    with pytest.raises(StoreError, match="could not be written"):
        backup.back_up(url(used), used / "file" / "kept.db")


def test_a_restored_backup_takes_the_place_of_the_database_which_is_kept(used: Path) -> None:
    backup.back_up(url(used), used / "kept.db")
    add(used, "Another")
    assert backup.restore(used / "kept.db", url(used), used / "replaced.db")
    assert names(used / "staffroom.db") == ["Lakeside Virtual"]
    assert names(used / "replaced.db") == ["Another", "Lakeside Virtual"]


def test_a_backup_is_restored_where_there_is_no_database_yet(used: Path) -> None:
    backup.back_up(url(used), used / "kept.db")
    elsewhere = used / "elsewhere"
    elsewhere.mkdir()
    assert not backup.restore(used / "kept.db", url(elsewhere), elsewhere / "replaced.db")
    assert names(elsewhere / "staffroom.db") == ["Lakeside Virtual"]


@pytest.mark.parametrize(
    ("make", "why"),
    [
        ("nothing", "there is no file"),
        ("text", "not a Staffroom database"),
        ("foreign", "another program"),
        ("empty", "no tables"),
        ("damaged", "damaged|not a Staffroom database"),
    ],
)
def test_what_is_no_sound_backup_is_refused_and_changes_nothing(
    used: Path, make: str, why: str
) -> None:
    source = used / "given.db"
    if make == "text":
        source.write_text("Dear colleagues, " * 500)
    elif make == "foreign":
        with closing(sqlite3.connect(source)) as database:
            database.execute("CREATE TABLE invoice (id INTEGER)")
    elif make == "empty":
        source.touch()
    elif make == "damaged":
        backup.back_up(url(used), source)
        raw = bytearray(source.read_bytes())
        raw[8_192:40_960] = b"\xff" * (40_960 - 8_192)
        source.write_bytes(raw)
    with pytest.raises(StoreError, match=why):
        backup.restore(source, url(used), used / "replaced.db")
    assert names(used / "staffroom.db") == ["Lakeside Virtual"]
    assert not (used / "replaced.db").exists()


def test_the_database_is_not_restored_from_itself(used: Path) -> None:
    with pytest.raises(StoreError, match="the database itself"):
        backup.restore(used / "staffroom.db", url(used), used / "replaced.db")


def test_postgresql_has_its_own_tools() -> None:
    with pytest.raises(StoreError, match="pg_dump"):
        backup.back_up("postgresql+psycopg://db/staffroom", Path("kept.db"))
