"""A fake Slack that behaves like the real one, for tests over the wire.

    async with FakeSlack() as slack:
        ada = slack.person(slack.workspace.add_user("Ada Example"))
        general = slack.workspace.add_channel("general", ada.id)
        ...start the app with slack.url, slack.bot_token, slack.app_token...
        await slack.connected()
        answer = await ada.command("/reflect", "write", general)
        modal = await answer.opened()
        done = await ada.submit(modal, {"Title": "My week"})
        assert slack.faults == []

In Socket Mode the app connects by itself. Over HTTP, `await slack.use_http(url)` says where the app
listens. People act through `Person` (people.py); the clock and the time of day can be handed in;
`slack.fail_next(...)` and `slack.limits` make trouble. What the app does that is documented nowhere
is written into `slack.faults`. Nothing here sleeps: wait with `await slack.until(condition)`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.platforms.slack.fake import mentions, oauth, payloads, responses
from tests.platforms.slack.fake.api import Api
from tests.platforms.slack.fake.delivery import Ack, Delivery, Retry
from tests.platforms.slack.fake.documented import EVENT_SCOPES, Manifest
from tests.platforms.slack.fake.errors import Json
from tests.platforms.slack.fake.failures import Failure
from tests.platforms.slack.fake.http_mode import HttpMode
from tests.platforms.slack.fake.limits import Limits
from tests.platforms.slack.fake.people import Person
from tests.platforms.slack.fake.socket_mode import SocketMode
from tests.platforms.slack.fake.state import PATIENCE, App, Request, State
from tests.platforms.slack.fake.workspace import Channel, Message, User, Workspace

REPETITIONS = 3
"""At once, after a minute, after five: https://docs.slack.dev/apis/events-api/#retries"""
_FAMILY = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


