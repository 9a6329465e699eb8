"""`/cohort`, `/program` and `/settings`, as organizers use them."""

from datetime import date

import pytest

from core import programs
from core.interaction import OpenForm, Rejected
from storage import cohorts, communities
from storage.cohorts import Cohort
from storage.communities import Home
from storage.database import Tx
from storage.orientation import StepDone
from storage.words import DeliveryState, MemberState, Role
from tests import builders
from tests.commands.asking import text_of
from tests.faculty import BREAK, TUESDAY, Faculty


def cohort_named(faculty: Faculty, name: str) -> Cohort:
    found = faculty.community.read_now(lambda tx: cohorts.by_name(tx, name))
    assert found is not None
    return found


async def ask(faculty: Faculty, typed: str, who: str = "olga") -> str:
    return text_of(await faculty.asker(who).ask(typed))


async def test_a_cohort_starts_on_the_monday_of_its_first_week(faculty: Faculty) -> None:
    text = await ask(faculty, "/cohort create name: Fall program: small start: 2026-10-07")
    assert "**Fall** follows small from Monday, October 5, 2026" in text
    assert "Wednesday, October 7 is in the week of that Monday" in text
    assert cohort_named(faculty, "Fall").starts_on == date(2026, 10, 5)


async def test_a_start_in_the_past_must_be_confirmed(faculty: Faculty) -> None:
    typed = "/cohort create name: Late program: small start: 2026-08-24"
    assert "say “past: yes”" in await ask(faculty, typed)
    assert "from Monday, August 24" in await ask(faculty, f"{typed} past: yes")


async def test_a_start_in_this_week_is_not_in_the_past(faculty: Faculty) -> None:
    text = await ask(faculty, "/cohort create name: Now program: small start: today")
    assert "from Monday, August 31, 2026" in text


async def test_two_cohorts_cannot_have_one_name(faculty: Faculty) -> None:
    answer = await faculty.asker("olga").ask(
        "/cohort create name: Cohort 1 program: small start: 2026-10-05"
    )
    assert isinstance(answer, Rejected)
    assert "name" in answer.form.problems


async def test_create_asks_for_what_is_missing(faculty: Faculty) -> None:
    form = await faculty.asker("olga").ask("/cohort create name: Fall")
    assert isinstance(form, OpenForm)
    assert form.values["name"] == "Fall"


async def test_show_says_who_wrote_and_how_far_orientation_is(faculty: Faculty) -> None:
    faculty.write(
        lambda tx: tx.add(
            StepDone(member_id=faculty.members["ada"].id, step="hello", done_at=TUESDAY)
        )
    )
    await faculty.asker("ben").ask("/profile pause")
    text = await ask(faculty, "/cohort")
    assert "Week: Week 1: First days" in text
    assert "Wrote this week: 0 of 2" in text
    assert "- Ada Example: not yet, orientation 1 of 2" in text
    assert "- Ben Example: not yet, paused, orientation 0 of 2" in text


async def test_show_names_the_break(faculty: Faculty) -> None:
    answer = await faculty.asker("olga", BREAK).ask("/cohort show cohort: Cohort 1")
    assert "Fall break; week 3 begins Monday, September 21" in text_of(answer)


async def test_somebody_is_put_into_a_cohort(faculty: Faculty) -> None:
    await ask(faculty, "/cohort create name: Fall program: small start: 2026-10-05")
    assert "Ben Example is in Fall now." in await ask(
        faculty, "/cohort add member: Ben cohort: Fall"
    )
    ben = faculty.now_is(faculty.members["ben"])
    assert ben.cohort_id == cohort_named(faculty, "Fall").id
    assert ben.here_since == ben.cohort_since != ben.joined_at


async def test_somebody_who_waits_is_not_put_into_a_cohort(faculty: Faculty) -> None:
    faculty.write(lambda tx: builders.member(tx, "Nora Example", state=MemberState.WAITING))
    assert "`/member approve` lets" in await ask(faculty, "/cohort add member: Nora")


