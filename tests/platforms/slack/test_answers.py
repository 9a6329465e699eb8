"""Answers of every length, and those that Slack does not let us show where they belong."""

import pytest

from core import reflections
from core.reflections import Writing
from storage.cohorts import Cohort
from storage.database import Tx
from storage.members import Member
from storage.words import Audience
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.world import World


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


def text_of_length(length: int) -> str:
    """Paragraphs that can be told apart."""
    paragraphs = (f"Paragraph {number}. " + "Some words. " * 40 for number in range(length // 480))
    return "\n\n".join(one.strip() for one in paragraphs)


def drafted(world: World, body: str) -> str:
    """Ada has a draft that says this; answers its id."""

    def write(tx: Tx) -> str:
        ada = tx.need(Member, world.faculty.members["ada"].id)
        cohort = tx.need(Cohort, world.faculty.cohort.id)
        writing = Writing(ada, "Mine", body, Audience.COMMUNITY)
        return reflections.add_to_draft(tx, cohort, 1, writing, world.clock.now()).id

    return world.faculty.write(write)


async def previewed(world: World, ada: Person) -> None:
    """She looks at her draft, by the button under what she added."""
    await ada.dm_bot("The end.")
    await world.service.intake.answers.finish()
    await ada.press(world.slack.posts[-1], "Preview")
    await world.service.intake.answers.finish()


def words(text: str) -> list[str]:
    return text.split()


async def test_an_answer_of_several_messages_comes_whole(world: World, ada: Person) -> None:
    body = text_of_length(12_000)
    drafted(world, body)
    await previewed(world, ada)
    seen = [one for one in ada.sees(ada.direct) if one.to == ada.id]
    assert len(seen) >= 3
    told = words(" ".join(text_of(one) for one in seen))
    assert " ".join(words(body)) in " ".join(told)
    assert [label for one in seen for label in buttons_of(one)].count("Publish") == 1


async def test_an_answer_of_more_messages_than_slack_takes_there_comes_directly(
    world: World, ada: Person
) -> None:
    body = "\n\n".join(f"Paragraph {n}. {'Some words. ' * 220}".strip() for n in range(7))
    drafted(world, body)
    await previewed(world, ada)
    told = " ".join(words(" ".join(ada.reads(ada.direct))))
    assert " ".join(words(body)) in told
    assert not [one for one in ada.sees(ada.direct) if one.to]


async def test_a_long_answer_to_a_command_comes_whole(world: World, ada: Person) -> None:
    body = text_of_length(12_000)
    row = drafted(world, body)
    answer = await ada.command("/reflect", f"preview reflection: {row}")
    await world.service.intake.answers.finish()
    assert answer.error == ""
    assert " ".join(words(body)) in " ".join(words(answer.text))


async def test_what_was_given_goes_with_the_button_that_opens_a_form(
    world: World, ada: Person
) -> None:
    world.slack.fail_next("views.open", error="expired_trigger_id")
    answer = await ada.command("/reflect", "write title: Kept for me")
    modal = await (await ada.press(await answer.message(), "Open")).opened()
    assert "Kept for me" in str(modal.blocks)


async def test_a_home_whose_token_ends_while_we_answer_is_left(world: World, ada: Person) -> None:
    world.slack.state.revoke(world.slack.workspace, "token_revoked")
    await ada.dm_bot("Hello")
    await world.service.intake.answers.finish()
    assert world.home.retired_at is not None
    assert world.faculty.home.id not in world.connected


async def test_a_workspace_that_is_no_home_of_ours_is_not_answered(world: World) -> None:
    other = world.slack.add_workspace("Elsewhere", "elsewhere", installed=True)
    eve = world.slack.person(other.add_user("Eve Elsewhere"), other)
    await eve.dm_bot("Hello")
    await world.service.intake.answers.finish()
    assert world.slack.posts == []


async def test_what_was_typed_is_in_the_form_that_slack_would_not_open_at_once(
    world: World,
) -> None:
    olga = world.people["olga"]
    world.slack.fail_next("views.open", error="expired_trigger_id")
    answer = await olga.command("/webinar", f"announce about: {'What I noticed. ' * 40}")
    pressed = await olga.press(await answer.message(), "Open")
    assert "What I noticed." in str((await pressed.opened()).blocks)
