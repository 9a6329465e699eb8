"""Fixtures for tests of commands."""

import pytest

from storage.database import CommunityStore
from tests import faculty as faculties
from tests.faculty import Faculty


@pytest.fixture
def faculty(community: CommunityStore) -> Faculty:
    """Two teachers, two coaches, two organizers, on the Tuesday of week 1."""
    return faculties.build(community)