async def test_a_cohort_ends_only_for_sure_and_then_nothing_is_planned(faculty: Faculty) -> None:
    assert "Say “sure: yes”" in await ask(faculty, "/cohort end cohort: Cohort 1")
    assert "has ended" in await ask(faculty, "/cohort end cohort: Cohort 1 sure: yes")
    standings = faculty.community.read_now(lambda tx: programs.all_standings(tx, TUESDAY))
    assert standings == []
    again = await ask(faculty, f"/cohort end cohort: {faculty.cohort.id} sure: yes")
    assert "has ended already" in again


async def test_without_any_cohort_the_way_to_one_is_told(faculty: Faculty) -> None:
    await ask(faculty, "/cohort end cohort: Cohort 1 sure: yes")
    assert "`/cohort create` starts one" in await ask(faculty, "/cohort show")
    assert "`/cohort create` starts one" in await ask(faculty, "/cohort list")


async def test_programs_are_listed_with_their_followers(faculty: Faculty) -> None:
    text = await ask(faculty, "/program list")
    assert "**A Small Program** (`small`): 3 weeks; followed by Cohort 1" in text


async def test_a_program_shows_its_year(faculty: Faculty) -> None:
    text = await ask(faculty, "/program show program: small")
    assert "2. First voices" in text
    assert "Breaks: Fall break (after week 2, 1 week)" in text
    assert "Prompt: Monday 09:00, due Sunday 20:00" in text


async def test_a_week_shows_what_it_holds(faculty: Faculty) -> None:
    text = await ask(faculty, "/program week week: 2")
    assert "A Small Program, week 2: First voices" in text
    assert "Standard: C Community Building" in text
    assert "Whose voice did you not hear this week?" in text
    assert "Hearing everyone" in text
    assert "1. Who spoke?" in text
    assert "week 1: First days" in await ask(faculty, "/program week")


async def test_a_week_that_is_not_there_is_explained(faculty: Faculty) -> None:
    assert "has 3 weeks" in await ask(faculty, "/program week week: 9")


async def test_a_moment_of_the_week_is_moved_for_one_cohort(faculty: Faculty) -> None:
    text = await ask(faculty, "/settings rhythm moment: prompt at: tue 8:00 cohort: Cohort 1")
    assert "For Cohort 1, the prompt is on Tuesday 08:00 now (America/Detroit)." in text

    def rhythm(tx: Tx) -> str:
        return str(programs.program_of(tx, tx.need(Cohort, faculty.cohort.id)).rhythm.prompt)

    assert faculty.community.read_now(rhythm) == "Tuesday 08:00"
    assert "prompt Tuesday 08:00" in await ask(faculty, "/settings show")
    await ask(faculty, "/settings rhythm moment: prompt at: program cohort: Cohort 1")
    assert faculty.community.read_now(rhythm) == "Monday 09:00"


@pytest.mark.parametrize(
    ("moment", "at", "said"),
    [
        ("prompt", "soonish", "weekday and a time"),
        ("prompt", "Sunday 21:00", "nudge (Saturday 10:00) would not come after prompt"),
        ("due", "Friday 9:00", "due (Friday 09:00) would not come after nudge"),
        ("webinar", "Monday 8:00", "would not come after announcement"),
    ],
)
async def test_a_moment_that_makes_no_week_is_refused(
    faculty: Faculty, moment: str, at: str, said: str
) -> None:
    assert said in await ask(faculty, f"/settings rhythm moment: {moment} at: {at}")
    assert cohort_named(faculty, "Cohort 1").rhythm == {}


async def test_a_channel_is_chosen_for_a_purpose(faculty: Faculty) -> None:
    await ask(faculty, "/settings channels purpose: webinars channel: <#C77|live>")
    assert faculty.now_is(faculty.home).channels["webinars"] == "C77"
    assert faculty.now_is(faculty.home).channels["general"] == "c-general"
    (word,) = faculty.deliveries("channel")
    assert word.conversation == f"channel:{faculty.home.id}:webinars"


async def test_choosing_a_channel_again_says_nothing_new_in_it(faculty: Faculty) -> None:
    await ask(faculty, "/settings channels purpose: webinars channel: c-webinars")
    assert faculty.deliveries("channel") == []


async def test_a_new_channel_is_wished_for_by_its_name(faculty: Faculty) -> None:
    text = await ask(faculty, "/settings channels purpose: webinars name: #Live Sessions")
    assert "I make the channel **live-sessions** in Local" in text
    home = faculty.now_is(faculty.home)
    assert (home.wanted, home.channels["webinars"]) == ({"webinars": "live-sessions"}, "c-webinars")
    shown = await ask(faculty, "/settings show")
    assert "webinars (#live-sessions, which is being made)" in shown


