"""The store: one database, its transactions, and the threads that run them.

Everything above this floor works with a :class:`Tx`, a unit of work bound to one community. No
query can leave that community: `Tx.select` starts every statement with its id, and `Tx.get`
answers None for the row of another.
"""

import asyncio
import json
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import DateTime, Dialect, Engine, bindparam, create_engine, event
from sqlalchemy.engine import CursorResult, ScalarResult, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.sql import Executable
from sqlalchemy.sql.elements import BindParameter
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel, func, select
from sqlmodel.sql.expression import SelectOfScalar

R = TypeVar("R")
P = ParamSpec("P")
Work = Callable[["Tx"], R]

BUSY_TIMEOUT_MS = 5_000
TOGETHER = 500  # names in one statement
NAMES: BindParameter[Any] = bindparam("names", expanding=True)
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


class StoreError(Exception):
    """The database could not do it and nothing was changed; the text says why, for a person."""


class StoreBusy(StoreError):
    """Another process held the database for longer than the busy timeout."""


class StoreFull(StoreError):
    """The disk, or the database's own limit, is full."""


class Instant(TypeDecorator[datetime]):
    """A moment, kept in UTC and always handed out with its zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant without a zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Row(SQLModel):
    """What every table has: a short id of its own, and the community it belongs to."""

    id: str = Field(default="", primary_key=True, max_length=32)
    # Not indexed: SQLite keeps no statistics by itself, and would read the whole community by it
    # wherever a query has an IN.
    community_id: str = Field(default="", foreign_key="community.id", max_length=32)


RowT = TypeVar("RowT", bound=Row)


def random_id() -> str:
    """Ten characters that are easy to read aloud (49 bits)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


# A statement of many commands is made once, in a cached function, with bind parameters for what
# changes: building it costs as much as running it.


def in_community(model: type[RowT]) -> SelectOfScalar[RowT]:
    """To make a statement of: the rows of a table in the community of the `Tx` that runs it."""
    return select(model).where(model.community_id == bindparam("community"))


def counting(query: SelectOfScalar[Any]) -> SelectOfScalar[int]:
    """How many rows a query finds."""
    return select(func.count()).select_from(query.order_by(None).subquery())


@cache
def _by_id(model: type[RowT]) -> SelectOfScalar[RowT]:
    return select(model).where(model.id == bindparam("row_id"))


