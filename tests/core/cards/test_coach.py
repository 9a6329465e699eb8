"""What coaches and teachers read in the messages about their pair."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.cards.card import Skip
from core.cards.coach import CARDS
from core.chat import Message
from core.interaction import parse_button_id
from core.kinds import Kind
from storage.cohorts import Cohort, WeekChange
from storage.database import CommunityStore, Tx
from storage.members import Member
from storage.orientation import StepDone
from storage.outbox import Delivery
from storage.pairs import OneOnOne, Pair
from storage.reflections import Reflection
from storage.words import Audience, MemberState, PairState, ReflectionState, Role
from tests import builders

TUESDAY = datetime(2026, 9, 1, 15, tzinfo=UTC)  # of week 1
SUMMARY = datetime(2026, 9, 7, 12, tzinfo=UTC)  # Monday 08:00 in Detroit, of week 2

VISITS = builders.SMALL_PROGRAM.replace(
    "    agenda: [Who spoke?, Who did not?, What will you try?]\n",
    "    visit: {cycle: 1, stage: visit, focus: How a lesson begins, look_fors: [Door, Names]}\n",
)


@dataclass
class Pairs:
    tx: Tx
    cohort: Cohort
    ada: Member
    cora: Member
    pair: Pair

    def card(self, kind: Kind, now: datetime = TUESDAY, **subject: str) -> Message | Skip:
        return CARDS[kind](self.tx, planned(kind, now, subject), now)

    def introduction(self, side: str, now: datetime = TUESDAY) -> Message:
        said = self.card(Kind.INTRODUCTION, now, pair=self.pair.id, side=side)
        assert isinstance(said, Message)
        return said

    def agenda(self, week: int, now: datetime = TUESDAY) -> Message | Skip:
        return self.card(Kind.AGENDA, now, pair=self.pair.id, cohort=self.cohort.id, week=str(week))

    def summary(self, now: datetime = SUMMARY) -> Message | Skip:
        return self.card(Kind.SUMMARY, now, coach=self.cora.id, monday="2026-09-07")

    def teacher(self, name: str, **values: Any) -> Member:
        """One more teacher of Cora's, in the same cohort."""
        values.setdefault("cohort_id", self.cohort.id)
        made = builders.member(self.tx, name, **values)
        builders.pair(self.tx, made, self.cora)
        return made

    def wrote(self, by: Member, title: str, **values: Any) -> Reflection:
        said: dict[str, Any] = {
            "week": 1,
            "state": ReflectionState.PUBLISHED,
            "cohort_id": self.cohort.id,
            "published_at": TUESDAY,
            **values,
        }
        row = Reflection(
            member_id=by.id,
            framework="nsq-teaching-2019",
            standard="A",
            title=title,
            body="Words.",
            changed_at=TUESDAY,
            **said,
        )
        self.tx.add(row)
        self.tx.flush()
        return row


@pytest.fixture
def tx(community: CommunityStore) -> Iterator[Tx]:
    """A transaction for the whole test."""
    store = community.store
    with Session(store.engine, expire_on_commit=False) as session:
        yield Tx(session, community.id, store.new_id)
        session.rollback()


@pytest.fixture
def made(tx: Tx) -> Pairs:
    """Ada, coached by Cora, in week 1 of the small program."""
    cohort = builders.cohort(tx, builders.program(tx))
    ada = builders.member(
        tx,
        "Ada Example",
        cohort_id=cohort.id,
        goals="Sharper feedback.\n\nLess marking.",
        zone="America/Chicago",
    )
    cora = builders.member(
        tx, "Cora Example", Role.COACH, capacity=8, subjects=["art"], grades=["7", "8"]
    )
    pair = builders.pair(tx, ada, cora, reason="Both teach art; one hour apart.")
    return Pairs(tx, cohort, ada, cora, pair)


def planned(kind: Kind, due_at: datetime, subject: dict[str, str]) -> Delivery:
    return Delivery(
        key=kind,
        kind=kind,
        conversation="direct:demo",
        subject=subject,
        due_at=due_at,
        ready_at=due_at,
        expires_at=due_at + timedelta(days=3),
    )


def said(message: Message | Skip) -> str:
    assert isinstance(message, Message), message
    fields = [f"{label}: {value}" for label, value in message.fields]
    return "\n".join([message.title, message.text, *fields])


