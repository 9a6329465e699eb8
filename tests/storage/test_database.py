"""The store keeps communities apart, keeps instants exact, and fails in words."""

import asyncio
import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from storage import communities, members, schema
from storage.communities import Community
from storage.database import CommunityStore, Store, StoreBusy, StoreFull, Tx, random_id
from storage.members import Member
from tests import builders

only_sqlite = pytest.mark.skipif(
    bool(os.environ.get("TEST_DATABASE_URL")), reason="about the embedded database"
)


def _other(store: Store) -> CommunityStore:
    made = store.write_now(
        "",
        lambda tx: communities.found(
            tx,
            Community(id="other", name="Other", zone="UTC", created_at=datetime.now(UTC)),
        ),
    )
    return store.community(made.id)


def test_a_query_never_sees_the_rows_of_another_community(community: CommunityStore) -> None:
    community.write_now(lambda tx: builders.member(tx, "Ada Example"))
    other = _other(community.store)
    assert other.read_now(members.everyone) == []
    assert [m.name for m in community.read_now(members.everyone)] == ["Ada Example"]


def test_a_row_cannot_be_fetched_by_id_from_another_community(community: CommunityStore) -> None:
    ada = community.write_now(lambda tx: builders.member(tx, "Ada Example"))
    other = _other(community.store)
    assert other.read_now(lambda tx: tx.get(Member, ada.id)) is None
    with pytest.raises(LookupError):
        other.read_now(lambda tx: tx.need(Member, ada.id))


def test_two_communities_may_have_members_with_the_same_email(community: CommunityStore) -> None:
    community.write_now(lambda tx: builders.member(tx, "Ada Example"))
    other = _other(community.store)
    other.write_now(lambda tx: builders.member(tx, "Ada Example"))
    assert other.read_now(lambda tx: members.by_email(tx, "ADA@example.org")) is not None


def test_an_instant_comes_back_as_the_same_moment_in_utc(community: CommunityStore) -> None:
    detroit = timezone(timedelta(hours=-4))
    at = datetime(2026, 9, 9, 16, 0, 0, 123456, tzinfo=detroit)
    ada = community.write_now(lambda tx: builders.member(tx, "Ada Example", joined_at=at))
    again = community.read_now(lambda tx: tx.need(Member, ada.id))
    assert again.joined_at == at
    assert again.joined_at.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(community: CommunityStore) -> None:
    with pytest.raises(Exception, match="without a zone"):
        community.write_now(
            lambda tx: builders.member(tx, "Ada Example", joined_at=datetime(2026, 9, 9))  # noqa: DTZ001
        )


def test_a_transaction_that_fails_changes_nothing(community: CommunityStore) -> None:
    def half(tx: Tx) -> None:
        builders.member(tx, "Ada Example")
        raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError):
        community.write_now(half)
    assert community.read_now(members.everyone) == []


def test_a_read_cannot_write(community: CommunityStore) -> None:
    with pytest.raises(DBAPIError, match=r"read-?only"):
        community.read_now(lambda tx: builders.member(tx, "Ada Example"))


@only_sqlite
def test_a_locked_database_is_said_in_words(
    community: CommunityStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with community.store.engine.connect() as holder:
        holder.begin()
        monkeypatch.setattr("storage.database.BUSY_TIMEOUT_MS", 20)
        second = Store(str(community.store.url), inline=True)
        with pytest.raises(StoreBusy, match="in use by another program"):
            second.write_now(community.id, lambda tx: builders.member(tx, "Ada Example"))
        second.close()
    assert community.read_now(members.everyone) == []


@only_sqlite
def test_a_full_disk_is_said_in_words_and_changes_nothing(community: CommunityStore) -> None:
    with community.store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def too_much(tx: Tx) -> None:
        for number in range(50):
            builders.member(tx, f"Ada {number}", email=f"{number}@example.org", goals="g" * 9_000)

    with pytest.raises(StoreFull, match="disk is full"):
        community.write_now(too_much)
    assert community.read_now(members.everyone) == []


async def test_writes_from_many_tasks_all_arrive(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/threads.db")
    schema.metadata.create_all(store.engine)
    bound = _other(store)

    async def add(number: int) -> None:
        email = f"{number}@example.org"
        await bound.write(lambda tx: builders.member(tx, f"Ada {number}", email=email))

    await asyncio.gather(*(add(number) for number in range(30)))
    assert len(await bound.read(members.everyone)) == 30
    store.close()


def test_ids_are_short_and_do_not_repeat() -> None:
    made = {random_id() for _ in range(2_000)}
    assert len(made) == 2_000
    assert all(len(one) == 10 for one in made)
