"""Migrations: bringing a database to the tables of this version, safely, as the process starts."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from storage.database import StoreError, explained
from storage.schema import metadata

LOCK_WAIT_MS = 60_000  # how long another process may take to migrate
MIGRATIONS = Path(str(files("storage").joinpath("migrations")))
ADVISORY_LOCK = 0x57AFF  # any number, the same in every process, on PostgreSQL


class ForeignDatabase(StoreError):
    """The database belongs to another program, or to a newer version of this one."""


@dataclass(frozen=True)
class Migrated:
    """What a migration did: the version before (None: it was empty), and the one now."""

    before: str | None
    after: str
    backup: Path | None = None

    @property
    def changed(self) -> bool:
        return self.before != self.after


def head(folder: Path = MIGRATIONS) -> str:
    """The version that this program's tables have."""
    found = ScriptDirectory.from_config(_config(folder)).get_current_head()
    assert found is not None
    return found


def version(url: str) -> str | None:
    """The version of a database; None when it has no tables yet. Changes nothing.

    Raises ForeignDatabase when it is not one that this program can use.
    """
    with _connection(url) as connection:
        return _version(connection, MIGRATIONS)


def upgrade(url: str, back_up: Callable[[str], Path | None], folder: Path = MIGRATIONS) -> Migrated:
    """Bring a database up to date, all or nothing; one migrator at a time.

    `back_up` is called with the old version before a database that has tables is changed.
    Raises ForeignDatabase, or StoreError when rows would lose what they refer to.
    """
    newest = head(folder)
    with _connection(url) as connection:
        before = _version(connection, folder)
        if before == newest:
            return Migrated(before, newest)
        with _alone(connection):
            before = _version(connection, folder)  # another process may have been faster
            if before == newest:
                return Migrated(before, newest)
            kept = back_up(before) if before else None
            config = _config(folder)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            _check_references(connection)
        return Migrated(before, newest, kept)


def differences(url: str) -> list[Any]:
    """What the tables of a database lack compared with the models, in Alembic's words."""
    with _connection(url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, metadata))


def write_next(url: str, message: str) -> Path:
    """Write the migration from the tables of an up-to-date scratch database to the models."""
    with _connection(url) as connection:
        config = _config(MIGRATIONS)
        config.attributes["connection"] = connection
        number = f"{len(list(scripts())) + 1:04}"
        script = command.revision(config, message, autogenerate=True, rev_id=number)
    assert script is not None
    assert not isinstance(script, list)
    return Path(script.path)


def _version(connection: Connection, folder: Path) -> str | None:
    tables = inspect(connection).get_table_names()
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        if tables and tables != ["alembic_version"]:
            raise ForeignDatabase(
                "this database belongs to another program. Choose another DATABASE_URL"
            )
        return None
    if current not in {script.revision for script in scripts(folder)}:
        raise ForeignDatabase(
            f"this database was made by a newer version of Staffroom (it says {current}). "
            "Install that version, or restore a backup from before"
        )
    return current


def scripts(folder: Path = MIGRATIONS) -> Iterator[Any]:
    """Every migration, newest first."""
    return iter(ScriptDirectory.from_config(_config(folder)).walk_revisions())


def _config(folder: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    """A connection of its own, without checks of foreign keys: batch migrations copy tables,
    and dropping the old one would otherwise delete what refers to it."""
    engine = create_engine(url, poolclass=NullPool)
    if make_url(url).get_backend_name() == "sqlite":
        _prepare_sqlite(engine)
    with explained(), engine.connect() as connection:
        yield connection


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout={LOCK_WAIT_MS}")
        connection.execute("PRAGMA foreign_keys=OFF")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """A transaction that only one migrator can have."""
    connection.rollback()
    connection.execution_options(begin="BEGIN IMMEDIATE")
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
        yield


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({str(row[0]) for row in broken}))
        raise StoreError(
            f"the update would leave rows without what they refer to (in {tables}); "
            "nothing was changed. Keep the database and report this"
        )
