"""What the tests of the Discord adapter share."""

from collections.abc import AsyncIterator, Iterator

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from storage.database import CommunityStore
from tests import faculty as faculties
from tests.faculty import Faculty
from tests.platforms.discord.world import World, discord_world


@pytest.fixture(autouse=True)
def _led_back() -> Iterator[None]:
    """The library keeps in its classes where Discord is."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
def faculty(community: CommunityStore) -> Faculty:
    return faculties.build(community)


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    """The faculty on a server."""
    async with discord_world(faculty) as made:
        yield made
