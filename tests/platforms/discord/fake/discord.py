"""A fake Discord that behaves like the real one, for tests over the wire.

    async with FakeDiscord() as fake:
        general = fake.guild.add_channel("general")
        ada = fake.person(fake.guild.add_member("Ada Example"))
        ...start the app with fake.api_url, fake.gateway_url, fake.token...
        await fake.connected()
        answer = await ada.command("reflect write", {"week": 3}, channel=general)
        done = await ada.submit(await answer.opened(), {"Title": "My week"})
        assert fake.faults == []

People act through `Person` (people.py); the clock and the time of day can be handed in;
`fake.fail_next(...)`, `fake.limits`, `fake.doors`, `fake.gateway` and `guild.forbid(...)` make
trouble. What the app does that is documented nowhere is written into `fake.faults`. Nothing here
sleeps: wait with `await fake.until(condition)`.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.platforms.discord.fake import account, editing, mentions
from tests.platforms.discord.fake.api import Api
from tests.platforms.discord.fake.channel import Channel
from tests.platforms.discord.fake.failures import Failure
from tests.platforms.discord.fake.gateway import Gateway
from tests.platforms.discord.fake.guild import Guild
from tests.platforms.discord.fake.limits import Limits
from tests.platforms.discord.fake.message import Message
from tests.platforms.discord.fake.people import Person
from tests.platforms.discord.fake.state import PATIENCE, App, Doors, Request, State
from tests.platforms.discord.fake.users import User


class FakeDiscord:
    """The whole of Discord, as far as one app can tell."""

    def __init__(
        self,
        *,
        app: App | None = None,
        now: Callable[[], float] | None = None,
        clock: Callable[[], float] | None = None,
        port: int = 0,
    ) -> None:
        """`now`: the time of day in seconds; `clock`: what all deadlines and limits go by."""
        self.state = State(app=app or App(), now=now, clock=clock)
        self.guild = self.state.add_guild("Lakeside Virtual")
        self.gateway = Gateway(self.state)
        self._port = port
        self._api = Api(self.state)

    async def __aenter__(self) -> Self:
        server = web.Application(client_max_size=32 * 1024**2)
        server.router.add_route("*", "/api/v10/{path:.*}", self._api.handle)
        server.router.add_get("/attachments/{number}/{name}", self._file)
        server.router.add_get("/", self.gateway.handle)
        self._runner = web.AppRunner(server, shutdown_timeout=1.0, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self.state.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.gateway.leave()
        await self._runner.cleanup()

    async def _file(self, request: web.Request) -> web.Response:
        content = self.state.files.get(request.path)
        if content is None:
            return web.Response(status=404)
        return web.Response(body=content)

    # What the app is told about Discord

    @property
    def api_url(self) -> str:
        """For DISCORD_API_URL and `discord.http.Route.BASE`."""
        return f"{self.state.base}/api/v10"

    @property
    def gateway_url(self) -> str:
        """For DISCORD_GATEWAY_URL and `DiscordWebSocket.DEFAULT_GATEWAY`."""
        return self.state.base.replace("http", "ws", 1) + "/"

    @property
    def token(self) -> str:
        return self.state.app.token

    @property
    def application_id(self) -> int:
        return self.state.application_id

    # What a test looks at

    @property
    def me(self) -> User:
        """The app's own user."""
        return self.state.me

    @property
    def calls(self) -> Counter[str]:
        """How often each route was called: `calls["POST /channels/{channel}/messages"]`."""
        return self.state.calls

    @property
    def requests(self) -> list[Request]:
        return self.state.requests

    def asked(self, name: str) -> list[Any]:
        """The bodies of every call of "METHOD /route", in order."""
        return [one.body for one in self.requests if f"{one.method} {one.route}" == name]

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
    def doors(self) -> Doors:
        """What stands in the way of new direct messages."""
        return self.state.doors

    @property
    def mentions(self) -> list[mentions.Mention]:
        """Everyone whom a message of the app rang."""
        return [one for message in self.posts for one in mentions.of(message)]

    @property
    def invalid_requests(self) -> int:
        """Those that count: 10,000 in ten minutes block the address of the app.

        https://discord.com/developers/docs/topics/rate-limits#invalid-request-limit-aka-cloudflare-bans
        """
        counted = (401, 403, 429)
        return len([one for one in self.requests if one.status in counted and not one.shared])

    @property
    def commands(self) -> list[str]:
        """The names of all registered commands, global ones first."""
        return [str(one["name"]) for known in self.state.commands.values() for one in known]

    async def until(self, true: Callable[[], Any], within: float = PATIENCE) -> Any:
        """Waits until something is true of Discord; what it returned then."""
        return await self.state.until(true, within)

    async def posted(self, number: int = 1, within: float = PATIENCE) -> Message:
        """Waits for so many posts; the last of them."""
        await self.until(lambda: len(self.posts) >= number, within)
        return self.posts[number - 1]

    async def connected(self, number: int = 1, within: float = PATIENCE) -> None:
        """Waits until the app has so many sessions at the gateway that are ready."""
        await self.gateway.connected(number, within)

    # What a test arranges

    def add_guild(self, name: str, owner: User | None = None) -> Guild:
        """One more server with the app in it; an app that is connected is told."""
        made = self.state.add_guild(name, owner)
        self.gateway.introduce(made)
        return made

    async def go_down(self, guild: Guild) -> None:
        """A server cannot be reached for a while; `come_back` ends it."""
        guild.available = False
        self.state.emit("GUILD_DELETE", {"id": str(guild.id), "unavailable": True}, 1, guild.id)

    async def come_back(self, guild: Guild) -> None:
        guild.available = True
        self.gateway.introduce(guild)

    def add_user(self, name: str) -> User:
        """Someone who is in no server."""
        return self.state.add_user(name)

    async def remove_app(self, guild: Guild) -> None:
        """Someone throws the app out of a server."""
        account.left(self.state, guild)

    async def archive(self, thread: Channel, *, locked: bool = False) -> None:
        """A thread falls asleep after a while, or a moderator closes it."""
        assert thread.thread is not None
        assert thread.guild is not None
        part = thread.thread
        part.archived, part.locked, part.archived_at = True, locked, self.state.now()
        self.state.emit("THREAD_UPDATE", thread.document(self.me.id), 1, thread.guild.id)

    async def delete_channel(self, place: Channel) -> None:
        """Someone deletes a channel or thread."""
        editing.remove(self.state, place)

    def person(self, user: User | str, guild: Guild | None = None) -> Person:
        """Someone who can act; a name makes a new member of the server."""
        home = guild or self.guild
        return Person(self.state, home, home.add_member(user) if isinstance(user, str) else user)

    def direct(self, user: User | Person) -> Channel:
        """The direct messages between the app and a person."""
        return self.state.direct(user.user if isinstance(user, Person) else user)

    def fail_next(
        self,
        method: str,
        route: str,
        *,
        status: int = 0,
        code: int = 0,
        retry_after: float = 0.0,
        scope: str = "user",
        drop_connection_before: bool = False,
        drop_connection_after: bool = False,
        delay: asyncio.Event | Awaitable[object] | None = None,
        times: int = 1,
    ) -> None:
        """The next call of a route goes wrong; `delay` alone only holds it.

        `route` is "/channels/{channel}/messages" or a path with wildcards, "/channels/123/*";
        "*" fits any method or route. `code` alone has its usual status; `status` alone is an
        error without JSON; `retry_after` is a 429 with that `scope`.
        """
        failure = Failure(
            status,
            code,
            retry_after,
            scope,
            drop_connection_before,
            drop_connection_after,
            delay,
        )
        self.state.failures.plan(method, route, failure, times)
