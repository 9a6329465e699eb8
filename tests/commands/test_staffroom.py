"""`/staffroom`: my week at a glance, and what I can do."""

from datetime import datetime, timedelta
from typing import Any

from core import orientation
from core.chat import Button, Message
from core.interaction import Reply, button_id
from storage import pairs
from storage.cohorts import WeekChange
from storage.database import Tx
from storage.enrollment import JoinRequest
from storage.orientation import StepDone
from storage.outbox import Delivery
from storage.pairs import OneOnOne
from storage.reflections import Reflection
from storage.webinars import Rsvp, Webinar
from storage.words import DeliveryState, MemberState, ReflectionState
from tests import builders
from tests.commands.asking import text_of
from tests.faculty import BEFORE, BREAK, TUESDAY, Faculty


async def today(faculty: Faculty, who: str, now: datetime = TUESDAY) -> str:
    return text_of(await faculty.asker(who, now).ask("/staffroom"))


def reflection(faculty: Faculty, who: str, week: int = 1, **values: Any) -> Reflection:
    values.setdefault("state", ReflectionState.PUBLISHED)
    return faculty.write(
        lambda tx: tx.add(
            Reflection(
                member_id=faculty.members[who].id, cohort_id=faculty.cohort.id, week=week,
                framework="nsq-teaching-2019", standard="A", title="A first try", body="Words.",
                changed_at=TUESDAY, published_at=TUESDAY, **values,
            )
        )
    )  # fmt: skip


async def test_a_teacher_sees_the_week_the_prompt_and_the_coach(faculty: Faculty) -> None:
    text = await today(faculty, "ada")
    assert "Week 1: First days" in text
    assert "> What surprised you in your first week?" in text
    assert "You have not written yet; due [Sunday, September 6, 8:00 PM EDT]" in text
    assert "Coach:** Cora Example. Your one-on-one of this week is still ahead." in text
    assert "1. What went well?" in text


async def test_what_was_written_is_acknowledged(faculty: Faculty) -> None:
    reflection(faculty, "ada")
    text = await today(faculty, "ada")
    assert "You wrote “A first try”." in text
    assert "not written yet" not in text


async def test_drafts_wait(faculty: Faculty) -> None:
    reflection(faculty, "ada", state=ReflectionState.DRAFT)
    reflection(faculty, "ada", week=2, state=ReflectionState.DRAFT)
    text = await today(faculty, "ada")
    assert "Your draft “A first try” waits" in text
    assert "**Drafts:** “A first try” (week 2)." in text


async def test_a_week_without_prompt_says_so(faculty: Faculty) -> None:

    faculty.write(lambda tx: tx.add(WeekChange(cohort_id=faculty.cohort.id, week=1, skipped=True)))
    assert "No prompt this week." in await today(faculty, "ada")


async def test_a_meeting_that_happened_is_noted(faculty: Faculty) -> None:
    def meet(tx: Tx) -> None:

        pair = pairs.of_teacher(tx, faculty.members["ada"].id)
        assert pair is not None
        tx.add(OneOnOne(pair_id=pair.id, week=1, met_at=TUESDAY, said_by=pair.teacher_id))

    faculty.write(meet)
    assert "You have met this week." in await today(faculty, "ada")
    assert "Ada Example: has not written yet, you have met" in await today(faculty, "cora")
    assert "met 1 of 1" in await today(faculty, "olga")


async def test_before_the_start_and_in_a_break_it_says_so(faculty: Faculty) -> None:
    assert "Before the start; week 1 begins Monday, August 31" in await today(
        faculty, "ada", BEFORE
    )
    text = await today(faculty, "ada", BREAK)
    assert "Fall break; week 3 begins Monday, September 21" in text
    assert "prompt" not in text


async def test_after_the_program_it_says_so(faculty: Faculty) -> None:
    assert "The program is over" in await today(faculty, "ada", TUESDAY + timedelta(weeks=20))


async def test_the_next_webinar_shows_with_my_answer(faculty: Faculty) -> None:
    webinar = faculty.write(
        lambda tx: tx.add(Webinar(title="Starting well", starts_at=TUESDAY + timedelta(days=1)))
    )
    answer = await faculty.asker("ada").ask("/staffroom today")
    assert "Starting well" in text_of(answer)
    assert "You have not said yet." in text_of(answer)
    faculty.write(
        lambda tx: tx.add(
            Rsvp(
                webinar_id=webinar.id, member_id=faculty.members["ada"].id, coming=True, at=TUESDAY
            )
        )
    )
    assert "You are coming." in await today(faculty, "ada")


