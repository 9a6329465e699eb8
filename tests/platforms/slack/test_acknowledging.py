"""Slack hears from us in time, whatever takes long, and nothing that was asked is lost."""

import asyncio

import pytest

from bot.platforms.slack import answers, intake, seat, socket
from storage import reflections
from storage.members import Member
from storage.reflections import Reflection
from tests.faculty import Faculty
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.fake.workspace import View
from tests.platforms.slack.world import World, slack_world


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is slow is noticed soon."""
    monkeypatch.setattr(intake, "SKELETON_AFTER", 0.05)
    monkeypatch.setattr(intake, "ACKNOWLEDGE_WITHIN", 0.1)
    monkeypatch.setattr(seat, "LOOK_UP_SECONDS", 0.05)


def dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process does not finish what it is doing when it ends."""
    monkeypatch.setattr(answers, "FINISH_WITHIN", 0.0)
    monkeypatch.setattr(socket, "ANSWERED_WITHIN", 0.0)


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


async def shows(world: World, ada: Person, words: str) -> View:
    """Waits until her modal says something."""
    await world.slack.until(lambda: ada.modal and words in text_of(ada.modal))
    assert ada.modal is not None
    return ada.modal


def mine(world: World, name: str = "ada") -> Reflection | None:
    member = world.faculty.members[name].id
    return world.faculty.community.read_now(lambda tx: reflections.open_draft(tx, member))


# A slow store


async def test_a_form_that_is_late_opens_empty_and_is_filled(world: World, ada: Person) -> None:
    world.store.slow()
    answer = await ada.command("/reflect", "write")
    assert answer.error == ""
    assert "One moment" in text_of(await answer.opened())
    world.store.quick()
    assert (await shows(world, ada, "Your reflection")).title == "Write to a prompt"


async def test_what_is_asked_in_a_late_form_can_be_sent(world: World, ada: Person) -> None:
    world.store.slow()
    await ada.command("/reflect", "write")
    world.store.quick()
    modal = await shows(world, ada, "Your reflection")
    await ada.submit(modal, {"Title": "Mine", "Your reflection": "Words."})
    await shows(world, ada, "Published")


async def test_an_answer_that_is_late_is_announced_and_follows(world: World, ada: Person) -> None:
    world.store.slow()
    answer = await ada.command("/staffroom", "today")
    assert "One moment" in answer.text
    world.store.quick()
    assert "This week's prompt" in text_of(await answer.message(2))


async def test_a_late_form_that_cannot_be_opened_any_more_comes_as_a_button(
    world: World, ada: Person
) -> None:
    world.slack.fail_next("views.open", error="expired_trigger_id")
    world.store.slow()
    answer = await ada.command("/reflect", "write")
    assert "One moment" in answer.text
    world.store.quick()
    offer = await answer.message(2)
    assert buttons_of(offer) == ["Open"]
    opened = await (await ada.press(offer, "Open")).opened()
    assert opened.title == "Write to a prompt"


async def test_a_press_is_acknowledged_and_answered_late(world: World, ada: Person) -> None:
    shown = (await ada.command("/staffroom", "orientation")).messages[0]
    world.store.slow()
    pressed = await ada.press(shown, "Done: step 1")
    assert pressed.error == ""
    world.store.quick()
    await world.slack.until(lambda: "✓" in text_of(shown) or "1 of 2" in text_of(shown))


async def test_a_press_whose_form_is_late_gets_a_button(world: World, ada: Person) -> None:
    shown = (await ada.command("/staffroom", "today")).messages[0]
    world.store.slow()
    pressed = await ada.press(shown, "Write reflection")
    assert pressed.error == ""
    world.store.quick()
    offer = await pressed.message()
    assert (await (await ada.press(offer, "Open")).opened()).title == "Write to a prompt"


async def test_a_submission_that_takes_long_is_answered_in_its_window(
    world: World, ada: Person
) -> None:
    modal = await (await ada.command("/reflect", "write")).opened()
    world.store.slow()
    sent = await ada.submit(modal, {"Title": "Mine", "Your reflection": "Words."})
    assert sent.trouble == ""
    assert "One moment" in text_of(modal)
    world.store.quick()
    await shows(world, ada, "Published")


async def test_a_late_submission_that_is_refused_comes_back_with_all_that_was_typed(
    world: World,
) -> None:
    olga = world.people["olga"]
    modal = await (await olga.command("/webinar", "announce")).opened()
    world.store.slow()
    await olga.submit(modal, {"Title": "Feedback & care", "When": "the day after never"})
    world.store.quick()
    mended = await shows(world, olga, "⚠️")
    assert "Feedback & care" in str(mended.blocks)
    assert "the day after never" in str(mended.blocks)
    await olga.submit(mended, {"When": "2026-09-03 16:00"})
    await shows(world, olga, "Feedback & care")


async def test_a_press_on_the_home_that_takes_long_opens_empty_and_is_filled(
    world: World, ada: Person
) -> None:
    await ada.open_home()
    home = await world.slack.until(lambda: ada.home)
    world.store.slow()
    pressed = await ada.press(home, "What I can do")
    assert "One moment" in text_of(await pressed.opened())
    world.store.quick()
    await shows(world, ada, "/reflect write")


async def test_a_shortcut_that_takes_long_opens_empty_and_is_filled(
    world: World, ada: Person
) -> None:
    world.store.slow()
    used = await ada.shortcut("reflect write")
    assert (used.error, text_of(await used.opened())) == ("", "Staffroom\nOne moment, please …")
    world.store.quick()
    await shows(world, ada, "Your reflection")


