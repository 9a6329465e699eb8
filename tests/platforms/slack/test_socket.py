"""The connection to Slack: replaced before it ends, opened anew when it breaks."""

import asyncio
from collections import Counter

import pytest
from structlog.testing import capture_logs

from bot.platforms.slack import intake, socket
from tests.faculty import Faculty
from tests.platforms.slack.fake.people import Answer, Person
from tests.platforms.slack.world import World, slack_world


@pytest.fixture
def ada(world: World) -> Person:
    return world.people["ada"]


async def today(ada: Person) -> Answer:
    return await ada.command("/staffroom", "today")


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_connection_that_slack_replaces_loses_no_command(
    world: World, ada: Person, reason: str
) -> None:
    asked: list[asyncio.Task[Answer]] = []
    for number in range(60):
        asked.append(asyncio.create_task(today(ada)))
        if number % 20 == 10:
            await world.slack.socket.disconnect(reason)
        await asyncio.sleep(0.001)
    answers = await asyncio.gather(*asked)
    assert Counter(one.error for one in answers) == {"": 60}
    await world.slack.until(lambda: world.slack.socket.opened >= 2)
    assert (await today(ada)).error == ""


async def test_what_came_by_a_connection_that_is_replaced_is_acknowledged_there(
    world: World, ada: Person
) -> None:
    world.store.slow()
    asked = asyncio.create_task(today(ada))
    await world.store.asked.wait()
    await world.slack.socket.disconnect("warning")
    await world.slack.until(lambda: world.slack.socket.opened == 2)
    world.store.quick()
    assert (await asked).error == ""


async def test_two_warnings_replace_a_connection_once(world: World, ada: Person) -> None:
    await world.slack.socket.disconnect("warning")
    await world.slack.socket.disconnect("warning")
    await world.slack.until(lambda: len(world.slack.socket.connections) == 2)
    assert (await today(ada)).error == ""
    assert world.slack.socket.opened == 2


async def test_a_replaced_connection_ends_with_slacks_word(world: World, ada: Person) -> None:
    (first,) = world.slack.socket.connections
    await world.slack.socket.disconnect("warning")
    await world.slack.until(lambda: len(world.slack.socket.connections) == 2)
    await first.socket.close()
    await world.slack.until(lambda: len(world.slack.socket.connections) == 1)
    assert (await today(ada)).error == ""
    assert world.slack.socket.opened == 2


async def test_a_replaced_connection_that_slack_forgets_is_ended_by_us(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "LEFT_OPEN", 0.05)
    await world.slack.socket.disconnect("warning")
    await world.slack.until(lambda: len(world.slack.socket.connections) == 2)
    await world.slack.until(lambda: len(world.slack.socket.connections) == 1)
    assert (await today(ada)).error == ""


async def test_a_connection_that_slack_closes_is_opened_anew(world: World, ada: Person) -> None:
    await world.slack.socket.close()
    assert (await today(ada)).error == ""
    assert world.slack.socket.opened == 2


async def test_a_connection_that_breaks_without_a_word_is_opened_anew(
    faculty: Faculty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "PING_EVERY", 0.05)
    async with slack_world(faculty) as world:
        world.slack.socket.cut()
        assert (await today(world.people["ada"])).error == ""


async def test_after_an_outage_each_attempt_has_an_address_of_its_own(
    world: World, ada: Person, caplog: pytest.LogCaptureFixture
) -> None:
    world.slack.socket.refusals = 3
    with capture_logs() as logged:
        await world.slack.socket.close()
        await world.slack.until(lambda: world.slack.socket.opened == 2)
    assert (await today(ada)).error == ""
    assert world.slack.calls["apps.connections.open"] == 5
    assert world.stopwatch.seconds >= 1_000 + 3 * socket.TRY_AGAIN
    assert "WSServerHandshakeError" in [one.get("reason") for one in logged]
    assert "ticket" not in f"{logged}{caplog.text}"  # an address is a secret


async def test_a_connection_is_asked_for_as_slowly_as_slack_asks(world: World, ada: Person) -> None:
    world.slack.fail_next("apps.connections.open", retry_after=60)
    await world.slack.socket.close()
    assert (await today(ada)).error == ""
    assert world.stopwatch.seconds >= 1_060


async def test_a_connection_that_was_opened_anew_is_left_open_when_it_is_replaced(
    world: World, ada: Person
) -> None:
    await world.slack.socket.close()
    await world.slack.until(lambda: world.slack.socket.opened == 2)
    await world.slack.socket.disconnect("warning")
    await world.slack.until(lambda: world.slack.socket.opened == 3)
    for _ in range(5):
        assert (await today(ada)).error == ""
    assert len(world.slack.socket.connections) == 2


async def test_stopping_while_a_connection_is_being_replaced_ends_both(world: World) -> None:
    held = asyncio.Event()
    world.slack.fail_next("apps.connections.open", delay=held)
    await world.slack.socket.disconnect("warning")
    await world.slack.until(lambda: world.slack.calls["apps.connections.open"] == 2)
    await world.service.stop()
    held.set()
    await world.slack.until(lambda: not world.slack.socket.connections)
    assert world.slack.socket.opened == 1


async def test_stopping_acknowledges_what_came_before(
    world: World, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "ACKNOWLEDGE_WITHIN", 60.0)
    world.store.slow()
    asked = asyncio.create_task(ada.command("/profile", "pause"))
    await world.store.asked.wait()
    stopping = asyncio.create_task(world.service.stop())
    await asyncio.sleep(0)
    world.store.quick()
    await stopping
    assert (await asked).error == ""
    assert "paused" in (await asked).text


async def test_what_comes_while_we_stop_is_left_to_the_next_process(
    world: World, ada: Person
) -> None:
    await world.restart(ada.dm_bot("Hello"))
    await world.slack.posted()
    assert len(world.slack.posts) == 1
