"""Discord hears from us in time, whatever takes long, and what was done is answered."""

import asyncio

import discord
import pytest
from discord.backoff import ExponentialBackoff

from bot.platforms.discord import intake
from core.chat import Message
from storage import reflections
from storage.reflections import Reflection
from tests.platforms.discord.fake.answers import Answer
from tests.platforms.discord.fake.message import text_of
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.world import World

CALLBACK = "/interactions/{interaction}/{token}/callback"


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever does not come at once is deferred."""
    monkeypatch.setattr(intake, "DEFER_AFTER", 0.0)


def written(world: World) -> list[Reflection]:
    member = world.faculty.members["ada"].id
    return list(world.faculty.community.read_now(lambda tx: reflections.by_member(tx, member)))


async def settled(world: World, answer: Answer) -> Answer:
    world.store.quick()
    await world.service.intake.answers.finish()
    return answer


# Slowness


def test_there_is_time_left_to_defer() -> None:
    assert intake.DEFER_AFTER <= 2.0


@pytest.mark.usefixtures("at_once")
async def test_a_slow_command_is_deferred_in_private_and_answered_then(
    world: World, ada: Person
) -> None:
    world.store.slow()
    answer = await ada.command("staffroom today")
    assert answer.deferred
    assert answer.ephemeral
    assert answer.messages == []
    await settled(world, answer)
    assert "prompt" in text_of(await answer.message()).lower()
    assert all(one.ephemeral for one in answer.messages)


@pytest.mark.usefixtures("at_once")
async def test_a_slow_form_becomes_a_button_that_opens_it(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.store.slow()
    answer = await ada.command("reflect write", {"title": "First days"})
    assert answer.deferred
    await settled(world, answer)
    monkeypatch.setattr(intake, "DEFER_AFTER", 2.0)
    modal = await (await ada.press(await answer.message(), "Open")).opened()
    assert modal.values["title"] == "First days"


@pytest.mark.usefixtures("at_once")
async def test_a_slow_press_is_deferred_and_changes_its_message_then(
    world: World, ada: Person
) -> None:
    shown = await (await ada.command("staffroom orientation")).message()
    world.store.slow()
    answer = await ada.press(shown, "Done: step 1")
    assert answer.deferred
    await settled(world, answer)
    assert await answer.changed() is shown
    assert len(answer.messages) == 0


@pytest.mark.usefixtures("at_once")
async def test_a_slow_form_that_was_sent_is_deferred_and_answered_then(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "DEFER_AFTER", 2.0)
    modal = await (await ada.command("reflect write")).opened()
    monkeypatch.setattr(intake, "DEFER_AFTER", 0.0)
    world.store.slow()
    answer = await ada.submit(modal, {"Title": "T", "Your reflection": "Words."})
    assert answer.deferred
    assert answer.ephemeral
    await settled(world, answer)
    assert "Published" in text_of(await answer.message())
    assert len(written(world)) == 1


# What cannot be shown


@pytest.mark.parametrize("code", [10062, 40060])
async def test_an_answer_that_cannot_be_shown_follows_as_a_direct_message(
    world: World, ada: Person, code: int
) -> None:
    world.fake.fail_next("POST", CALLBACK, code=code)
    await ada.command("profile pause", wait=False)
    await world.fake.until(lambda: f"POST {CALLBACK}" in world.fake.calls)
    await world.service.intake.answers.finish()
    await world.deliver()
    assert len([text for text in ada.reads() if "pause" in text.lower()]) == 1


async def test_words_whose_answer_cannot_be_sent_are_answered_later(
    world: World, ada: Person
) -> None:
    world.fake.fail_next("POST", "/channels/{channel}/messages", code=50035)
    await ada.dm("Hello")
    await world.fake.until(lambda: world.fake.calls["POST /channels/{channel}/messages"])
    await world.service.intake.answers.finish()
    await world.deliver()
    assert [text for text in ada.reads() if "Hello, Ada Example" in text]


async def test_of_words_that_could_not_be_kept_one_is_told(world: World, ada: Person) -> None:
    world.store.failures = 1
    await ada.dm("Hello")
    assert "try again" in text_of(await world.fake.posted())


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("arrived", [False, True])
async def test_an_answer_is_not_lost_when_the_connection_breaks_while_deferring(
    world: World, ada: Person, arrived: bool
) -> None:
    world.fake.fail_next(
        "POST", CALLBACK, drop_connection_before=not arrived, drop_connection_after=arrived
    )
    world.store.slow()
    answer = await ada.command("profile pause", wait=False)
    await world.fake.until(lambda: world.fake.calls[f"POST {CALLBACK}"])
    await settled(world, answer)
    await world.deliver()
    told = [answer.text, *ada.reads()]
    assert [text for text in told if "pause" in text.lower()]


async def test_when_it_cannot_be_told_where_somebody_is_known_they_are_asked_to_try_again(
    world: World, ada: Person
) -> None:
    await world.service.client.wait_until_ready()
    world.fake.add_guild("A second one")
    await world.fake.until(lambda: len(world.connected) > 1)
    world.store.failures = 1
    answer = await ada.command("profile pause")
    assert "try again" in text_of(await answer.message())


async def test_somebody_who_is_known_in_one_of_two_servers_is_answered_from_there(
    world: World, ada: Person
) -> None:
    await world.service.client.wait_until_ready()
    world.fake.add_guild("A second one")
    await world.fake.until(lambda: len(world.connected) > 1)
    answer = await ada.command("staffroom today")
    assert "prompt" in text_of(await answer.message()).lower()


# The gateway


async def test_a_command_that_is_given_while_we_are_cut_off_is_answered(
    world: World, ada: Person
) -> None:
    world.fake.gateway.cut()
    answer = await ada.command("profile pause")
    assert "pause" in text_of(await answer.message()).lower()
    assert world.fake.calls[f"POST {CALLBACK}"] == 1


@pytest.mark.parametrize("trouble", ["reconnect", "invalidate", "forget", "close"])
async def test_after_trouble_at_the_gateway_commands_and_deliveries_go_on(
    world: World, ada: Person, trouble: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_pause(_self: object, _shard: object, *, initial: bool = False) -> None: ...

    monkeypatch.setattr(discord.Client, "before_identify_hook", no_pause)
    monkeypatch.setattr(ExponentialBackoff, "delay", lambda _self: 0.0)
    place = world.channel("announcements")
    getattr(world.fake.gateway, trouble)()
    await world.platform.post(str(place.id), Message("Meanwhile."), key="k:1")
    await world.fake.connected()
    answer = await ada.command("profile pause")
    assert "pause" in text_of(await answer.message()).lower()
    await world.platform.post(str(place.id), Message("Afterwards."), key="k:2")
    assert [text_of(one) for one in world.fake.posts] == ["Meanwhile.", "Afterwards."]


# The end of the process


async def test_stopping_finishes_what_is_being_done(world: World, ada: Person) -> None:
    world.store.slow()
    answer = await ada.command("profile pause", wait=False)
    await world.store.asked.wait()
    stopping = asyncio.create_task(world.service.stop())
    world.store.quick()
    await stopping
    assert "pause" in text_of(await answer.message()).lower()
