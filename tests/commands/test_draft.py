"""Drafts that grow by talking to the bot."""

import pytest

from core.interaction import Answer, OpenForm, Reply
from storage import reflections
from storage.database import CommunityStore
from storage.reflections import Reflection
from storage.words import Audience, ReflectionState
from tests.commands.asking import text_of
from tests.school import School


@pytest.fixture
async def school(community: CommunityStore) -> School:
    school = School(community)
    await school.advance()
    return school


def labels(answer: Answer) -> list[str]:
    assert isinstance(answer, Reply), answer
    return [button.label for button in answer.message.buttons]


def drafts(school: School, who: str = "ada") -> list[Reflection]:
    mine = school.store.read_now(lambda tx: reflections.by_member(tx, school.members[who].id))
    return [row for row in mine if row.state is ReflectionState.DRAFT]


async def tell(school: School, who: str, text: str) -> Answer:
    """Somebody writes to the bot directly."""
    return await school.ask(who, "/staffroom hear", text=text)


async def begun(school: School, text: str = "It began badly.") -> Answer:
    return await school.press("ada", await tell(school, "ada", text), "Start a draft with this")


async def test_the_first_words_start_a_draft_at_the_press_of_a_button(school: School) -> None:
    greeting = await tell(school, "ada", "It began badly.")
    assert drafts(school) == []
    assert labels(greeting) == [
        "Start a draft with this", "Write a reflection", "My week", "What I can do",
    ]  # fmt: skip
    answer = await school.press("ada", greeting, "Start a draft with this")
    assert "Your draft **First days** has begun, 3 words so far." in text_of(answer)
    assert [row.body for row in drafts(school)] == ["It began badly."]


async def test_words_are_added_to_the_open_draft_as_a_paragraph(school: School) -> None:
    await begun(school)
    answer = await tell(school, "ada", "Then they laughed.")
    assert "Added to your draft **First days**, 6 words so far." in text_of(answer)
    assert labels(answer) == ["Preview", "Publish", "Discard"]
    assert [row.body for row in drafts(school)] == ["It began badly.\n\nThen they laughed."]


async def test_a_button_that_is_pressed_twice_adds_its_words_once(school: School) -> None:
    greeting = await tell(school, "ada", "It began badly.")
    await school.press("ada", greeting, "Start a draft with this")
    again = await school.press("ada", greeting, "Start a draft with this")
    assert "not kept any more" in text_of(again)
    assert [row.body for row in drafts(school)] == ["It began badly."]


async def test_the_preview_shows_the_whole_draft_and_who_will_read_it(school: School) -> None:
    answer = await school.press("ada", await begun(school, "One.\n\nTwo."), "Preview")
    assert "Your draft: First days\nOne.\n\nTwo." in text_of(answer)
    assert "When published, it is for: the community" in text_of(answer)
    assert labels(answer) == ["Publish", "Change it", "Discard"]


async def test_a_draft_is_published_as_it_is_with_the_usual_answer(school: School) -> None:
    answer = await school.press("ada", await begun(school), "Publish")
    assert "Published: **First days**, 3 words. It stands in the reflections channel" in text_of(
        answer
    )
    await school.advance()
    assert school.channel("reflections")[-1].message.text.endswith("It began badly.")


async def test_a_draft_for_the_coach_alone_is_published_to_the_coach_alone(
    school: School,
) -> None:
    await school.write("ada", body="Between us.", audience="coach", action="draft")
    answer = await tell(school, "ada", "Really.")
    assert "Nobody but Cora Example can read it" in text_of(
        await school.press("ada", answer, "Publish")
    )


async def test_discarding_asks_once_more(school: School) -> None:
    asked = await school.press("ada", await begun(school), "Discard")
    assert "Discard your draft **First days**, 3 words?" in text_of(asked)
    assert labels(asked) == ["Discard it", "Keep it"]
    assert len(drafts(school)) == 1


async def test_a_discarded_draft_comes_back_as_it_was(school: School) -> None:
    await school.write("ada", title="Mine", body="Words.", audience="coach", action="draft")
    asked = await school.press("ada", await tell(school, "ada", "More."), "Discard")
    gone = await school.press("ada", asked, "Discard it")
    assert drafts(school) == []
    await school.press("ada", gone, "Undo")
    (row,) = drafts(school)
    assert (row.title, row.body, row.audience) == ("Mine", "Words.\n\nMore.", Audience.COACH)


async def test_the_buttons_of_a_draft_that_is_gone_say_so(school: School) -> None:
    answer = await begun(school)
    await school.press("ada", answer, "Publish")
    for label in ("Preview", "Publish", "Discard"):
        assert "not a draft of yours any more" in text_of(await school.press("ada", answer, label))


async def test_nobody_touches_the_draft_of_another(school: School) -> None:
    answer = await begun(school)
    for label in ("Preview", "Publish", "Discard"):
        assert "not a draft of yours" in text_of(await school.press("ben", answer, label))
    assert len(drafts(school)) == 1


async def test_a_message_is_added_to_the_draft_of_the_prompt_under_way(school: School) -> None:
    await school.ask("ada", "/reflect add", text="Found in a channel.")
    await school.ask("ada", "/reflect add", text="And one more.")
    (row,) = drafts(school)
    assert (row.week, row.body) == (1, "Found in a channel.\n\nAnd one more.")


async def test_what_is_published_changes_only_by_its_author_sending_it(school: School) -> None:
    await school.write("ada", title="Out", body="For everybody.")
    answer = await school.ask("ada", "/reflect add", text="An afterthought.")
    form = await school.press("ada", answer, "Open it")
    assert isinstance(form, OpenForm)
    assert form.values["body"] == "For everybody.\n\nAn afterthought."
    assert form.values["title"] == "Out"
    assert drafts(school) == []


async def test_what_was_withdrawn_is_a_draft_again_when_words_are_added(school: School) -> None:
    await school.press("ada", await school.write("ada", title="Hm", body="One."), "Withdraw")
    await school.ask("ada", "/reflect add", text="Two.")
    assert [(row.title, row.body) for row in drafts(school)] == [("Hm", "One.\n\nTwo.")]


async def test_a_withdrawn_reflection_does_not_take_what_is_said(school: School) -> None:
    await school.press("ada", await school.write("ada", title="Hm", body="One."), "Withdraw")
    assert "Hello, Ada Example." in text_of(await tell(school, "ada", "Two."))


async def test_a_draft_that_would_be_too_long_stays_as_it_is(school: School) -> None:
    await begun(school, "x" * 15_000)
    refused = await tell(school, "ada", "y" * 6_000)
    assert "would have 21,002 characters; at most 20,000 fit" in text_of(refused)
    assert len(drafts(school)[0].body) == 15_000


async def test_somebody_in_no_cohort_is_told_what_they_can_do(school: School) -> None:
    answer = await tell(school, "gus", "Hello?")
    assert "Hello, Gus Example." in text_of(answer)
    assert labels(answer) == ["My week", "What I can do"]


async def test_a_stranger_is_told_the_way_in(school: School) -> None:
    asker = school.askers["ada"]
    asker.account = "nobody"
    answer = await asker.ask("/staffroom hear", text="Hello?")
    assert "`/enroll` is the way in" in text_of(answer)
    assert labels(answer) == ["Join"]
