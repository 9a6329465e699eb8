"""What happens in a workspace, installing, and the process of its own."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.fake import bolt
from tests.platforms.slack.fake.documented import Manifest
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.samples import refused
from tests.platforms.slack.fake.slack import FakeSlack
from tests.platforms.slack.fake.workspace import Channel


class Listener:
    """An app that acknowledges everything and keeps what it got, without Bolt."""

    def __init__(self, slack: FakeSlack, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self.session = session
        self.got: list[dict[str, Any]] = []

    async def run(self) -> None:
        async with self.session.ws_connect(self.slack.socket.link()) as socket:
            async for message in socket:
                body = json.loads(message.data)
                if "envelope_id" in body:
                    self.got.append(body)
                    await socket.send_json({"envelope_id": body["envelope_id"]})

    @property
    def kinds(self) -> list[str]:
        return [one["payload"]["event"]["type"] for one in self.got]


async def test_the_app_hears_of_people_and_channels(
    slack: FakeSlack, ada: Person, general: Channel
) -> None:
    async with aiohttp.ClientSession() as session:
        listener = Listener(slack, session)
        task = asyncio.ensure_future(listener.run())
        await slack.connected()
        ben = await slack.newcomer("Ben Example")
        await ben.join(general)
        await ben.change(tz="Europe/Berlin", deleted=True)
        await ben.leave(general)
        await slack.archive(general)
        await slack.uninstall()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert listener.kinds == [
        "team_join",
        "member_joined_channel",
        "user_change",
        "member_left_channel",
        "channel_archive",
        "tokens_revoked",
        "app_uninstalled",
    ]
    payload = listener.got[0]["payload"]
    assert payload["authorizations"][0]["user_id"] == slack.workspace.bot_user_id
    assert payload["event"]["user"]["profile"]["email"] == "ben.example@example.org"


async def test_the_app_hears_only_what_it_asked_for(ada: Person, general: Channel) -> None:
    async with FakeSlack(manifest=Manifest(events=frozenset({"message.im"}))) as slack:
        made = slack.workspace.add_user("Cora Example")
        place = slack.workspace.add_channel("general", made.id)
        cora = slack.person(made)
        await cora.say(place, "nobody listens")
        assert slack.events == []
        slack.workspace.scopes = ("chat:write",)
        await cora.dm_bot("the scope is missing")
        assert slack.events == []


async def test_the_app_hears_itself_where_echoes_are_on(app: AsyncApp) -> None:
    async with FakeSlack(echoes=True) as slack, bolt.client(slack) as client:
        general = slack.workspace.add_channel("general")
        await client.chat_postMessage(channel=general.id, text="hello")
        await slack.until(lambda: slack.events)
        event = slack.events[0]["event"]
    assert (event["bot_id"], event["channel"]) == (slack.workspace.bot_id, general.id)


async def test_an_edit_and_a_deletion_are_heard(
    slack: FakeSlack, ada: Person, general: Channel
) -> None:
    async with aiohttp.ClientSession() as session:
        listener = Listener(slack, session)
        task = asyncio.ensure_future(listener.run())
        message = await ada.say(general, "old")
        await ada.edit(message, "new")
        await ada.delete(message)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    events = [one["payload"]["event"] for one in listener.got]
    assert [one.get("subtype") for one in events] == [None, "message_changed", "message_deleted"]
    assert events[1]["message"]["text"] == "new"
    assert events[2]["previous_message"]["text"] == "new"
    assert ada.sees(general) == []


async def exchange(client: AsyncWebClient, asked: dict[str, str]) -> Any:
    """As a form: the SDK's own method warns, with a class that aiohttp gives up."""
    return await client.api_call("oauth.v2.access", data=asked)


async def test_a_code_is_exchanged_once(slack: FakeSlack) -> None:
    second = slack.add_workspace("Hillside", "hillside")
    heard: list[dict[str, str]] = []

    async def back(request: web.Request) -> web.Response:
        heard.append(dict(request.query))
        return web.Response(text="Installed.")

    server = web.Application()
    server.router.add_get("/slack/oauth_redirect", back)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    redirect = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/oauth_redirect"
    link = (
        f"https://slack.com/oauth/v2/authorize?client_id={slack.client_id}"
        f"&scope=chat:write,commands&state=s1&redirect_uri={redirect}"
    )
    assert await slack.authorize(link, workspace=second) == (200, "Installed.")
    await runner.cleanup()
    assert heard[0]["state"] == "s1"
    asked: Any = {
        "client_id": slack.client_id,
        "client_secret": slack.client_secret,
        "code": heard[0]["code"],
    }
    async with bolt.client(slack, "") as client:
        wrong = asked | {"client_secret": "x"}
        assert await refused(exchange(client, wrong)) == "bad_client_secret"
        told = await exchange(client, asked)
        assert told["access_token"] == second.bot_token
        assert (told["team"]["id"], told["scope"]) == (second.id, "chat:write,commands")
        assert await refused(exchange(client, asked)) == "code_already_used"
    async with bolt.client(slack, second.bot_token) as other:
        assert (await other.auth_test())["team_id"] == second.id
        await other.apps_uninstall(client_id=slack.client_id, client_secret=slack.client_secret)
        assert await refused(other.auth_test()) == "account_inactive"


