"""Comments on reflections, from the button to the discussion and the author."""

import pytest

from core.chat import Message
from core.interaction import Answer, OpenForm
from storage import reflections
from storage.comments import Comment
from storage.database import CommunityStore
from storage.reflections import Reflection
from tests.commands.asking import text_of
from tests.school import School

WORDS = "I tried the same, and it took me a term."


@pytest.fixture
async def school(community: CommunityStore) -> School:
    school = School(community)
    await school.advance()
    await school.write("ada", title="My first days", body="A class that would not speak.")
    await school.advance()
    return school


def written(school: School) -> Reflection:
    (row,) = school.store.read_now(lambda tx: reflections.by_member(tx, school.members["ada"].id))
    return row


def said_there(school: School) -> list[Message]:
    return [one.message for one in school.channel("reflections") if "comments:" in one.message.text]


def told(school: School, who: str) -> list[str]:
    return [one.message.text for one in school.told(who) if "has commented" in one.message.text]


async def comments(school: School, who: str, words: str = WORDS) -> Answer:
    answer = await school.ask(who, "/reflect comment", reflection=written(school).id, body=words)
    await school.advance()
    return answer


async def test_the_button_under_a_reflection_opens_the_form_for_it(school: School) -> None:
    post = school.channel("reflections")[-1].message
    form = await school.press("ben", post, "Comment")
    assert isinstance(form, OpenForm)
    assert form.values["reflection"] == written(school).id


async def test_a_comment_stands_in_the_discussion_with_its_authors_name(school: School) -> None:
    reflection = school.channel("reflections")[-1]
    await comments(school, "ben")
    posted = school.channel("reflections")[-1]
    assert posted.message.text == f"**Ben Example** comments:\n\n{WORDS}"
    assert posted.under == reflection.ref


async def test_the_author_hears_of_it_once(school: School) -> None:
    await comments(school, "ben")
    (text,) = told(school, "ada")
    assert WORDS in text
    assert told(school, "ben") == []


async def test_nobody_is_told_of_their_own_comment(school: School) -> None:
    await comments(school, "ada")
    assert told(school, "ada") == []
    assert len(said_there(school)) == 1


async def test_comments_are_read_with_the_reflection(school: School) -> None:
    await comments(school, "ben")
    whole = text_of(await school.ask("dan", "/reflect read", reflection=written(school).id))
    assert f"**Ben Example** comments:\n\n{WORDS}" in whole


async def test_a_comment_can_be_taken_back(school: School) -> None:
    answer = await comments(school, "ben")
    await school.press("ben", answer, "Take it back")
    await school.advance()
    assert [one for one in school.channel("reflections") if not one.deleted][-1].message.title
    whole = text_of(await school.ask("dan", "/reflect read", reflection=written(school).id))
    assert WORDS not in whole


async def test_only_its_author_can_take_a_comment_back(school: School) -> None:
    answer = await comments(school, "ben")
    assert "Only its author" in text_of(await school.press("dan", answer, "Take it back"))
    assert len(school.store.read_now(lambda tx: tx.all(tx.select(Comment)))) == 1


async def test_what_is_taken_back_at_once_reaches_nobody(school: School) -> None:
    answer = await school.ask("ben", "/reflect comment", reflection=written(school).id, body=WORDS)
    await school.press("ben", answer, "Take it back")
    await school.advance()
    assert said_there(school) == []
    assert told(school, "ada") == []


async def test_with_a_withdrawn_reflection_its_comments_go(school: School) -> None:
    await comments(school, "ben")
    await school.ask("ada", "/reflect withdraw", reflection=written(school).id)
    await school.advance()
    there = [one for one in school.channel("reflections") if not one.deleted]
    assert not [one for one in there if "comments:" in one.message.text]


async def test_what_is_for_the_coach_alone_the_coach_comments_on_in_private(
    school: School,
) -> None:
    await school.ask("ada", "/reflect withdraw", reflection=written(school).id)
    await school.write("ada", title="Only for you", body="I am tired.", audience="coach")
    answer = await comments(school, "cora")
    assert "for Ada Example alone" in text_of(answer)
    assert said_there(school) == []
    (text,) = told(school, "ada")
    assert "Nobody but you" in text
    assert "not shared with you" in text_of(await comments(school, "ben"))


async def test_a_draft_with_old_comments_can_be_discarded(school: School) -> None:
    await comments(school, "ben")
    answer = await school.write("ada", title="", body="Once more", action="draft")
    assert "Kept as your draft" in text_of(answer)
    row = written(school)
    await school.press(
        "ada", await school.ask("ada", "/reflect discard", reflection=row.id), "Discard it"
    )
    assert school.store.read_now(lambda tx: tx.all(tx.select(Comment))) == []
