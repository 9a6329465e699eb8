"""`/reflect`, from the form to the channel and the coach."""

import pytest

from core.interaction import OpenForm, Rejected, Reply
from storage import reflections
from storage.database import CommunityStore
from storage.words import ReflectionState
from tests.commands.asking import text_of
from tests.school import School


@pytest.fixture
async def school(community: CommunityStore) -> School:
    school = School(community)
    await school.advance()
    return school


def labels(answer: object) -> list[str]:
    assert isinstance(answer, Reply), answer
    return [button.label for button in answer.message.buttons]


async def test_a_published_reflection_stands_whole_under_its_prompt(school: School) -> None:
    (prompt,) = school.channel("reflections")
    body = "One.\n\n" + "word " * 800
    answer = await school.write("ada", title="My first days", body=body)
    await school.advance()
    assert "**My first days**, 801 words" in text_of(answer)
    post = school.channel("reflections")[-1]
    assert post.under == prompt.ref
    assert post.message.title == "My first days"
    assert post.message.text == f"By Ada Example, about week 1, First days\n\n{body.strip()}"


async def test_the_coach_is_told_once_with_the_beginning_and_where_it_is(school: School) -> None:
    await school.write("ada", title="My first days", body="A class that would not speak.")
    await school.write("ada", title="My first days", body="A class that would speak.")
    await school.advance()
    told = [one.message for one in school.told("cora") if one.message.title == "My first days"]
    assert len(told) == 1
    assert "Ada Example wrote about week 1, First days." in told[0].text
    assert "> A class that would speak." in told[0].text
    assert "in the reflections channel" in told[0].text
    whole = await school.press("cora", told[0], "Read it all")
    assert "A class that would speak." in text_of(whole)


async def test_without_a_coach_nobody_is_told(school: School) -> None:
    answer = await school.write("ben", body="Nobody coaches me.", audience="coach")
    assert "no coach yet, so nobody but you can read it" in text_of(answer)
    assert "which nobody but you can read" in text_of(await school.ask("ben", "/reflect mine"))
    assert "reflection-shared" not in " ".join(school.states())


async def test_what_is_for_the_coach_reaches_the_coach_alone(school: School) -> None:
    await school.write("ada", title="Only for you", body="I am tired.", audience="coach")
    await school.advance()
    assert all("tired" not in one.message.text for one in school.channel("reflections"))
    (row,) = school.store.read_now(lambda tx: reflections.by_member(tx, school.members["ada"].id))
    for who in ("cora", "ada"):
        assert "I am tired." in text_of(await school.ask(who, "/reflect read", reflection=row.id))
    for who in ("ben", "dan", "olga", "gus"):
        refused = await school.ask(who, "/reflect read", reflection=row.id)
        assert "not shared with you" in text_of(refused)
        assert "no reflections" in text_of(await school.ask(who, "/reflect read"))
        by_title = text_of(await school.ask(who, "/reflect read", reflection="Only for you"))
        assert "tired" not in by_title


async def test_the_form_opens_with_the_draft_and_keeps_it(school: School) -> None:
    answer = await school.write("ada", title="", body="Half a thought", action="draft")
    assert "Kept as your draft: **First days**, 3 words." in text_of(answer)
    form = await school.press("ada", answer, "Go on writing")
    assert isinstance(form, OpenForm)
    assert form.values["body"] == "Half a thought"
    assert form.values["week"] == "1"
    assert "reflection:" not in " ".join(school.states())
    await school.submit("ada", form, body="A whole thought")
    await school.advance()
    assert "A whole thought" in school.channel("reflections")[-1].message.text


async def test_a_text_that_is_too_long_is_refused_and_kept(school: School) -> None:
    refused = await school.write("ada", body="x" * 100_000)
    assert isinstance(refused, Rejected)
    assert "has 100,000 characters; at most 20,000 fit" in text_of(refused)
    opened = await school.press("ada", refused, "Fix it")
    assert isinstance(opened, OpenForm)
    assert opened.values["body"] == "x" * 100_000


async def test_an_edit_changes_the_post_and_keeps_the_revision_before(school: School) -> None:
    await school.write("ada", title="Before", body="Old words")
    await school.advance()
    form = await school.form("ada", "/reflect edit")
    assert form.values["body"] == "Old words"
    await school.submit("ada", form, title="After", body="New words")
    await school.advance()
    post = school.channel("reflections")[-1]
    assert post.edits == 1
    assert post.message.title == "After"
    (row,) = school.store.read_now(lambda tx: reflections.by_member(tx, school.members["ada"].id))
    kept = school.store.read_now(lambda tx: reflections.revisions(tx, row.id))
    assert [one.body for one in kept] == ["Old words", "New words"]


