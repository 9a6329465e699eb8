"""The page's server: one address on loopback, the page's files, its interface, its live feed."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from aiohttp import web

from bot.platforms.local.adapter import LocalPlatform
from bot.platforms.local.asking import Asking
from bot.platforms.local.desk import Desk
from bot.platforms.local.guard import Problem, add_headers, guard
from bot.platforms.local.ports import LocalClock, WhoIs, nobody
from bot.platforms.local.reading import Reading
from bot.platforms.local.visitors import SESSION_DAYS, start_session
from core.interaction import Dispatcher

PAGE = Path(__file__).with_name("page")
MOST_BYTES = 4_000_000  # of one request: the longest text, written as JSON
HEARTBEAT_SECONDS = 15


class LocalServer:
    """Serves the local chat. `start` answers the address; `stop` ends it in order."""

    def __init__(
        self,
        platform: LocalPlatform,
        dispatcher: Dispatcher,
        clock: LocalClock,
        *,
        who_is: WhoIs = nobody,
        host: str = "127.0.0.1",
        port: int = 0,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.platform = platform
        self.desk = Desk(platform, dispatcher, clock, changed)
        self.who_is = who_is
        self.host, self.port = host, port
        self._runner: web.AppRunner | None = None

    async def start(self) -> str:
        """Make the channels and listen. Answers the page's address. OSError: the port is taken."""
        await self.platform.ensure_channels()
        if self.desk.clock.impersonation:
            await self.desk.let_everybody_be_met()
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        await web.TCPSite(self._runner, self.host, self.port).start()
        self.port = self._runner.addresses[0][1]
        return f"http://{self.host}:{self.port}/"

    async def stop(self) -> None:
        """Let go of the open pages, finish what is in flight, close."""
        self.platform.feed.close()
        if self._runner:
            await self._runner.cleanup()

    def app(self) -> web.Application:
        app = web.Application(middlewares=[guard], client_max_size=MOST_BYTES)
        app.on_response_prepare.append(add_headers)
        app.add_routes(Reading(self.desk).routes())
        app.add_routes(Asking(self.desk).routes())
        app.router.add_get("/", self._index)
        app.router.add_get("/enter", self._enter, allow_head=False)
        app.router.add_get("/api/events", self._events, allow_head=False)
        app.router.add_static("/page", PAGE)
        return app

    async def _index(self, request: web.Request) -> web.FileResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _enter(self, request: web.Request) -> web.Response:
        """Come in by a personal link: the browser keeps a secret and forgets the token."""
        account = await self.who_is(request.query.get("token", ""))
        if account is None:
            raise Problem(403, "This link is used up or not valid. Please ask for a new one.")
        desk, now = self.desk, self.desk.clock.now()
        secret = await desk.store.write(lambda tx: start_session(tx, desk.home_id, account, now))
        response = web.Response(status=303, headers={"Location": "/"})
        response.set_cookie(
            desk.cookie, secret, max_age=SESSION_DAYS * 86_400, httponly=True, samesite="Lax"
        )
        return response

    async def _events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: that something changed, and how far the clock has moved."""
        await self.desk.account(request, request.query.get("as", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        with self.platform.feed.listen() as notes, suppress(ConnectionError):  # the page was left
            await response.prepare(request)
            while True:
                try:
                    note = await asyncio.wait_for(notes.get(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if note is None:
                    break
                await response.write(f"data: {json.dumps(note)}\n\n".encode())
        return response
