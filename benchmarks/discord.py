"""Discord over the wire: answers against a bare bot, a fan-out against Discord's own limits, and
memory beside a bare client.

All of it runs against the fake Discord of the tests. The bare bot runs the same queries and gives a
constant answer by the same route.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from benchmarks.answering import compared
from benchmarks.command import note_down
from benchmarks.report import BenchRow
from bot import logs
from bot.clock import RealClock
from bot.platforms.discord.commands import payloads
from core import deliveries
from core.chat import Address, Message, Platform
from core.interaction import Invocation
from core.kinds import Kind
from scheduler.engine import Engine
from storage import communities, outbox, schema
from storage.communities import Home
from storage.database import CommunityStore, Store, Tx
from storage.outbox import Delivery, Plan
from tests import faculty as faculties
from tests.faculty import Faculty
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.world import World, discord_world

COMMAND = "staffroom today"
FOUNDED = datetime(2026, 8, 1, 12, tzinfo=UTC)
MESSAGES, CHANNELS, EACH_SECOND = 2_000, 200, 50
MEMBERS, FEW = 10_000, 10
FAN_OUT_AIM, MEMBERS_AIM = 1 / 0.95, 0.5


def run() -> list[BenchRow]:
    """Milliseconds to a visible answer, how near a fan-out comes to what Discord allows, and
    megabytes with many members."""
    logs.set_up("error")
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-discord-") as folder:
        store = _store(Path(folder) / "answers.db")
        rows += asyncio.run(_answers(faculties.build(store.community("lakeside"))))
        store.close()
        store = _store(Path(folder) / "fanout.db")
        rows.append(asyncio.run(_fan_out(faculties.build(store.community("lakeside")))))
        store.close()
    rows += _memory()
    return rows


def _store(path: Path) -> Store:
    store = Store(f"sqlite:///{path}")
    schema.metadata.create_all(store.engine)
    community = communities.Community(
        id="lakeside", name="Lakeside", zone="America/Detroit", created_at=FOUNDED, replan=False
    )
    store.write_now("", lambda tx: communities.found(tx, community))
    return store


async def _answers(faculty: Faculty) -> list[BenchRow]:
    """Our app and the bare one, each with its own Discord, taking turns."""
    async with discord_world(faculty) as world:
        noted = await note_down(lambda: _dispatch(world))
        place = world.fake.guild.add_channel("general")
        async with _bare(world, faculty.community, noted) as bare:
            there = bare.guild.add_channel("general")
            other = bare.person(bare.guild.add_member("Ada Example"))
            ask = _asking(world.fake, world.people["ada"], place)
            ask_bare = _asking(bare, other, there)
            return await compared(f"discord: /{COMMAND}", ask, ask_bare, len(noted))


def _dispatch(world: World) -> Awaitable[Any]:
    topic, _, rest = COMMAND.partition(" ")
    asked = Invocation("", world.home.id, str(world.people["ada"].id), topic, text=rest)
    return world.service.house.dispatcher.dispatch(asked)


def _asking(fake: FakeDiscord, person: Person, place: Channel) -> Callable[[], Awaitable[None]]:
    async def ask() -> None:
        Route.BASE = fake.api_url  # the library has one for all clients of a process
        answer = await person.command(COMMAND, {}, channel=place)
        await answer.message()

    return ask


@asynccontextmanager
async def _bare(world: World, community: CommunityStore, noted: Any) -> AsyncIterator[FakeDiscord]:
    """A bot that runs the queries and says always the same."""

    def again(tx: Tx) -> None:
        for statement, values in noted:
            tx.session.execute(statement, values).all()

    async with FakeDiscord() as fake:
        client = discord.Client(intents=discord.Intents(guilds=True), max_messages=None)

        async def on_interaction(interaction: discord.Interaction) -> None:
            await community.read(again)
            await interaction.response.send_message("Constant", ephemeral=True)

        client.event(on_interaction)
        Route.BASE = fake.api_url
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(fake.gateway_url)
        await client.login(fake.token)
        wanted: Any = payloads(world.service.house.catalog)
        assert client.application_id is not None
        await client.http.bulk_upsert_global_commands(client.application_id, wanted)
        connecting = asyncio.create_task(client.connect())
        try:
            await fake.connected()
            yield fake
        finally:
            await client.close()
            await asyncio.gather(connecting, return_exceptions=True)


async def _fan_out(faculty: Faculty) -> BenchRow:
    """Posts in many channels, under a Discord that counts."""
    async with discord_world(faculty) as world:
        community, fake = faculty.community, world.fake
        places = [str(fake.guild.add_channel(f"c-{number}").id) for number in range(CHANNELS)]
        await community.write(lambda tx: _fill(tx, faculty.home.id, places))
        fake.limits.on, fake.limits.each_second = True, EACH_SECOND
        real = RealClock()
        connected: dict[str, Platform] = {faculty.home.id: world.platform}
        engine = Engine(community, connected, real, cards={Kind.CHANNEL: _says})
        started = time.monotonic()
        while len(fake.posts) < MESSAGES:
            await engine.advance(real.now())
            await asyncio.sleep(0.01)
        took = time.monotonic() - started
        refused = fake.limits.refused
    allowed = MESSAGES / EACH_SECOND
    note = f"{MESSAGES:,} posts in {CHANNELS} channels; {refused} refused"
    return BenchRow("discord: fan-out", took, allowed, took / allowed, FAN_OUT_AIM, "s", note)


def _fill(tx: Tx, home_id: str, places: list[str]) -> None:
    now = RealClock().now()
    home = tx.need(Home, home_id)
    home.channels = {**home.channels, **{f"c{n}": place for n, place in enumerate(places)}}
    communities.current(tx).planned_through = now.replace(year=now.year + 1)
    communities.current(tx).replan = False
    tx.execute(Delivery.__table__.delete())  # type: ignore[attr-defined]
    plans: list[Plan] = []
    for number in range(MESSAGES):
        address = Address("channel", home_id, f"c{number % len(places)}")
        name = f"fanout:{number:05}"
        plans.append(deliveries.plan(Kind.CHANNEL, name, address, now, {}, seq=number))
    outbox.put(tx, plans)


def _says(tx: Tx, delivery: Delivery, now: datetime) -> Message:
    return Message("Welcome! This is a message of a usual length, with **some** words in it.")


def _memory() -> list[BenchRow]:
    """Megabytes of a process with both adapters in a server of many, and of a bare client there."""
    ours, bare = _in_a_server_of(MEMBERS)
    ours_few, bare_few = _in_a_server_of(FEW)
    note = f"{MEMBERS:,} members; ours has Slack's adapter and a community beside it"
    more, more_bare = ours - ours_few, bare - bare_few
    return [
        BenchRow("discord: memory", ours, bare, ours / bare, None, "MB", note),
        BenchRow("discord: memory of members", more, more_bare, more / more_bare, MEMBERS_AIM,
                 "MB", f"what {MEMBERS:,} need more than {FEW}"),
    ]  # fmt: skip


def _in_a_server_of(members: int) -> tuple[float, float]:
    """Ours, and those of a bare client."""
    with tempfile.TemporaryDirectory(prefix="bench-discord-") as folder:
        server = subprocess.Popen(
            [sys.executable, "-m", "tests.platforms.discord.fake", "--state", f"{folder}/state",
             "--people", str(members), "--privileged", "members"],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": "."},
        )  # fmt: skip
        assert server.stdout is not None
        try:
            whole = json.loads(server.stdout.readline())
            told = json.dumps({name: whole[name] for name in ("api_url", "gateway_url", "token")})
            return _megabytes("ours", told, folder), _megabytes("bare", told, folder)
        finally:
            server.terminate()
            server.wait()


def _megabytes(which: str, told: str, folder: str) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.discord_memory", which, told, folder],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return float(json.loads(done.stdout.splitlines()[-1]))