class Tx:
    """One transaction, bound to one community."""

    def __init__(self, session: Session, community_id: str, new_id: Callable[[], str]) -> None:
        self.session = session
        self.community_id = community_id
        self.new_id = new_id
        self._kept: dict[int, object] = {}
        self.ahead: dict[tuple[object, ...], Any] = {}  # see `foreseen`

    def add(self, row: RowT) -> RowT:
        """Remember a new row, giving it an id (if it has none) and this community."""
        row.id = row.id or self.new_id()
        row.community_id = self.community_id
        self.session.add(row)
        return row

    def get(self, model: type[RowT], row_id: str | None) -> RowT | None:
        """The row with this id, or None if there is none in this community."""
        if not row_id:
            return None
        known = self.session.identity_map.get((model, (row_id,), None))
        row = known or self.session.scalars(_by_id(model), {"row_id": row_id}).first()
        if row is None or row.community_id != self.community_id:
            return None
        return self.keep(row)

    def keep(self, row: R) -> R:
        """Hold a row until the transaction ends: the session forgets those that nobody holds."""
        self._kept[id(row)] = row
        return row

    def foreseen(
        self, ask: Callable[Concatenate["Tx", P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """`ask(tx, *args)`, unless that was read ahead, for many at once, in this transaction.

        Who reads ahead puts the answer at `ahead[ask, *args]`.
        """
        known = (ask, *args)
        return self.ahead[known] if known in self.ahead else ask(self, *args, **kwargs)

    def need(self, model: type[RowT], row_id: str) -> RowT:
        """The row with this id, which must exist (LookupError otherwise)."""
        row = self.get(model, row_id)
        if row is None:
            raise LookupError(f"no {model.__name__} {row_id!r} in this community")
        return row

    def select(self, model: type[RowT]) -> SelectOfScalar[RowT]:
        """A query over this community's rows of a table."""
        return select(model).where(model.community_id == self.community_id)

    def all(self, query: SelectOfScalar[R], **values: object) -> Sequence[R]:
        """The rows of a query; `values` are those of its bind parameters."""
        return self._rows(query, values).all()

    def only(self, query: SelectOfScalar[R], **values: object) -> R | None:
        """The row of a query that finds one at most."""
        return self._rows(query, values).first()

    def among(
        self, query: SelectOfScalar[R], names: Iterable[str], **values: object
    ) -> Iterator[R]:
        """The rows of a query that is about some `NAMES`, however many these are."""
        wanted = list(names)
        for start in range(0, len(wanted), TOGETHER):
            yield from self.all(query, names=wanted[start : start + TOGETHER], **values)

    def first(self, query: SelectOfScalar[R]) -> R | None:
        return self.only(query.limit(1))

    def count(self, query: SelectOfScalar[Any]) -> int:
        return self.only(counting(query)) or 0

    def _rows(self, query: SelectOfScalar[R], values: dict[str, object]) -> ScalarResult[R]:
        return self.session.scalars(query, {"community": self.community_id, **values})

    def delete(self, row: Row) -> None:
        self.session.delete(row)

    def flush(self) -> None:
        """Send pending changes to the database, so that a constraint speaks up here."""
        self.session.flush()

    def execute(self, statement: Executable, values: Any = None) -> CursorResult[Any]:
        """Run a Core statement; the caller limits it to `community_id`."""
        return cast("CursorResult[Any]", self.session.execute(statement, values))

    @property
    def on_postgres(self) -> bool:
        return self.session.get_bind().dialect.name == "postgresql"


class Store:
    """A database and the threads that run its transactions.

    SQLite gets one writer thread and a few readers, which cannot write; PostgreSQL a small pool.
    `inline` runs everything in the calling thread: for rehearsals, the command line and tests.
    """

    def __init__(
        self,
        url: str,
        *,
        new_id: Callable[[], str] = random_id,
        inline: bool = False,
        durable: bool = True,
    ) -> None:
        self.url = make_url(url)
        self.new_id = new_id
        self.inline = inline
        self.on_sqlite = self.url.get_backend_name() == "sqlite"
        if self.on_sqlite:
            self._writer = _sqlite_engine(url, read_only=False, durable=durable)
            self._reader = _sqlite_engine(url, read_only=True, durable=durable)
        else:
            self._writer = create_engine(url, pool_size=8, pool_pre_ping=True, hide_parameters=True)
            self._reader = self._writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        self._write_pool = ThreadPoolExecutor(1 if self.on_sqlite else 8, "store-write")
        # SQLite answers at once, so more readers would only wait for each other's Python.
        self._read_pool = ThreadPoolExecutor(2 if self.on_sqlite else 4, "store-read")

    @property
    def engine(self) -> Engine:
        """The engine that writes: for migrations, backups and benchmarks."""
        return self._writer

    def write_now(self, community_id: str, work: Work[R]) -> R:
        """Run `work` in one transaction, in this thread: all of it happens, or nothing.

        Raises StoreBusy or StoreFull when the database cannot take it.
        """
        try:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                return work(Tx(session, community_id, self.new_id))
        except DBAPIError as error:
            raise _explain(error) from error

    def read_now(self, community_id: str, work: Work[R]) -> R:
        """Run `work` on one consistent view, in this thread. It must not change anything."""
        try:
            with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
                return work(Tx(session, community_id, self.new_id))
        except DBAPIError as error:
            raise _explain(error) from error

    async def write(self, community_id: str, work: Work[R]) -> R:
        """As `write_now`, on the writer thread."""
        if self.inline:
            return self.write_now(community_id, work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._write_pool, self.write_now, community_id, work)

    async def read(self, community_id: str, work: Work[R]) -> R:
        """As `read_now`, on a reader thread."""
        if self.inline:
            return self.read_now(community_id, work)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._read_pool, self.read_now, community_id, work)

    def community(self, community_id: str) -> "CommunityStore":
        return CommunityStore(self, community_id)

    def close(self) -> None:
        """Wait for running transactions, then let go of the database."""
        self._write_pool.shutdown()
        self._read_pool.shutdown()
        self._writer.dispose()
        self._reader.dispose()


class CommunityStore:
    """The store as one community sees it."""

    def __init__(self, store: Store, community_id: str) -> None:
        self.store = store
        self.id = community_id

    async def write(self, work: Work[R]) -> R:
        return await self.store.write(self.id, work)

    async def read(self, work: Work[R]) -> R:
        return await self.store.read(self.id, work)

    def write_now(self, work: Work[R]) -> R:
        return self.store.write_now(self.id, work)

    def read_now(self, work: Work[R]) -> R:
        return self.store.read_now(self.id, work)


def _from_json(text: str) -> Any:
    """A JSON column. Most lists are empty, and a row has several of them."""
    return [] if text == "[]" else json.loads(text)


def _sqlite_engine(url: str, *, read_only: bool, durable: bool) -> Engine:
    engine = create_engine(
        url,
        pool_size=1 if not read_only else 4,
        hide_parameters=True,
        json_deserializer=_from_json,
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'NORMAL' if durable else 'OFF'}")
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute(f"PRAGMA query_only={'ON' if read_only else 'OFF'}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def explained() -> Iterator[None]:
    """Outside of transactions of the store: database errors as `write_now` raises them."""
    try:
        yield
    except DBAPIError as error:
        raise _explain(error) from error


def _explain(error: DBAPIError) -> Exception:
    text = str(error.orig)
    if isinstance(error, OperationalError) and "locked" in text:
        return StoreBusy("the database is in use by another program; nothing was changed")
    if "full" in text or "No space" in text or "disk I/O" in text:
        return StoreFull("the disk is full; nothing was changed. Free some space and try again")
    if "not a database" in text or "unable to open" in text:
        return StoreError(f"the database cannot be opened: {text}. Look at DATABASE_URL")
    return error
