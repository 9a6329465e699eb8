"""Slack over the wire: answers against a bare Bolt app, and a fan-out against Slack's own limits.

Both run against the fake Slack of the tests, by Socket Mode. The bare app runs the same queries and
gives a constant answer by the same route.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp

from benchmarks.answering import compared
from benchmarks.command import note_down
from benchmarks.report import BenchRow
from bot import logs
from bot.clock import RealClock
from bot.platforms.pace import Pace
from bot.platforms.slack.adapter import SlackPlatform
from bot.platforms.slack.workspace import Workspace, client_for
from core import deliveries
from core.chat import Address, Message, Platform
from core.interaction import Invocation
from core.kinds import Kind
from scheduler.engine import Engine
from storage import communities, outbox, schema
from storage.communities import Home
from storage.database import CommunityStore, Store, Tx
from storage.members import Account, Member
from storage.outbox import Delivery, Plan
from storage.words import MemberState
from tests import faculty as faculties
from tests.faculty import Faculty
from tests.platforms.slack.fake import bolt
from tests.platforms.slack.fake.people import Answer, Person
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.world import slack_world

COMMANDS = (("/staffroom", "today"), ("/reflect", "write"))
FOUNDED = datetime(2026, 8, 1, 12, tzinfo=UTC)
MESSAGES, PER_SECOND, FASTER = 2_000, 5.0, 4  # so many times faster do the clocks of this run go
FAN_OUT_AIM = 1 / 0.95


def run() -> list[BenchRow]:
    """Milliseconds to a visible answer, and how near a fan-out comes to what Slack allows."""
    logs.set_up("error")
    rows = []
    with tempfile.TemporaryDirectory(prefix="bench-slack-") as folder:
        store = _store(Path(folder) / "answers.db")
        faculty = faculties.build(store.community("lakeside"))
        rows += asyncio.run(_answers(faculty))
        store.close()
        store = _store(Path(folder) / "fanout.db")
        rows.append(asyncio.run(_fan_out(store.community("lakeside"))))
        store.close()
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
    """Our app and the bare one, each with its own Slack, taking turns."""
    rows = []
    async with slack_world(faculty) as world:
        noted = {
            command: await note_down(lambda command=command: _dispatch(world, command))  # type: ignore[misc]
            for command in COMMANDS
        }
        async with _bare(faculty.community, noted) as bare:
            other = bare.person(bare.workspace.add_user("Ada Example"))
            for command in COMMANDS:
                ask = _asking(world.people["ada"], command)
                ask_bare = _asking(other, command)
                name = f"slack: {' '.join(command)}"
                rows += await compared(name, ask, ask_bare, len(noted[command]))
    return rows


def _dispatch(world: Any, command: tuple[str, str]) -> Awaitable[Any]:
    topic, rest = command
    account = world.people["ada"].id
    asked = Invocation("", world.home.id, account, topic[1:], text=rest)
    return world.service.house.dispatcher.dispatch(asked)  # type: ignore[no-any-return]


def _asking(person: Person, command: tuple[str, str]) -> Callable[[], Awaitable[None]]:
    topic, rest = command

    async def ask() -> None:
        answer: Answer = await person.command(topic, rest)
        await answer.first()

    return ask


@asynccontextmanager
async def _bare(community: CommunityStore, noted: Any) -> AsyncIterator[FakeSlack]:
    """A Bolt app that runs the queries and says always the same."""
    view = {
        "type": "modal",
        "title": {"type": "plain_text", "text": "Constant"},
        "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Constant"}}],
    }
    async with FakeSlack() as slack, bolt.client(slack) as client:
        app = AsyncApp(client=client)

        def again(tx: Tx, command: tuple[str, str]) -> None:
            for statement, values in noted[command]:
                tx.session.execute(statement, values).all()

        @app.command("/staffroom")
        async def today(ack: AsyncAck) -> None:
            await community.read(lambda tx: again(tx, COMMANDS[0]))
            await ack("Constant")

        @app.command("/reflect")
        async def write(ack: AsyncAck, body: dict[str, Any]) -> None:
            await community.read(lambda tx: again(tx, COMMANDS[1]))
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await ack()

        async with bolt.socket_mode(slack, app):
            yield slack


async def _fan_out(community: CommunityStore) -> BenchRow:
    """Direct messages to many, under a Slack that counts. All clocks go faster than real ones."""

    def clock() -> float:
        return time.monotonic() * FASTER

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / FASTER)

    async with FakeSlack(clock=clock) as slack:
        people = [slack.workspace.add_user(f"Person {number}") for number in range(MESSAGES)]
        places = [slack.workspace.direct(one.id).id for one in people]
        ids = [one.id for one in people]
        home = await community.write(lambda tx: _fill(tx, ids, places))
        slack.limits.on, slack.limits.posts_a_second = True, int(PER_SECOND)
        async with _platform(slack, home) as platform:
            platform.posts = Pace(PER_SECOND, clock, sleep)
            real = RealClock()
            connected: dict[str, Platform] = {home: platform}
            engine = Engine(community, connected, real, cards={Kind.WELCOME: _says})
            started = clock()
            while len(slack.posts) < MESSAGES:
                await engine.advance(real.now())
                await asyncio.sleep(0.01)
            took = clock() - started
        refused = sum(1 for one in slack.requests if (one.answer or {}).get("error"))
    allowed = MESSAGES / PER_SECOND
    note = f"{MESSAGES:,} direct messages at {PER_SECOND:g} a second; {refused} refused"
    return BenchRow(
        "slack: fan-out", took, allowed, took / allowed, FAN_OUT_AIM, "s of Slack's time", note
    )


@asynccontextmanager
async def _platform(slack: FakeSlack, home: str) -> AsyncIterator[SlackPlatform]:
    async def nobody_hears(code: str) -> None:
        return None

    async with aiohttp.ClientSession() as session:
        client = client_for(slack.bot_token, slack.url, session)
        workspace = Workspace(home, slack.workspace.id, "Bench", "U", client, nobody_hears)
        yield SlackPlatform(workspace, PER_SECOND)


def _fill(tx: Tx, ids: list[str], places: list[str]) -> str:
    now = RealClock().now()
    home = tx.add(Home(platform="slack", external_id="bench", name="Bench"))
    tx.flush()
    plans: list[Plan] = []
    for number, (person, place) in enumerate(zip(ids, places, strict=True)):
        member = tx.add(
            Member(name=f"Person {number}", state=MemberState.ACTIVE, quiet_from="00:00",
                   quiet_until="00:00")
        )  # fmt: skip
        tx.flush()
        tx.add(
            Account(member_id=member.id, home_id=home.id, external_id=person, name=member.name,
                    direct_conversation=place)
        )  # fmt: skip
        address = Address("direct", member.id)
        plans.append(deliveries.plan(Kind.WELCOME, f"welcome:{member.id}", address, now, {}))
    outbox.put(tx, plans)
    return home.id


def _says(tx: Tx, delivery: Delivery, now: datetime) -> Message:
    return Message("Welcome! This is a message of a usual length, with **some** words in it.")
