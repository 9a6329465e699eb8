"""`/enroll` and `/member`, as people use them."""

from datetime import timedelta
from typing import Any

import pytest

from core import claims
from core.cards.card import Skip
from core.cards.catalog import CARDS
from core.chat import Message
from core.interaction import Invocation, OpenForm, Origin, Rejected, Reply
from core.kinds import Kind
from storage import enrollment, members
from storage.database import Tx
from storage.members import Member
from storage.words import MemberState, Role
from tests import builders
from tests.commands.asking import Asker, text_of
from tests.faculty import TUESDAY, Faculty


def invited(faculty: Faculty, **values: Any) -> Member:
    values.setdefault("cohort_id", faculty.cohort.id)
    return faculty.write(
        lambda tx: builders.member(
            tx, "Ivy Example", state=MemberState.INVITED, joined_at=None, **values
        )
    )


def owner(faculty: Faculty, asker: Asker) -> Member:
    """Who this account stands for."""

    def look(tx: Tx) -> Member:
        account = members.account(tx, faculty.home.id, asker.account)
        assert account is not None
        return tx.need(Member, account.member_id)

    return faculty.community.read_now(look)


def request_card(faculty: Faculty) -> Message:
    """The join request as an organizer gets it."""

    def compose(tx: Tx) -> Message | Skip:
        delivery = faculty.deliveries("join_request")[0]
        return CARDS[Kind.JOIN_REQUEST](tx, delivery, TUESDAY)

    card = faculty.write(compose)
    assert isinstance(card, Message), card
    return card


async def test_a_stranger_gets_a_form_with_their_name_filled_in(faculty: Faculty) -> None:
    form = await faculty.stranger(name="Nora Example").ask("/enroll")
    assert isinstance(form, OpenForm)
    assert form.values["name"] == "Nora Example"
    assert form.values["role"] == "teacher"


async def test_an_unknown_person_waits_and_every_organizer_is_asked(faculty: Faculty) -> None:
    nora = faculty.stranger()
    answer = await nora.submit(
        await nora.ask("/enroll"), name="Nora Example", subjects="Biology, Algebra", zone="chicago"
    )
    assert "I have asked the organizers of Lakeside Virtual" in text_of(answer)
    who = owner(faculty, nora)
    assert (who.state, who.role, who.zone) == (
        MemberState.WAITING, Role.TEACHER, "America/Chicago",
    )  # fmt: skip
    assert who.subjects == ["Biology", "Algebra"]
    told = {one.member_id for one in faculty.deliveries("join_request")}
    assert told == {faculty.members["olga"].id, faculty.members["otto"].id}


async def test_who_waits_can_do_nothing_yet_and_is_told_so(faculty: Faculty) -> None:
    nora = faculty.stranger()
    await nora.ask("/enroll name: Nora Example")
    assert "`/enroll` is the way in" in text_of(await nora.ask("/staffroom today"))
    assert "no organizer has answered yet" in text_of(await nora.ask("/enroll"))


async def test_asking_again_changes_what_was_said_but_asks_the_organizers_once(
    faculty: Faculty,
) -> None:
    nora = faculty.stranger()
    await nora.ask("/enroll name: Nora Example")
    await nora.ask("/enroll name: Nora B. Example role: partner")
    assert (owner(faculty, nora).name, owner(faculty, nora).role) == (
        "Nora B. Example", Role.PARTNER,
    )  # fmt: skip
    assert len(faculty.deliveries("join_request")) == 2


async def test_an_approved_person_is_a_member_of_the_running_cohort_and_is_welcomed(
    faculty: Faculty,
) -> None:
    nora = faculty.stranger()
    await nora.ask("/enroll name: Nora Example")
    answer = await faculty.asker("olga").press(request_card(faculty), "Approve")
    assert "Nora Example is a teacher here now in Cohort 1" in text_of(answer)
    who = owner(faculty, nora)
    assert (who.state, who.joined_at, who.cohort_id) == (
        MemberState.ACTIVE, TUESDAY, faculty.cohort.id,
    )  # fmt: skip
    assert [one.member_id for one in faculty.deliveries("welcome")] == [who.id]
    assert "Week 1" in text_of(await nora.ask("/staffroom today"))


