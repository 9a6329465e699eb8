"""Slash commands in Slack: answers, forms, and what comes back from them."""

from storage import reflections
from storage.words import Audience
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.world import World


async def test_a_command_is_answered_for_the_eyes_of_the_asker_alone(world: World) -> None:
    answer = await world.people["ada"].command("/staffroom", "today")
    (message,) = answer.messages
    assert message.to == world.people["ada"].id
    assert "Prompt" in answer.text or "prompt" in answer.text


async def test_a_command_that_is_typed_wrong_suggests_the_nearest(world: World) -> None:
    answer = await world.people["ada"].command("/reflect", "wrte")
    assert "reflect write" in answer.text


async def test_everything_in_one_line_is_done_at_once(world: World) -> None:
    answer = await world.people["olga"].command(
        "/webinar", "announce title: Feedback that lands when: 2026-09-03 16:00 minutes: 45"
    )
    assert "Feedback that lands" in answer.text


async def test_what_is_missing_is_asked_for_in_a_form_with_what_was_given(world: World) -> None:
    answer = await world.people["olga"].command("/webinar", "announce title: Feedback & care")
    modal = await answer.opened()
    assert "Feedback & care" in str(modal.blocks)


async def test_a_form_is_filled_in_and_answered_in_its_window(world: World) -> None:
    ada = world.people["ada"]
    modal = await (await ada.command("/reflect", "write")).opened()
    done = await ada.submit(modal, {"Title": "First <days> & nights", "Your reflection": "Hm."})
    assert not done.errors
    assert "Published" in text_of(ada.modal) if ada.modal else False
    (row,) = world.faculty.community.read_now(
        lambda tx: reflections.by_member(tx, world.faculty.members["ada"].id)
    )
    assert (row.title, row.body, row.audience) == (
        "First <days> & nights", "Hm.", Audience.COMMUNITY,
    )  # fmt: skip


async def test_what_is_wrong_in_a_form_is_marked_there_and_nothing_is_lost(world: World) -> None:
    olga = world.people["olga"]
    modal = await (await olga.command("/webinar", "announce")).opened()
    said = await olga.submit(modal, {"Title": "Feedback", "When": "the day after never"})
    assert "When" in said.errors
    assert modal.is_open


async def test_a_button_of_an_answer_works(world: World) -> None:
    ada = world.people["ada"]
    answer = await ada.command("/staffroom", "today")
    assert "Write reflection" in buttons_of(answer.messages[0])
    pressed = await ada.press(answer.messages[0], "Write reflection")
    assert (await pressed.opened()).title == "Write to a prompt"