class FakeSlack:
    """The whole of Slack, as far as one app can tell."""

    def __init__(
        self,
        *,
        app: App | None = None,
        manifest: Manifest | None = None,
        now: Callable[[], float] | None = None,
        clock: Callable[[], float] | None = None,
        ack_within: float = 3.0,
        echoes: bool = False,
        port: int = 0,
    ) -> None:
        """`echoes`: the app also hears of what it did itself, as it does from the real Slack."""
        self.state = State(app=app or App(), manifest=manifest or Manifest(), now=now, clock=clock)
        self.workspace = self.state.add_workspace("Lakeside Virtual", "lakeside")
        self.socket = SocketMode(self.state, ack_within)
        self.http: HttpMode | None = None
        self.unacknowledged: list[tuple[Json, Retry]] = []
        self.events: list[Json] = []
        self._within = ack_within
        self._port = port
        self._tasks: set[asyncio.Task[Any]] = set()
        self._api = Api(self.state, self.socket.link)
        if echoes:
            self.state.on_event = self._echo

    async def __aenter__(self) -> Self:
        server = web.Application(client_max_size=4 * 1024**2)
        server.router.add_route("*", "/api/{method}", self._api.handle)
        server.router.add_get("/link/", self.socket.handle)
        server.router.add_get("/oauth/v2/authorize", self._authorize_page)
        for kind in ("commands", "actions", "app"):
            server.router.add_post(f"/{kind}/{{rest:.*}}", self._respond)
        self._runner = web.AppRunner(server, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.state.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.close()
        if self.http is not None:
            await self.http.close()
        await self._runner.cleanup()

    async def _respond(self, request: web.Request) -> web.Response:
        return await responses.handle(self.state, request)

    async def _authorize_page(self, request: web.Request) -> web.Response:
        """Whoever opens the page in a browser presses Allow at once."""
        user = next(iter(self.workspace.users))
        raise web.HTTPFound(oauth.allow(self.state, self.workspace, str(request.url), user))

    # What the app is told about Slack

    @property
    def url(self) -> str:
        """The base of the Web API, for SLACK_API_URL and `base_url`."""
        return f"{self.state.base}/api/"

    @property
    def authorize_url(self) -> str:
        """Where the app sends people who install it."""
        return f"{self.state.base}/oauth/v2/authorize"

    @property
    def bot_token(self) -> str:
        return self.workspace.bot_token

    @property
    def app_token(self) -> str:
        return self.state.app.app_token

    @property
    def signing_secret(self) -> str:
        return self.state.app.signing_secret

    @property
    def client_id(self) -> str:
        return self.state.app.client_id

    @property
    def client_secret(self) -> str:
        return self.state.app.client_secret

    # What a test looks at

    @property
    def calls(self) -> Counter[str]:
        """How often each method was called, failures included."""
        return self.state.calls

    @property
    def requests(self) -> list[Request]:
        return self.state.requests

    def asked(self, method: str) -> list[Json]:
        """The arguments of every call of one method, in order."""
        return [one.arguments for one in self.requests if one.method == method]

    @property
    def posts(self) -> list[Message]:
        """All messages by the app that everybody in their channel sees, in order."""
        return self.state.posts

    @property
    def faults(self) -> list[str]:
        return self.state.faults

    @property
    def limits(self) -> Limits:
        return self.state.limits

    @property
    def mentions(self) -> list[mentions.Mention]:
        """Everyone whom a message of the app rang, in any workspace."""
        return [
            one
            for workspace in self.state.workspaces.values()
            for message in workspace.messages()
            if message.bot_id == workspace.bot_id
            for one in mentions.of(message)
        ]

    async def until(self, true: Callable[[], Any], within: float = PATIENCE) -> Any:
        """Waits until something is true of Slack; what it returned then."""
        return await self.state.until(true, within)

    async def posted(self, number: int = 1, within: float = PATIENCE) -> Message:
        """Waits for so many posts; the last of them."""
        await self.until(lambda: len(self.posts) >= number, within)
        return self.posts[number - 1]

    async def connected(self, number: int = 1, within: float = PATIENCE) -> None:
        """Waits until the app has so many connections in Socket Mode."""
        await self.socket.connected(number, within)

    # What a test arranges

    def add_workspace(self, name: str, domain: str, *, installed: bool = False) -> Workspace:
        return self.state.add_workspace(name, domain, installed=installed)

    def person(self, user: User | str, workspace: Workspace | None = None) -> Person:
        """Someone who can act."""
        home = workspace or self.workspace
        return Person(self, home, user if isinstance(user, User) else home.users[user])

    def fail_next(
        self,
        method: str,
        *,
        error: str = "",
        http_status: int = 0,
        drop_connection_before: bool = False,
        drop_connection_after: bool = False,
        retry_after: int = 0,
        delay: asyncio.Event | Awaitable[object] | None = None,
        times: int = 1,
    ) -> None:
        """The next call of a method ("*": of any) goes wrong; `delay` alone only holds it.

        "response_url" stands for the next use of a response_url.
        """
        failure = Failure(
            error, http_status, drop_connection_before, drop_connection_after, retry_after, delay
        )
        self.state.failures.plan(method, failure, times)

    @property
    def delivery(self) -> Delivery:
        return self.http or self.socket

    @property
    def ack_within(self) -> float:
        """The seconds in which the app must acknowledge."""
        return self._within

    @ack_within.setter
    def ack_within(self, seconds: float) -> None:
        self._within = self.socket.within = seconds
        if self.http is not None:
            self.http.within = seconds

    async def use_http(self, url: str, *, verify: bool = True) -> Ack:
        """From now on, payloads go to this address instead of Socket Mode."""
        if self.http is not None:
            await self.http.close()
        self.http = HttpMode(self.state, url, self._within)
        return await self.http.verify() if verify else Ack(True)

    # What happens in Slack

    def subscribed(self, inner: Json, workspace: Workspace) -> bool:
        """Whether the app hears of an event: it has asked for it, and has the scope."""
        name = str(inner["type"])
        if name == "message" and inner.get("channel_type") in _FAMILY:
            name = f"message.{_FAMILY[inner['channel_type']]}"
        wanted = self.state.manifest.events
        scope = EVENT_SCOPES.get(name, "")
        return (wanted is None or name in wanted) and (not scope or scope in workspace.scopes)

    async def event(self, inner: Json, workspace: Workspace | None = None) -> Ack | None:
        """Delivers an event, once more at once if need be; None if the app did not subscribe."""
        home = workspace or self.workspace
        inner.setdefault("event_ts", self.state.ts())
        if not self.subscribed(inner, home):
            return None
        payload = payloads.event(self.state, home, inner)
        self.events.append(payload)
        ack = await self.delivery.deliver("events_api", payload)
        if ack.ok:
            return ack
        return await self._again(payload, Retry(1, ack.reason))

    async def _again(self, payload: Json, retry: Retry) -> Ack:
        ack = await self.delivery.deliver("events_api", payload, retry)
        if not ack.ok:
            self.unacknowledged.append((payload, retry))
        return ack

    async def repeat(self) -> list[Ack]:
        """The next repetition of every event that was never acknowledged."""
        waiting, self.unacknowledged = self.unacknowledged, []
        return [
            await self._again(payload, Retry(last.attempt + 1, last.reason))
            for payload, last in waiting
            if last.attempt < REPETITIONS
        ]

    async def redeliver(self, payload: Json, attempt: int = 1, reason: str = "timeout") -> Ack:
        """An event that was acknowledged comes again, as happens now and then."""
        return await self.delivery.deliver("events_api", payload, Retry(attempt, reason))

    def _echo(self, workspace: Workspace, inner: Json) -> None:
        task = asyncio.get_running_loop().create_task(self.event(inner, workspace))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def newcomer(self, name: str, **more: Any) -> Person:
        """https://docs.slack.dev/reference/events/team_join"""
        person = self.person(self.workspace.add_user(name, **more))
        email = "users:read.email" in self.workspace.scopes
        await self.event({"type": "team_join", "user": person.user.document(email=email)})
        return person

    async def archive(self, channel: Channel, by: User | None = None) -> None:
        """https://docs.slack.dev/reference/events/channel_archive"""
        channel.is_archived = True
        kind = "channel_archive" if channel.kind == "channel" else "group_archive"
        who = by.id if by else "USLACKBOT"
        await self.event(
            {"type": kind, "channel": channel.id, "user": who},
            self.state.workspaces[channel.team],
        )

    async def uninstall(self, workspace: Workspace | None = None) -> None:
        """Someone removes the app: https://docs.slack.dev/reference/events/app_uninstalled"""
        home = workspace or self.workspace
        self.state.revoke(home, "account_inactive")
        tokens = {"oauth": [], "bot": [home.bot_user_id]}
        await self.event({"type": "tokens_revoked", "tokens": tokens}, home)
        await self.event({"type": "app_uninstalled"}, home)

    async def authorize(
        self,
        url: str,
        *,
        workspace: Workspace | None = None,
        user: str = "",
        cookies: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """A person follows the app's link to Slack and allows it; the page they land on.

        `cookies` are those that the app's own page set before it sent the person here.
        """
        home = workspace or self.workspace
        who = user or next(iter(home.users))
        return await oauth.visit(oauth.allow(self.state, home, url, who), cookies)

    async def install(
        self, url: str, *, workspace: Workspace | None = None, user: str = ""
    ) -> tuple[int, str]:
        """A person opens the app's own install page, and allows it; the page they land on."""
        home = workspace or self.workspace
        who = user or next(iter(home.users))
        return await oauth.install(self.state, home, url, who)
