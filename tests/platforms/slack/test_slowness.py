"""A store or a Slack that is slow: people are answered in time, and get what they asked for."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.platforms.slack import intake, seat
from storage import reflections
from storage.members import Member
from tests.faculty import Faculty
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.fake.workspace import View
from tests.platforms.slack.world import World, slack_world


@pytest.fixture(params=["socket", "http"])
async def world(request: pytest.FixtureRequest, faculty: Faculty) -> AsyncIterator[World]:
    """In both ways."""
    async with slack_world(faculty, http=request.param == "http") as made:
        yield made


class Slow:
    """Makes the store slow, and lets us notice it soon."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.monkeypatch = world, monkeypatch

    def begin(self) -> None:
        self.monkeypatch.setattr(intake, "SKELETON_AFTER", 0.05)
        self.monkeypatch.setattr(intake, "ACKNOWLEDGE_WITHIN", 0.1)
        self.world.store.slow()

    def over(self) -> None:
        self.monkeypatch.undo()
        self.world.store.quick()


@pytest.fixture
def slow(world: World, monkeypatch: pytest.MonkeyPatch) -> Slow:
    return Slow(world, monkeypatch)


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


async def shows(world: World, ada: Person, words: str) -> View:
    """Waits until her modal says something."""
    await world.slack.until(lambda: ada.modal and words in text_of(ada.modal))
    assert ada.modal is not None
    return ada.modal


# A slow store


async def test_a_form_that_is_late_opens_empty_and_is_filled(
    world: World, ada: Person, slow: Slow
) -> None:
    slow.begin()
    answer = await ada.command("/reflect", "write")
    assert answer.error == ""
    assert "One moment" in text_of(await answer.opened())
    slow.over()
    assert (await shows(world, ada, "Your reflection")).title == "Write to a prompt"


async def test_what_is_asked_in_a_late_form_can_be_sent(
    world: World, ada: Person, slow: Slow
) -> None:
    slow.begin()
    await ada.command("/reflect", "write")
    slow.over()
    modal = await shows(world, ada, "Your reflection")
    await ada.submit(modal, {"Title": "Mine", "Your reflection": "Words."})
    await shows(world, ada, "Published")


async def test_an_answer_that_is_late_is_announced_and_follows(
    world: World, ada: Person, slow: Slow
) -> None:
    slow.begin()
    answer = await ada.command("/staffroom", "today")
    assert "One moment" in answer.text
    slow.over()
    assert "This week's prompt" in text_of(await answer.message(2))


async def test_a_late_form_that_cannot_be_opened_any_more_comes_as_a_button(
    world: World, ada: Person, slow: Slow
) -> None:
    world.slack.fail_next("views.open", error="expired_trigger_id")
    slow.begin()
    answer = await ada.command("/reflect", "write")
    assert "One moment" in answer.text
    slow.over()
    offer = await answer.message(2)
    assert buttons_of(offer) == ["Open"]
    opened = await (await ada.press(offer, "Open")).opened()
    assert opened.title == "Write to a prompt"


async def test_a_press_is_acknowledged_and_answered_late(
    world: World, ada: Person, slow: Slow
) -> None:
    shown = (await ada.command("/staffroom", "orientation")).messages[0]
    slow.begin()
    pressed = await ada.press(shown, "Done: step 1")
    assert pressed.error == ""
    slow.over()
    await world.slack.until(lambda: "✓" in text_of(shown) or "1 of 2" in text_of(shown))


async def test_a_press_whose_form_is_late_gets_a_button(
    world: World, ada: Person, slow: Slow
) -> None:
    shown = (await ada.command("/staffroom", "today")).messages[0]
    slow.begin()
    pressed = await ada.press(shown, "Write reflection")
    assert pressed.error == ""
    slow.over()
    offer = await pressed.message(2)
    assert (await (await ada.press(offer, "Open")).opened()).title == "Write to a prompt"


async def test_a_submission_that_takes_long_keeps_its_form_and_is_done_once(
    world: World, ada: Person, slow: Slow
) -> None:
    modal = await (await ada.command("/reflect", "write")).opened()
    slow.begin()
    sent = await ada.submit(modal, {"Title": "Mine", "Your reflection": "Words."})
    assert "longer than usual" in str(sent.errors)
    assert modal.is_open
    slow.over()
    await ada.submit(modal)
    await shows(world, ada, "Published")
    (row,) = world.faculty.community.read_now(
        lambda tx: reflections.by_member(tx, world.faculty.members["ada"].id)
    )
    assert row.revision == 1


