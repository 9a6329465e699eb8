"""Founding a community."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core import claims, communities, program_load
from core.communities import Founding
from core.errors import UserError
from storage import cohorts, members, programs
from storage import communities as stored
from storage.database import Store, Tx
from storage.words import Role
from tests.builders import SMALL_PROGRAM

NOW = datetime(2026, 8, 10, 12, tzinfo=UTC)
WANTED = Founding(
    name="Lakeside Virtual",
    zone="America/Detroit",
    program="first-year-online",
    starts_on=date(2026, 9, 2),
    organizer="Olive Example",
    email=" Olive@Example.org",
)


def test_a_community_is_founded_with_all_that_it_needs(store: Store) -> None:
    founded = store.write_now("", lambda tx: communities.found(tx, WANTED, NOW))
    community = store.community(founded.community.id)

    def look(tx: Tx) -> tuple[str, list[str], list[date], str | None]:
        (cohort,) = cohorts.running(tx)
        organizer = members.by_email(tx, "olive@example.org")
        return (
            stored.current(tx).zone,
            [program.name for program in programs.every(tx)],
            [cohort.starts_on],
            organizer.role if organizer else None,
        )

    assert community.read_now(look) == (
        "America/Detroit",
        list(program_load.shipped()),
        [date(2026, 8, 31)],
        Role.ORGANIZER,
    )


def test_the_code_makes_its_bearer_the_organizer(store: Store) -> None:
    founded = store.write_now("", lambda tx: communities.found(tx, WANTED, NOW))
    member = store.write_now(founded.community.id, lambda tx: claims.redeem(tx, founded.code, NOW))
    assert (member.id, member.role) == (founded.organizer.id, Role.ORGANIZER)


def test_the_first_cohort_may_follow_a_program_of_ones_own(store: Store) -> None:
    wanted = replace(WANTED, program="small", program_text=SMALL_PROGRAM)
    founded = store.write_now("", lambda tx: communities.found(tx, wanted, NOW))
    community = store.community(founded.community.id)
    small = community.read_now(lambda tx: programs.by_name(tx, "small"))
    assert small is not None
    assert founded.cohort.program_id == small.id


def test_an_unknown_program_founds_nothing(store: Store) -> None:
    wanted = replace(WANTED, program="first-year")
    with pytest.raises(UserError, match="Did you mean first-year-online"):
        store.write_now("", lambda tx: communities.found(tx, wanted, NOW))
    assert stored.every(store) == []
