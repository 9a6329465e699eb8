"""Limits, failures, lost connections and resumes."""

import asyncio

import aiohttp
import discord
import pytest

from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.discord import FakeDiscord
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.samples import Bot, Moment, refused, running

SEND = "/channels/{channel}/messages"


@pytest.fixture
def room(bot: Bot, general: Channel) -> discord.TextChannel:
    found = bot.get_channel(general.id)
    assert isinstance(found, discord.TextChannel)
    return found


async def post(fake: FakeDiscord, channel: int, text: str) -> tuple[int, dict[str, str], object]:
    """Without the library, which would wait."""
    url = f"{fake.api_url}/channels/{channel}/messages"
    headers = {"Authorization": f"Bot {fake.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:  # noqa: SIM117
        async with session.post(url, json={"content": text}) as answer:
            return answer.status, dict(answer.headers), await answer.json()


async def test_a_channel_takes_five_messages_in_five_seconds(
    fake: FakeDiscord, general: Channel, clock: Moment
) -> None:
    fake.limits.on = True
    for left in ("4", "3", "2", "1", "0"):
        status, headers, _ = await post(fake, general.id, "x")
        assert (status, headers["X-RateLimit-Remaining"]) == (200, left)
    clock.at += 2
    status, headers, body = await post(fake, general.id, "x")
    assert status == 429
    assert headers["X-RateLimit-Scope"] == "user"
    told = {"message": "You are being rate limited.", "retry_after": 3.0, "global": False}
    assert body == told
    assert (await post(fake, fake.guild.add_channel("other").id, "x"))[0] == 200
    clock.at += 3
    assert (await post(fake, general.id, "x"))[0] == 200
    assert fake.limits.refused == 1


async def test_everything_together_is_limited_too(fake: FakeDiscord, clock: Moment) -> None:
    fake.limits.on = True
    fake.limits.each_second = 2
    rooms = [fake.guild.add_channel(str(number)) for number in range(3)]
    answers = [await post(fake, one.id, "x") for one in rooms]
    assert [status for status, _, _ in answers] == [200, 200, 429]
    assert answers[2][1]["X-RateLimit-Global"] == "true"
    clock.at += 1
    assert (await post(fake, rooms[2].id, "x"))[0] == 200


async def test_the_library_obeys_the_headers(fake: FakeDiscord, room: discord.TextChannel) -> None:
    fake.limits.on, fake.limits.clock = True, asyncio.get_running_loop().time
    fake.limits.routes[f"POST {SEND}"] = (5, 0.05)
    await asyncio.gather(*(room.send(str(number)) for number in range(12)))
    assert len(fake.posts) == 12
    assert fake.limits.refused == 0


async def test_a_long_wait_is_an_error_where_the_client_bounds_it(
    fake: FakeDiscord, general: Channel, intents: discord.Intents
) -> None:
    async with running(fake, Bot(intents, max_ratelimit_timeout=30)) as bot:
        fake.fail_next("POST", SEND, retry_after=60)
        with pytest.raises(discord.RateLimited) as caught:
            await bot.get_partial_messageable(general.id).send("x")
        assert caught.value.retry_after == 60


async def test_planned_failures_come_in_their_order(
    fake: FakeDiscord, room: discord.TextChannel
) -> None:
    fake.fail_next("POST", SEND, code=50013)
    fake.fail_next("*", "*", status=503)
    fake.fail_next("POST", f"/channels/{room.id}/*", code=50007, status=400)
    assert await refused(room.send("x")) == (403, 50013)
    assert await refused(room.send("x")) == (503, 0)
    assert await refused(room.send("x")) == (400, 50007)
    await room.send("x")
    assert fake.state.failures.left == []
    assert fake.calls[f"POST {SEND}"] == 4


async def test_a_connection_that_breaks_before_stores_nothing_and_after_it_does(
    fake: FakeDiscord, room: discord.TextChannel
) -> None:
    fake.fail_next("POST", SEND, drop_connection_before=True)
    with pytest.raises(aiohttp.ClientError):
        await room.send("before", nonce="1")
    fake.fail_next("POST", SEND, drop_connection_after=True)
    with pytest.raises(aiohttp.ClientError):
        await room.send("after", nonce="1")
    again = await room.send("after", nonce="1")
    assert [one.id for one in fake.posts] == [again.id]


async def test_an_answer_can_be_held(fake: FakeDiscord, room: discord.TextChannel) -> None:
    let_go = asyncio.Event()
    fake.fail_next("POST", SEND, delay=let_go)
    call = asyncio.ensure_future(room.send("x"))
    await fake.until(lambda: fake.calls[f"POST {SEND}"] == 1)
    assert fake.posts == []
    let_go.set()
    await call
    assert len(fake.posts) == 1


async def test_an_undocumented_field_is_a_fault(
    fake: FakeDiscord, bot: Bot, general: Channel
) -> None:
    path = "/channels/{channel_id}/messages"
    route = discord.http.Route("POST", path, channel_id=general.id)
    await bot.http.request(route, json={"content": "x", "sparkle": True})
    assert fake.faults == [f"POST {SEND}: undocumented field sparkle"]
    fake.faults.clear()


async def test_after_a_lost_connection_missed_events_come_once(
    fake: FakeDiscord, bot: Bot, ada: Person
) -> None:
    await ada.dm("one")
    await bot.hears(1)
    fake.gateway.cut()
    await ada.dm("two")
    assert (await bot.hears(2)).content == "two"
    await bot.noted("resumed")
    await ada.dm("three")
    assert (await bot.hears(3)).content == "three"
    assert [one.content for one in bot.heard] == ["one", "two", "three"]
    assert fake.gateway.resumed == 1


async def test_asked_to_reconnect_the_client_resumes(
    fake: FakeDiscord, bot: Bot, ada: Person
) -> None:
    fake.gateway.reconnect()
    await ada.dm("one")
    await bot.noted("resumed")
    assert (await bot.hears(1)).content == "one"
    assert len(fake.gateway.identified) == 1


async def test_an_invalid_session_is_begun_anew(fake: FakeDiscord, bot: Bot, ada: Person) -> None:
    fake.gateway.invalidate()
    await fake.until(lambda: len(fake.gateway.identified) == 2)
    await fake.connected()
    await ada.dm("hello")
    assert (await bot.hears(1)).content == "hello"


async def test_a_forgotten_session_cannot_be_resumed(
    fake: FakeDiscord, bot: Bot, ada: Person
) -> None:
    fake.gateway.forget()
    fake.gateway.cut()
    await fake.until(lambda: len(fake.gateway.identified) == 2)
    await fake.connected()
    await ada.dm("hello")
    assert (await bot.hears(1)).content == "hello"
    assert fake.gateway.resumed == 0


async def test_an_outage_of_a_server_passes(fake: FakeDiscord, bot: Bot) -> None:
    await fake.go_down(fake.guild)
    await fake.come_back(fake.guild)
    await bot.noted("available")
    assert not bot.guilds[0].unavailable


async def test_requests_that_count_as_invalid_are_counted(
    fake: FakeDiscord, room: discord.TextChannel
) -> None:
    fake.fail_next("POST", SEND, code=50007)
    fake.fail_next("POST", SEND, code=10003)
    fake.fail_next("POST", SEND, retry_after=0.001, scope="shared")
    await refused(room.send("x"))
    await refused(room.send("x"))
    await room.send("x")
    assert fake.invalid_requests == 1


async def test_a_client_with_several_shards_has_several_sessions(
    fake: FakeDiscord, intents: discord.Intents, ada: Person
) -> None:
    class Sharded(discord.AutoShardedClient):
        async def before_identify_hook(
            self, shard_id: int | None, *, initial: bool = False
        ) -> None:
            """Without the wait."""

    bot = Sharded(intents=intents, shard_count=2, guild_ready_timeout=0.01)
    task = asyncio.create_task(bot.start(fake.token))
    await fake.connected(2)
    await bot.wait_until_ready()
    assert [one["shard"] for one in fake.gateway.identified] == [[0, 2], [1, 2]]
    assert [one.id for one in bot.guilds] == [fake.guild.id]
    await bot.close()
    await asyncio.gather(task, return_exceptions=True)


async def test_shards_hear_of_their_own_servers(fake: FakeDiscord) -> None:
    second = fake.add_guild("Riverside")
    shard = (fake.guild.id >> 22) % 2
    intents = discord.Intents(guilds=True)
    async with running(fake, Bot(intents, shard_id=shard, shard_count=2)) as bot:
        known = [one.id for one in bot.guilds]
        assert fake.guild.id in known
        assert (second.id in known) == ((second.id >> 22) % 2 == shard)
