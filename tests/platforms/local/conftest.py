"""Fixtures of the local chat's tests."""

import pytest

from storage.database import CommunityStore
from tests.platforms.local.world import World


@pytest.fixture
def world(community: CommunityStore) -> World:
    """Ada, Ben and Cora on the local chat; the server does not run yet."""
    return World(community)