def test_a_teacher_learns_who_the_coach_is(made: Pairs) -> None:
    text = said(made.introduction("teacher"))
    assert "Your coach is Cora Example" in text
    assert "Both teach art; one hour apart." in text
    assert "Teaches: art · grades 7, 8" in text
    assert "Clock: America/Detroit, where it is 11:00 AM now" in text


def test_a_coach_learns_who_the_teacher_is_and_what_they_want(made: Pairs) -> None:
    text = said(made.introduction("coach"))
    assert "You are coaching Ada Example" in text
    assert "> Sharper feedback.\n>\n> Less marking." in text
    assert "it is 10:00 AM now" in text


def test_an_introduction_brings_this_weeks_agenda(made: Pairs) -> None:
    for side in ("teacher", "coach"):
        text = said(made.introduction(side))
        assert "This week's agenda (week 1: First days):\n\n1. What went well?" in text


def test_before_the_start_an_introduction_brings_the_first_agenda(made: Pairs) -> None:
    text = said(made.introduction("teacher", datetime(2026, 8, 20, 12, tzinfo=UTC)))
    assert "Week 1 begins Monday, August 31. Its agenda" in text
    assert "1. What went well?" in text


def test_an_introduction_says_where_to_write(made: Pairs) -> None:
    assert "To reach them: cora@example.org" in said(made.introduction("teacher"))
    builders.account(made.tx, made.cora, builders.home(made.tx))
    made.tx.flush()
    assert "To reach them: in chat: Cora Example on Local" in said(made.introduction("teacher"))


def test_an_ended_pair_is_not_introduced(made: Pairs) -> None:
    made.pair.state = PairState.ENDED
    said = made.card(Kind.INTRODUCTION, pair=made.pair.id, side="coach")
    assert said == Skip("the pair has ended")


def test_a_farewell_tells_the_reason_and_what_comes(made: Pairs) -> None:
    made.pair.state, made.pair.end_reason = PairState.ENDED, "Cora moves abroad."
    text = said(made.card(Kind.FAREWELL, pair=made.pair.id, side="teacher"))
    assert "Cora Example is no longer your coach." in text
    assert "in an organizer's words: Cora moves abroad." in text
    assert "find you another one" in text
    assert "Thank you" in said(made.card(Kind.FAREWELL, pair=made.pair.id, side="coach"))


def test_a_farewell_names_the_next_coach(made: Pairs) -> None:
    made.pair.state = PairState.ENDED
    builders.pair(made.tx, made.ada, builders.member(made.tx, "Dan Example", Role.COACH))
    text = said(made.card(Kind.FAREWELL, pair=made.pair.id, side="teacher"))
    assert "Dan Example is your coach now." in text


def test_the_agenda_has_the_weeks_questions(made: Pairs) -> None:
    text = said(made.agenda(2))
    assert "One-on-one, week 2: First voices" in text
    assert "1. Who spoke?\n2. Who did not?\n3. What will you try?" in text


def test_the_agenda_has_its_buttons(made: Pairs) -> None:
    message = made.agenda(2)
    assert isinstance(message, Message)
    assert [(one.label, parse_button_id(one.id)) for one in message.buttons] == [
        ("We met", ("coach met", {"pair": made.pair.id, "week": "2"})),
        ("Write reflection", ("reflect write", {})),
    ]


def test_the_agenda_of_a_visit_week_says_what_to_look_for(made: Pairs) -> None:
    made.cohort.program_id = builders.program(made.tx, VISITS, "visits").id
    text = said(made.agenda(2))
    assert "**Visit 1:** How a lesson begins" in text
    assert "- Door\n- Names" in text


@pytest.mark.parametrize("week", [0, 9])
def test_a_week_that_is_gone_has_no_agenda(made: Pairs, week: int) -> None:
    assert isinstance(made.agenda(week), Skip)


def test_a_paused_teacher_gets_no_agenda(made: Pairs) -> None:
    made.ada.paused_until = TUESDAY + timedelta(days=3)
    assert made.agenda(1) == Skip("the teacher is paused")


def test_nobody_gets_an_agenda_when_one_has_left(made: Pairs) -> None:
    made.cora.state = MemberState.LEFT
    assert made.agenda(1) == Skip("one of the two has left")


def test_an_ended_pair_gets_no_agenda(made: Pairs) -> None:
    made.pair.state = PairState.ENDED
    assert made.agenda(1) == Skip("the pair has ended")


