"""What the tests of the Slack adapter share."""

from collections.abc import AsyncIterator

import pytest

from storage.database import CommunityStore
from tests import faculty as faculties
from tests.faculty import Faculty
from tests.platforms.slack.world import World, slack_world


@pytest.fixture
def faculty(community: CommunityStore) -> Faculty:
    return faculties.build(community)


@pytest.fixture
async def world(faculty: Faculty) -> AsyncIterator[World]:
    """The faculty in a workspace, by Socket Mode."""
    async with slack_world(faculty) as made:
        yield made
