"""`/coach`, as people use it."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from core.interaction import OpenForm, Rejected, Reply
from storage import outbox, pairs
from storage.communities import Home
from storage.database import CommunityStore, Tx
from storage.members import Account, Member
from storage.words import MemberState, Role
from tests import builders
from tests.commands.asking import Asker, text_of

TUESDAY = datetime(2026, 9, 1, 15, tzinfo=UTC)  # of week 1


@dataclass
class Town:
    community: CommunityStore
    home: Home
    accounts: dict[str, Account]
    members: dict[str, Member]

    def asker(self, name: str, now: datetime = TUESDAY) -> Asker:
        return Asker(self.community, self.home, self.accounts[name], now)

    def introductions(self) -> int:
        return self.community.read_now(
            lambda tx: tx.count(
                tx.select(outbox.Delivery).where(outbox.Delivery.kind == "introduction")
            )
        )


@pytest.fixture
def town(community: CommunityStore) -> Town:
    """Ada and Ben teach, Cora and Dan coach, Olga and Otto organize."""

    def build(tx: Tx) -> Town:
        home = builders.home(tx)
        cohort = builders.cohort(tx, builders.program(tx))
        people = {
            "ada": builders.member(
                tx, "Ada Example", cohort_id=cohort.id, subjects=["art"], languages=["English"]
            ),
            "ben": builders.member(tx, "Ben Example", cohort_id=cohort.id, subjects=["math"]),
            "cora": builders.member(tx, "Cora Example", Role.COACH, capacity=8, subjects=["art"]),
            "dan": builders.member(tx, "Dan Example", Role.COACH, capacity=1, subjects=["math"]),
            "olga": builders.member(tx, "Olga Example", Role.ORGANIZER),
            "otto": builders.member(tx, "Otto Example", Role.ORGANIZER),
        }
        accounts = {name: builders.account(tx, who, home) for name, who in people.items()}
        return Town(community, home, accounts, people)

    return community.write_now(build)


def labels(answer: object) -> list[str]:
    assert isinstance(answer, Reply), answer
    return [button.label for button in answer.message.buttons]


async def test_a_proposal_is_listed_with_reasons_and_loads(town: Town) -> None:
    answer = await town.asker("olga").ask("/coach propose")
    text = text_of(answer)
    assert "2 pairs proposed." in text
    assert "- **Ada Example** with **Cora Example**. Both teach art; in the same time zone." in text
    assert "- Dan Example: 1 of 1, 1 of them proposed" in text
    assert labels(answer) == [
        "Approve all",
        "Pin Ada Example",
        "Drop Ada Example",
        "Pin Ben Example",
        "Drop Ben Example",
    ]
    assert town.introductions() == 0


async def test_who_could_not_be_paired_is_named_with_the_reason(town: Town) -> None:
    olga = town.asker("olga")
    await olga.ask("/coach never member: Ben other: Cora")
    await olga.ask("/coach never member: Ben other: Dan")
    text = text_of(await olga.ask("/coach propose"))
    assert "1 pair proposed; 1 teacher without a coach." in text
    assert "- Ben Example: Every coach is excluded by a never-pair rule." in text


async def test_a_proposal_is_for_organizers(town: Town) -> None:
    assert "for organizers" in text_of(await town.asker("ada").ask("/coach propose"))


async def test_approving_introduces_both_sides(town: Town) -> None:
    olga = town.asker("olga")
    answer = await olga.press(await olga.ask("/coach propose"), "Approve all")
    assert "2 pairs approved." in text_of(answer)
    assert isinstance(answer, Reply)
    assert answer.replace
    assert labels(answer) == []
    assert "- **Ada Example** with **Cora Example**" in text_of(answer)
    assert town.introductions() == 4


async def test_the_second_organizer_hears_who_approved(town: Town) -> None:
    olga, otto = town.asker("olga"), town.asker("otto", TUESDAY + timedelta(minutes=3))
    await olga.ask("/coach propose")
    seen = await otto.ask("/coach proposal")
    await olga.ask("/coach approve")
    said = text_of(await otto.press(seen, "Approve all"))
    assert "Already approved by Olga Example, 3 minutes ago: 2 pairs." in said
    assert town.introductions() == 4


async def test_an_old_list_cannot_be_approved(town: Town) -> None:
    olga = town.asker("olga")
    seen = await olga.ask("/coach propose")
    await olga.press(seen, "Drop Ben Example")
    assert "has changed" in text_of(await olga.press(seen, "Approve all"))
    assert town.introductions() == 0


async def test_a_pinned_pair_can_be_let_go(town: Town) -> None:
    olga = town.asker("olga")
    pinned = await olga.press(await olga.ask("/coach propose"), "Pin Ada Example")
    assert "with **Cora Example** (pinned)." in text_of(pinned)
    assert isinstance(pinned, Reply)
    assert pinned.replace
    assert "(pinned)" not in text_of(await olga.press(pinned, "Unpin Ada Example"))


async def test_a_button_about_a_dropped_pair_says_so(town: Town) -> None:
    olga = town.asker("olga")
    seen = await olga.ask("/coach propose")
    await olga.press(seen, "Drop Ada Example")
    again = await olga.press(seen, "Drop Ada Example")
    assert "No pair is proposed for Ada Example." in text_of(again)


async def test_coaches_are_swapped(town: Town) -> None:
    olga = town.asker("olga")
    await olga.ask("/coach propose")
    text = text_of(await olga.ask("/coach swap teacher: Ada other: Ben"))
    assert "**Ada Example** with **Dan Example** (pinned)" in text


async def test_a_swap_without_names_asks_in_a_form(town: Town) -> None:
    form = await town.asker("olga").ask("/coach swap")
    assert isinstance(form, OpenForm)
    assert [param.name for param in form.params] == ["teacher", "other"]


async def test_two_hundred_teachers_come_in_pages(town: Town) -> None:
    def many(tx: Tx) -> None:
        tx.need(Member, town.members["cora"].id).capacity = 150
        for number in range(200):
            builders.member(tx, f"Teacher {number:03}", email=f"t{number}@example.org")

    town.community.write_now(many)
    olga = town.asker("olga")
    answer = await olga.ask("/coach propose")
    shown = []
    while True:
        assert isinstance(answer, Reply)
        assert len(answer.message.buttons) <= 25
        assert len(answer.message.text) < 4_000
        shown.append(text_of(answer))
        if "Next" not in labels(answer):
            break
        answer = await olga.press(answer, "Next")
    everything = "\n".join(shown)
    assert "151 pairs proposed; 51 teachers without a coach (page 1 of " in shown[0]
    assert all(f"Teacher {number:03}" in everything for number in range(200))
    assert "- Cora Example: 150 of 150" in shown[-1]


async def test_a_change_stays_on_its_page(town: Town) -> None:
    def many(tx: Tx) -> None:
        for number in range(20):
            builders.member(tx, f"Teacher {number:03}", email=f"t{number}@example.org")
        tx.need(Member, town.members["cora"].id).capacity = 50

    town.community.write_now(many)
    olga = town.asker("olga")
    await olga.ask("/coach propose")
    second = await olga.ask("/coach proposal page: 2")
    assert "Previous" in labels(await olga.press(second, "Pin Teacher 010"))
    assert "(page 2 of" in text_of(await olga.press(second, "Drop Teacher 010"))


async def test_without_a_proposal_the_list_says_what_to_do(town: Town) -> None:
    text = text_of(await town.asker("olga").ask("/coach proposal"))
    assert "Nothing is proposed; `/coach propose` makes a proposal." in text


async def test_while_nobody_has_come_in_a_proposal_says_how_many_are_awaited(town: Town) -> None:
    def uninvite(tx: Tx) -> None:
        for name in ("ada", "ben"):
            tx.need(Member, town.members[name].id).state = MemberState.INVITED

    town.community.write_now(uninvite)
    for asked in ("/coach propose", "/coach proposal"):
        text = text_of(await town.asker("olga").ask(asked))
        assert "2 teachers on the roster without a coach have not come in yet." in text
        assert "`/enroll` with their code" in text


async def test_a_pair_by_hand_is_refused_above_capacity_and_made_anyway(town: Town) -> None:
    olga = town.asker("olga")
    await olga.ask("/coach pair teacher: Ada coach: Dan")
    refused = await olga.ask("/coach pair teacher: Ben coach: Dan")
    assert isinstance(refused, Rejected)
    assert "Dan Example has 1 of 1 teachers" in refused.message.text
    made = await olga.submit(refused, anyway="yes")
    assert "Ben Example and Dan Example are a pair from now on" in text_of(made)
    assert town.introductions() == 4


async def test_a_coach_is_not_found_among_teachers(town: Town) -> None:
    refused = await town.asker("olga").ask("/coach pair teacher: Cora coach: Dan")
    assert "No teacher is called “Cora”" in text_of(refused)


async def test_a_pair_is_ended_with_a_reason(town: Town) -> None:
    olga = town.asker("olga")
    await olga.ask("/coach pair teacher: Ada coach: Cora")
    text = text_of(await olga.ask("/coach end teacher: Ada reason: A new timetable"))
    assert "no longer a pair" in text
    assert town.community.read_now(lambda tx: pairs.of_teacher(tx, town.members["ada"].id) is None)


async def test_a_rule_is_lifted_again(town: Town) -> None:
    olga = town.asker("olga")
    assert "will never be paired" in text_of(await olga.ask("/coach never member: Ada other: Dan"))
    assert "ruled out already" in text_of(await olga.ask("/coach never member: Dan other: Ada"))
    lifted = await olga.ask("/coach never member: Ada other: Dan undo: yes")
    assert "may be paired again" in text_of(lifted)


async def test_a_teacher_sees_the_coach_and_the_agenda(town: Town) -> None:
    await town.asker("olga").ask("/coach pair teacher: Ada coach: Cora")
    answer = await town.asker("ada").ask("/coach")
    text = text_of(answer)
    assert "Your coach is **Cora Example**." in text
    assert "1. What went well?" in text
    assert "No one-on-one is noted for this week yet." in text
    assert labels(answer) == ["We met", "Write reflection"]


async def test_both_see_that_they_met(town: Town) -> None:
    await town.asker("olga").ask("/coach pair teacher: Ada coach: Cora")
    ada, cora = town.asker("ada"), town.asker("cora")
    before = await ada.ask("/coach mine")
    assert "Noted: you met in week 1." in text_of(await ada.press(before, "We met"))
    assert "You noted it before: you met in week 1." in text_of(await ada.press(before, "We met"))
    assert "You two have met this week." in text_of(await ada.ask("/coach mine"))
    assert "has not written yet; you met" in text_of(await cora.ask("/coach mine"))


async def test_a_coach_notes_a_meeting_from_the_list(town: Town) -> None:
    await town.asker("olga").ask("/coach pair teacher: Ada coach: Cora")
    cora, ada = town.asker("cora"), town.asker("ada")
    earlier = await ada.ask("/coach mine")
    answer = await cora.press(await cora.ask("/coach mine"), "Met Ada Example")
    assert "Noted" in text_of(answer)
    assert "Cora Example noted it before" in text_of(await ada.press(earlier, "We met"))


async def test_somebody_else_cannot_say_that_two_met(town: Town) -> None:
    await town.asker("olga").ask("/coach pair teacher: Ada coach: Cora")
    seen = await town.asker("ada").ask("/coach mine")
    said = text_of(await town.asker("ben").press(seen, "We met"))
    assert "Only Ada Example and Cora Example can say that they met." in said


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ada", "You have no coach yet."),
        ("cora", "You have no teachers yet."),
        ("olga", "You coach nobody yourself."),
    ],
)
async def test_without_a_pair_everyone_hears_how_it_stands(
    town: Town, name: str, words: str
) -> None:
    assert words in text_of(await town.asker(name).ask("/coach mine"))
