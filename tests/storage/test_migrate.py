"""Migrations."""

import shutil
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage import migrate
from storage.database import StoreError
from storage.migrate import ForeignDatabase


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/staffroom.db"


def never(_version: str) -> Path | None:
    raise AssertionError("there was nothing to back up")


def say(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "staffroom.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def hear(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "staffroom.db")) as database:
        return database.execute(query).fetchall()


def test_models_and_migrations_agree(tmp_path: Path) -> None:
    migrate.upgrade(url(tmp_path), never)
    assert migrate.differences(url(tmp_path)) == []


def test_a_new_database_is_made_without_a_backup(tmp_path: Path) -> None:
    done = migrate.upgrade(url(tmp_path), never)
    assert (done.before, done.after, done.changed) == (None, migrate.head(), True)
    assert migrate.version(url(tmp_path)) == migrate.head()


def test_an_up_to_date_database_is_left_alone(tmp_path: Path) -> None:
    migrate.upgrade(url(tmp_path), never)
    assert not migrate.upgrade(url(tmp_path), never).changed


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    say(tmp_path, "CREATE TABLE invoice (id INTEGER)")
    with pytest.raises(ForeignDatabase, match="another program"):
        migrate.upgrade(url(tmp_path), never)


def test_the_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    migrate.upgrade(url(tmp_path), never)
    say(tmp_path, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ForeignDatabase, match="newer version"):
        migrate.upgrade(url(tmp_path), never)


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    (tmp_path / "staffroom.db").write_text("Dear colleagues, " * 100)
    with pytest.raises(StoreError, match="not a database"):
        migrate.version(url(tmp_path))


def test_a_community_of_the_first_version_is_brought_along(tmp_path: Path) -> None:
    first = tmp_path / "first"
    (first / "versions").mkdir(parents=True)
    for name in ("env.py", "versions/0001_first_tables.py"):
        shutil.copy(migrate.MIGRATIONS / name, first / name)
    migrate.upgrade(url(tmp_path), never, first)
    say(
        tmp_path,
        "INSERT INTO community (id, name, zone, created_at, quiet_from, quiet_until, "
        "clock_offset_seconds, replan) VALUES ('lake', 'Lakeside', 'UTC', "
        "'2026-08-01 12:00:00', '21:00', '07:00', 0, 0)",
        "INSERT INTO home (id, community_id, platform, external_id, name, channels, trusted, "
        "wanted) VALUES ('h1', 'lake', 'discord', '77', 'Lakeside', '{}', 1, '{}')",
    )
    assert migrate.upgrade(url(tmp_path), lambda _version: None).changed
    assert hear(tmp_path, "SELECT name, cohort_roles FROM home") == [("Lakeside", "{}")]
    assert migrate.differences(url(tmp_path)) == []


@pytest.fixture
def changes(tmp_path: Path) -> Path:
    """Migrations of our own: a parent and its child, then a batch change of the parent."""
    folder = tmp_path / "changes"
    (folder / "versions").mkdir(parents=True)
    shutil.copy(migrate.MIGRATIONS / "env.py", folder)
    add(
        folder,
        "0001",
        None,
        "op.create_table('parent', sa.Column('id', sa.String(), primary_key=True))",
        "op.create_table('child', sa.Column('id', sa.String(), primary_key=True), sa.Column("
        "'parent_id', sa.String(), sa.ForeignKey('parent.id', ondelete='CASCADE')))",
    )
    migrate.upgrade(url(tmp_path), never, folder)
    say(tmp_path, "INSERT INTO parent VALUES ('p')", "INSERT INTO child VALUES ('c', 'p')")
    return folder


def add(folder: Path, name: str, after: str | None, *lines: str) -> None:
    body = "\n    ".join(lines)
    (folder / "versions" / f"{name}.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        f"revision = {name!r}\ndown_revision = {after!r}\n\ndef upgrade():\n    {body}\n"
    )


def test_a_change_backs_up_first_and_keeps_what_refers_to_a_copied_table(
    tmp_path: Path, changes: Path
) -> None:
    add(
        changes,
        "0002",
        "0001",
        "with op.batch_alter_table('parent', recreate='always') as table:",
        "    table.add_column(sa.Column('name', sa.String()))",
    )
    asked: list[str] = []

    def back_up(version: str) -> Path:
        asked.append(version)
        assert hear(tmp_path, "SELECT version_num FROM alembic_version") == [("0001",)]
        return tmp_path / "kept.db"

    done = migrate.upgrade(url(tmp_path), back_up, changes)
    assert (asked, done.before, done.after) == (["0001"], "0001", "0002")
    assert done.backup == tmp_path / "kept.db"
    assert hear(tmp_path, "SELECT id, parent_id FROM child") == [("c", "p")]


def test_a_change_that_breaks_references_changes_nothing(tmp_path: Path, changes: Path) -> None:
    add(changes, "0002", "0001", "op.execute('DELETE FROM parent')")
    with pytest.raises(StoreError, match="in child"):
        migrate.upgrade(url(tmp_path), lambda _: None, changes)
    assert hear(tmp_path, "SELECT id FROM parent") == [("p",)]
    assert hear(tmp_path, "SELECT version_num FROM alembic_version") == [("0001",)]


def test_a_change_that_fails_half_way_changes_nothing(tmp_path: Path, changes: Path) -> None:
    add(changes, "0002", "0001", "op.drop_table('child')", "raise RuntimeError('half way')")
    with pytest.raises(RuntimeError, match="half way"):
        migrate.upgrade(url(tmp_path), lambda _: None, changes)
    assert hear(tmp_path, "SELECT id FROM child") == [("c",)]


def test_of_two_migrators_one_waits_and_finds_it_done(tmp_path: Path, changes: Path) -> None:
    add(changes, "0002", "0001", "op.create_table('aunt', sa.Column('id', sa.String()))")
    asked: list[str] = []

    def back_up(version: str) -> None:
        asked.append(version)

    with ThreadPoolExecutor(2) as both:
        done = list(both.map(lambda _: migrate.upgrade(url(tmp_path), back_up, changes), range(2)))
    assert asked == ["0001"]
    assert sorted(one.changed for one in done) == [False, True]
