"""Loading programs."""

from datetime import UTC, datetime

import pytest

from core import program_load
from core.faults import FaultyFile
from storage import communities, programs
from storage.database import CommunityStore, Tx
from tests import builders
from tests.builders import SMALL_PROGRAM

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)


def planned(tx: Tx) -> None:
    """As after the planner has looked."""
    communities.current(tx).replan = False


def test_a_new_program_is_kept_under_its_name(community: CommunityStore) -> None:
    loaded = community.write_now(lambda tx: program_load.load(tx, SMALL_PROGRAM, NOW))
    assert loaded.change == "new"
    stored = community.read_now(lambda tx: programs.by_name(tx, "small"))
    assert stored is not None
    assert (stored.title, stored.text) == ("A Small Program", SMALL_PROGRAM)


def test_a_corrected_program_replaces_the_old_one_and_wakes_the_planner(
    community: CommunityStore,
) -> None:
    def before(tx: Tx) -> None:
        builders.cohort(tx, program_load.load(tx, SMALL_PROGRAM, NOW).stored)
        planned(tx)

    community.write_now(before)
    corrected = SMALL_PROGRAM.replace("First days", "The first days")
    loaded = community.write_now(lambda tx: program_load.load(tx, corrected, NOW))
    assert (loaded.change, loaded.cohorts) == ("changed", ("Cohort 1",))
    assert community.read_now(lambda tx: communities.current(tx).replan)
    assert community.read_now(lambda tx: len(programs.every(tx))) == 1


def test_loading_the_same_program_again_changes_nothing(community: CommunityStore) -> None:
    community.write_now(lambda tx: program_load.load(tx, SMALL_PROGRAM, NOW))
    community.write_now(planned)
    loaded = community.write_now(lambda tx: program_load.load(tx, SMALL_PROGRAM, NOW))
    assert loaded.change == "same"
    assert not community.read_now(lambda tx: communities.current(tx).replan)


def test_a_faulty_program_changes_nothing(community: CommunityStore) -> None:
    community.write_now(lambda tx: program_load.load(tx, SMALL_PROGRAM, NOW))
    faulty = SMALL_PROGRAM.replace("standard: A", "standard: Q")
    with pytest.raises(FaultyFile):
        community.write_now(lambda tx: program_load.load(tx, faulty, NOW))
    stored = community.read_now(lambda tx: programs.by_name(tx, "small"))
    assert stored is not None
    assert stored.text == SMALL_PROGRAM
