"""`/profile`, as people use it."""

from datetime import UTC, datetime

import pytest

from core.interaction import OpenForm, Rejected
from storage import communities
from storage.database import Tx
from tests import builders
from tests.commands.asking import text_of
from tests.faculty import TUESDAY, Faculty


async def test_a_profile_shows_what_is_known_and_what_is_the_communitys(faculty: Faculty) -> None:
    text = text_of(await faculty.asker("ada").ask("/profile"))
    assert "Ada Example" in text
    assert "Cohort: Cohort 1" in text
    assert "Time zone: America/Detroit (the community's)" in text
    assert "Quiet hours: 21:00 to 07:00 (the community's)" in text


async def test_the_form_opens_with_what_is_known(faculty: Faculty) -> None:
    form = await faculty.asker("ada").ask("/profile edit")
    assert isinstance(form, OpenForm)
    assert form.values["subjects"] == "art"


async def test_a_form_saves_and_empties(faculty: Faculty) -> None:
    ada = faculty.asker("ada")
    form = await ada.ask("/profile edit")
    await ada.submit(form, zone="Pacific", quiet_from="8pm", quiet_until="6:30", goals="Breathe")
    me = faculty.now_is(faculty.members["ada"])
    assert (me.zone, me.quiet_from, me.quiet_until) == ("America/Los_Angeles", "20:00", "06:30")
    assert (me.goals, me.subjects) == ("Breathe", ["art"])
    await ada.submit(await ada.ask("/profile edit"), zone="", quiet_from="", subjects="")
    me = faculty.now_is(faculty.members["ada"])
    assert (me.zone, me.quiet_from, me.quiet_until) == (None, None, "06:30")
    assert me.subjects == []


async def test_typed_it_changes_only_what_is_given(faculty: Faculty) -> None:
    await faculty.asker("ada").ask("/profile edit goals: Breathe")
    me = faculty.now_is(faculty.members["ada"])
    assert (me.goals, me.subjects) == ("Breathe", ["art"])


async def test_what_was_emptied_stays_empty_when_the_form_is_mended(faculty: Faculty) -> None:
    ada = faculty.asker("ada")
    refused = await ada.submit(await ada.ask("/profile edit"), subjects="", quiet_from="late")
    assert isinstance(refused, Rejected)
    form = await ada.press(refused, "Fix it")
    assert isinstance(form, OpenForm)
    assert form.values["subjects"] == ""
    await ada.submit(form, quiet_from="9pm")
    assert faculty.now_is(faculty.members["ada"]).subjects == []


async def test_a_wrong_zone_is_answered_with_the_nearest(faculty: Faculty) -> None:
    answer = await faculty.asker("ada").ask("/profile edit zone: America/Detriot")
    assert "Did you mean America/Detroit" in text_of(answer)


async def test_a_pause_lasts_two_weeks_by_default(faculty: Faculty) -> None:
    ada = faculty.asker("ada")
    answer = await ada.ask("/profile pause")
    assert "paused until Tuesday, September 15" in text_of(answer)
    me = faculty.now_is(faculty.members["ada"])
    assert me.paused_until == datetime(2026, 9, 15, 4, tzinfo=UTC)  # midnight in Detroit
    assert "Paused until Tuesday, September 15" in text_of(await ada.ask("/profile show"))


async def test_resume_ends_a_pause_once(faculty: Faculty) -> None:
    ada = faculty.asker("ada")
    answer = await ada.ask("/profile pause until: 2026-10-01")
    assert "Welcome back" in text_of(await ada.press(answer, "Resume now"))
    assert not faculty.now_is(faculty.members["ada"]).paused(TUESDAY)
    assert "You are not paused" in text_of(await ada.ask("/profile resume"))


@pytest.mark.parametrize(
    ("until", "said"),
    [
        ("2026-08-30", "has passed"),
        ("2026-09-01", "lies ahead"),
        ("2028-01-01", "a year at most"),
        ("someday", "cannot read"),
    ],
)
async def test_a_pause_ends_on_a_day_that_lies_ahead(
    faculty: Faculty, until: str, said: str
) -> None:
    answer = await faculty.asker("ada").ask(f"/profile pause until: {until}")
    assert isinstance(answer, Rejected)
    assert said in text_of(answer)
    assert faculty.now_is(faculty.members["ada"]).paused_until is None


async def test_somebody_with_several_accounts_chooses_where_messages_go(faculty: Faculty) -> None:
    ada = faculty.asker("ada")
    other = faculty.write(
        lambda tx: builders.account(
            tx, faculty.members["ada"], builders.home(tx, "slack"), external_id="U7"
        )
    )
    form = await ada.ask("/profile edit")
    assert isinstance(form, OpenForm)
    field = next(param for param in form.params if param.name == "messages")
    assert [choice.label for choice in field.choices] == [
        "Local (Ada Example)",
        "Slack (Ada Example)",
    ] or len(field.choices) == 2
    answer = await ada.submit(form, messages=other.id)
    assert "Direct messages: Slack" in text_of(answer)


async def test_nobody_sends_their_messages_to_the_account_of_another(faculty: Faculty) -> None:
    theirs = faculty.accounts["ben"].id
    answer = await faculty.asker("ada").ask(f"/profile edit messages: {theirs}")
    assert isinstance(answer, Rejected)
    assert faculty.now_is(faculty.members["ada"]).direct_account_id is None


async def test_a_changed_profile_is_looked_at_by_the_planner(faculty: Faculty) -> None:

    def planned(tx: Tx) -> None:
        communities.current(tx).replan = False

    faculty.write(planned)
    await faculty.asker("ada").ask("/profile edit zone: Chicago")
    assert faculty.community.read_now(lambda tx: communities.current(tx).replan)