async def test_the_webinar_of_another_cohort_is_not_mine(faculty: Faculty) -> None:
    def other(tx: Tx) -> None:
        cohort = builders.cohort(tx, faculty.program, "Cohort 2")
        tx.add(Webinar(title="Theirs", starts_at=TUESDAY + timedelta(days=1), cohort_id=cohort.id))

    faculty.write(other)
    assert "Theirs" not in await today(faculty, "ada")
    assert "Theirs" in await today(faculty, "cora")


async def test_somebody_on_pause_is_reminded_of_it(faculty: Faculty) -> None:
    await faculty.asker("ada").ask("/profile pause")
    assert "You are paused until Tuesday, September 15" in await today(faculty, "ada")


async def test_a_coach_sees_their_teachers(faculty: Faculty) -> None:
    reflection(faculty, "ada")
    text = await today(faculty, "cora")
    assert "**Your teachers**" in text
    assert "Ada Example: wrote, not met yet" in text
    assert "Ben Example" not in text


async def test_an_organizer_sees_each_cohort_in_numbers(faculty: Faculty) -> None:
    reflection(faculty, "ada")
    text = await today(faculty, "olga")
    assert (
        "**Cohort 1:** Week 1: First days. 2 teachers, 1 without a coach, wrote 1 of 2, "
        "met 0 of 1." in text
    )


async def test_an_organizer_sees_what_waits(faculty: Faculty) -> None:
    assert "Waiting for you" not in await today(faculty, "olga")

    def trouble(tx: Tx) -> None:
        member = builders.member(tx, "Nora Example", state=MemberState.WAITING)
        tx.add(JoinRequest(member_id=member.id, asked_at=TUESDAY))
        tx.add(
            Delivery(
                key="x:1", kind="prompt", conversation="direct:x", due_at=TUESDAY,
                ready_at=TUESDAY, expires_at=TUESDAY, state=DeliveryState.UNCERTAIN,
            )
        )  # fmt: skip

    faculty.write(trouble)
    text = await today(faculty, "olga")
    assert "1 person asks to join" in text
    assert "1 message may or may not have arrived" in text
    assert "asks to join" not in await today(faculty, "ada")


async def test_help_shows_what_i_can_do_and_nothing_else(faculty: Faculty) -> None:
    for_teacher = text_of(await faculty.asker("ada").ask("/staffroom help"))
    assert "`/profile pause`" in for_teacher
    assert "`/cohort create`" not in for_teacher
    assert "orientation done" not in for_teacher
    assert "`/cohort create`" in text_of(await faculty.asker("olga").ask("/staffroom help"))


async def test_help_shows_a_stranger_the_way_in(faculty: Faculty) -> None:
    nora = faculty.stranger()
    answer = await nora.ask("/staffroom help")
    assert "`/enroll` is the way in" in text_of(answer)
    form = await nora.press(answer, "Join")
    assert form.type == "form"


async def test_orientation_goes_step_by_step(faculty: Faculty) -> None:
    ada = faculty.asker("ada", BEFORE)
    answer = await ada.ask("/staffroom orientation")
    assert "Orientation: 0 of 2 steps done" in text_of(answer)
    assert "Next: **Say hello**" in text_of(answer)
    ticked = await ada.press(answer, "Done: step 1")
    assert isinstance(ticked, Reply)
    assert ticked.replace
    assert "✓ Step 1 of 2: Say hello" in text_of(ticked)
    assert "1 of 2 steps done" in text_of(await ada.ask("/staffroom orientation"))
    assert "Next: Your profile" in await today(faculty, "ada", BEFORE)


async def test_a_step_is_ticked_once_however_often_it_is_pressed(faculty: Faculty) -> None:
    ada = faculty.asker("ada", BEFORE)
    answer = await ada.ask("/staffroom orientation")
    await ada.press(answer, "Done: step 1")
    await ada.press(answer, "Done: step 1")
    rows = faculty.community.read_now(lambda tx: tx.all(tx.select(StepDone)))
    assert [(row.member_id, row.step) for row in rows] == [(faculty.members["ada"].id, "hello")]


async def test_a_step_that_the_program_lost_is_explained(faculty: Faculty) -> None:
    ada = faculty.asker("ada", BEFORE)

    old = Message("", buttons=(Button("Done", button_id("orientation done", step="gone")),))
    assert "not part of your program any more" in text_of(await ada.press(old, "Done"))


async def test_somebody_without_a_program_has_no_steps(faculty: Faculty) -> None:
    assert "no orientation steps" in text_of(
        await faculty.asker("dan").ask("/staffroom orientation")
    )
    assert (
        faculty.community.read_now(lambda tx: orientation.progress(tx, faculty.members["dan"]))
        is None
    )
