"""Fixtures that every test may use."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog
from sqlalchemy import create_engine, event

from storage import communities, schema
from storage.communities import Community
from storage.database import CommunityStore, Store

BOUND = {name for name, table in schema.metadata.tables.items() if "community_id" in table.columns}
LIMITED = re.compile(r"community_id|\bid = ")
FOUNDED = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _usual_logs() -> Iterator[None]:
    """What one test says about logging is not for the next one."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with every table and no row, to copy: faster than making them anew."""
    path = tmp_path_factory.mktemp("empty") / "staffroom.db"
    engine = create_engine(f"sqlite:///{path}")
    schema.metadata.create_all(engine)
    engine.dispose()
    return path


@pytest.fixture
def store(tmp_path: Path, empty: Path) -> Iterator[Store]:
    """An empty database with every table; its work runs in the test's thread.

    SQLite in a temporary folder, or the PostgreSQL database that TEST_DATABASE_URL names, where
    each test has a schema of its own.
    """
    server = os.environ.get("TEST_DATABASE_URL", "")
    store, drop = _postgres(server) if server else (_sqlite(tmp_path, empty), lambda: None)
    asked_of_all = _watch(store)
    yield store
    store.close()
    drop()
    assert asked_of_all == [], "a query that could see the rows of another community"


def _watch(store: Store) -> list[str]:
    """Collects queries that are limited neither to a community nor to one row's id."""
    found = []

    def look(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        tables = re.findall(r"(?:FROM|JOIN|UPDATE)\s+\"?(\w+)", statement)
        if set(tables) & BOUND and not LIMITED.search(statement.partition("WHERE")[2]):
            found.append(statement)

    for engine in {store.engine, store._reader}:
        event.listen(engine, "before_cursor_execute", look)
    return found


def _sqlite(folder: Path, empty: Path) -> Store:
    shutil.copy(empty, folder / "staffroom.db")
    return Store(f"sqlite:///{folder}/staffroom.db", inline=True, durable=False)


def _postgres(server: str) -> tuple[Store, Callable[[], None]]:
    engine = create_engine(server)
    name = f"test_{uuid4().hex}"

    def run(statement: str) -> None:
        with engine.begin() as connection:
            connection.exec_driver_sql(statement)

    def drop() -> None:
        run(f"DROP SCHEMA {name} CASCADE")
        engine.dispose()

    run(f"CREATE SCHEMA {name}")
    url = engine.url.update_query_dict({"options": f"-csearch_path={name}"})
    store = Store(url.render_as_string(hide_password=False), inline=True)
    schema.metadata.create_all(store.engine)
    return store, drop


@pytest.fixture
def community(store: Store) -> CommunityStore:
    """One community, "Lakeside Virtual", in Detroit's zone, founded 2026-08-01."""
    made = store.write_now(
        "",
        lambda tx: communities.found(
            tx,
            Community(
                id="lakeside", name="Lakeside Virtual", zone="America/Detroit", created_at=FOUNDED
            ),
        ),
    )
    return store.community(made.id)
