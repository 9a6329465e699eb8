"""The whole process, in this one: a database of its own, a free port, a clock that obeys."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.app import App, local_home, run_until_told, who_is
from bot.clock import ShiftedClock, VirtualClock
from bot.database import open_store
from bot.page_clock import PageClock
from bot.settings import Settings
from core import claims, communities
from core.communities import Founding
from core.errors import UserError
from storage import communities as stored
from storage import members, outbox
from storage.database import Store, Tx
from storage.words import MemberState

START = datetime(2026, 8, 20, 12, tzinfo=UTC)
WANTED = Founding(
    name="Lakeside Virtual",
    zone="America/Detroit",
    program="first-year-online",
    starts_on=datetime(2026, 8, 31).date(),  # noqa: DTZ001 -- a day
    organizer="Olive Example",
    email="olive@example.org",
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(DATABASE_URL=f"sqlite:///{tmp_path}/staffroom.db", port=0)


@pytest.fixture
async def opened(settings: Settings) -> AsyncIterator[Store]:
    with open_store(settings, START, running=True, create=True) as store:
        yield store


@pytest.fixture
async def founded(opened: Store) -> Store:
    opened.write_now("", lambda tx: communities.found(tx, WANTED, START))
    return opened


async def test_it_serves_the_page_and_stops_in_order(founded: Store, settings: Settings) -> None:
    app = App(founded, settings, VirtualClock(START))
    address = await app.start()
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        assert response.status == 200
        assert "Staffroom" in await response.text()
    await app.stop()
    await app.stop()
    with pytest.raises(aiohttp.ClientConnectionError):
        async with aiohttp.ClientSession() as session:
            await session.get(address)


async def test_the_local_home_gets_a_channel_for_every_purpose(
    founded: Store, settings: Settings
) -> None:
    app = App(founded, settings, VirtualClock(START))
    await app.start()
    (home,) = await app.community.read(stored.homes)
    await app.stop()
    assert (home.platform, len(home.channels)) == ("local", 5)


async def test_what_is_due_is_delivered(founded: Store, settings: Settings) -> None:
    app = App(founded, settings, VirtualClock(START))
    await app.start()
    await app.server.desk.clock.move(timedelta(days=14))
    found = await app.community.read(lambda tx: outbox.with_prefix(tx, "prompt:"))
    await app.stop()
    assert [one.state.value for one in found][:1] == ["sent"]


async def test_a_moved_clock_goes_on_from_there_after_a_restart(
    founded: Store, settings: Settings
) -> None:
    app = App(founded, settings)
    await app.start()
    clock = app.server.desk.clock
    assert clock.impersonation
    await clock.move(timedelta(days=3))
    before = clock.now()
    await app.stop()
    again = App(founded, settings)
    await again.start()
    after = again.server.desk.clock.now()
    await again.stop()
    assert timedelta() <= after - before < timedelta(minutes=1)


async def test_the_next_event_is_found_beyond_what_is_planned(
    founded: Store, settings: Settings
) -> None:
    early = START - timedelta(days=100)
    app = App(founded, settings, VirtualClock(early))
    await app.start()
    await app.engine.advance(early)  # after the process has looked for the first time
    due = await app.server.desk.clock.next_event()
    await app.stop()
    assert due == datetime(2026, 8, 31, 13, tzinfo=UTC)  # the first prompt


async def test_beside_another_home_the_clock_is_real_and_nobody_is_somebody_else(
    founded: Store, settings: Settings
) -> None:
    community = stored.every(founded)[0].id

    def another(tx: Tx) -> None:
        tx.add(stored.Home(platform="slack", external_id="T1", name="Lakeside"))

    founded.write_now(community, another)
    app = App(founded, settings)
    await app.start()
    clock = app.server.desk.clock
    assert not clock.impersonation
    with pytest.raises(ValueError, match="cannot be moved"):
        await clock.move(timedelta(days=1))
    await app.stop()


async def test_a_personal_link_lets_its_owner_in_once(founded: Store) -> None:
    community = founded.community(stored.every(founded)[0].id)

    def code(tx: Tx) -> str:
        member = members.by_email(tx, "olive@example.org")
        assert member is not None
        return claims.issue(tx, member, START)

    token = community.write_now(code)
    home = community.write_now(local_home)
    clock = VirtualClock(START)
    account = await who_is(community, home, clock, token)
    assert account is not None
    assert await who_is(community, home, clock, token) is None
    olive = community.read_now(lambda tx: members.by_email(tx, "olive@example.org"))
    assert olive is not None
    assert olive.state is MemberState.ACTIVE


async def test_without_a_community_a_person_is_told_how_to_begin(
    opened: Store, settings: Settings
) -> None:
    with pytest.raises(UserError, match=r"staffroom init.*--demo"):
        await App(opened, settings).start()


async def test_a_port_that_is_taken_is_named_with_the_remedy(
    founded: Store, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = settings.model_copy(update={"port": taken.getsockname()[1]})
        app = App(founded, busy, VirtualClock(START))
        with pytest.raises(UserError, match="STAFFROOM_PORT"):
            await app.start()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_in_order(
    founded: Store, settings: Settings, number: signal.Signals
) -> None:
    app = App(founded, settings, VirtualClock(START))
    said: list[str] = []

    def say(address: str) -> None:
        said.append(address)
        os.kill(os.getpid(), number)

    await asyncio.wait_for(run_until_told(app, say), 10)
    assert said[0].startswith("http://127.0.0.1:")
    assert app.engine.courier.stopping


async def test_only_a_clock_that_can_be_moved_is_remembered(founded: Store) -> None:
    community = founded.community(stored.every(founded)[0].id)
    clock = ShiftedClock(timedelta(hours=2))
    page: Callable[..., PageClock] = PageClock
    await page(community, None, clock).remember(clock.now())
    kept = await community.read(stored.current)
    assert kept.clock_offset_seconds == 7_200
