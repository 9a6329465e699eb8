"""Fixtures that every test may use."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import communities, schema
from storage.communities import Community
from storage.database import CommunityStore, Store

FOUNDED = datetime(2026, 8, 1, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database with every table; its work runs in the test's thread."""
    store = Store(f"sqlite:///{tmp_path}/staffroom.db", inline=True, durable=False)
    schema.metadata.create_all(store.engine)
    yield store
    store.close()


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
