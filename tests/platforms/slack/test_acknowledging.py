"""Slack hears from us in time, whatever takes long, and nothing that was asked is lost."""

import asyncio

import pytest

from bot.platforms.slack import answers, intake, socket
from storage import reflections
from storage.reflections import Reflection
from tests.faculty import Faculty
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.reading import text_of
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
