"""What leaves the house in an export."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from storage import communities, export
from storage.communities import Community
from storage.database import CommunityStore, Store, Tx
from storage.members import ClaimCode
from tests import builders

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)


def table(tx: Tx, name: str) -> tuple[list[dict[str, Any]], int]:
    return list(export.rows(tx, name)), export.how_many(tx, name)


def test_a_community_gets_its_own_rows_and_no_others(
    store: Store, community: CommunityStore
) -> None:
    community.write_now(lambda tx: builders.member(tx, "Ada Example"))

    def elsewhere(tx: Tx) -> None:
        communities.found(tx, Community(id="", name="Other", zone="Etc/UTC", created_at=NOW))
        tx.flush()
        builders.member(tx, "Ben Example")

    store.write_now("", elsewhere)
    for name, expected in (("member", "Ada Example"), ("community", "Lakeside Virtual")):
        found, many = community.read_now(partial(table, name=name))
        assert [row["name"] for row in found] == [expected]
        assert many == 1


def test_hashes_of_secrets_stay(community: CommunityStore) -> None:
    def code(tx: Tx) -> None:
        member = builders.member(tx, "Ada Example")
        tx.add(ClaimCode(member_id=member.id, code_hash="5ec4e7", created_at=NOW, expires_at=NOW))

    community.write_now(code)
    (row,) = community.read_now(lambda tx: list(export.rows(tx, "claimcode")))
    assert "code_hash" not in row
    assert row["expires_at"] == NOW


def test_every_table_can_be_exported(community: CommunityStore) -> None:
    assert "delivery" in export.tables()
    for name in export.tables():
        found, many = community.read_now(partial(table, name=name))
        assert len(found) == many