async def test_a_late_submission_that_is_refused_is_marked_when_it_is_sent_again(
    world: World, slow: Slow
) -> None:
    olga = world.people["olga"]
    modal = await (await olga.command("/webinar", "announce")).opened()
    slow.begin()
    await olga.submit(modal, {"Title": "Feedback & care", "When": "the day after never"})
    slow.over()
    assert "When" in (await olga.submit(modal)).errors
    await olga.submit(modal, {"When": "2026-09-03 16:00"})
    await shows(world, olga, "Feedback & care")


async def test_a_store_that_fails_leaves_the_form_open_with_all_that_was_typed(
    world: World, ada: Person
) -> None:
    modal = await (await ada.command("/reflect", "write")).opened()
    world.store.failures = 9
    sent = await ada.submit(modal, {"Title": "Mine", "Your reflection": "Words."})
    assert "try again" in str(sent.errors)
    assert modal.is_open


async def test_a_press_on_the_home_that_takes_long_opens_empty_and_is_filled(
    world: World, ada: Person, slow: Slow
) -> None:
    await ada.open_home()
    home = await world.slack.until(lambda: ada.home)
    slow.begin()
    pressed = await ada.press(home, "What I can do")
    assert "One moment" in text_of(await pressed.opened())
    slow.over()
    await shows(world, ada, "/reflect write")


async def test_a_shortcut_that_takes_long_opens_empty_and_is_filled(
    world: World, ada: Person, slow: Slow
) -> None:
    slow.begin()
    used = await ada.shortcut("reflect write")
    assert used.error == ""
    assert "One moment" in text_of(await used.opened())
    slow.over()
    await shows(world, ada, "Your reflection")


async def test_somebody_whom_slack_is_slow_to_tell_of_is_answered_in_time(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seat, "LOOK_UP_SECONDS", 0.05)
    never = asyncio.Event()
    world.slack.fail_next("users.info", delay=never)
    world.service.seats[world.slack.workspace.id].people.clear()
    asked = asyncio.create_task(ada.command("/staffroom", "today"))
    assert (await asked).error == ""
    never.set()


# Slow to open


async def test_a_form_that_slack_is_slow_to_open_does_not_delay_the_acknowledgement(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ACKNOWLEDGE_WITHIN", 0.1)
    held = asyncio.Event()
    world.slack.fail_next("views.open", delay=held)
    answer = await ada.command("/reflect", "write")
    assert (answer.error, answer.modal) == ("", None)
    held.set()
    assert (await answer.opened()).title == "Write to a prompt"


async def test_a_trigger_that_has_expired_leaves_a_button(world: World, ada: Person) -> None:
    world.slack.fail_next("views.open", error="expired_trigger_id")
    answer = await ada.command("/reflect", "write")
    offer = await answer.message()
    assert (await (await ada.press(offer, "Open")).opened()).title == "Write to a prompt"


async def test_a_shortcut_whose_trigger_has_expired_leaves_a_button_in_the_direct_conversation(
    world: World, ada: Person
) -> None:
    world.slack.fail_next("views.open", error="expired_trigger_id")
    assert (await ada.shortcut("reflect write")).error == ""
    offer = await world.slack.posted()
    assert offer.channel == ada.direct.id
    assert (await (await ada.press(offer, "Open")).opened()).title == "Write to a prompt"


async def test_what_was_done_stands_though_its_answer_was_late(
    world: World, ada: Person, slow: Slow
) -> None:
    slow.begin()
    answer = await ada.command("/profile", "pause")
    assert "One moment" in answer.text
    slow.over()
    await answer.message(2)
    member: Member = world.faculty.now_is(world.faculty.members["ada"])
    assert member.paused_until is not None


async def test_the_answer_to_a_form_whose_window_is_gone_becomes_a_direct_message(
    world: World, ada: Person, slow: Slow
) -> None:
    modal = await (await ada.command("/profile", "edit")).opened()
    slow.begin()
    await ada.submit(modal, {})
    await ada.close(modal)
    slow.over()
    world.slack.fail_next("views.update", error="not_found")
    await world.service.intake.answers.finish()
    await world.deliver()
    assert "profile" in "\n".join(ada.reads(ada.direct)).lower()
