"""Limits, failures, lost connections and repetitions."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.fake import bolt
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.samples import Body, Heard, actions, button, refused
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.workspace import Channel


async def test_posting_faster_than_once_a_second_in_a_channel_is_refused(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    moment = 0.0
    slack.limits.on, slack.limits.clock = True, lambda: moment
    other = slack.workspace.add_channel("other")
    await client.chat_postMessage(channel=general.id, text="1")
    await client.chat_postMessage(channel=other.id, text="1")
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=general.id, text="2")
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "1"
    assert caught.value.response["error"] == "ratelimited"
    moment = 1.0
    await client.chat_postMessage(channel=general.id, text="2")
    assert [one.text for one in slack.posts] == ["1", "1", "2"]


async def test_a_method_has_so_many_calls_a_minute(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    moment = 0.0
    slack.limits.on, slack.limits.clock = True, lambda: moment
    for _ in range(20):
        await client.users_list()
    assert await refused(client.users_list()) == "ratelimited"
    moment = 60.0
    await client.users_list()


async def test_a_planned_failure_comes_once(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    slack.fail_next("chat.postMessage", error="fatal_error")
    call = client.chat_postMessage(channel=general.id, text="x")
    assert await refused(call) == "fatal_error"
    slack.fail_next("chat.postMessage", http_status=503)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel=general.id, text="x")
    assert caught.value.response.status_code == 503
    slack.fail_next("chat.postMessage", retry_after=7)
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=general.id, text="x")
    assert limited.value.response.headers["Retry-After"] == "7"
    await client.chat_postMessage(channel=general.id, text="x")
    assert len(slack.posts) == 1
    assert slack.calls["chat.postMessage"] == 4


async def test_a_connection_that_breaks_before_stores_nothing(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    client.retry_handlers.clear()
    slack.fail_next("chat.postMessage", drop_connection_before=True)
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel=general.id, text="x")
    assert slack.posts == []


async def test_a_connection_that_breaks_after_makes_the_sdk_post_twice(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    slack.fail_next("chat.postMessage", drop_connection_after=True)
    await client.chat_postMessage(channel=general.id, text="x")
    assert [one.text for one in slack.posts] == ["x", "x"]


async def test_an_answer_can_be_held(
    slack: FakeSlack, client: AsyncWebClient, general: Channel
) -> None:
    let_go = asyncio.Event()
    slack.fail_next("chat.postMessage", delay=let_go)
    call = asyncio.ensure_future(client.chat_postMessage(channel=general.id, text="x"))
    await slack.until(lambda: slack.calls["chat.postMessage"] == 1)
    assert slack.posts == []
    let_go.set()
    await call
    assert len(slack.posts) == 1


async def test_a_refreshed_connection_is_replaced_and_nothing_is_lost(
    slack: FakeSlack, app: AsyncApp, ada: Person
) -> None:
    heard = listening(app)
    async with bolt.socket_mode(slack, app):
        await slack.socket.disconnect("refresh_requested")
        await ada.dm_bot("hello")
        assert (await heard.next())["text"] == "hello"
        assert slack.socket.opened == 2


async def test_a_connection_that_breaks_is_opened_anew_and_payloads_wait(
    slack: FakeSlack, app: AsyncApp, ada: Person
) -> None:
    heard = listening(app)
    async with bolt.socket_mode(slack, app, ping_interval=0.05):
        slack.socket.cut()
        assert slack.socket.connections == []
        await ada.dm_bot("hello")
        assert (await heard.next())["text"] == "hello"


async def test_a_payload_waits_for_the_first_connection(
    slack: FakeSlack, app: AsyncApp, ada: Person
) -> None:
    heard = listening(app)
    said = asyncio.ensure_future(ada.dm_bot("early"))
    async with bolt.socket_mode(slack, app):
        await said
        assert (await heard.next())["text"] == "early"


async def test_an_unacknowledged_event_is_repeated_three_times(
    slack: FakeSlack, ada: Person
) -> None:
    slack.socket.within = 0.02
    async with aiohttp.ClientSession() as session:
        link = slack.socket.link()
        async with session.ws_connect(link) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
            await ada.dm_bot("hello")
            await slack.repeat()
            await slack.repeat()
            assert await slack.repeat() == []
            seen = [await socket.receive_json() for _ in range(4)]
    assert [one["retry_attempt"] for one in seen] == [0, 1, 2, 3]
    assert [one["retry_reason"] for one in seen] == ["", "timeout", "timeout", "timeout"]
    assert len({one["payload"]["event_id"] for one in seen}) == 1
    assert len({one["envelope_id"] for one in seen}) == 4


async def test_over_http_a_repetition_says_so_in_its_headers(
    slack: FakeSlack, app: AsyncApp, ada: Person
) -> None:
    heard = Heard()

    @app.event("message")
    async def message(event: Body, request: Any) -> None:
        heard.append({"retry": request.headers.get("x-slack-retry-num")})

    async with bolt.http(slack, app) as url:
        await slack.use_http(url)
        await ada.dm_bot("hello")
        assert await heard.next() == {"retry": None}
        await slack.redeliver(slack.events[0])
        assert await heard.next() == {"retry": ["1"]}


async def test_a_forged_or_old_request_is_refused(slack: FakeSlack, app: AsyncApp) -> None:
    async with bolt.http(slack, app) as url:
        await slack.use_http(url)
        assert slack.http is not None
        forged = await slack.http.post("{}", secret="x" * 32)
        old = await slack.http.post("{}", at=1_700_000_000)
    assert (forged.status, old.status) == (401, 401)


async def test_a_response_url_is_good_for_five_uses_in_half_an_hour(
    slack: FakeSlack, ada: Person, general: Channel
) -> None:
    moment = 0.0
    slack.state.clock = lambda: moment
    url = slack.state.response_url("commands", slack.workspace, ada.id, general.id)
    late = slack.state.response_url("commands", slack.workspace, ada.id, general.id)
    address = slack.state.base + url.path
    async with aiohttp.ClientSession() as session:
        for number in range(5):
            said = {"text": str(number), "response_type": "in_channel"}
            async with session.post(address, json=said) as response:
                assert await response.json() == {"ok": True}
        async with session.post(address, json={"text": "6"}) as response:
            assert (response.status, (await response.json())["error"]) == (404, "used_url")
        moment = 30 * 60 + 1.0
        async with session.post(slack.state.base + late.path, json={"text": "x"}) as response:
            assert (response.status, (await response.json())["error"]) == (404, "expired_url")
    assert [one.text for one in slack.posts] == ["0", "1", "2", "3", "4"]


async def test_an_ephemeral_message_is_replaced_and_deleted_by_its_response_url(
    slack: FakeSlack, app: AsyncApp, client: AsyncWebClient, ada: Person, general: Channel
) -> None:
    heard = Heard()

    @app.action("go")
    async def go(ack: Any, body: Body, respond: Any) -> None:
        await ack()
        heard.append(body)
        await respond(delete_original=True)

    await client.chat_postEphemeral(
        channel=general.id, user=ada.id, text="?", blocks=[actions(button("Go"))]
    )
    async with bolt.socket_mode(slack, app):
        await ada.press(ada.sees(general)[0], "Go")
        await slack.until(lambda: ada.sees(general) == [])
    body = await heard.next()
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body


def listening(app: AsyncApp) -> Heard:
    """The app notes every message."""
    heard = Heard()

    @app.event("message")
    async def message(event: Body) -> None:
        heard.append(event)

    return heard


async def test_a_link_is_good_for_one_connection(slack: FakeSlack) -> None:
    link = slack.socket.link()
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(link) as socket:
            await socket.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(link)


async def test_eleven_connections_are_one_too_many(slack: FakeSlack) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(slack.socket.link()) for _ in range(11)]
        told = [await one.receive_json() for one in sockets]
        for one in sockets:
            await one.close()
    assert [one["type"] for one in told] == ["hello"] * 10 + ["disconnect"]
    assert told[9]["num_connections"] == 10


async def test_a_response_url_can_fail(slack: FakeSlack, ada: Person, general: Channel) -> None:
    url = slack.state.response_url("commands", slack.workspace, ada.id, general.id)
    slack.fail_next("response_url", http_status=500)
    async with aiohttp.ClientSession() as session:
        for status in (500, 200):
            async with session.post(slack.state.base + url.path, json={"text": "x"}) as response:
                assert response.status == status


async def test_the_certificate_of_an_address_is_checked(slack: FakeSlack, app: AsyncApp) -> None:
    async with bolt.http(slack, app) as url:
        await slack.use_http(url)
        assert slack.http is not None
        assert (await slack.http.check_ssl()).ok
