"""The outbox: 20,000 deliveries through the real planning, claiming, sending and recording.

The statements of one such run are noted down, and executed again on a fresh database, with the
same commits: as prepared Core statements (the baseline), and by bare `sqlite3`.
"""

import asyncio
import gc
import logging
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

import structlog
from sqlalchemy import Engine as Database
from sqlalchemy import event

from benchmarks.report import BenchRow
from bot.clock import VirtualClock
from bot.platforms.silent import SilentPlatform
from core import deliveries
from core.chat import Address, Message
from core.kinds import Kind
from scheduler.engine import Engine
from storage import communities, outbox, schema
from storage.communities import Community, Home
from storage.database import Store, Tx
from storage.members import Account, Member
from storage.outbox import Delivery, Plan
from storage.words import MemberState

DELIVERIES, PEOPLE, ROUNDS = 20_000, 2_000, 3
START = datetime(2026, 9, 1, 16, tzinfo=UTC)
COMMIT = object()  # between the statements of two transactions


def run() -> list[BenchRow]:
    """Seconds and deliveries a second: ours, prepared Core statements, bare sqlite3."""
    with tempfile.TemporaryDirectory(prefix="bench-outbox-") as folder, _quiet_logs():
        names = (Path(folder) / f"{number}.db" for number in count())
        core, raw = _noted_down(next(names))
        times = [
            (
                _seconds(_ours(next(names))),
                _seconds(_again_by_core(next(names), core)),
                _seconds(_again_by_sqlite3(next(names), raw)),
            )
            for _ in range(ROUNDS)
        ]
        ours, prepared, bare = (min(column) for column in zip(*times, strict=True))
    commits = sum(1 for step in core if step is COMMIT)
    note = f"{DELIVERIES:,} deliveries, {commits} commits"
    return [
        BenchRow("outbox: against prepared Core statements", ours, prepared, ours / prepared, 2.0,
                 "s", note),
        BenchRow("outbox: against bare sqlite3", ours, bare, ours / bare, None, "s", note),
        BenchRow("outbox: deliveries a second", DELIVERIES / ours, DELIVERIES / prepared,
                 None, None, "/s", "planned, claimed, sent, recorded; aim 2,000"),
    ]  # fmt: skip


def _open(path: Path) -> tuple[Store, Engine]:
    """A fresh database with people whose direct conversations are open, and its engine."""
    numbers = count(1)
    store = Store(f"sqlite:///{path}", new_id=lambda: f"{next(numbers):010}")
    schema.metadata.create_all(store.engine)
    store.write_now("", _people)
    community = store.community("bench")
    home = community.read_now(lambda tx: communities.homes(tx)[0])
    engine = Engine(
        community,
        {home.id: SilentPlatform()},
        VirtualClock(START),
        rng=Random(1),
        owner="bench",
        cards={Kind.REMINDER: _says},
    )
    return store, engine


def _people(tx: Tx) -> None:
    communities.found(
        tx, Community(id="bench", name="Bench", zone="UTC", created_at=START, replan=False)
    )
    home = tx.add(Home(platform="silent", external_id="bench", name="Bench"))
    tx.flush()
    people = [
        tx.add(Member(name=f"Person {number}", state=MemberState.ACTIVE))
        for number in range(PEOPLE)
    ]
    tx.flush()
    for member in people:
        tx.add(
            Account(
                member_id=member.id, home_id=home.id, external_id=member.id, name=member.name,
                last_used_at=START, direct_conversation=f"d-{member.id}",
            )
        )  # fmt: skip


def _says(tx: Tx, delivery: Delivery, now: datetime) -> Message:
    return Message("Your webinar begins in an hour. See you there!", title="Soon")


def _plans(tx: Tx) -> list[Plan]:
    people = tx.all(tx.select(Member))
    return [
        deliveries.plan(
            Kind.REMINDER,
            f"reminder:{number}",
            Address("direct", people[number % PEOPLE].id),
            START - timedelta(minutes=30) + timedelta(milliseconds=number),
            {"webinar": "w"},
        )
        for number in range(DELIVERIES)
    ]


def _all_sent(store: Store) -> None:
    states = store.read_now("bench", outbox.how_many)
    if states != {"sent": DELIVERIES}:
        raise AssertionError(f"not all were sent: {states}")


def _ours(path: Path) -> Callable[[], None]:
    store, engine = _open(path)
    plans = store.read_now("bench", _plans)

    def work() -> None:
        store.write_now("bench", lambda tx: outbox.put(tx, plans))
        plans.clear()
        asyncio.run(engine.advance(START))
        _all_sent(store)
        store.close()

    return work


def _noted_down(path: Path) -> tuple[list[Any], list[Any]]:
    """The statements of one run with their parameters: for Core, and for the driver."""
    core: list[Any] = []
    raw: list[Any] = []
    work = _ours(path)

    def execute(_c: Any, clause: Any, many: Any, single: Any, _options: Any) -> None:
        core.append((clause, many or single))

    def cursor(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool) -> None:
        raw.append((sql, values, many))

    def commit(_c: Any) -> None:
        core.append(COMMIT)
        raw.append(COMMIT)

    listeners: dict[str, Callable[..., None]] = {
        "before_execute": execute,
        "before_cursor_execute": cursor,
        "commit": commit,
    }
    for name, listener in listeners.items():
        event.listen(Database, name, listener)
    try:
        work()
    finally:
        for name, listener in listeners.items():
            event.remove(Database, name, listener)
    return core, raw


def _again_by_core(path: Path, steps: list[Any]) -> Callable[[], None]:
    store, _engine = _open(path)

    def work() -> None:
        with store.engine.connect() as connection:
            for step in steps:
                if step is COMMIT:
                    connection.commit()
                    continue
                clause, values = step
                result = connection.execute(clause, values or None)
                if result.returns_rows:
                    result.fetchall()
            connection.commit()
        _all_sent(store)
        store.close()

    return work


def _again_by_sqlite3(path: Path, steps: list[Any]) -> Callable[[], None]:
    store, _engine = _open(path)
    store.close()
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=500)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")

    def work() -> None:
        connection.execute("BEGIN IMMEDIATE")
        for step in steps:
            if step is COMMIT:
                connection.execute("COMMIT")
                connection.execute("BEGIN IMMEDIATE")
                continue
            sql, values, many = step
            if sql.startswith("BEGIN"):
                continue
            if many:
                connection.executemany(sql, values)
            else:
                connection.execute(sql, values).fetchall()
        connection.execute("COMMIT")
        connection.close()

    return work


def _seconds(work: Callable[[], None]) -> float:
    gc.collect()
    gc.freeze()  # what is there already is not work
    started = time.perf_counter()
    work()
    seconds = time.perf_counter() - started
    gc.unfreeze()
    return seconds


@contextmanager
def _quiet_logs() -> Iterator[None]:
    """Nobody reads 20,000 lines; what writing them costs depends on where they go."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)
