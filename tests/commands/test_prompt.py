"""`/prompt`, and what the planner and the channel make of it."""

import pytest

from core.interaction import OpenForm, Reply
from storage import communities
from storage.database import CommunityStore, Tx
from tests.commands.asking import text_of
from tests.scheduler.world import DAY, HOUR
from tests.school import School


@pytest.fixture
async def school(community: CommunityStore) -> School:
    school = School(community)
    await school.advance()
    return school


def titles(school: School) -> list[str]:
    return [one.message.title for one in school.channel("reflections")]


async def test_the_prompt_of_the_week_is_posted_with_all_that_one_needs(school: School) -> None:
    (post,) = school.channel("reflections")
    assert post.message.title == "Week 1: First days"
    assert post.message.text == "What surprised you in your first week?"
    fields = dict(post.message.fields)
    assert fields["Standard"].startswith("A Professional Responsibilities (National Standards")
    assert "Sunday, September 6, 8:00 PM EDT" in fields["Due"]
    form = await school.press("ada", post.message, "Write a reflection")
    assert isinstance(form, OpenForm)
    assert form.values["week"] == "1"


async def test_show_gives_this_weeks_prompt_and_what_i_wrote(school: School) -> None:
    assert "What surprised you" in text_of(await school.ask("ada", "/prompt"))
    await school.write("ada", title="Three weeks in", body="x")
    assert "You: “Three weeks in”: published" in text_of(await school.ask("ada", "/prompt show"))


async def test_show_says_in_a_break_what_comes_next_and_when(school: School) -> None:
    await school.pass_days(15)
    said = text_of(await school.ask("ada", "/prompt show"))
    assert "It is Fall break" in said
    assert "for week 3 (*First feedback*), comes on [Monday, September 21, 9:00 AM EDT]" in said


async def test_show_says_after_the_end_that_it_is_never_too_late(school: School) -> None:
    await school.pass_days(30)
    answer = await school.ask("ada", "/prompt show")
    assert "is over. It is never too late" in text_of(answer)
    form = await school.press("ada", answer, "Write a reflection")
    assert isinstance(form, OpenForm)
    assert form.values["week"] == "3"


async def test_organizers_see_the_next_weeks_with_their_states(school: School) -> None:
    await school.ask("olga", "/prompt skip 2")
    said = text_of(await school.ask("olga", "/prompt upcoming"))
    assert "**Week 1: First days** · posted, [Monday, August 31, 9:00 AM EDT]" in said
    assert "**Week 2: First voices** · skipped" in said
    assert "**Week 3: First feedback** · planned, [Monday, September 21, 9:00 AM EDT]" in said


async def test_new_words_replace_the_old_ones_where_they_were_posted(school: School) -> None:
    form = await school.form("olga", "/prompt edit")
    assert form.values["words"] == "What surprised you in your first week?"
    answer = await school.submit("olga", form, words="What would you do again?")
    assert "I am changing it where it was posted" in text_of(answer)
    await school.advance()
    (post,) = school.channel("reflections")
    assert post.edits == 1
    assert post.message.text == "What would you do again?"


async def test_new_words_for_a_coming_week_go_out_at_its_moment(school: School) -> None:
    answer = await school.ask("olga", "/prompt edit week: 2 words: Who was quiet, and why?")
    assert "It goes out on [Monday, September 7, 9:00 AM EDT]" in text_of(answer)
    await school.pass_days(7)
    assert school.channel("reflections")[-1].message.text == "Who was quiet, and why?"
    assert len(titles(school)) == 2


async def test_a_skipped_week_has_no_prompt_and_no_nudge(school: School) -> None:
    answer = await school.ask("olga", "/prompt skip 2")
    assert "without a prompt, and without a nudge" in text_of(answer)
    await school.pass_days(12)
    assert titles(school) == ["Week 1: First days"]
    assert not [key for key in school.states("nudge:") if "week-2" in key]
    assert "has no prompt" in text_of(await school.ask("ada", "/prompt show"))