async def test_somebody_whom_slack_is_slow_to_tell_of_is_answered_in_time(
    world: World, ada: Person
) -> None:
    never = asyncio.Event()
    world.slack.fail_next("users.info", delay=never)
    world.service.seats[world.slack.workspace.id].people.clear()
    asked = asyncio.create_task(ada.command("/staffroom", "today"))
    assert (await asked).error == ""
    never.set()


# Slow to open


async def test_a_form_that_slack_is_slow_to_open_does_not_delay_the_acknowledgement(
    world: World, ada: Person
) -> None:
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


# Repetitions


async def test_an_event_that_slack_repeats_is_handled_and_answered_once(faculty: Faculty) -> None:
    async with slack_world(faculty, ack_within=0.1) as world:
        ada = world.people["ada"]
        await ada.message_shortcut("reflect add", await ada.say(ada.direct, "First words."))
        await world.service.intake.answers.finish()
        posts = len(world.slack.posts)
        world.store.slow()
        await ada.dm_bot("More words.")
        assert len(world.slack.unacknowledged) == 1
        world.store.quick()
        await world.slack.repeat()
        await world.service.intake.answers.finish()
        draft = mine(world)
        assert draft is not None
        assert draft.body.count("More words.") == 1
        assert len(world.slack.posts) == posts + 1


async def test_an_event_that_comes_again_after_it_was_acknowledged_is_not_answered_again(
    world: World, ada: Person
) -> None:
    await ada.dm_bot("Hello")
    await world.slack.posted()
    assert (await world.slack.redeliver(world.slack.events[-1])).ok
    await world.service.intake.answers.finish()
    assert len(world.slack.posts) == 1


async def test_an_event_whose_handling_failed_is_repeated_and_not_lost(faculty: Faculty) -> None:
    async with slack_world(faculty, ack_within=0.1) as world:
        world.store.failures = 1
        await world.people["ada"].change(tz="Europe/Berlin")
        account = faculty.now_is(faculty.accounts["ada"])
        assert account.zone == "Europe/Berlin"


async def test_words_that_could_not_be_kept_are_not_swallowed(world: World, ada: Person) -> None:
    world.store.failures = 1
    await ada.dm_bot("Hello")
    assert "try again" in text_of(await world.slack.posted())


async def test_an_event_of_which_the_process_died_is_handled_by_the_next(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies(monkeypatch)
    await ada.message_shortcut("reflect add", await ada.say(ada.direct, "First words."))
    await world.service.intake.answers.finish()
    world.store.slow()
    said = asyncio.create_task(ada.dm_bot("More words."))
    await world.store.asked.wait()
    await world.restart(_over(said))
    await world.service.intake.answers.finish()
    draft = mine(world)
    assert draft is not None
    assert draft.body.count("More words.") == 1


async def _over(task: "asyncio.Task[object]") -> None:
    await task


async def test_somebody_whose_command_the_process_did_not_survive_is_told_by_slack(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies(monkeypatch)
    monkeypatch.setattr(intake, "ACKNOWLEDGE_WITHIN", 60.0)
    world.store.slow()
    asked = asyncio.create_task(ada.command("/profile", "pause"))
    await world.store.asked.wait()
    await world.restart(_over(asked))
    assert asked.result().error == "dispatch_failed"


# The end of the process, and of what can be shown


async def test_stopping_finishes_what_is_being_shown(world: World, ada: Person) -> None:
    held = asyncio.Event()
    world.slack.fail_next("chat.postMessage", delay=held)
    await ada.dm_bot("Hello")
    await world.slack.until(lambda: world.slack.calls["chat.postMessage"])
    stopping = asyncio.create_task(world.service.stop())
    held.set()
    await stopping
    assert "Hello, Ada Example" in text_of(world.slack.posts[0])


async def test_stopping_is_not_held_up_for_ever(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answers, "FINISH_WITHIN", 0.05)
    held = asyncio.Event()
    world.slack.fail_next("chat.postMessage", delay=held)
    await ada.dm_bot("Hello")
    await world.service.stop()
    held.set()


async def test_an_answer_that_cannot_be_shown_becomes_a_direct_message(
    world: World, ada: Person
) -> None:
    shown = (await ada.command("/staffroom", "orientation")).messages[0]
    world.slack.fail_next("response_url", http_status=500)
    await ada.press(shown, "Done: step 1")
    await world.service.intake.answers.finish()
    await world.deliver()
    told = "\n".join(ada.reads(ada.direct))
    assert "Done" in told or "✓" in told


async def test_the_answer_to_a_form_whose_window_is_gone_becomes_a_direct_message(
    world: World, ada: Person
) -> None:
    modal = await (await ada.command("/profile", "edit")).opened()
    world.store.slow()
    await ada.submit(modal, {})
    await ada.close(modal)
    world.store.quick()
    world.slack.fail_next("views.update", error="not_found")
    await world.service.intake.answers.finish()
    await world.deliver()
    assert "profile" in "\n".join(ada.reads(ada.direct)).lower()


async def test_what_was_done_stands_though_its_answer_was_late(world: World, ada: Person) -> None:
    world.store.slow()
    answer = await ada.command("/profile", "pause")
    assert "One moment" in answer.text
    world.store.quick()
    await answer.message(2)
    member: Member = world.faculty.now_is(world.faculty.members["ada"])
    assert member.paused_until is not None


async def test_an_answer_waits_when_slack_wants_us_to_slow_down(world: World, ada: Person) -> None:
    world.slack.fail_next("chat.postMessage", retry_after=5)
    before = world.stopwatch.seconds
    await ada.dm_bot("Hello")
    assert "Hello, Ada Example" in text_of(await world.slack.posted())
    assert world.stopwatch.seconds - before >= 5