async def test_a_withdrawn_reflection_disappears_and_can_be_published_again(school: School) -> None:
    answer = await school.write("ada", title="Too soon", body="Hm.")
    await school.advance()
    gone = await school.press("ada", answer, "Withdraw")
    await school.advance()
    assert len(school.channel("reflections")) == 1  # the prompt
    assert "no reflections" in text_of(await school.ask("ben", "/reflect read"))
    assert "**Withdrawn**" in text_of(await school.ask("ada", "/reflect mine"))
    form = await school.press("ada", gone, "Open it again")
    await school.submit("ada", form)
    await school.advance()
    assert [one.message.title for one in school.channel("reflections")][1:] == ["Too soon"]


async def test_what_is_withdrawn_before_it_was_sent_is_never_sent(school: School) -> None:
    answer = await school.write("ada", title="Too soon", body="Hm.")
    await school.press("ada", answer, "Withdraw")
    await school.advance()
    assert "Too soon" not in [sent.message.title for sent in school.platform.sent]
    assert not [one for one in school.states() if one.startswith("delete:")]


async def test_publishing_again_tells_a_coach_who_was_not_told(school: School) -> None:
    answer = await school.write("ada", title="Too soon", body="Hm.")
    form = await school.press("ada", await school.press("ada", answer, "Withdraw"), "Open it again")
    await school.advance()
    assert "Too soon" not in [one.message.title for one in school.told("cora")]
    await school.submit("ada", form)
    await school.advance()
    assert "Too soon" in [one.message.title for one in school.told("cora")]


async def test_a_narrower_audience_takes_the_post_back_and_a_wider_one_posts(
    school: School,
) -> None:
    for audience, posts in (("community", 1), ("coach", 0), ("community", 1), ("coach", 0)):
        await school.write("ada", title="Changing my mind", body="Hm.", audience=audience)
        await school.advance()
        titles = [one.message.title for one in school.channel("reflections")]
        assert titles.count("Changing my mind") == posts, audience


async def test_a_published_text_that_becomes_a_draft_leaves_its_readers(school: School) -> None:
    await school.write("ada", title="Too soon", body="Hm.")
    await school.advance()
    answer = await school.write("ada", action="draft")
    await school.advance()
    assert "taken back from its readers" in text_of(answer)
    assert "Too soon" not in [one.message.title for one in school.channel("reflections")]


async def test_a_prompt_is_answered_early_and_late_alike(school: School) -> None:
    assert "Published" in text_of(await school.write("ada", title="Early", body="x", week="3"))
    await school.pass_days(15)  # into the break after week 2
    form = await school.form("ada", "/reflect write")
    assert form.values["week"] == "2"
    assert "Published" in text_of(await school.submit("ada", form, title="Late", body="x"))


async def test_a_prompt_tells_how_many_have_written_before_it_came(school: School) -> None:
    await school.write("ada", title="Early", body="x", week="2")
    await school.write("ben", title="Not for all", body="x", week="2", audience="coach")
    await school.pass_days(7)
    prompt = school.channel("reflections")[-1]
    assert prompt.message.title == "Week 2: First voices"
    assert prompt.message.text.endswith("*1 person has written already; look above.*")


async def test_the_form_shows_the_prompt(school: School) -> None:
    form = await school.form("ada", "/reflect write")
    assert form.about.startswith("**Week 1: ")
    assert form.about.endswith("What surprised you in your first week?")


async def test_a_week_that_does_not_exist_is_named(school: School) -> None:
    refused = await school.ask("ada", "/reflect write", body="Words", week="40")
    assert "has weeks 1 to 3, and no week 40" in text_of(refused)


@pytest.mark.parametrize(
    "body",
    ["@everyone look", "<b onclick='x()'>bold</b>", "**not closed", "```\nno end", "مرحبا 🎈"],
)
async def test_words_are_kept_and_handed_on_as_typed(school: School, body: str) -> None:
    await school.write("ada", body=body)
    await school.advance()
    assert school.channel("reflections")[-1].message.text.endswith(f"\n\n{body}")


async def test_reading_goes_by_member_and_by_week(school: School) -> None:
    await school.write("ada", title="From Ada", body="a")
    await school.write("ben", title="From Ben", body="b")
    both = await school.ask("gus", "/reflect read")
    assert "From Ada" in text_of(both)
    assert "From Ben" in text_of(both)
    assert set(labels(both)) == {"Read “From Ada”", "Read “From Ben”"}
    assert "From Ben" in text_of(await school.ask("gus", "/reflect read member: Ben"))
    assert "no reflections about week 2" in text_of(
        await school.ask("gus", "/reflect read week: 2")
    )


async def test_nobody_edits_or_withdraws_what_is_not_theirs(school: School) -> None:
    await school.write("ada", title="Mine", body="a")
    (row,) = school.store.read_now(lambda tx: reflections.by_member(tx, school.members["ada"].id))
    for path in ("edit", "withdraw"):
        refused = await school.ask("ben", f"/reflect {path}", reflection=row.id)
        assert "somebody else's" in text_of(refused)
    assert row.state is ReflectionState.PUBLISHED


async def test_a_second_withdrawal_says_so(school: School) -> None:
    answer = await school.write("ada", title="Mine", body="a")
    await school.press("ada", answer, "Withdraw")
    assert "withdrawn already" in text_of(await school.press("ada", answer, "Withdraw"))
