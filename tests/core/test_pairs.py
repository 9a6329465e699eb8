"""Proposing, approving and ending pairs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core import pairs, proposals
from core.errors import UserError
from storage import communities, outbox
from storage import pairs as stored
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.pairs import Pair
from storage.words import MemberState, PairState, Role
from tests import builders

NOW = datetime(2026, 9, 1, 15, tzinfo=UTC)
LATER = datetime(2026, 9, 1, 16, tzinfo=UTC)


@dataclass
class People:
    ada: Member
    ben: Member
    cora: Member
    dan: Member
    olga: Member


def people(tx: Tx) -> People:
    """Two teachers, a coach of Ada's subject and one of Ben's, an organizer."""
    cohort = builders.cohort(tx, builders.program(tx))
    teacher: dict[str, Any] = {"cohort_id": cohort.id}
    coach: dict[str, Any] = {"role": Role.COACH, "capacity": 2}
    return People(
        builders.member(tx, "Ada Example", subjects=["algebra"], **teacher),
        builders.member(tx, "Ben Example", subjects=["biology"], **teacher),
        builders.member(tx, "Cora Example", subjects=["algebra"], **coach),
        builders.member(tx, "Dan Example", subjects=["biology"], **coach),
        builders.member(tx, "Olga Example", role=Role.ORGANIZER),
    )


@pytest.fixture
def tx(community: CommunityStore) -> Any:
    """A transaction for the whole test: rules are plain functions of it."""
    store = community.store
    with Session(store.engine, expire_on_commit=False) as session:
        yield Tx(session, community.id, store.new_id)
        session.rollback()


@pytest.fixture
def who(tx: Tx) -> People:
    return people(tx)


def proposed(tx: Tx) -> dict[str, str]:
    found = proposals.current(tx, NOW).pairs
    return {one.teacher.name[:3]: one.coach.name[:4] for one in found}


def keys(tx: Tx) -> set[str]:
    return {row.key for row in tx.all(tx.select(outbox.Delivery))}


def test_a_proposal_tells_nobody(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    assert proposed(tx) == {"Ada": "Cora", "Ben": "Dan "}
    assert keys(tx) == set()


def test_a_proposal_says_why(tx: Tx, who: People) -> None:
    found = proposals.propose(tx, NOW).pairs[0].pair
    assert found.reason == "Both teach algebra; in the same time zone."
    assert found.score == 55


def test_a_new_proposal_replaces_the_old_one(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    who.ada.subjects, who.ben.subjects = ["biology"], ["algebra"]
    tx.flush()
    proposals.propose(tx, LATER)
    assert proposed(tx) == {"Ada": "Dan ", "Ben": "Cora"}


def test_a_pinned_pair_stays_in_a_new_proposal(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    proposals.pin(tx, who.ada)
    who.ada.subjects, who.ben.subjects = ["biology"], ["algebra"]
    tx.flush()
    proposals.propose(tx, LATER)
    assert proposed(tx) == {"Ada": "Cora", "Ben": "Cora"}


def test_a_pinned_pair_takes_a_place(tx: Tx, who: People) -> None:
    who.cora.capacity = 1
    proposals.propose(tx, NOW)
    proposals.pin(tx, who.ada)
    proposals.propose(tx, LATER)
    assert sorted(proposed(tx).values()) == ["Cora", "Dan "]


def test_a_pinned_pair_goes_when_a_rule_forbids_it(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    proposals.pin(tx, who.ada)
    who.cora.role = Role.TEACHER
    tx.flush()
    proposals.propose(tx, LATER)
    assert set(proposed(tx).values()) == {"Dan "}


def test_those_who_have_a_coach_are_not_proposed_again(tx: Tx, who: People) -> None:
    builders.pair(tx, who.ada, who.dan)
    proposals.propose(tx, NOW)
    assert proposed(tx) == {"Ben": "Dan "}


def test_active_pairs_count_against_the_capacity(tx: Tx, who: People) -> None:
    who.cora.capacity, who.dan.capacity = 0, 1
    builders.pair(tx, who.ada, who.dan)
    with_nobody = proposals.propose(tx, NOW).unpaired
    assert [(m.name, why) for m, why in with_nobody] == [
        ("Ben Example", "No free place: every coach is full.")
    ]


def test_a_paused_coach_gets_nobody(tx: Tx, who: People) -> None:
    who.cora.paused_until = datetime(2026, 10, 1, tzinfo=UTC)
    proposals.propose(tx, NOW)
    assert proposed(tx) == {"Ada": "Dan ", "Ben": "Dan "}


def test_an_organizer_with_capacity_coaches(tx: Tx, who: People) -> None:
    who.olga.capacity, who.cora.capacity, who.dan.capacity = 2, 0, 0
    proposals.propose(tx, NOW)
    assert proposed(tx) == {"Ada": "Olga", "Ben": "Olga"}


def test_teachers_who_have_not_come_are_counted_and_not_paired(tx: Tx, who: People) -> None:
    builders.member(tx, "Eve Example", state=MemberState.INVITED)
    proposal = proposals.propose(tx, NOW)
    assert (len(proposal.pairs), proposal.invited) == (2, 1)


def test_nobody_to_pair_is_said(tx: Tx, who: People) -> None:
    builders.pair(tx, who.ada, who.cora)
    builders.pair(tx, who.ben, who.cora)
    with pytest.raises(UserError, match="nobody to pair"):
        proposals.propose(tx, NOW)


def test_loads_count_what_is_and_what_is_proposed(tx: Tx, who: People) -> None:
    builders.pair(tx, who.ada, who.dan)
    loads = proposals.propose(tx, NOW).loads
    assert [(load.coach.name, load.active, load.proposed) for load in loads] == [
        ("Cora Example", 0, 0),
        ("Dan Example", 1, 1),
    ]


def test_a_swap_exchanges_coaches_and_pins(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    pair, _ = proposals.swap(tx, who.ada, who.ben, NOW)
    assert proposed(tx) == {"Ada": "Dan ", "Ben": "Cora"}
    assert pair.pinned
    assert pair.reason == "Little in common on paper; in the same time zone."


def test_a_swap_against_a_rule_is_refused(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    pairs.forbid(tx, who.ada, who.dan)
    with pytest.raises(UserError, match="must never be paired"):
        proposals.swap(tx, who.ada, who.ben, NOW)


def test_a_swap_needs_two_proposed_pairs(tx: Tx, who: People) -> None:
    with pytest.raises(UserError, match="No pair is proposed for Ada Example"):
        proposals.swap(tx, who.ada, who.ben, NOW)


def test_a_swap_with_the_same_coach_is_refused(tx: Tx, who: People) -> None:
    who.dan.capacity = 0
    proposals.propose(tx, NOW)
    with pytest.raises(UserError, match="same coach"):
        proposals.swap(tx, who.ada, who.ben, NOW)


def test_a_dropped_pair_is_named_as_possible(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    proposals.drop(tx, who.ada)
    assert proposed(tx) == {"Ben": "Dan "}
    assert [why for _, why in proposals.current(tx, NOW).unpaired] == [
        "Could be paired now: `/coach propose` looks again."
    ]


def test_approval_starts_every_pair_and_introduces_both_sides(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    communities.current(tx).replan = False
    approval = proposals.approve(tx, who.olga, LATER)
    own = stored.of_teacher(tx, who.ada.id)
    assert own is not None
    assert (own.coach_id, own.started_at, own.approved_by) == (who.cora.id, LATER, who.olga.id)
    assert (len(approval.pairs), approval.new) == (2, True)
    assert {
        f"introduction:{own.id}:{who.ada.id}:1",
        f"introduction:{own.id}:{who.cora.id}:1",
    } < keys(tx)
    assert len(keys(tx)) == 4
    assert communities.current(tx).replan


def test_the_second_organizer_hears_who_approved(tx: Tx, who: People) -> None:
    mark = proposals.propose(tx, NOW).mark
    proposals.approve(tx, who.olga, NOW, mark)
    again = proposals.approve(tx, who.cora, LATER, mark)
    assert (again.by, again.at, len(again.pairs), again.new) == (who.olga, NOW, 2, False)
    assert len(keys(tx)) == 4


def test_only_the_list_that_was_looked_at_is_approved(tx: Tx, who: People) -> None:
    mark = proposals.propose(tx, NOW).mark
    proposals.swap(tx, who.ada, who.ben, NOW)
    with pytest.raises(UserError, match="has changed"):
        proposals.approve(tx, who.olga, NOW, mark)
    assert keys(tx) == set()


def test_without_a_proposal_there_is_nothing_to_approve(tx: Tx, who: People) -> None:
    with pytest.raises(UserError, match="no proposal"):
        proposals.approve(tx, who.olga, NOW)


def test_what_changed_since_the_proposal_is_named(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    who.dan.state = MemberState.LEFT
    who.cora.capacity = 0
    tx.flush()
    with pytest.raises(UserError) as refused:
        proposals.approve(tx, who.olga, NOW)
    assert "Dan Example is not a coach in this community." in refused.value.text
    assert "Cora Example would have 1 teacher and takes 0." in refused.value.text
    assert stored.of_teacher(tx, who.ada.id) is None


def test_a_pair_by_hand_begins_at_once(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    made = pairs.by_hand(tx, who.ada, who.dan, who.olga, NOW)
    assert made.state is PairState.ACTIVE
    assert proposed(tx) == {"Ben": "Dan "}
    assert len(keys(tx)) == 2


def test_a_full_coach_is_refused_unless_anyway(tx: Tx, who: People) -> None:
    who.cora.capacity = 0
    with pytest.raises(UserError, match="0 of 0 teachers") as refused:
        pairs.by_hand(tx, who.ada, who.cora, who.olga, NOW)
    assert set(refused.value.problems) == {"coach", "anyway"}
    assert pairs.by_hand(tx, who.ada, who.cora, who.olga, NOW, anyway=True).coach_id == who.cora.id


def test_a_teacher_has_one_coach(tx: Tx, who: People) -> None:
    pairs.by_hand(tx, who.ada, who.cora, who.olga, NOW)
    with pytest.raises(UserError, match="has a coach: Cora Example"):
        pairs.by_hand(tx, who.ada, who.dan, who.olga, NOW)
    with pytest.raises(UserError, match="are a pair already"):
        pairs.by_hand(tx, who.ada, who.cora, who.olga, NOW)


def test_the_database_lets_a_teacher_have_one_coach(tx: Tx, who: People) -> None:
    builders.pair(tx, who.ada, who.cora)
    with pytest.raises(IntegrityError):
        builders.pair(tx, who.ada, who.dan)


def test_a_never_pair_rule_holds_for_hands_too(tx: Tx, who: People) -> None:
    pairs.forbid(tx, who.cora, who.ada)
    with pytest.raises(UserError, match="must never be paired"):
        pairs.by_hand(tx, who.ada, who.cora, who.olga, NOW, anyway=True)


def test_an_end_tells_both_and_frees_the_teacher(tx: Tx, who: People) -> None:
    old = pairs.by_hand(tx, who.ada, who.cora, who.olga, NOW)
    pairs.end(tx, who.ada, "Cora moves abroad.", LATER)
    assert (old.state, old.ended_at, old.end_reason) == (
        PairState.ENDED,
        LATER,
        "Cora moves abroad.",
    )
    assert {f"farewell:{old.id}:{m.id}:1" for m in (who.ada, who.cora)} < keys(tx)
    assert pairs.by_hand(tx, who.ada, who.dan, who.olga, LATER).state is PairState.ACTIVE


def test_there_is_no_end_without_a_pair(tx: Tx, who: People) -> None:
    with pytest.raises(UserError, match="has no coach now"):
        pairs.end(tx, who.ada, "", NOW)


def test_a_rule_drops_the_proposed_pair(tx: Tx, who: People) -> None:
    proposals.propose(tx, NOW)
    assert pairs.forbid(tx, who.cora, who.ada)
    assert proposed(tx) == {"Ben": "Dan "}
    proposals.propose(tx, LATER)
    assert proposed(tx)["Ada"] == "Dan "


def test_a_rule_is_made_once_and_lifted_once(tx: Tx, who: People) -> None:
    assert [pairs.forbid(tx, who.ada, who.cora), pairs.forbid(tx, who.cora, who.ada)] == [
        True,
        False,
    ]
    assert [pairs.allow(tx, who.cora, who.ada), pairs.allow(tx, who.ada, who.cora)] == [True, False]


def test_an_active_pair_must_be_ended_before_it_is_ruled_out(tx: Tx, who: People) -> None:
    builders.pair(tx, who.ada, who.cora)
    with pytest.raises(UserError, match="are a pair now"):
        pairs.forbid(tx, who.cora, who.ada)


def test_a_meeting_is_noted_once(tx: Tx, who: People) -> None:
    own = builders.pair(tx, who.ada, who.cora)
    first = pairs.met(tx, own.id, 1, who.cora, NOW)
    second = pairs.met(tx, own.id, 1, who.ada, LATER)
    assert (first.new, second.new, second.said_by) == (True, False, who.cora)
    assert len(stored.meetings(tx, own.id)) == 1


def test_nobody_else_can_say_that_two_people_met(tx: Tx, who: People) -> None:
    own = builders.pair(tx, who.ada, who.cora)
    with pytest.raises(UserError, match="Only Ada Example and Cora Example"):
        pairs.met(tx, own.id, 1, who.olga, NOW)


@pytest.mark.parametrize("state", [PairState.ENDED, PairState.PROPOSED])
def test_only_an_active_pair_meets(tx: Tx, who: People, state: PairState) -> None:
    own = builders.pair(tx, who.ada, who.cora, state=state)
    with pytest.raises(UserError, match=r"ended|not there any more"):
        pairs.met(tx, own.id, 1, who.ada, NOW)


def test_a_pair_of_the_roster_is_introduced_as_people_arrive(tx: Tx, who: People) -> None:
    own: Pair = builders.pair(tx, who.ada, who.cora)
    who.ada.state = MemberState.INVITED
    pairs.introduce(tx, own, NOW)
    assert keys(tx) == {f"introduction:{own.id}:{who.cora.id}:1"}
    who.ada.state = MemberState.ACTIVE
    pairs.introduce(tx, own, LATER)
    assert len(keys(tx)) == 2