async def test_a_process_of_its_own_keeps_what_was_posted(tmp_path: Path) -> None:
    state = tmp_path / "posts.jsonl"

    async def start() -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
        command = ("-m", "tests.platforms.slack.fake", "--port", "0", "--state", str(state))
        process = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=asyncio.subprocess.PIPE
        )
        assert process.stdout is not None
        return process, json.loads(await process.stdout.readline())

    async def talk(told: dict[str, Any], text: str) -> list[str]:
        async with aiohttp.ClientSession() as session:
            client = AsyncWebClient(told["bot_token"], base_url=told["url"], session=session)
            place = told["channels"]["general"]
            await client.chat_postMessage(channel=place, text=text)
            page = await client.conversations_history(channel=place)
            return [one["text"] for one in page["messages"]]

    process, told = await start()
    assert await talk(told, "one") == ["one"]
    process.kill()
    await process.wait()
    process, told = await start()
    assert await talk(told, "two") == ["two", "one"]
    process.terminate()
    assert await process.wait() == 0
    assert [json.loads(line)["text"] for line in state.read_text().splitlines()] == ["one", "two"]


async def test_the_bot_is_invited_and_other_bots_are_known_by_their_id(
    slack: FakeSlack, ada: Person
) -> None:
    place = slack.workspace.add_channel("book-club", ada.id, bot=False)
    helper = slack.person(slack.workspace.add_user("Helper", is_bot=True))
    async with aiohttp.ClientSession() as session:
        listener = Listener(slack, session)
        task = asyncio.ensure_future(listener.run())
        await ada.say(place, "before")
        await ada.invite(place)
        place.members.append(helper.id)
        await helper.say(place, "beep")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    joined, beep = (one["payload"]["event"] for one in listener.got)
    assert (joined["user"], joined["inviter"]) == (slack.workspace.bot_user_id, ada.id)
    assert beep["bot_id"] != slack.workspace.bot_id


async def test_the_install_page_of_bolt_leads_there_and_back(slack: FakeSlack) -> None:
    """Its state is kept in a cookie, which is as secure as the page."""
    heard: list[dict[str, str]] = []

    async def begin(request: web.Request) -> web.Response:
        link = f"{slack.authorize_url}?client_id={slack.client_id}&scope=commands&state=s1"
        back = f"{request.url.origin()}/slack/oauth_redirect"
        response = web.Response(status=302, headers={"Location": f"{link}&redirect_uri={back}"})
        response.set_cookie("slack-app-oauth-state", "s1", secure=True)
        return response

    async def end(request: web.Request) -> web.Response:
        heard.append({"state": request.query["state"], **request.cookies})
        return web.Response(text="Installed.")

    server = web.Application()
    server.router.add_get("/slack/install", begin)
    server.router.add_get("/slack/oauth_redirect", end)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    page = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/install"
    assert await slack.install(page) == (200, "Installed.")
    await runner.cleanup()
    assert heard == [{"state": "s1", "slack-app-oauth-state": "s1"}]


async def test_each_workspace_is_spoken_of_by_its_own_id(slack: FakeSlack) -> None:
    second = slack.add_workspace("Hillside", "hillside", installed=True)
    dora = slack.person(second.add_user("Dora Example"), second)
    async with aiohttp.ClientSession() as session:
        listener = Listener(slack, session)
        task = asyncio.ensure_future(listener.run())
        await dora.dm_bot("hello")
        await dora.command("/staffroom")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    event, command = (one["payload"] for one in listener.got)
    assert event["authorizations"][0]["team_id"] == event["team_id"] == second.id
    assert command["team_id"] == second.id
    async with bolt.client(slack, second.bot_token) as client:
        told = await client.conversations_history(channel=dora.direct.id)
        assert told["messages"][0]["user"] == dora.id
    async with bolt.client(slack) as other:
        call = other.conversations_history(channel=dora.direct.id)
        assert await refused(call) == "channel_not_found"