@pytest.mark.parametrize("more", ["", " channel: c-x name: y"])
async def test_either_a_channel_or_a_name_is_given(faculty: Faculty, more: str) -> None:
    assert "one of the two" in await ask(faculty, f"/settings channels purpose: webinars{more}")


async def test_a_channel_name_without_letters_is_refused(faculty: Faculty) -> None:
    text = await ask(faculty, "/settings channels purpose: webinars name: #!?")
    assert "has letters or digits" in text


async def test_choosing_a_channel_takes_back_the_wish_for_a_new_one(faculty: Faculty) -> None:
    await ask(faculty, "/settings channels purpose: webinars name: live")
    await ask(faculty, "/settings channels purpose: webinars channel: c-x")
    assert faculty.now_is(faculty.home).wanted == {}
    assert [one.state for one in faculty.deliveries("channel")].count(DeliveryState.PLANNED) == 1


async def test_every_purpose_without_a_channel_gets_one_at_once(faculty: Faculty) -> None:
    faculty.write(lambda tx: _keep_only_webinars(tx, faculty))
    text = await ask(faculty, "/settings create-channels")
    assert "I make **announcements**, **reflections** and **coaching** in Local" in text
    again = await ask(faculty, "/settings create-channels")
    assert "a channel for every purpose already" in again


def _keep_only_webinars(tx: Tx, faculty: Faculty) -> None:
    tx.need(Home, faculty.home.id).channels = {"webinars": "c-webinars"}


async def test_the_communitys_quiet_hours_hold_for_those_without_their_own(
    faculty: Faculty,
) -> None:
    await ask(faculty, "/settings quiet start: 8pm end: 8:00am")
    assert "20:00 to 08:00 (the community's)" in await ask(faculty, "/profile", "ada")


async def test_the_communitys_zone_is_changed(faculty: Faculty) -> None:
    await ask(faculty, "/settings zone zone: Pacific")
    assert (
        faculty.community.read_now(lambda tx: communities.current(tx).zone) == "America/Los_Angeles"
    )


async def test_roles_are_shown_and_changed(faculty: Faculty) -> None:
    assert "Dan Example: coach, places for 2" in await ask(faculty, "/settings roles")
    text = await ask(faculty, "/settings roles member: Ben role: coach capacity: 4")
    assert "Ben Example is a coach, with places for 4." in text
    ben = faculty.now_is(faculty.members["ben"])
    assert (ben.role, ben.capacity) == (Role.COACH, 4)


async def test_only_coaches_have_places(faculty: Faculty) -> None:
    text = await ask(faculty, "/settings roles member: Ben capacity: 4")
    assert "only coaches have places" in text


async def test_the_last_organizer_stays(faculty: Faculty) -> None:
    await ask(faculty, "/settings roles member: Otto role: teacher")
    text = await ask(faculty, "/settings roles member: Olga role: teacher")
    assert "is the only organizer" in text
    assert faculty.now_is(faculty.members["olga"]).role is Role.ORGANIZER


@pytest.mark.parametrize(
    "typed",
    [
        "/cohort create name: Fall program: small start: 2026-10-05",
        "/cohort end cohort: Cohort 1 sure: yes",
        "/cohort add member: Dan cohort: Cohort 1",
        "/settings rhythm moment: prompt at: Tuesday 08:00",
        "/settings zone zone: Pacific",
        "/settings channels purpose: webinars channel: c-x",
        "/settings roles member: Ben role: coach",
    ],
)
async def test_what_matters_to_planning_is_looked_at_by_the_planner(
    faculty: Faculty, typed: str
) -> None:
    faculty.write(lambda tx: setattr(communities.current(tx), "replan", False))
    await ask(faculty, typed)
    assert faculty.community.read_now(lambda tx: communities.current(tx).replan)


@pytest.mark.parametrize("typed", ["/cohort show", "/program list", "/settings show", "/member"])
async def test_these_are_for_organizers(faculty: Faculty, typed: str) -> None:
    text = await ask(faculty, typed, "cora")
    assert "is for organizers" in text or "I do not know" in text