async def test_the_second_organizer_is_told_who_answered_first(faculty: Faculty) -> None:
    await faculty.stranger().ask("/enroll name: Nora Example")
    card = request_card(faculty)
    await faculty.asker("olga").press(card, "Approve")
    second = await faculty.asker("otto").press(card, "Decline")
    assert "Olga Example has already let in Nora Example." in text_of(second)
    assert isinstance(second, Reply)
    assert second.replace
    again = await faculty.asker("olga").press(card, "Approve")
    assert "You have already let in Nora Example." in text_of(again)
    assert len(faculty.deliveries("welcome")) == 1


async def test_a_request_that_was_answered_is_not_shown_to_the_other_organizer(
    faculty: Faculty,
) -> None:
    await faculty.stranger().ask("/enroll name: Nora Example")
    await faculty.asker("olga").ask("/member approve member: Nora Example")
    delivery = faculty.deliveries("join_request")[0]
    card = faculty.write(lambda tx: CARDS[Kind.JOIN_REQUEST](tx, delivery, TUESDAY))
    assert card == Skip("answered already")


async def test_a_declined_person_can_ask_again_a_day_later(faculty: Faculty) -> None:
    nora = faculty.stranger()
    await nora.ask("/enroll name: Nora Example")
    await faculty.asker("olga").ask("/member decline member: Nora Example")
    assert owner(faculty, nora).state is MemberState.LEFT
    assert "ask again tomorrow" in text_of(await nora.ask("/enroll name: Nora Example"))
    nora.now = TUESDAY + timedelta(days=1)
    assert "I have asked the organizers" in text_of(await nora.ask("/enroll name: Nora Example"))
    assert len(faculty.deliveries("join_request")) == 4


async def test_a_code_makes_its_bearer_the_member_it_was_made_for(faculty: Faculty) -> None:
    ivy = invited(faculty)
    code = faculty.write(lambda tx: claims.issue(tx, ivy, TUESDAY))
    someone = faculty.stranger()
    answer = await someone.ask(f"/enroll {code.lower()}")
    assert "Welcome to Lakeside Virtual, Ivy Example." in text_of(answer)
    assert owner(faculty, someone).id == ivy.id
    assert faculty.now_is(ivy).state is MemberState.ACTIVE


async def test_the_code_of_the_organizer_makes_an_organizer(faculty: Faculty) -> None:
    boss = faculty.write(
        lambda tx: builders.member(
            tx, "Pia Example", Role.ORGANIZER, state=MemberState.INVITED, joined_at=None
        )
    )
    code = faculty.write(lambda tx: claims.issue(tx, boss, TUESDAY))
    pia = faculty.stranger()
    assert "You are in, as an organizer." in text_of(await pia.ask(f"/enroll code: {code}"))
    assert "Cohort 1" in text_of(await pia.ask("/cohort list"))


async def test_a_code_works_once(faculty: Faculty) -> None:
    ivy = invited(faculty)
    code = faculty.write(lambda tx: claims.issue(tx, ivy, TUESDAY))
    await faculty.stranger("new-1").ask(f"/enroll {code}")
    second = await faculty.stranger("new-2").ask(f"/enroll {code}")
    assert isinstance(second, Rejected)
    assert "This code does not work." in text_of(second)
    assert "code" in second.form.problems


async def test_a_code_ends_the_wait_of_somebody_who_had_asked(faculty: Faculty) -> None:
    nora = faculty.stranger()
    await nora.ask("/enroll name: Nora Example goals: Better labs")
    waiting = owner(faculty, nora)
    ivy = invited(faculty)
    code = faculty.write(lambda tx: claims.issue(tx, ivy, TUESDAY))
    await nora.ask(f"/enroll {code}")
    assert owner(faculty, nora).id == ivy.id
    assert faculty.now_is(ivy).goals == "Better labs"
    assert faculty.community.read_now(lambda tx: tx.get(Member, waiting.id)) is None
    assert faculty.community.read_now(enrollment.waiting) == []


async def test_an_e_mail_that_the_platform_vouches_for_is_recognized(faculty: Faculty) -> None:
    ivy = invited(faculty)
    someone = faculty.stranger(email="IVY@example.org")
    assert "Welcome to Lakeside Virtual, Ivy Example." in text_of(await someone.ask("/enroll"))
    assert owner(faculty, someone).id == ivy.id


async def test_a_member_on_a_second_platform_is_recognized_by_their_e_mail(
    faculty: Faculty,
) -> None:
    someone = faculty.stranger(email="ada@example.org")
    await someone.ask("/enroll")
    assert owner(faculty, someone).id == faculty.members["ada"].id


