"""The process and its two ports: what it refuses, and what the outside can reach."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest

from bot.database import open_store, the_community
from bot.platforms.slack import service
from core.errors import UserError
from storage import communities, members
from storage.database import Tx
from storage.words import Role
from tests.platforms.slack.fake.http_mode import HttpMode
from tests.platforms.slack.living import Living, living, words


@pytest.fixture
async def by_http(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    async with living(tmp_path, monkeypatch, http=True) as made:
        await made.start()
        yield made


@pytest.fixture
async def by_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Living]:
    async with living(tmp_path, monkeypatch) as made:
        yield made


def enrolling(here: Living) -> str:
    """A slash command as Slack sends it, which would make its sender the organizer."""
    team, olga = here.slack.workspace, here.people["olga"]
    return urlencode(
        {
            "command": "/enroll",
            "text": f"code: {here.code}",
            "team_id": team.id,
            "user_id": olga.id,
            "channel_id": olga.direct.id,
            "trigger_id": "1000.1.x",
            "response_url": f"{here.slack.state.base}/commands/x",
        }
    )


async def organizers(here: Living) -> int:
    found = await here.app.community.read(lambda tx: members.with_role(tx, Role.ORGANIZER))
    return sum(one.joined_at is not None for one in found)


@pytest.mark.parametrize(
    ("secret", "seconds_ago"), [("not-the-secret-of-this-app", 0), ("", 301), ("", -301)]
)
async def test_a_request_that_slack_did_not_just_sign_is_refused(
    by_http: Living, secret: str, seconds_ago: int
) -> None:
    http = by_http.slack.delivery
    assert isinstance(http, HttpMode)
    ack = await http.post(
        enrolling(by_http),
        "application/x-www-form-urlencoded",
        secret=secret,
        at=time.time() - seconds_ago,
    )
    assert (ack.ok, ack.status) == (False, 401)
    assert await organizers(by_http) == 0


async def test_a_request_without_a_signature_is_refused(by_http: Living) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with aiohttp.ClientSession(headers=headers) as session:
        address = f"{by_http.site}/slack/events"
        async with session.post(address, data=enrolling(by_http)) as response:
            assert response.status == 401
    assert await organizers(by_http) == 0


async def test_the_same_request_with_slacks_signature_is_answered(by_http: Living) -> None:
    http = by_http.slack.delivery
    assert isinstance(http, HttpMode)
    ack = await http.post(enrolling(by_http), "application/x-www-form-urlencoded")
    assert ack.ok
    assert "Welcome" in json.dumps(ack.body)
    assert await organizers(by_http) == 1


async def test_the_public_port_serves_nothing_but_slack(by_http: Living) -> None:
    async with aiohttp.ClientSession() as session:
        for path in ("/", "/index.html", "/api/state", "/enter", "/slack", "/slack/", "/slack/x"):
            async with session.get(by_http.site + path) as response:
                assert response.status == 404, path
        async with session.get(f"{by_http.site}/slack/events") as response:
            assert response.status == 405
        async with session.get(f"{by_http.site}/slack/install") as response:
            assert response.status == 404  # nobody can install it without OAuth


async def test_the_port_of_the_page_serves_no_slack(by_http: Living) -> None:
    page = f"http://127.0.0.1:{by_http.app.server.port}"
    async with aiohttp.ClientSession() as session:
        for path in ("/slack/events", "/slack/install", "/slack/oauth_redirect"):
            async with session.post(page + path, data=enrolling(by_http)) as response:
                assert response.status in (403, 404, 405), path
            async with session.get(page + path) as response:
                assert response.status == 404, path
    assert await organizers(by_http) == 0


async def test_with_a_socket_no_public_port_is_opened(by_socket: Living) -> None:
    await by_socket.start()
    assert by_socket.app.site.port == 0


async def test_with_a_moved_clock_it_refuses_to_live_in_slack(by_socket: Living) -> None:
    with open_store(by_socket.settings, by_socket.clock.now()) as store:
        community = the_community(store).id

        def move(tx: Tx) -> None:
            communities.current(tx).clock_offset_seconds = 3_600

        store.write_now(community, move)
    with pytest.raises(UserError, match=r"was moved ahead on the chat page.*staffroom init"):
        await by_socket.start()
    assert by_socket.slack.calls == {}


async def test_with_a_token_that_slack_refuses_it_says_which_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(tmp_path, monkeypatch, SLACK_BOT_TOKEN="xoxb-of-another-app") as here:
        with pytest.raises(UserError, match=r"refuses SLACK_BOT_TOKEN \(invalid_auth\).*xoxb-"):
            await here.start()


async def test_a_public_port_that_is_taken_is_named_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with living(tmp_path, monkeypatch, http=True) as here:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            with pytest.raises(UserError, match="STAFFROOM_PUBLIC_PORT"):
                await here.start(public_port=taken.getsockname()[1])
            await here.stop()
        await here.start(public_port=0)
        assert "Welcome" in words(await here.types("ada", "/enroll"))


@pytest.mark.parametrize("trouble", [{"http_status": 503}, {"drop_connection_before": True}])
async def test_while_slack_cannot_be_reached_the_page_is_served_and_slack_tried_again(
    by_socket: Living, monkeypatch: pytest.MonkeyPatch, trouble: dict[str, Any]
) -> None:
    monkeypatch.setattr(service, "TRY_AGAIN", 0.01)
    held = asyncio.Event()
    by_socket.slack.fail_next("auth.test", **trouble)
    by_socket.slack.fail_next("auth.test", delay=held)
    address = await by_socket.start()
    async with aiohttp.ClientSession() as session, session.get(address) as response:
        assert response.status == 200
    held.set()
    await by_socket.slack.until(lambda: by_socket.slack.calls["users.list"])
    assert "Welcome" in words(await by_socket.types("ada", "/enroll"))


async def test_with_an_app_token_that_slack_refuses_it_says_how_to_make_one(
    by_socket: Living,
) -> None:
    with pytest.raises(UserError, match=r"refuses SLACK_APP_TOKEN \(invalid_auth\).*xapp-"):
        await by_socket.start(slack_app_token="xapp-of-another-app")


@pytest.mark.parametrize(
    "trouble", [{"http_status": 503}, {"error": "internal_error"}, {"retry_after": 1}]
)
async def test_while_no_socket_can_be_opened_it_is_tried_again(
    by_socket: Living, monkeypatch: pytest.MonkeyPatch, trouble: dict[str, Any]
) -> None:
    by_socket.slack.fail_next("apps.connections.open", **trouble)
    await by_socket.start()
    assert "Welcome" in words(await by_socket.types("ada", "/enroll"))
    assert by_socket.slack.calls["apps.connections.open"] == 2
