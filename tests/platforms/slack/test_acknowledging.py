"""Slack hears from us in time, whatever takes long, and nothing that was asked is lost."""

import asyncio

import pytest

from bot.platforms.slack import answers, intake, socket
from storage import reflections, webinars
from storage.members import Member
from storage.reflections import Reflection
from tests.faculty import Faculty
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import buttons_of, text_of
from tests.platforms.slack.world import World, slack_world


def dies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The process does not finish what it is doing when it ends."""
    monkeypatch.setattr(answers, "FINISH_WITHIN", 0.0)
    monkeypatch.setattr(socket, "ANSWERED_WITHIN", 0.0)


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


def mine(world: World, name: str = "ada") -> Reflection | None:
    member = world.faculty.members[name].id
    return world.faculty.community.read_now(lambda tx: reflections.open_draft(tx, member))


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


# Asking again


class Interrupted:
    """The store is so slow that the process ends before anything is done."""

    def __init__(self, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world, self.monkeypatch = world, monkeypatch

    def begin(self) -> None:
        self.monkeypatch.setattr(intake, "SKELETON_AFTER", 0.05)
        self.monkeypatch.setattr(intake, "ACKNOWLEDGE_WITHIN", 0.1)
        self.world.store.slow()

    async def over(self) -> None:
        """The process dies and the next one begins; what was asked is really forgotten."""
        dies(self.monkeypatch)
        await self.world.restart(asyncio.sleep(0))
        self.monkeypatch.undo()
        await self.world.slack.connected()


@pytest.fixture
def interrupted(world: World, monkeypatch: pytest.MonkeyPatch) -> Interrupted:
    return Interrupted(world, monkeypatch)


def paused(world: World) -> bool:
    member: Member = world.faculty.now_is(world.faculty.members["ada"])
    return member.paused_until is not None


async def test_a_command_that_the_process_did_not_survive_can_be_asked_again(
    world: World, ada: Person, interrupted: Interrupted
) -> None:
    interrupted.begin()
    answer = await ada.command("/profile", "pause")
    await interrupted.over()
    assert not paused(world)
    waits = answer.messages[0]
    await ada.press(waits, "Ask again")
    await world.slack.until(lambda: "One moment" not in text_of(waits))
    assert paused(world)


async def test_what_was_done_after_all_is_not_done_again(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    olga = world.people["olga"]
    world.channel("webinars")
    monkeypatch.setattr(intake, "SKELETON_AFTER", 0.05)
    monkeypatch.setattr(intake, "ACKNOWLEDGE_WITHIN", 0.1)
    world.store.slow()
    answer = await olga.command(
        "/webinar", "announce title: Feedback that lands when: 2026-09-03 16:00"
    )
    waits = await answer.opened()
    again = asyncio.create_task(olga.press(waits, "Ask again"))
    monkeypatch.undo()
    world.store.quick()
    await again
    await world.service.intake.answers.finish()
    assert olga.modal is not None
    assert "announced already" not in text_of(olga.modal)
    assert "Feedback that lands" in text_of(olga.modal)
    ahead = world.faculty.community.read_now(lambda tx: webinars.upcoming(tx, world.clock.now()))
    assert [one.title for one in ahead].count("Feedback that lands") == 1


async def test_a_press_that_the_process_did_not_survive_can_be_made_again(
    world: World, ada: Person, interrupted: Interrupted
) -> None:
    shown = (await ada.command("/staffroom", "orientation")).messages[0]
    interrupted.begin()
    waits = await (await ada.press(shown, "Done: step 1")).message()
    await interrupted.over()
    await ada.press(waits, "Ask again")
    await world.slack.until(lambda: "✓" in text_of(waits))


async def test_a_window_that_says_to_wait_asks_again(
    world: World, ada: Person, interrupted: Interrupted
) -> None:
    interrupted.begin()
    waits = await (await ada.command("/reflect", "write")).opened()
    await interrupted.over()
    await ada.press(waits, "Ask again")
    await world.slack.until(lambda: ada.modal and "Your reflection" in text_of(ada.modal))


async def test_what_no_button_has_room_for_is_told_to_its_writer(
    world: World, ada: Person, interrupted: Interrupted
) -> None:
    world.slack.fail_next("views.open", error="expired_trigger_id")
    words = "Something that I thought about for a long time. " * 50
    interrupted.begin()
    answer = await ada.command("/reflect", f"write title: Mine text: {words}")
    assert words.strip() in answer.text
    assert buttons_of(answer.messages[0]) == []


async def test_a_press_counts_as_received_when_its_answer_is_shown(
    world: World, ada: Person
) -> None:
    shown = (await ada.command("/staffroom", "orientation")).messages[0]
    reached, held = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        reached.set()
        await held.wait()

    world.slack.fail_next("response_url", delay=hold())
    pressed = asyncio.create_task(ada.press(shown, "Done: step 1"))
    await reached.wait()
    assert not pressed.done()
    held.set()
    await pressed
    assert "✓" in text_of(shown)


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


async def test_an_answer_waits_when_slack_wants_us_to_slow_down(world: World, ada: Person) -> None:
    world.slack.fail_next("chat.postMessage", retry_after=5)
    before = world.stopwatch.seconds
    await ada.dm_bot("Hello")
    assert "Hello, Ada Example" in text_of(await world.slack.posted())
    assert world.stopwatch.seconds - before >= 5