async def test_a_typed_e_mail_is_no_proof_but_a_hint_for_the_organizer(faculty: Faculty) -> None:
    ivy = invited(faculty)
    someone = faculty.stranger(name="Ivy")
    answer = await someone.ask("/enroll name: Ivy E. email: ivy@example.org")
    assert "I have asked the organizers" in text_of(answer)
    assert faculty.now_is(ivy).state is MemberState.INVITED
    card = request_card(faculty)
    assert "is that of **Ivy Example** on your roster" in card.text
    await faculty.asker("olga").press(card, "Approve")
    assert owner(faculty, someone).id == ivy.id
    assert faculty.now_is(ivy).state is MemberState.ACTIVE


async def test_the_answer_does_not_tell_whether_an_e_mail_is_on_the_roster(
    faculty: Faculty,
) -> None:
    invited(faculty)
    known = await faculty.stranger("a").ask("/enroll name: Zoe email: ivy@example.org")
    unknown = await faculty.stranger("b").ask("/enroll name: Zoe email: zoe@example.org")
    assert text_of(known) == text_of(unknown)


async def test_a_member_is_told_who_they_are(faculty: Faculty) -> None:
    answer = await faculty.asker("ada").ask("/enroll")
    assert "You are Ada Example, a teacher here." in text_of(answer)


async def test_a_form_without_name_and_code_is_handed_back(faculty: Faculty) -> None:
    nora = faculty.stranger()
    answer = await nora.submit(await nora.ask("/enroll"), name="", goals="Learn")
    assert isinstance(answer, Rejected)
    assert "name" in answer.form.problems
    assert answer.form.values["goals"] == "Learn"


async def test_several_problems_are_told_at_once_and_fix_it_keeps_what_was_typed(
    faculty: Faculty,
) -> None:
    nora = faculty.stranger()
    answer = await nora.submit(
        await nora.ask("/enroll"), name="Nora", zone="Chicgo", email="nora", goals="Learn"
    )
    assert isinstance(answer, Rejected)
    assert set(answer.form.problems) == {"zone", "email"}
    again = await nora.press(answer, "Fix it")
    assert isinstance(again, OpenForm)
    assert (again.values["zone"], again.values["goals"]) == ("Chicgo", "Learn")
    mended = await nora.submit(again, zone="Chicago", email="nora@example.org")
    assert "I have asked the organizers" in text_of(mended)


async def test_a_repeated_event_enrolls_once(faculty: Faculty) -> None:
    nora = faculty.stranger()
    event = Invocation(
        "event-1", faculty.home.id, "new-1", "enroll", {"name": "Nora Example"}, origin=Origin.FORM
    )
    first = await nora.dispatcher.dispatch(event)
    assert await nora.dispatcher.dispatch(event) == first
    waiting = faculty.community.read_now(enrollment.waiting)
    assert len(waiting) == 1


async def test_a_person_without_a_cohort_waits_for_one(faculty: Faculty) -> None:
    await faculty.asker("olga").ask("/cohort end cohort: Cohort 1 sure: yes")
    nora = faculty.stranger()
    await nora.ask("/enroll name: Nora Example")
    answer = await faculty.asker("olga").ask("/member approve member: Nora Example")
    assert "`/cohort add` gives them a cohort" in text_of(answer)
    delivery = faculty.deliveries("welcome")[0]
    card = faculty.write(lambda tx: CARDS[Kind.WELCOME](tx, delivery, TUESDAY))
    assert isinstance(card, Message)
    assert "An organizer will put you into a cohort" in card.text
    assert "[reflections](channel:" in card.text  # and where the others are


@pytest.mark.parametrize("who", ["active", "invited", "waiting", "left"])
async def test_members_are_listed_by_state(faculty: Faculty, who: str) -> None:
    invited(faculty)
    await faculty.stranger().ask("/enroll name: Nora Example")
    text = text_of(await faculty.asker("olga").ask(f"/member list who: {who}"))
    assert ("Ada Example" in text) == (who == "active")
    assert ("Ivy Example" in text) == (who == "invited")
    assert ("Nora Example" in text) == (who == "waiting")


async def test_only_organizers_let_people_in(faculty: Faculty) -> None:
    await faculty.stranger().ask("/enroll name: Nora Example")
    answer = await faculty.asker("ada").press(request_card(faculty), "Approve")
    assert "is for organizers" in text_of(answer)
    assert faculty.deliveries("welcome") == []


async def test_the_form_of_a_stranger_is_empty_where_nothing_is_known(faculty: Faculty) -> None:
    form = await faculty.stranger().ask("/enroll")
    assert isinstance(form, OpenForm)
    assert "()" not in form.values.values()
