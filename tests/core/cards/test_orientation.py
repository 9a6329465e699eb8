"""Orientation steps and welcomes, as they look when they are sent."""

from datetime import datetime, timedelta

import pytest

from core import enrollment
from core.cards.card import Skip
from core.cards.catalog import CARDS
from core.chat import Message
from core.kinds import Kind
from storage import members
from storage.cohorts import Cohort
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.orientation import StepDone
from storage.outbox import Delivery
from storage.words import MemberState, Role
from tests import faculty as faculties
from tests.faculty import BEFORE, TUESDAY, Faculty


@pytest.fixture
def faculty(community: CommunityStore) -> Faculty:
    return faculties.build(community)


def step_for_ada(faculty: Faculty, step: str = "hello", now: datetime = BEFORE) -> Message | Skip:
    delivery = Delivery(
        key="orientation:x:1", kind=Kind.ORIENTATION, conversation="direct:x", due_at=now,
        ready_at=now, expires_at=now,
        subject={"member": faculty.members["ada"].id, "step": step},
    )  # fmt: skip
    return faculty.write(lambda tx: CARDS[Kind.ORIENTATION](tx, delivery, now))


def change_ada(faculty: Faculty, **values: object) -> None:
    def change(tx: Tx) -> None:
        ada = tx.need(Member, faculty.members["ada"].id)
        for name, value in values.items():
            setattr(ada, name, value)

    faculty.write(change)


def test_a_step_tells_its_place_and_can_be_ticked(faculty: Faculty) -> None:
    card = step_for_ada(faculty, "profile")
    assert isinstance(card, Message)
    assert card.title == "Step 2 of 2: Your profile"
    assert "Fill in your profile." in card.text
    assert [(one.label, one.id) for one in card.buttons] == [
        ("Done", "orientation done|step=profile")
    ]


def test_a_step_for_somebody_who_came_late_says_so(faculty: Faculty) -> None:
    change_ada(faculty, joined_at=BEFORE)
    on_time = step_for_ada(faculty, now=TUESDAY)
    assert isinstance(on_time, Message)
    assert "after the start" not in on_time.text
    change_ada(faculty, joined_at=TUESDAY)
    late = step_for_ada(faculty, now=TUESDAY)
    assert isinstance(late, Message)
    assert late.text.startswith("You are joining after the start; ")


def test_a_ticked_step_is_not_sent(faculty: Faculty) -> None:
    ada = faculty.members["ada"].id
    faculty.write(lambda tx: tx.add(StepDone(member_id=ada, step="hello", done_at=BEFORE)))
    assert step_for_ada(faculty) == Skip("ticked already")
    assert isinstance(step_for_ada(faculty, "profile"), Message)


def test_a_step_waits_for_nobody_who_is_paused_or_gone(faculty: Faculty) -> None:
    change_ada(faculty, paused_until=BEFORE + timedelta(days=1))
    assert step_for_ada(faculty) == Skip("paused")
    assert isinstance(step_for_ada(faculty, now=BEFORE + timedelta(days=1)), Message)
    change_ada(faculty, state=MemberState.LEFT)
    assert step_for_ada(faculty) == Skip("not a member here")


def test_a_step_that_left_the_program_is_not_sent(faculty: Faculty) -> None:
    assert step_for_ada(faculty, "gone") == Skip("the program has no such step any more")


def welcome(faculty: Faculty, name: str, now: datetime) -> Message:
    def arrive(tx: Tx) -> Message | Skip:
        member = tx.need(Member, faculty.members[name].id)
        member.state = MemberState.INVITED
        enrollment.activate(tx, member, now)
        delivery = tx.first(tx.select(Delivery).where(Delivery.kind == "welcome"))
        assert delivery is not None
        return CARDS[Kind.WELCOME](tx, delivery, now)

    card = faculty.write(arrive)
    assert isinstance(card, Message)
    return card


def test_a_teacher_is_welcomed_with_what_comes_next(faculty: Faculty) -> None:
    text = welcome(faculty, "ben", BEFORE).text
    assert "Cohort 1, which starts on Monday, August 31" in text
    assert "a few short steps, one by one" in text
    assert "You will get a coach, too" in text


def test_a_teacher_who_comes_late_joins_the_week(faculty: Faculty) -> None:
    text = welcome(faculty, "ada", TUESDAY).text
    assert "which is in week 1; just join in" in text
    assert "You will get a coach" not in text  # she has one


def test_a_coach_is_welcomed_as_a_coach(faculty: Faculty) -> None:
    assert "You are here as a coach." in welcome(faculty, "dan", TUESDAY).text


def test_nobody_is_welcomed_twice(faculty: Faculty) -> None:
    welcome(faculty, "ben", BEFORE)
    welcome(faculty, "ben", TUESDAY)
    assert len(faculty.deliveries("welcome")) == 1


def test_who_was_paired_before_arriving_is_introduced_on_arrival(faculty: Faculty) -> None:
    welcome(faculty, "ada", TUESDAY)
    told = {one.member_id for one in faculty.deliveries("introduction")}
    assert faculty.members["ada"].id in told


def test_a_teacher_joins_the_cohort_that_started_last(faculty: Faculty) -> None:
    def arrive(tx: Tx) -> str | None:
        second = Cohort(
            name="Cohort 2", program_id=faculty.program.id, starts_on=BEFORE.date(),
            created_at=BEFORE,
        )  # fmt: skip
        tx.add(second)
        tx.flush()
        nora = tx.add(Member(name="Nora Example", role=Role.TEACHER))
        enrollment.activate(tx, nora, TUESDAY)
        assert members.by_email(tx, "nobody@example.org") is None
        return nora.cohort_id

    assert faculty.write(arrive) == faculty.cohort.id