async def test_a_skip_can_be_taken_back(school: School) -> None:
    answer = await school.ask("olga", "/prompt skip 2")
    assert isinstance(answer, Reply)
    await school.press("olga", answer, "Take it back")
    await school.pass_days(7)
    assert titles(school) == ["Week 1: First days", "Week 2: First voices"]
    again = await school.ask("olga", "/prompt unskip 2")
    assert "not skipped" in text_of(again)


async def test_a_skip_taken_back_too_late_posts_at_once(school: School) -> None:
    await school.ask("olga", "/prompt skip 2")
    await school.pass_days(8)
    await school.ask("olga", "/prompt unskip 2")
    await school.advance()
    assert titles(school) == ["Week 1: First days", "Week 2: First voices"]


async def test_a_prompt_that_people_have_cannot_be_skipped(school: School) -> None:
    refused = await school.ask("olga", "/prompt skip 1")
    assert "was posted on Monday, August 31" in text_of(refused)


async def test_a_prompt_can_be_posted_ahead_of_its_moment_and_once_only(school: School) -> None:
    await school.ask("olga", "/prompt post 2")
    await school.advance()
    assert titles(school) == ["Week 1: First days", "Week 2: First voices"]
    assert "in the reflections channel of Recording already" in text_of(
        await school.ask("olga", "/prompt post 2")
    )
    await school.pass_days(7)
    assert len(titles(school)) == 2


async def test_weeks_that_do_not_exist_are_named(school: School) -> None:
    for typed in ("/prompt skip 9", "/prompt post 9", "/prompt edit week: 9 words: Hm?"):
        assert "no week 9" in text_of(await school.ask("olga", typed))


async def test_teachers_change_no_prompts(school: School) -> None:
    assert "is for organizers" in text_of(await school.ask("ada", "/prompt skip 2"))


async def test_one_gentle_nudge_goes_to_those_who_have_not_written(school: School) -> None:
    await school.write("ada", title="Written", body="x", audience="coach")
    await school.advance(4 * DAY)
    nudges = [one for one in school.told("ben") if "still time to write" in one.message.text]
    assert len(nudges) == 1
    assert [button.label for button in nudges[0].message.buttons] == [
        "Write a reflection",
        "Pause me",
    ]
    assert not [one for one in school.told("ada") if "still time to write" in one.message.text]


async def test_a_draft_is_nudged_to_go_on(school: School) -> None:
    await school.write("ben", body="Half a thought", action="draft")
    await school.advance(4 * DAY)
    assert [one for one in school.told("ben") if "Your draft for week 1" in one.message.text]


async def test_who_withdrew_has_written_and_is_not_nudged(school: School) -> None:
    answer = await school.write("ben", body="x")
    await school.press("ben", answer, "Withdraw")
    await school.advance(4 * DAY)
    assert not [one for one in school.told("ben") if "week 1" in one.message.text]


async def test_who_is_paused_is_not_nudged(school: School) -> None:
    await school.advance(3 * DAY)
    await school.ask("ben", "/profile pause")
    await school.advance(DAY + HOUR)
    assert not [one for one in school.told("ben") if "still time" in one.message.text]


async def test_a_form_with_a_weeks_words_is_about_no_other_week(school: School) -> None:
    form = await school.ask("olga", "/prompt edit week: 2")
    assert isinstance(form, OpenForm)
    (week,) = [param for param in form.params if param.name == "week"]
    assert [one.value for one in week.choices] == ["2"]
    assert "no such week" in text_of(await school.ask("olga", "/prompt edit week: 99"))


async def test_a_prompt_is_not_said_to_be_posted_where_there_is_no_channel(school: School) -> None:
    def without(tx: Tx) -> None:
        home = communities.homes(tx)[0]
        home.channels = {}

    school.store.write_now(without)
    refused = text_of(await school.ask("olga", "/prompt post week: 2"))
    assert "has no channel for reflections" in refused
    assert "/settings create-channels" in refused