def test_the_summary_says_who_wrote_and_where(made: Pairs) -> None:
    row = made.wrote(made.ada, "The first quiet Tuesday")
    message = made.summary()
    assert "- Ada Example: “The first quiet Tuesday” (week 1), in the reflections channel" in said(
        message
    )
    assert isinstance(message, Message)
    assert row.id in message.buttons[0].id
    assert message.buttons[0].label == "Read Ada Example"


def test_the_summary_knows_what_was_for_the_coach_alone(made: Pairs) -> None:
    made.wrote(made.ada, "Hard days", audience=Audience.COACH, coach_id=made.cora.id)
    assert "“Hard days” (week 1), for you alone" in said(made.summary())


def test_the_summary_says_only_that_something_was_for_another_coach(made: Pairs) -> None:
    made.wrote(made.ada, "Hard days", audience=Audience.COACH)
    message = made.summary()
    assert "- Ada Example: something private (week 1)" in said(message)
    assert isinstance(message, Message)
    assert "Hard days" not in said(message)
    assert not message.buttons


@pytest.mark.parametrize("state", [ReflectionState.DRAFT, ReflectionState.WITHDRAWN])
def test_the_summary_shows_nothing_unpublished(made: Pairs, state: ReflectionState) -> None:
    made.wrote(made.ada, "Secret", state=state)
    text = said(made.summary())
    assert "Secret" not in text
    assert "- Ada Example (week 1)" in text


def test_the_summary_is_kind_to_those_who_have_not_written(made: Pairs) -> None:
    text = said(made.summary())
    assert "**Not yet**\n\n- Ada Example (week 1)\n\nLate is fine" in text


def test_the_summary_does_not_wait_for_the_paused(made: Pairs) -> None:
    made.ada.paused_until = datetime(2026, 9, 20, 16, tzinfo=UTC)
    made.teacher("Ben Example")
    text = said(made.summary())
    assert "- Ada Example, until Sunday, September 20" in text
    assert "Ada Example (week 1)" not in text


def test_the_summary_says_who_met(made: Pairs) -> None:
    made.tx.add(OneOnOne(pair_id=made.pair.id, week=1, met_at=TUESDAY, said_by=made.ada.id))
    assert "**One-on-ones noted:** Ada Example." in said(made.summary())


def test_the_summary_says_who_sits_in_orientation(made: Pairs) -> None:
    later = builders.cohort(
        made.tx, builders.program(made.tx, name="later"), "Cohort 2", starts_on=date(2026, 9, 28)
    )
    ben = made.teacher("Ben Example", cohort_id=later.id)
    made.tx.add(StepDone(member_id=ben.id, step="hello", done_at=TUESDAY))
    made.tx.flush()
    assert "**In orientation**\n\n- Ben Example: 1 of 2 steps done" in said(made.summary())


def test_a_skipped_prompt_is_waited_for_from_nobody(made: Pairs) -> None:
    made.tx.add(WeekChange(cohort_id=made.cohort.id, week=1, skipped=True))
    made.tx.flush()
    assert made.summary() == Skip("nothing was due for any of the coach's teachers")


def test_someone_who_joined_after_the_week_is_not_waited_for(made: Pairs) -> None:
    made.teacher("Ben Example", joined_at=SUMMARY - timedelta(minutes=5))
    assert "Ben Example (week 1)" not in said(made.summary())


def test_someone_who_has_not_come_yet_is_named_as_such(made: Pairs) -> None:
    made.teacher("Ben Example", state=MemberState.INVITED, joined_at=None)
    assert "**Not here yet**\n\n- Ben Example" in said(made.summary())


def test_only_the_last_seven_days_count(made: Pairs) -> None:
    made.wrote(made.ada, "Earlier", week=1)
    assert "Earlier" not in said(made.summary(SUMMARY + timedelta(days=7)))


def test_after_a_late_send_it_is_still_about_the_same_week(made: Pairs) -> None:
    delivery = planned(Kind.SUMMARY, SUMMARY, {"coach": made.cora.id})
    message = CARDS[Kind.SUMMARY](made.tx, delivery, SUMMARY + timedelta(days=2))
    assert "(week 1)" in said(message)


def test_a_paused_coach_is_left_in_peace(made: Pairs) -> None:
    made.cora.paused_until = SUMMARY + timedelta(days=3)
    assert made.summary() == Skip("the coach is paused")


def test_a_coach_without_teachers_gets_no_summary(made: Pairs) -> None:
    made.pair.state = PairState.ENDED
    made.tx.flush()
    assert made.summary() == Skip("the coach has no teachers")
