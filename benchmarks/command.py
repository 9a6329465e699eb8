"""A command end to end: `/staffroom today` against its own queries in one transaction.

The statements that a command issues are noted down and executed again as they are. Both run on the
store's reader threads, as they do in the process.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from benchmarks.report import BenchRow
from bot import demo, logs
from commands.dispatcher import CommandDispatcher
from commands.registry import every_command
from core.interaction import Invocation, Rejected, Reply
from storage import communities, members, schema
from storage.database import CommunityStore, Store, Tx
from storage.words import Role

NOW = datetime(2026, 11, 19, 20, 30, tzinfo=UTC)
WHO = {"ella": "a teacher", "ben": "a coach", "ada": "an organizer"}
ROUNDS, REPEATS, CONCURRENT = 5, 60, 100
AIM = 2.0


def run() -> list[BenchRow]:
    """Milliseconds of a command and of its queries; and how many commands end at once."""
    logs.set_up("warning")
    with tempfile.TemporaryDirectory(prefix="bench-command-") as folder:
        store = Store(f"sqlite:///{Path(folder) / 'demo.db'}")
        try:
            schema.metadata.create_all(store.engine)
            community = store.community(asyncio.run(demo.create(store, NOW)))
            return asyncio.run(_measure(community))
        finally:
            store.close()


async def _measure(community: CommunityStore) -> list[BenchRow]:
    offset = community.read_now(lambda tx: communities.current(tx).clock_offset_seconds)
    dispatcher = CommandDispatcher(
        community, every_command(), lambda: NOW + timedelta(seconds=offset)
    )
    home = community.read_now(lambda tx: communities.homes(tx)[0].id)
    keys = count()

    def ask(account: str, path: str, **args: str) -> Awaitable[Any]:
        return dispatcher.dispatch(Invocation(f"k{next(keys)}", home, account, path, args))

    rows = []
    for account, role in WHO.items():
        ours, bare, queries = await _compare(community, lambda who=account: ask(who, TODAY))  # type: ignore[misc]
        note = f"as {role}: {queries} queries"
        rows.append(
            BenchRow(f"command: /{TODAY} as {role}", ours, bare, ours / bare, AIM, "ms", note)
        )
    rows.append(await _at_once(community, ask))
    return rows


TODAY = "staffroom today"


async def _compare(
    community: CommunityStore, ask: Callable[[], Awaitable[Any]]
) -> tuple[float, float, int]:
    """The best round of each, in milliseconds for one; they take turns."""
    noted = await note_down(ask)

    def again(tx: Tx) -> None:
        for statement, values in noted:
            tx.session.execute(statement, values).all()

    ours, bare = [], []
    for _ in range(ROUNDS):
        ours.append(await _each(ask))
        bare.append(await _each(lambda: community.read(again)))
    return min(ours), min(bare), len(noted)


async def _each(work: Callable[[], Awaitable[Any]]) -> float:
    started = time.perf_counter()
    for _ in range(REPEATS):
        await work()
    return (time.perf_counter() - started) / REPEATS * 1000


async def note_down(ask: Callable[[], Awaitable[Any]]) -> list[tuple[Any, Any]]:
    """The statements of a command, with their values."""
    noted: list[tuple[Any, Any]] = []

    def note(state: ORMExecuteState) -> None:
        noted.append((state.statement, state.parameters))

    await ask()  # so that nothing is loaded or compiled in the race
    event.listen(Session, "do_orm_execute", note)
    try:
        answer = await ask()
    finally:
        event.remove(Session, "do_orm_execute", note)
    if isinstance(answer, Rejected) or (
        isinstance(answer, Reply) and "went wrong" in answer.message.text
    ):
        raise AssertionError(f"the command failed: {answer}")
    return noted


async def _at_once(community: CommunityStore, ask: Callable[..., Awaitable[Any]]) -> BenchRow:
    """Many people at the same time: half of them read, half of them write."""
    people = community.read_now(
        lambda tx: [
            account.external_id
            for member in members.with_role(tx, Role.TEACHER, Role.COACH, Role.ORGANIZER)
            for account in members.accounts(tx, member.id)
        ]
    )
    asked = [
        (people[number % len(people)], TODAY if number % 2 else "profile resume")
        for number in range(CONCURRENT)
    ]
    started = time.perf_counter()
    answers = await asyncio.gather(*(ask(account, path) for account, path in asked))
    seconds = time.perf_counter() - started
    failed = [one for one in answers if not isinstance(one, Reply) or "wrong" in one.message.text]
    if failed:
        raise AssertionError(f"{len(failed)} of {CONCURRENT} commands failed: {failed[0]}")
    note = "all answered, none failed; half of them write"
    return BenchRow(f"command: {CONCURRENT} at the same time", seconds * 1000, unit="ms", note=note)
