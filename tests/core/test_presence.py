"""Who is on a platform, as it tells: matched to the roster, followed, and missed."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from core import presence, programs
from core.cards.enrollment import welcome
from core.cards.notice import notice
from core.chat import Message, Person
from storage import members
from storage.database import CommunityStore, Tx
from storage.members import Account, Member
from storage.words import MemberState, Role
from tests import builders
from tests.faculty import TUESDAY, Faculty, build

DAY = timedelta(days=1)


@pytest.fixture
def faculty(community: CommunityStore) -> Faculty:
    """With Ivy, who teaches and has not come."""
    faculty = build(community)
    faculty.members["ivy"] = faculty.write(
        lambda tx: builders.member(
            tx,
            "Ivy Example",
            state=MemberState.INVITED,
            joined_at=None,
            cohort_id=faculty.cohort.id,
        )
    )
    return faculty


IVY = Person("U-ivy", "ivy e.", "Ivy@Example.org", zone="America/Los_Angeles")


def changed(faculty: Faculty, person: Person, now: datetime = TUESDAY) -> None:
    faculty.write(lambda tx: presence.changed(tx, faculty.home, person, now))


def ada(faculty: Faculty, **changes: Any) -> Person:
    return Person(faculty.accounts["ada"].external_id, "Ada E.", **changes)


def accounts(faculty: Faculty, name: str) -> list[Account]:
    member = faculty.members[name]
    return faculty.community.read_now(lambda tx: list(members.accounts(tx, member.id)))


def zone(faculty: Faculty, name: str) -> str:
    return faculty.community.read_now(
        lambda tx: programs.zone_of(tx, tx.need(Member, faculty.members[name].id))
    )


def notices(faculty: Faculty) -> list[str]:
    """What one organizer is told."""

    olga = faculty.members["olga"].id
    rows = [row for row in faculty.deliveries("notice") if row.member_id == olga]
    said = faculty.community.read_now(lambda tx: [notice(tx, row, TUESDAY) for row in rows])
    return [one.text for one in said if isinstance(one, Message)]


def test_who_is_on_the_roster_is_recognized_by_e_mail_and_stays_invited(faculty: Faculty) -> None:
    changed(faculty, IVY)
    assert [one.external_id for one in accounts(faculty, "ivy")] == ["U-ivy"]
    assert faculty.now_is(faculty.members["ivy"]).state is MemberState.INVITED


def test_who_comes_alone_is_told_the_way_in_once(faculty: Faculty) -> None:
    changed(faculty, IVY)
    changed(faculty, IVY)
    (told,) = faculty.deliveries("welcome")
    said = faculty.community.read_now(lambda tx: welcome(tx, told, TUESDAY))
    assert isinstance(said, Message)
    assert "You are on the roster of Lakeside Virtual, as a teacher." in said.text


def test_a_whole_list_matches_and_greets_nobody(faculty: Faculty) -> None:
    faculty.write(lambda tx: presence.synchronize(tx, faculty.home, [IVY], TUESDAY))
    assert len(accounts(faculty, "ivy")) == 1
    assert faculty.deliveries("welcome") == []


@pytest.mark.parametrize("trait", ["is_bot", "is_guest", "left"])
def test_bots_guests_and_those_who_left_are_never_matched(faculty: Faculty, trait: str) -> None:
    traits: dict[str, Any] = {trait: True}
    person = replace(IVY, **traits)
    changed(faculty, person)
    faculty.write(lambda tx: presence.synchronize(tx, faculty.home, [person], TUESDAY))
    assert accounts(faculty, "ivy") == []


def test_an_unknown_person_stays_unknown(faculty: Faculty) -> None:
    changed(faculty, Person("U-nora", "Nora", "nora@example.org"))
    assert (
        faculty.community.read_now(lambda tx: members.account(tx, faculty.home.id, "U-nora"))
        is None
    )


def test_name_and_zone_follow_the_platform(faculty: Faculty) -> None:
    changed(faculty, ada(faculty, zone="America/Chicago"))
    assert accounts(faculty, "ada")[0].name == "Ada E."
    assert zone(faculty, "ada") == "America/Chicago"


def test_a_zone_of_their_own_choice_counts_more_than_the_platforms(faculty: Faculty) -> None:
    faculty.write(lambda tx: _change(tx, faculty, zone="America/Denver"))
    changed(faculty, ada(faculty, zone="America/Chicago"))
    assert zone(faculty, "ada") == "America/Denver"


def _change(tx: Tx, faculty: Faculty, **values: Any) -> None:
    for name, value in values.items():
        setattr(tx.need(Member, faculty.members["ada"].id), name, value)


def test_a_zone_that_nobody_knows_is_left_out(faculty: Faculty) -> None:
    changed(faculty, ada(faculty, zone="Mars/Olympus_Mons"))
    assert zone(faculty, "ada") == "America/Detroit"


def test_the_zone_is_that_of_the_account_used_last(faculty: Faculty) -> None:
    def elsewhere(tx: Tx) -> Account:
        other = builders.home(tx, "other")
        return builders.account(
            tx, tx.need(Member, faculty.members["ada"].id), other, last_used_at=TUESDAY
        )

    faculty.write(elsewhere)
    changed(faculty, ada(faculty, zone="America/Chicago"))
    assert zone(faculty, "ada") == "America/Detroit"


def test_who_left_is_paused_and_organizers_hear_of_it_once(faculty: Faculty) -> None:
    changed(faculty, ada(faculty, left=True))
    changed(faculty, ada(faculty, left=True), TUESDAY + DAY)
    assert faculty.now_is(faculty.members["ada"]).paused(TUESDAY + 300 * DAY)
    (told,) = notices(faculty)
    assert "Ada Example is not in Local any more" in told
    assert "`/coach end teacher: Ada Example` ends it" in told


def test_who_is_still_somewhere_else_is_not_paused(faculty: Faculty) -> None:
    faculty.write(
        lambda tx: builders.account(
            tx, tx.need(Member, faculty.members["ada"].id), builders.home(tx, "other")
        )
    )
    changed(faculty, ada(faculty, left=True))
    assert not faculty.now_is(faculty.members["ada"]).paused(TUESDAY)
    assert notices(faculty) == []


def test_who_comes_back_goes_on_and_the_notice_is_not_needed(faculty: Faculty) -> None:
    changed(faculty, ada(faculty, left=True))
    changed(faculty, ada(faculty), TUESDAY + DAY)
    assert not faculty.now_is(faculty.members["ada"]).paused(TUESDAY + DAY)
    assert accounts(faculty, "ada")[0].left_at is None
    assert notices(faculty) == []


def test_a_pause_of_their_own_outlasts_their_return(faculty: Faculty) -> None:
    changed(faculty, ada(faculty, left=True))
    until = TUESDAY + 20 * DAY
    faculty.write(lambda tx: _change(tx, faculty, paused_until=until))
    changed(faculty, ada(faculty), TUESDAY + DAY)
    assert faculty.now_is(faculty.members["ada"]).paused_until == until


def test_who_is_missing_in_a_list_has_not_left(faculty: Faculty) -> None:
    faculty.write(lambda tx: presence.synchronize(tx, faculty.home, [], TUESDAY))
    assert [one.left_at for one in accounts(faculty, "ada")] == [None]


def test_who_is_told_as_left_in_a_list_has_left(faculty: Faculty) -> None:
    gone = [ada(faculty, left=True)]
    faculty.write(lambda tx: presence.synchronize(tx, faculty.home, gone, TUESDAY))
    assert [one.left_at for one in accounts(faculty, "ada")] == [TUESDAY]


async def test_who_is_recognized_is_in_with_the_first_thing_they_ask_for(faculty: Faculty) -> None:
    changed(faculty, IVY)
    faculty.accounts["ivy"] = accounts(faculty, "ivy")[0]
    answer = await faculty.asker("ivy").ask("/staffroom today")
    assert "Week 1: First days" in answer.message.title  # type: ignore[union-attr]
    ivy = faculty.now_is(faculty.members["ivy"])
    assert (ivy.state, ivy.joined_at) == (MemberState.ACTIVE, TUESDAY)


async def test_what_is_not_for_them_does_not_let_them_in(faculty: Faculty) -> None:
    changed(faculty, IVY)
    faculty.accounts["ivy"] = accounts(faculty, "ivy")[0]
    await faculty.asker("ivy").ask("/settings show")
    assert faculty.now_is(faculty.members["ivy"]).state is MemberState.INVITED


async def test_who_writes_before_coming_in_is_shown_the_way(faculty: Faculty) -> None:
    changed(faculty, IVY)
    faculty.accounts["ivy"] = accounts(faculty, "ivy")[0]
    answer = await faculty.asker("ivy").ask("/staffroom hear", text="Hello?")
    assert "You are on the roster" in answer.message.text  # type: ignore[union-attr]
    await faculty.asker("ivy").press(answer, "Join")
    assert faculty.now_is(faculty.members["ivy"]).role is Role.TEACHER
    assert faculty.now_is(faculty.members["ivy"]).state is MemberState.ACTIVE
